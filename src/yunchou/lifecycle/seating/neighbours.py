"""Who sits beside whom, and how a seat is called. No database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

ROW: Final = "row"
LONG: Final = "long"


def beside(shape: str, seats: int, number: int) -> Iterator[int]:
    """The seats next to one: left and right, round the table; in a row there is no way round.

    At a long table the odd numbers sit on one side and the even ones on the other; the one opposite is next to one too.
    """
    if shape == LONG:
        opposite = number + 1 if number % 2 else number - 1
        found = [number - 2, number + 2, opposite]
    elif shape == ROW:
        found = [number - 1, number + 1]
    else:
        found = [(number - 2) % seats + 1, number % seats + 1]
    yield from sorted({one for one in found if 1 <= one <= seats and one != number})


def is_at(shape: str, seats: int, one: int, other: int) -> bool:
    """Whether two seats of the same furniture are together: at a table all are, in a row those next to each other."""
    return shape != ROW or other in beside(shape, seats, one)


def sign_of(name: str) -> str:
    """What a table or row is called by, in every language, on its plate as in the names of its seats: `T3`, `A`."""
    return f"T{name}" if name.isdecimal() else name


def seat_text(name: str, number: int) -> str:
    """The one name of a seat, on plans and lists, at the door, on tickets and in messages: `T3 · 5`, `A · 12`."""
    return f"{sign_of(name)} · {number}"
