"""What actions of this room have in common."""

from __future__ import annotations

from ..tables import ISSUES

# What is done about risks goes on as long as issues may be reported; the plan of them is locked with the proposal.
LIVE = ISSUES.key
LONG = 2000
"""At most so many characters where people tell something at length."""


def lines_of(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """The lines that are not blank."""
    lines = text.splitlines() if isinstance(text, str) else text
    return [line.strip() for line in lines if line.strip()]


def short(text: str) -> str:
    """The first line of a text, for the journal and for duties."""
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= 80 else f"{first[:79]}…"
