"""The day itself: sessions, guests with their places in them, doors, devices and arrivals."""

from .door import CheckIn, Device, Direction, Door, Verdict
from .guests import Guest, GuestQuerySet, Place, PlaceState, Reply, Role, Wave
from .sessions import Question, QuestionKind, Session

__all__ = [
    "CheckIn",
    "Device",
    "Direction",
    "Door",
    "Guest",
    "GuestQuerySet",
    "Place",
    "PlaceState",
    "Question",
    "QuestionKind",
    "Reply",
    "Role",
    "Session",
    "Verdict",
    "Wave",
]
