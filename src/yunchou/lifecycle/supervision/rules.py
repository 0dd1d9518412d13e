"""Rules on audits."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.scorecards import Tally, judged, scale
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, WARN, Fix, Verdict, failed, passed


@dataclass(frozen=True)
class TurnFacts:
    """A recurring audit on a day: since when nothing was audited, and every how many months it was meant to be."""

    plan: str
    since: date
    months: int
    today: date

    def last_day(self, p: Params) -> date:
        """The last day of the period that is audited next; the rule's interval is the longest there is."""
        return months_after(self.since, min(self.months, p.months)) - timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@rule(
    "R-BUD-14",
    clause="002 9.2 五, 9.3(3)",
    severity=REMIND,
    params={"months": 3, "share": Decimal("10")},
    assumed=("months", "share"),
    title=_("Internal audit in its turn"),
    sentence=_(
        "Marketing expenses, the accounting itself and customer data are audited at least every {months}, on a sample of"
        " {share} of what there was."
    ),
    bounds={
        "months": Bound(_("Longest interval"), unit=_("months"), at_least=1, at_most=12),
        "share": Bound(_("Share of the sample"), unit=PERCENT, at_least=Decimal("0.1"), at_most=100),
    },
)
def audit_is_opened_in_turn(ctx: TurnFacts, p: Params) -> Verdict:
    """When the period of a planned audit is over, its case is opened with a sample."""
    last = ctx.last_day(p)
    period = {"plan": ctx.plan, "first": ctx.since.isoformat(), "last": last.isoformat()}
    if ctx.today <= last:
        return passed(say(_("{plan}: {first} to {last} is audited after its last day."), **period))
    return failed(
        say(_("{plan}: {first} to {last} is to be audited now."), **period),
        fix=Fix(say(_("Open the audit with its sample."))),
        days=(ctx.today - last).days,
    )


@rule(
    "K-SUP-06",
    clause="002 9.3(3)",
    severity=WARN,
    title=_("Evaluations from outside come on time"),
    sentence=_(
        "From {fine} of an institution’s reports by their day it is fine,"
        " below {watch} something has to be done; it weighs {weight} in the score."
    ),
    **scale(weight=30, fine=95, watch=80),
)
def reports_come_on_time(tally: Tally, p: Params) -> Verdict:
    """An institution that evaluates a project hands its report in by its day."""
    return judged(tally, p)
