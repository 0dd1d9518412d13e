"""The refusals that most actions make: at one field, of an empty or a long text, of a wrong moment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from .errors import Invalid, WrongState
from .text import say


def at_field(field: str, msgid: str, **params: Any) -> Invalid:
    """A refusal that stands at one field."""
    words = say(msgid, **params)
    return Invalid(words, fields={field: words})


def wanted(text: str, field: str, limit: int = 0) -> str:
    """What was typed, without blanks around; raises `Invalid` at `field` where it is empty or longer than `limit` (0: any)."""
    text = text.strip()
    if not text:
        raise at_field(field, _("Please fill this in."))
    if limit and len(text) > limit:
        msgid = _("At most {limit} characters; these are {length}.")
        raise at_field(field, msgid, limit=limit, length=len(text))
    return text


def wrong(msgid: str, **params: Any) -> WrongState:
    """A refusal of what cannot be done as things stand."""
    return WrongState(say(msgid, **params))
