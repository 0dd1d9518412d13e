"""Dates that disagree, each with room for the reason why it stays so; on every page from which something is sent."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from yunchou.kernel.sheets.selectors import Shown
from yunchou.kernel.subjects.models import Subject

from ..selectors import conflicts_of

CONFIRMS: Final = "confirm-"
"""What stands before the fingerprint of a conflict in the name of its reason."""


def confirmed(request: HttpRequest) -> dict[str, str]:
    """The reasons that were typed, by the fingerprint of the conflict."""
    return {
        name.removeprefix(CONFIRMS): str(reason)
        for name, reason in request.POST.items()
        if name.startswith(CONFIRMS)
    }


def conflicts(request: HttpRequest, subject: Subject) -> list[tuple[Shown, str]]:
    """The conflicts that nobody has confirmed, each with what was typed."""
    typed = confirmed(request)
    return [(Shown(one), typed.get(one.verdict.fingerprint, "")) for one in conflicts_of(subject)]
