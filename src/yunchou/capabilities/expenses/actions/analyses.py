"""What departments report on the execution of their budgets, and who cites it (BUD-24)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import valid_appointments, visible_subjects
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Citation, ExecutionAnalysis
from ..permissions import ANALYSIS_KIND, Perm
from ..selectors.analyses import CITING, PERIOD, executed
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
    record(journal.ANALYSED, actor=actor, subject=subject, data={"title": str(made)})
    directors = [held.user for held in valid_appointments().filter(position__code=MARKETING_DIRECTOR)]
    notify(
        users=[one for one in directors if one.pk != actor.pk], kind="expenses.analysed", subject=subject,
        say=say(_("{unit} has reported on the execution of its budget in {period}."), unit=unit.name, period=period),
        key=f"expenses.analysed:{subject.pk}",
    )  # fmt: skip
    return made


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
