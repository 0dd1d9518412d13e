"""A short sentence at the lower left: something is done, and can perhaps be undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.messages import constants
from django.http import HttpRequest
from django.utils.encoding import force_str

from yunchou.kernel.core.text import Text

_UNDO = "undo="


def toast(request: HttpRequest, text: Text, *, undo: str = "") -> None:
    """Say `text` on the next page or with this htmx answer; `undo` is an address that takes it back when posted to."""
    messages.success(request, str(text), extra_tags=f"{_UNDO}{undo}" if undo else "")


def pending(request: HttpRequest) -> list[dict[str, Any]]:
    """Take what is waiting to be said: text, whether it is an error, where to undo it, which rule spoke."""
    if not hasattr(request, "_messages"):
        return []
    said = []
    for message in messages.get_messages(request):
        tags = message.extra_tags or ""
        said.append(
            {
                "text": force_str(message.message),
                "is_error": message.level >= constants.WARNING,
                "undo": tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else "",
                "rule_id": tags if tags.startswith("R-") else "",
            }
        )
    return said
