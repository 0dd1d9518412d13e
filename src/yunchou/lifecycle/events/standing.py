"""What of a reply may still be changed, session by session: one rule for the guest's own page and for a colleague. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from .models import PlaceState, Session

LIVE = (PlaceState.HELD, PlaceState.WAITING)
"""What somebody has of a session to which they said yes."""


class Standing(StrEnum):
    """How a session stands for one party."""

    OPEN = "open"
    """May be accepted, changed and given up."""
    LATE = "late"
    """Replies are over: what is held may still be given up; anything more is a colleague's, with a reason."""
    CAME = "came"
    """Somebody of the party has come to it: it stays as it is."""
    OVER = "over"
    """Is past, or takes place no more: it stays as it is."""

    @property
    def is_settled(self) -> bool:
        """Nobody changes it any more."""
        return self in (Standing.CAME, Standing.OVER)


def standing_of(session: Session, came: Collection[int], now: datetime) -> Standing:
    """How one session stands; `came` are the sessions to which somebody of the party has come."""
    if session.pk in came:
        return Standing.CAME
    if session.removed_at is not None or session.ends_at <= now:
        return Standing.OVER
    if session.reply_until is not None and session.reply_until <= now:
        return Standing.LATE
    return Standing.OPEN


def standings_of(sessions: Iterable[Session], came: Collection[int], now: datetime) -> dict[int, Standing]:
    """How the sessions of a party stand, by session."""
    return {session.pk: standing_of(session, came, now) for session in sessions}


def may_choose(standing: Standing, state: str) -> bool:
    """Whether a guest may still say yes or no to a session: while replies are open, and to what they have."""
    return standing == Standing.OPEN or (standing == Standing.LATE and state in LIVE)
