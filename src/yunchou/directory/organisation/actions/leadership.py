"""What the head of a marketing centre writes: risk assessments of decisions, and reports to top management (ORG-07)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify

from .. import journal
from ..models import CentreReport, RiskLevel, RiskNote
from ..selectors import head_of_centre, overview_of, top_management


@transaction.atomic
def note_risk(
    *,
    company: Unit,
    decision: str,
    level: str,
    assessment: str,
    measures: str = "",
    decided_on: date | None = None,
    actor: User,
) -> RiskNote:
    """Keep the risk assessment of a major decision; it is not changed afterwards, a later one is added.

    Only the head may; refuses without decision and assessment, and a day to come; records `organisation.risk_noted`.
    """
    _require_head(company, actor)
    day = decided_on or clock.today()
    if not decision.strip():
        raise _invalid("decision", _("Name the decision."))
    if not assessment.strip():
        raise _invalid("assessment", _("Write down the assessment."))
    if level not in RiskLevel.values:
        raise _invalid("level", _("There is no such level."))
    if day > clock.today():
        raise _invalid("decided_on", _("This day has not come yet."))
    note = RiskNote.objects.create(
        centre=company,
        decision=decision.strip()[:160],
        level=level,
        assessment=assessment.strip(),
        measures=measures.strip(),
        decided_on=day,
        written_by=actor,
    )
    data = {"decision": note.decision, "level": level, "unit": company.name, "note": note.pk}
    record(journal.RISK_NOTED, actor=actor, data=data)
    return note


@transaction.atomic
def issue_report(
    *, company: Unit, title: str, start_on: date, end_on: date, text: str, actor: User
) -> CentreReport:
    """Report to top management, who are told; the departments' figures of this moment are kept with the report.

    Only the head may; refuses without title and text, a period that ends before it begins, and one that is to come;
    records `organisation.report_issued`.
    """
    _require_head(company, actor)
    if not title.strip():
        raise _invalid("title", _("Give the report a title."))
    if not text.strip():
        raise _invalid("text", _("Write the report."))
    if end_on < start_on:
        raise _invalid("end_on", _("The last day lies before the first."))
    if start_on > clock.today():
        raise _invalid("start_on", _("This day has not come yet."))
    report = CentreReport.objects.create(
        centre=company,
        title=title.strip()[:120],
        start_on=start_on,
        end_on=end_on,
        text=text.strip(),
        figures=overview_of(company).to_json(),
        issued_by=actor,
    )
    data = {"title": report.title, "unit": company.name, "report": report.pk}
    record(journal.REPORT_ISSUED, actor=actor, data=data)
    notify(
        users=top_management().exclude(pk=actor.pk),
        kind="organisation.report",
        say=say(_("{person} reports: “{title}”"), person=actor.name, title=report.title),
        address=report.get_absolute_url(),
        key=f"organisation.report:{report.pk}",
    )
    return report


def _require_head(company: Unit, actor: User) -> None:
    head = head_of_centre(company)
    if head is None or head.user.pk != actor.pk:
        raise NotAllowed(
            say(_("Only the head of the marketing centre of “{unit}” does this."), unit=company.name)
        )


def _invalid(field: str, message: str) -> Invalid:
    told = say(message)
    return Invalid(told, fields={field: told})
