"""The day itself: sessions, guests with their places in them, doors, devices and arrivals."""

from .door import CheckIn, Device, Direction, Door, Doubt, EventKey, Verdict
from .guests import (
    COMING,
    GONE,
    SAID_YES,
    Guest,
    GuestEntry,
    GuestQuerySet,
    Happening,
    Place,
    PlaceState,
    Reply,
    Role,
    Tally,
    Wave,
)
from .media import MediaReport
from .pages import Look, Page
from .sessions import Question, QuestionKind, Session

__all__ = [
    "COMING",
    "GONE",
    "SAID_YES",
    "CheckIn",
    "Device",
    "Direction",
    "Door",
    "Doubt",
    "EventKey",
    "Guest",
    "GuestEntry",
    "GuestQuerySet",
    "Happening",
    "Look",
    "MediaReport",
    "Page",
    "Place",
    "PlaceState",
    "Question",
    "QuestionKind",
    "Reply",
    "Role",
    "Session",
    "Tally",
    "Verdict",
    "Wave",
]
