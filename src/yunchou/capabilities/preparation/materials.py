"""What keeps a file from being published; rooms that know more of a file than this one say so.

@judges_material
def only_released_pictures(subject: Subject, sha256: str) -> Say | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject

Judge: TypeAlias = Callable[[Subject, str], Say | None]
_judges: list[Judge] = []


def judges_material(judge: Judge) -> Judge:
    """Let a room say why a file, known by its digest, may not be published for an activity; None where it may."""
    _judges.append(judge)
    return judge


def why_not(subject: Subject, sha256: str) -> Say | None:
    """The first reason against it."""
    return next((reason for judge in _judges if (reason := judge(subject, sha256)) is not None), None)
