"""Live streams with the leads and coupons that came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from yunchou.kernel.core.money import ratio
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import CouponSeries, Stream
from ..rules import Interacting, people_take_part
from .forwarding import brought_by


@dataclass(frozen=True)
class Held:
    """A session, the leads of its link and the coupons handed out in it, and what is said about its interaction rate."""

    stream: Stream
    leads: int
    coupons: int
    verdict: Verdict | None = None

    @property
    def is_low(self) -> bool:
        """Whether something is said; a verdict that failed is false, so it is not asked itself."""
        return self.verdict is not None


@dataclass(frozen=True)
class Together:
    """All sessions of an activity: those held, their viewers and the share of interactions."""

    planned: int = 0
    held: int = 0
    viewers_target: int = 0
    viewers: int | None = None
    rate: Decimal | None = None


def streams_of(subject: Subject) -> list[Held]:
    """The sessions of an activity, in three statements."""
    found = list(Stream.objects.filter(subject=subject, removed_at=None))
    brought = brought_by([one.form_id for one in found])
    coupons = dict(
        CouponSeries.objects.filter(stream__in=found).order_by().values_list("stream").annotate(Sum("issued"))
    )
    return [
        Held(one, brought.get(one.form_id, (0, 0, 0))[0], coupons.get(one.pk, 0), _verdict(one))
        for one in found
    ]


def together(streams: Sequence[Stream]) -> Together:
    """Sums over sessions; the rate is of those of which viewers and interactions are known."""
    both = [one for one in streams if one.viewers is not None and one.interactions is not None]
    seen = [one.viewers for one in streams if one.viewers is not None]
    return Together(
        len(streams),
        sum(one.is_held for one in streams),
        sum(one.viewers_target for one in streams),
        sum(seen) if seen else None,
        ratio(sum(one.interactions or 0 for one in both), sum(one.viewers or 0 for one in both))
        if both
        else None,
    )


def _verdict(stream: Stream) -> Verdict | None:
    found = [
        one for one in evaluate([people_take_part], Interacting(stream.interaction_rate)) if not one.passed
    ]
    return found[0] if found else None
