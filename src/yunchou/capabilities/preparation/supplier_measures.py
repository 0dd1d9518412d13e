"""What preparing tells of suppliers: whether what was bought from them came on time, and was good."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.purchasing.models import ContractLine, ContractStatus
from yunchou.directory.suppliers.scorecards import Outcome, Period, measure
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.journal.models import JournalEntry

from .journal import REFUSED
from .models import Acceptance, Supply
from .rules import supplies_are_good, supplies_come_on_time

OF = "order_line__winner__supplier"
"""Only what is bought by a line of a purchase is known to come from a supplier; a typed name proves nothing."""


@measure(
    "preparation.on_time",
    pgettext_lazy("measure", "Delivered on time"),
    rule=supplies_come_on_time,
    order=10,
)
def on_time(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
    """Supplies accepted whole, by the day it was; and those still missing, by the day they were due; one query.

    What is missing counts while a contract for it is in force: who was never asked to deliver is not late.
    """
    ordered = ContractLine.objects.filter(
        item=OuterRef("order_line"),
        contract__status=ContractStatus.SIGNED,
        contract__supplier=OuterRef(OF),
    )
    came = Q(acceptance=Acceptance.ACCEPTED, accepted_on__range=(period.since, period.until))
    missing = (
        ~Q(acceptance=Acceptance.ACCEPTED)
        & Q(due_on__range=(period.since, period.until), due_on__lt=clock.today())
        & Exists(ordered)
    )
    found = Supply.objects.filter(came | missing, due_on__isnull=False, **{f"{OF}__in": suppliers})
    rows = found.order_by("pk").values_list(OF, "subject", "name", "acceptance", "accepted_on", "due_on")
    for supplier, subject, name, acceptance, accepted_on, due_on in rows:
        if acceptance != Acceptance.ACCEPTED:
            note = say(_("due {due}, not accepted yet"), due=due_on.isoformat())
            yield Outcome(supplier, due_on, False, subject, name, note)
            continue
        note = say(_("due {due}, accepted {day}"), due=due_on.isoformat(), day=accepted_on.isoformat())
        yield Outcome(supplier, accepted_on, accepted_on <= due_on, subject, name, note)


@measure(
    "preparation.quality",
    pgettext_lazy("measure", "Accepted without a refusal"),
    rule=supplies_are_good,
    order=20,
)
def quality(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
    """Supplies that were accepted whole or refused last; a refusal that something better followed stays one; two queries."""
    ended = (Acceptance.ACCEPTED, Acceptance.REFUSED)
    found = list(
        Supply.objects.filter(
            acceptance__in=ended,
            accepted_on__range=(period.since, period.until),
            **{f"{OF}__in": suppliers},
        )
        .order_by("pk")
        .values_list(OF, "subject", "name", "acceptance", "accepted_on", "pk")
    )
    # The row tells of the last acceptance only; what was refused before it stands in the journal, by its key, and by its name
    # where that was written before the key was.
    told = JournalEntry.objects.filter(kind=REFUSED.key, subject__in={row[1] for row in found})
    refused = {
        (subject, supply or name)
        for subject, supply, name in told.values_list("subject", "data__supply", "data__name")
    }
    for supplier, subject, name, acceptance, accepted_on, pk in found:
        if acceptance == Acceptance.REFUSED:
            yield Outcome(supplier, accepted_on, False, subject, name, say(_("refused")))
        elif {(subject, pk), (subject, name)} & refused:
            yield Outcome(
                supplier, accepted_on, False, subject, name, say(_("refused first, accepted afterwards"))
            )
        else:
            yield Outcome(supplier, accepted_on, True, subject, name, say(_("accepted as required")))
