"""What the head of a marketing centre writes: risk assessments of decisions, and reports to top management (ORG-07)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import CENTRE_REPORT, DUE_HOUR
from ..models import CentreReport, ReportRhythm, RiskLevel, RiskNote
from ..periods import ReportPeriod, ended_before
from ..permissions import Perm
from ..selectors import (
    head_of_centre,
    overview_of,
    reporting_companies,
    reports_of,
    rhythm_of,
    top_management,
)
from ..subject import CENTRE

MOST_DAYS = 20

ONE_DAY = timedelta(days=1)


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
    records `organisation.report_issued`. What was owed for periods within it is fulfilled.
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
    _fulfil_periods(company, report, actor)
    notify(
        users=top_management().exclude(pk=actor.pk),
        kind="organisation.report",
        say=say(_("{person} reports: “{title}”"), person=actor.name, title=report.title),
        address=report.get_absolute_url(),
        key=f"organisation.report:{report.pk}",
    )
    return report


@transaction.atomic
def set_report_rhythm(*, company: Unit, every: str, working_days: int, actor: User) -> ReportRhythm:
    """Say how often the head of a centre reports, and how long after the period; what is owed already stays.

    Refuses without `organisation.oversee_centre` on the company, unknown rhythms and more than 20 working days; records
    `organisation.report_rhythm_set`, if it differs.
    """
    require(actor, Perm.OVERSEE_CENTRE, company)
    if every not in ReportRhythm.Every.values:
        raise _invalid("every", _("There is no such rhythm."))
    if not 1 <= working_days <= MOST_DAYS:
        raise _invalid("working_days", _("Between 1 and 20 working days."))
    before = ReportRhythm.objects.select_for_update().filter(centre=company).first()
    if before and (before.every, before.working_days) == (every, working_days):
        return before
    wanted = {"every": every, "working_days": working_days}
    rhythm, _made = ReportRhythm.objects.update_or_create(centre=company, defaults=wanted)
    told = Say(EVERY_WORDS[every])
    data = {"unit": company.name, "code": company.code, "every": told, "days": working_days}
    record(journal.REPORT_RHYTHM_SET, actor=actor, data=data)
    return rhythm


def owe_centre_reports(*, day: date) -> int:
    """On the first day after a period its head owes the report of each marketing centre; says how many.

    Again for the same day changes nothing; who has reported on the period already owes nothing, and a centre without a
    head has nobody to owe.
    """
    owed = 0
    for company in reporting_companies():
        rhythm, head = rhythm_of(company), head_of_centre(company)
        period = ended_before(day, rhythm.every)
        if head is None or day != period.end_on + ONE_DAY:
            continue
        if reports_of(company).filter(start_on__lte=period.start_on, end_on__gte=period.end_on).exists():
            continue
        _owe_report(company, head.user, period, rhythm.working_days)
        owed += 1
    return owed


@transaction.atomic
def _owe_report(company: Unit, head: User, period: ReportPeriod, working_days: int) -> None:
    address = reverse("organisation:centre_detail", args=[company.code])
    subject = Subject.objects.filter(kind=CENTRE.key, unit=company).first() or open_subject(
        kind=CENTRE.key, unit=company, title=company.name, address=address, actor=None
    )
    owe(
        kind=CENTRE_REPORT.key,
        subject=subject,
        owner=head,
        due_at=clock.moment(add_working_days(period.end_on, working_days), DUE_HOUR),
        key=_period_key(company, period.start_on, period.end_on),
        params={"period": str(period)},
        address=f"{address}?start={period.start_on}&end={period.end_on}",
    )


def _period_key(company: Unit, start_on: date, end_on: date) -> str:
    return f"{CENTRE_REPORT.key}:{company.pk}:{start_on}:{end_on}"


def _fulfil_periods(company: Unit, report: CentreReport, actor: User) -> None:
    """Every owed period that the report covers."""
    for duty in Duty.objects.open().filter(key__startswith=f"{CENTRE_REPORT.key}:{company.pk}:"):
        start_on, end_on = map(date.fromisoformat, duty.key.split(":")[-2:])
        if report.start_on <= start_on and end_on <= report.end_on:
            fulfil(actor=actor, key=duty.key)


# English msgids of the rhythms, for the journal.
EVERY_WORDS = {
    ReportRhythm.Every.MONTH.value: _("Every month"),
    ReportRhythm.Every.QUARTER.value: _("Every quarter"),
}


def _require_head(company: Unit, actor: User) -> None:
    head = head_of_centre(company)
    if head is None or head.user.pk != actor.pk:
        raise NotAllowed(
            say(_("Only the head of the marketing centre of “{unit}” does this."), unit=company.name)
        )


def _invalid(field: str, message: str) -> Invalid:
    told = say(message)
    return Invalid(told, fields={field: told})
