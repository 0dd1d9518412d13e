"""What evaluations from outside tell of the institutions that make them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.scorecards import Outcome, Period, measure
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say

from .models import OutsideEvaluation, OutsideStatus
from .rules import reports_come_on_time


@measure(
    "supervision.reports", pgettext_lazy("measure", "Reports on time"), rule=reports_come_on_time, order=50
)
def reports(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
    """Reports by their date, and missing ones by the day they were due; one query."""
    days = (period.since, period.until)
    came = Q(status=OutsideStatus.REPORTED, reported_on__range=days)
    missing = Q(status=OutsideStatus.COMMISSIONED, due_on__range=days, due_on__lt=clock.today())
    rows = OutsideEvaluation.objects.filter(came | missing, supplier__in=suppliers).order_by("pk")
    for supplier, pk, title, due_on, reported_on in rows.values_list(
        "supplier", "pk", "subject__title", "due_on", "reported_on"
    ):
        due = due_on.isoformat()
        if reported_on is None:
            yield Outcome(supplier, due_on, False, pk, title, say(_("due {due}, not there yet"), due=due))
            continue
        note = say(_("due {due}, dated {day}"), due=due, day=reported_on.isoformat())
        yield Outcome(supplier, reported_on, reported_on <= due_on, pk, title, note)
