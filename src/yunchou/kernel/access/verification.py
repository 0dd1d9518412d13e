"""Separation of duties is proved for everybody, however the data came about."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from yunchou.kernel.core.verification import Problem, check

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
