"""What departments owe and report on the execution of their budgets, and who cites it (BUD-24)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.states import quarter_of
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import valid_appointments, visible_subjects
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import ANALYSIS, ANALYSIS_DAYS, DUE_HOUR
from ..models import AnalysisDue, Citation, ExecutionAnalysis
from ..permissions import ANALYSIS_KIND, DUE_KIND, Perm
from ..selectors.analyses import CITING, PERIOD, executed, expected_from, reporter_of
from .shared import refused


@transaction.atomic
def report_execution(
    *, unit: Unit, period: str, analysis: str, lessons: str, actor: User
) -> ExecutionAnalysis:
    """Report to the marketing centre how a department's budget was carried out, with what it teaches; records `analysed`.

    The amounts are those of the books now. Refuses, at the field, a missing text, a period that is none, and a second
    report on the same one.
    """
    require(actor, Perm.ANALYSE, unit)
    if not PERIOD.match(period):
        raise refused("period", say(_("Give a quarter such as 2026Q3, or a month such as 2026-08.")))
    for field, text in (("analysis", analysis), ("lessons", lessons)):
        if not text.strip():
            raise refused(field, say(_("Write something here.")))
    money = executed(unit, period)
    subject = open_subject(
        kind=ANALYSIS_KIND, unit=unit, title=f"{unit.name} {period}", code=period, actor=actor
    )
    try:
        with transaction.atomic():
            made: ExecutionAnalysis = ExecutionAnalysis.objects.create(
                subject=subject, unit=unit, period=period, approved=money.approved, spent=money.spent,
                analysis=analysis.strip(), lessons=lessons.strip(), reported_by=actor,
            )  # fmt: skip
    except IntegrityError:
        raise refused(
            "period", say(_("This department has reported on {period} already."), period=period)
        ) from None
    subject.address = made.get_absolute_url()
    subject.save(update_fields=["address"])
    _settle_due(made, actor)
    record(journal.ANALYSED, actor=actor, subject=subject, data={"title": str(made)})
    directors = [held.user for held in valid_appointments().filter(position__code=MARKETING_DIRECTOR)]
    notify(
        users=[one for one in directors if one.pk != actor.pk], kind="expenses.analysed", subject=subject,
        say=say(_("{unit} has reported on the execution of its budget in {period}."), unit=unit.name, period=period),
        key=f"expenses.analysed:{subject.pk}",
    )  # fmt: skip
    return made


def _settle_due(made: ExecutionAnalysis, actor: User) -> None:
    """What was owed is reported."""
    due = AnalysisDue.objects.select_related("subject").filter(unit=made.unit, period=made.period).first()
    if due is not None:
        due.analysis = made
        due.save(update_fields=["analysis"])
        fulfil(actor=actor, kind=ANALYSIS.key, subject=due.subject)


def owe_analyses(*, day: date) -> int:
    """On the first day of a quarter every region and department with approved money owes the analysis of the one before.

    Says how many; again for the same day changes nothing. Somebody of the unit itself owes it, else somebody above.
    """
    end = day - timedelta(days=1)
    period, owed = quarter_of(end).value, 0
    due_on = add_working_days(end, ANALYSIS_DAYS)
    for unit in expected_from(end.year):
        with transaction.atomic():
            owed += _owe(unit, period, due_on)
    return owed


def _owe(unit: Unit, period: str, due_on: date) -> bool:
    if ExecutionAnalysis.objects.filter(unit=unit, period=period).exists():
        return False
    if AnalysisDue.objects.filter(unit=unit, period=period).exists():
        return True
    owner = reporter_of(unit)
    if owner is None:
        return False
    address = f"{reverse('expenses:analysis_add')}?unit={unit.pk}&period={period}"
    subject = open_subject(
        kind=DUE_KIND, unit=unit, title=f"{unit.name} {period}", code=period, address=address, actor=None
    )
    try:
        with transaction.atomic():
            AnalysisDue.objects.create(subject=subject, unit=unit, period=period, due_on=due_on, owner=owner)
    except IntegrityError:
        return True
    owe(
        kind=ANALYSIS.key, subject=subject, owner=owner, due_at=clock.moment(due_on, DUE_HOUR), address=address,
        params={"unit": unit.name, "period": period},
    )  # fmt: skip
    return True


@transaction.atomic
def cite_analysis(*, analysis: ExecutionAnalysis, budget: Subject, actor: User) -> Citation:
    """Cite an analysis in a later budget that the actor may see; records `expenses.cited` at both. Refuses a second time."""
    require(actor, Perm.SEE_REPORTS, analysis)
    if not visible_subjects(actor).filter(pk=budget.pk, kind__in=CITING).exists():
        raise NotAllowed(say(_("You may not see this.")))
    cited, made = Citation.objects.get_or_create(
        analysis=analysis, budget=budget, defaults={"cited_by": actor}
    )
    if not made:
        raise WrongState(say(_("It is cited there already.")))
    told = {"title": str(analysis), "budget": budget.title}
    record(journal.CITED, actor=actor, subject=analysis.subject, data=told)
    record(journal.CITED, actor=actor, subject=budget, data=told)
    return cited
