"""How many leads there are, are valid and were converted: pure, no database (R-GOA-04, R-GOA-05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from yunchou.kernel.core.money import ratio

ALL, VALID = "all", "valid"
"""Of what the conversion rate is a share."""
BASES: Final = (ALL, VALID)


@dataclass(frozen=True)
class Captured:
    """A lead as far as it counts. One that is `merged_into` another is that other one."""

    pk: int
    captured_at: datetime
    is_valid: bool
    merged_into: int | None = None


@dataclass(frozen=True)
class Placed:
    """An order that came from a lead."""

    lead: int
    ordered_at: datetime
    is_cancelled: bool = False


@dataclass(frozen=True)
class Counted:
    """How many; `waiting` are those without an order whose window is still open, until `open_until` the last of them."""

    leads: int = 0
    valid: int = 0
    converted: int = 0
    converted_valid: int = 0
    waiting: int = 0
    open_until: datetime | None = None
    base: str = ALL
    days: int = 30

    @property
    def valid_rate(self) -> Decimal | None:
        """Valid of all leads in percent; None without leads (R-GOA-04)."""
        return ratio(self.valid, self.leads)

    @property
    def whole(self) -> int:
        """The denominator that is set."""
        return self.valid if self.base == VALID else self.leads

    @property
    def part(self) -> int:
        """Those of the denominator that ordered within the window, so that the rate never exceeds 100."""
        return self.converted_valid if self.base == VALID else self.converted

    @property
    def rate(self) -> Decimal | None:
        """Conversion rate in percent; None without leads (R-GOA-05)."""
        return ratio(self.part, self.whole)

    @property
    def other_rate(self) -> Decimal | None:
        """The rate on the base that is not set, for comparison."""
        if self.base == VALID:
            return ratio(self.converted, self.leads)
        return ratio(self.converted_valid, self.valid)

    @property
    def is_provisional(self) -> bool:
        """Somebody may still order in time (R-EVA-06)."""
        return self.waiting > 0


def is_in_window(captured_at: datetime, ordered_at: datetime, days: int) -> bool:
    """Whether an order came after the lead and at most `days` days of 24 hours later, both ends included."""
    return captured_at <= ordered_at <= captured_at + timedelta(days=days)


def count(
    leads: Iterable[Captured], orders: Iterable[Placed], *, now: datetime, days: int = 30, base: str = ALL
) -> Counted:
    """Count leads and those among them that ordered within the window; repeated leads and cancelled orders count nowhere.

    An order that came from a repeated lead is one of the first lead of that person.
    """
    every = {lead.pk: lead for lead in leads}
    heads = [lead for lead in every.values() if lead.merged_into is None]
    placed: dict[int, list[datetime]] = {}
    for order in orders:
        head = _head(order.lead, every)
        if head is not None and not order.is_cancelled:
            placed.setdefault(head, []).append(order.ordered_at)
    converted = {
        lead.pk
        for lead in heads
        if any(is_in_window(lead.captured_at, at, days) for at in placed.get(lead.pk, ()))
    }
    ends = [
        end
        for lead in heads
        if lead.pk not in converted and (end := lead.captured_at + timedelta(days=days)) >= now
    ]
    return Counted(
        leads=len(heads),
        valid=sum(lead.is_valid for lead in heads),
        converted=len(converted),
        converted_valid=sum(lead.is_valid for lead in heads if lead.pk in converted),
        waiting=len(ends),
        open_until=max(ends, default=None),
        base=base,
        days=days,
    )


def _head(pk: int, every: Mapping[int, Captured]) -> int | None:
    """The lead that counts for one; None where it is not among them."""
    seen: set[int] = set()
    while (lead := every.get(pk)) is not None and lead.merged_into is not None and pk not in seen:
        seen.add(pk)
        pk = lead.merged_into
    return pk if lead is not None else None
