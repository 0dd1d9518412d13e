"""Offers with their answers, and benefits month by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from yunchou.kernel.subjects.models import Subject

from ..models import Answer, Benefit, Offer, Prospect


@dataclass
class Answered:
    """An offer with everybody it was made to, and how many said what."""

    offer: Offer
    prospects: list[Prospect] = field(default_factory=list)

    @property
    def signed(self) -> int:
        return self._counts[Answer.SIGNED]

    @property
    def thinking(self) -> int:
        return self._counts[Answer.THINKING] + self._counts[Answer.OFFERED]

    @property
    def declined(self) -> int:
        return self._counts[Answer.DECLINED]

    @property
    def _counts(self) -> Counter[str]:
        return Counter(one.answer for one in self.prospects)


def offers_of(subject: Subject) -> list[Answered]:
    """The offers of an activity, in two statements."""
    found = {offer.pk: Answered(offer) for offer in Offer.objects.filter(subject=subject)}
    rows = Prospect.objects.filter(offer__subject=subject).select_related("customer__card", "order")
    for one in rows.order_by("customer__pinyin", "pk"):
        found[one.offer_id].prospects.append(one)
    return list(found.values())


@dataclass
class Month:
    """The benefits of one month, by day."""

    first: date
    benefits: list[Benefit] = field(default_factory=list)


def calendar_of(subject: Subject) -> list[Month]:
    """The benefits of an activity month by month, in one statement."""
    months: dict[date, Month] = {}
    rows = Benefit.objects.filter(subject=subject).select_related("customer", "given_by")
    for one in rows.order_by("due_on", "pk"):
        first = one.due_on.replace(day=1)
        months.setdefault(first, Month(first)).benefits.append(one)
    return list(months.values())
