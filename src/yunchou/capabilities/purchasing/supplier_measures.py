"""What buying tells of suppliers: whether they kept to their price, and answered when they were asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.scorecards import Outcome, Period, measure
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say

from .models import SIGNED_CONTRACTS, Amendment, Bid, Contract, Invitation, Status
from .rules import invitations_are_answered, prices_are_kept


@measure("purchasing.price", pgettext_lazy("measure", "Price kept"), rule=prices_are_kept, order=30)
def price(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
    """Contracts by the day they were signed; one query.

    A contract is written for what the chosen offer asks, so it comes to more by changes in force alone.
    """
    in_force = Q(amendments__state=Amendment.State.IN_FORCE)
    found = Contract.objects.filter(
        supplier__in=suppliers,
        status__in=SIGNED_CONTRACTS,
        signed_on__range=(period.since, period.until),
    )
    rows = found.order_by("pk").annotate(grown=Sum("amendments__change", filter=in_force))
    for supplier, pk, number, title, signed_on, grown in rows.values_list(
        "supplier", "pk", "number", "title", "signed_on", "grown"
    ):
        more = grown or ZERO
        note = (
            say(_("{amount} yuan above the chosen offer"), amount=format_exact(more))
            if more > 0
            else say(_("no more than the chosen offer"))
        )
        yield Outcome(supplier, signed_on, more <= 0, pk, f"{number} {title}", note)


@measure(
    "purchasing.answered",
    pgettext_lazy("measure", "Invitations answered"),
    rule=invitations_are_answered,
    order=40,
)
def answered(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
    """Invitations to tenders by the day on which bids closed; those of purchases that were given up are none; one query."""
    found = Invitation.objects.filter(
        supplier__in=suppliers,
        tender__closes_at__gte=clock.moment(period.since),
        tender__closes_at__lt=clock.moment(period.until + timedelta(days=1)),
        tender__closes_at__lte=clock.now(),
    ).exclude(tender__purchase__status__in=(Status.CANCELLED, Status.REJECTED))
    handed_in = Bid.objects.filter(tender=OuterRef("tender"), supplier=OuterRef("supplier"))
    rows = found.order_by("pk").annotate(has_bid=Exists(handed_in))
    for supplier, pk, title, closes_at, has_bid in rows.values_list(
        "supplier", "tender", "tender__purchase__title", "tender__closes_at", "has_bid"
    ):
        note = say(_("handed in by the deadline")) if has_bid else say(_("no bid by the deadline"))
        yield Outcome(supplier, clock.local(closes_at).date(), has_bid, pk, title, note)
