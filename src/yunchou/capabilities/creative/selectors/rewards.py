"""Offers and lotteries, the published winners, and whether a draw can be drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .. import drawing
from ..models import Lottery, Offer, Win


@dataclass(frozen=True)
class OfferLine:
    """An offer as it stands now."""

    offer: Offer
    state: str

    @property
    def level(self) -> str:
        return {"runs": "fine", "out": "act"}.get(self.state, "unknown")


def offers_of(subject: Subject) -> list[OfferLine]:
    now = clock.now()
    return [OfferLine(one, _state(one, now)) for one in Offer.objects.filter(subject=subject)]


def _state(offer: Offer, now: datetime) -> str:
    if now < offer.starts_at:
        return "ahead"
    if now >= offer.ends_at:
        return "over"
    return "runs" if offer.left else "out"


@dataclass(frozen=True)
class LotteryLine:
    """A lottery as it stands now, with the number of those who take part."""

    lottery: Lottery
    state: str
    entries: int

    @property
    def level(self) -> str:
        return {"open": "fine", "to_draw": "act", "drawn": "watch", "published": "fine"}.get(
            self.state, "unknown"
        )


def lotteries_of(subject: Subject) -> list[LotteryLine]:
    found = (
        Lottery.objects.filter(subject=subject).annotate(people=Count("entries")).prefetch_related("prizes")
    )
    return [LotteryLine(one, lottery_state(one), one.people) for one in found]


def lottery_state(lottery: Lottery) -> str:
    """ahead, open, to_draw, drawn or published."""
    now = clock.now()
    if lottery.published_at:
        return "published"
    if lottery.drawn_at:
        return "drawn"
    if now < lottery.starts_at:
        return "ahead"
    return "open" if now < lottery.ends_at else "to_draw"


@dataclass(frozen=True)
class Check:
    """Whether the seed is the one that was committed to, the entries are those that were drawn from, and the draw comes out
    the same."""

    seed: bool
    entries: bool
    winners: bool

    @property
    def holds(self) -> bool:
        return self.seed and self.entries and self.winners


def verify(lottery: Lottery) -> Check | None:
    """Draw again and compare; None before the draw."""
    if lottery.drawn_at is None:
        return None
    entries = list(lottery.entries.all())
    digest = drawing.digest_of((one.code, one.name, one.contact) for one in entries)
    prizes = list(lottery.prizes.all())
    again = drawing.winners(
        lottery.seed, lottery.entries_digest, [one.code for one in entries], [prize.stock for prize in prizes]
    )
    kept = [(win.entry.code, win.prize_id) for win in wins_of(lottery)]
    return Check(
        drawing.commitment(lottery.seed) == lottery.commitment,
        digest == lottery.entries_digest,
        [(code, prizes[prize].pk) for code, prize in again] == kept,
    )


def wins_of(lottery: Lottery) -> list[Win]:
    """Who won what, in the order of the draw."""
    return list(Win.objects.filter(entry__lottery=lottery).select_related("entry", "prize"))
