"""What coupons come to: issued, redeemed, ordered with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum

from yunchou.directory.customers.selectors.find import customers_of, matching
from yunchou.kernel.core.money import ratio
from yunchou.kernel.subjects.models import Subject

from .. import codes
from ..models import Coupon, CouponSeries

STATES = ("open", "redeemed", "voided")


@dataclass(frozen=True)
class Used:
    """Coupons of one series, or of several: how many stand, were redeemed, were ordered with, and for how much."""

    issued: int = 0
    redeemed: int = 0
    ordered: int = 0
    sales: Decimal = Decimal(0)

    @property
    def rate(self) -> Decimal | None:
        """Redeemed of issued in percent; None before one was issued."""
        return ratio(self.redeemed, self.issued)


@dataclass(frozen=True)
class CountedSeries:
    """A series with what became of it."""

    series: CouponSeries
    used: Used


def used_by_series(series: Iterable[int]) -> dict[int, Used]:
    """What became of the coupons of some series, in one statement; cancelled orders count nowhere."""
    placed = Q(order__isnull=False, order__cancelled_at=None)
    found = (
        Coupon.objects.filter(series__in=list(series), voided_at=None)
        .order_by()
        .values_list("series")
        .annotate(
            issued=Count("pk"),
            redeemed=Count("pk", filter=Q(redeemed_at__isnull=False)),
            # One order may be paid with several coupons.
            ordered=Count("order", filter=placed, distinct=True),
        )
    )
    sales = dict(
        Coupon.objects.filter(pk__in=_first_of_order(series))
        .order_by()
        .values_list("series")
        .annotate(Sum("order__amount"))
    )
    return {
        pk: Used(issued, redeemed, ordered, sales.get(pk) or Decimal(0))
        for pk, issued, redeemed, ordered in found
    }


def _first_of_order(series: Iterable[int]) -> QuerySet[Coupon]:
    """One coupon of each order and series, so that an amount is added up once."""
    placed = Coupon.objects.filter(series__in=list(series), order__isnull=False, order__cancelled_at=None)
    return placed.order_by().values("series", "order").annotate(first=Min("pk")).values("first")  # type: ignore[return-value]


def series_of(subject: Subject) -> list[CountedSeries]:
    """The series of an activity with what became of them, in three statements."""
    found = list(CouponSeries.objects.filter(subject=subject).select_related("stream"))
    used = used_by_series([one.pk for one in found])
    return [CountedSeries(one, used.get(one.pk, Used())) for one in found]


def used_in(subject: Subject) -> Used:
    """All coupons of an activity together; prizes are given, not converted, and count apart."""
    keys = list(CouponSeries.objects.filter(subject=subject, kind="coupon").values_list("pk", flat=True))
    every = used_by_series(keys).values()
    return Used(
        sum(one.issued for one in every),
        sum(one.redeemed for one in every),
        sum(one.ordered for one in every),
        sum((one.sales for one in every), Decimal(0)),
    )


def coupons_of(series: CouponSeries, state: str = "", words: str = "") -> QuerySet[Coupon]:
    """The coupons of a series, newest first, narrowed by state and by who has them; one statement."""
    found = Coupon.objects.filter(series=series).select_related("customer__card", "redeemed_by", "order")
    if state == "redeemed":
        found = found.filter(redeemed_at__isnull=False)
    elif state == "voided":
        found = found.filter(voided_at__isnull=False)
    elif state == "open":
        found = found.filter(redeemed_at=None, voided_at=None)
    if words:
        code = codes.tidy(words)
        if codes.is_sound(code):
            return found.filter(code=code)
        among = customers_of(series.subject.unit).living()
        found = found.filter(customer__in=matching(among, words).values("pk"))
    return found
