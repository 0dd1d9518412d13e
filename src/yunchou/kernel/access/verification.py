"""Separation of duties is proved for everybody, however the data came about."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from yunchou.kernel.core.verification import Problem, check

from .selectors import held_outside
from .separation import conflicts


@check("separation")
def duties_are_separated() -> Iterator[Problem]:
    """Nobody holds two of system administration, security administration and audit, now or later (等保 8.1.4)."""
    with override("en"):
        for found in conflicts():
            through = [f"{one.position.code}@{one.unit.code}" for one in found.through]
            yield Problem(
                "separation_of_duties",
                f"account no. {found.user.pk}",
                {"duties": [found.first.value, found.second.value], "through": through},
            )


@check("reserves")
def exceptions_are_explained() -> Iterator[Problem]:
    """A right that is kept to some positions is brought by others only with a reason, however the data came about (CUS-07)."""
    for found in held_outside():
        if not found.reason:
            yield Problem("unexplained_exception", found.position.code, {"right": found.right.key})
