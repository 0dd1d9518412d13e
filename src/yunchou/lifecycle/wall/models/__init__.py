"""What everybody in the room sees: screens in the hall, polls, prize draws."""

from .draws import Draw, Lot, Prize, Who
from .polls import Ballot, Poll, PollKind
from .screens import Screen

__all__ = ["Ballot", "Draw", "Lot", "Poll", "PollKind", "Prize", "Screen", "Who"]
