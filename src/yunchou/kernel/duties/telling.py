"""A duty in words: for messages and for the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yunchou.kernel.core import clock

from .models import Duty


def moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def stamp(duty: Duty) -> str:
    """Tells a moved duty's reminders from those before the move."""
    return f"{duty.due_at:%Y%m%d%H%M}"


def bracketed(reason: str) -> str:
    return f"({reason.strip()})" if reason.strip() else ""


def spoken(duty: Duty) -> dict[str, Any]:
    return {"duty": duty.sentence, "due": moment(duty.due_at)}


def told(duty: Duty, **more: str) -> dict[str, Any]:
    """What the journal keeps of a duty."""
    return {**spoken(duty), "key": duty.key, **more}
