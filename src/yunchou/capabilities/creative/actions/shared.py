"""How the actions of this room begin, and what several of them have in common."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject


def opened(subject: Subject, table: str, actor: User, right: str) -> Subject:
    """The subject, locked until the transaction ends. Refuses without `right` on it, and while `table` is locked."""
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    require(actor, right, locked)
    if table and (reason := lock_on(locked, table)):
        raise WrongState(reason)
    return locked


def told(field: str, msgid: str, **params: Any) -> Invalid:
    """A refusal at one field."""
    words = say(msgid, **params)
    return Invalid(words, fields={field: words})


def wanted(text: str, field: str) -> str:
    """What was typed, without blanks around; refused at its field where it is empty."""
    if not (text := text.strip()):
        raise told(field, _("Please fill this in."))
    return text


def wrong(msgid: str, **params: Any) -> WrongState:
    return WrongState(say(msgid, **params))
