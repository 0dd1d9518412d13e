"""Attainment and pace of one indicator: pure arithmetic on decimals, no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

ONE_PLACE = Decimal("0.1")


def attainment(
    value: Decimal | None, target: Decimal | None, *, lower_is_better: bool = False
) -> Decimal | None:
    """Cumulative against target in percent with one decimal (R-DSH-01); inverted where lower is better.

    None where it cannot be computed: no value, no target, or a division by nothing.
    """
    if value is None or target is None:
        return None
    part, whole = (target, value) if lower_is_better else (value, target)
    if not whole:
        return None
    return (part * 100 / whole).quantize(ONE_PLACE, ROUND_HALF_UP)


def expected_share(start: datetime, end: datetime, now: datetime) -> Decimal:
    """The part of the target due by now, 0 to 1, linear from `start` to `end`; all of it at and after the end (X-09)."""
    if now >= end or end <= start:
        return Decimal(1)
    if now <= start:
        return Decimal(0)
    return Decimal((now - start).total_seconds()) / Decimal((end - start).total_seconds())


@dataclass(frozen=True)
class Pace:
    """How an indicator stands: what is due by now, the share of that which is there, in percent with one decimal."""

    expected: Decimal | None
    share: Decimal | None

    @classmethod
    def of(
        cls,
        cumulative: Decimal | None,
        target: Decimal | None,
        due: Decimal,
        *,
        lower_is_better: bool = False,
    ) -> Pace:
        """The pace of a count that grows to `target`, of which the part `due` (0 to 1) should be there by now."""
        if target is None:
            return cls(None, None)
        expected = target * due
        return cls(expected, attainment(cumulative, expected, lower_is_better=lower_is_better))
