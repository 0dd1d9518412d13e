"""Rules on audits, and on how long what supervision asks for may take."""

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


@dataclass(frozen=True)
class Term:
    """Something that supervision waits for: until which day, on which day it came, and today."""

    name: str
    due_on: date
    today: date
    done_on: date | None = None


def _in_its_term(ctx: Term) -> Verdict:
    came = ctx.done_on or ctx.today
    if came <= ctx.due_on:
        return passed(say(_("{name}: in time, until {day}."), name=ctx.name, day=ctx.due_on.isoformat()))
    return failed(
        say(_("{name} was due on {day}."), name=ctx.name, day=ctx.due_on.isoformat()),
        days=(came - ctx.due_on).days,
    )


def _days(label: str) -> Bound:
    return Bound(label, unit=_("working days"), at_least=1, at_most=60)


@rule(
    "K-SPV-01",
    clause="002 9.2 五",
    severity=REMIND,
    params={"report": 20, "correction": 10, "verification": 5},
    assumed=("report", "correction", "verification"),
    title=_("What an audit finds is put right in time"),
    sentence=_(
        "An audit is reported within {report} working days of its opening; a finding is corrected within {correction} unless"
        " the auditor names another day, and the correction verified within {verification}."
    ),
    bounds={
        "report": _days(_("Report of an audit")),
        "correction": _days(_("Correction of a finding")),
        "verification": _days(_("Verification of a correction")),
    },
)
def findings_are_put_right(ctx: Term, p: Params) -> Verdict:
    """An audit is reported, a finding corrected and the correction verified within so many working days."""
    return _in_its_term(ctx)


@rule(
    "K-SPV-02",
    clause="002 1.3",
    severity=REMIND,
    params={"days": 15},
    assumed=("days",),
    title=_("Reports of misconduct are dealt with in time"),
    sentence=_("Whoever examines a report of misconduct says within {days} working days what came of it."),
    bounds={"days": _days(_("Time for the result"))},
)
def misconduct_is_dealt_with(ctx: Term, p: Params) -> Verdict:
    """A report of misconduct that somebody examines has its result within so many working days."""
    return _in_its_term(ctx)


@rule(
    "K-SPV-03",
    clause="002 1.2",
    severity=REMIND,
    params={"newcomer": 10, "yearly": 20},
    assumed=("newcomer", "yearly"),
    title=_("The code of conduct is acknowledged in time"),
    sentence=_(
        "Whoever joins acknowledges the code of conduct within {newcomer} working days; each year everybody does within {yearly}."
    ),
    bounds={"newcomer": _days(_("Time for newcomers")), "yearly": _days(_("Time for everybody"))},
)
def conduct_is_acknowledged(ctx: Term, p: Params) -> Verdict:
    """The code of conduct is acknowledged within so many working days, by newcomers and each year by everybody."""
    return _in_its_term(ctx)


@rule(
    "K-SPV-04",
    clause="002 1.3",
    severity=REMIND,
    params={"days": 3},
    assumed=("days",),
    title=_("Activities are checked for legality before they begin"),
    sentence=_(
        "An activity is checked by the eve of its first day; the team has {days} working days for it in any case."
    ),
    bounds={"days": _days(_("Least time for the check"))},
)
def legality_is_checked(ctx: Term, p: Params) -> Verdict:
    """An activity is checked for legality and honesty by the eve of its first day."""
    return _in_its_term(ctx)


@rule(
    "K-SPV-05",
    clause="001 §5 ¶5",
    severity=REMIND,
    params={"days": 3},
    assumed=("days",),
    title=_("Notes on plans and activities are answered in time"),
    sentence=_(
        "A note that guides a plan or an activity is answered within {days} working days, unless it names another day."
    ),
    bounds={"days": _days(_("Time for the answer"))},
)
def notes_are_answered(ctx: Term, p: Params) -> Verdict:
    """A note that guides a plan or an activity is answered within so many working days."""
    return _in_its_term(ctx)


@rule(
    "K-SPV-06",
    clause="002 3.3(3)",
    severity=REMIND,
    params={"day": 5},
    assumed=("day",),
    title=_("Supervision reports each month"),
    sentence=_("A team reports to top management by working day {day} of the next month."),
    bounds={"day": Bound(_("Working day of the next month"), at_least=1, at_most=15)},
)
def teams_report_each_month(ctx: Term, p: Params) -> Verdict:
    """A supervision team reports on a month by such a working day of the next one."""
    return _in_its_term(ctx)


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
