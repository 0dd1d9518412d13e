"""Handing in reports. What was handed in stays; a correction is a report of its own (RPT-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.sheets.values import decimal_text
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import DATA
from ..models import DailyReport, DataReport, Issue
from ..monitoring import monitored
from ..permissions import Perm
from ..rules import ReportFacts, data_report_in_time, progress_report_in_time
from ..running import first_day
from ..tables import REPORTS
from .issues import report_issue
from .owed import progress_key
from .requests import ask_department
from .shared import lines_of

FIGURES = ("leads", "exposure")
"""What a data report says of each channel (RPT-02)."""

Figures = dict[str, dict[str, str]]


@transaction.atomic
def hand_in_report(
    *,
    subject: Subject,
    day: date,
    owner: User,
    done: str | Sequence[str],
    tomorrow: str | Sequence[str],
    problems: str = "",
    resources: str = "",
    actor: User,
    problem_is_issue: bool = False,
    department: Unit | None = None,
) -> DailyReport:
    """Hand in a person's progress report of a day; records `operations.report_handed_in`.

    Fulfils the day's duty, is marked late after the limit (R-RPT-01), and keeps how the monitored points stand
    (RPT-04). `problem_is_issue` reports the problem as a large issue at once, `department` is asked for the resources
    (RPT-05). Refuses a second report of the same person and day, one for a day to come, and one for a day on which the
    activity was neither prepared nor carried out yet.
    """
    subject = open_table(subject=subject, table=REPORTS.key, actor=actor, right=Perm.REPORT)
    _demand_its_time(subject, day)
    if _handed_in(subject, day, owner):
        raise WrongState(
            say(_("The report of {day} was handed in. Hand in a correction instead."), day=str(day))
        )
    now = clock.now()
    report = DailyReport(
        subject=subject,
        position=(DailyReport.objects.filter(subject=subject).aggregate(last=Max("position"))["last"] or 0)
        + 1,
        day=day,
        owner=owner,
        owner_name=owner.name,
        submitted_by=actor,
        submitted_at=now,
        is_late=_is_late(progress_report_in_time, day, now),
        monitored=[point.to_json() for point in monitored(subject, now)],
        **_parts(done, tomorrow, problems, resources, problem_is_issue, department is not None),
    )
    report.save(force_insert=True)
    told = {"day": str(day), "late": _late(report.is_late), "report": report.pk}
    record(journal.REPORT_HANDED_IN, actor=actor, subject=subject, data=told)
    fulfil(actor=actor, key=progress_key(subject, day, owner))
    if problem_is_issue:
        report_issue(
            subject=subject,
            problem=report.problems,
            actor=actor,
            size=Issue.Size.LARGE,
            origin=Issue.Origin.REPORT,
            report=report,
        )
    if department is not None:
        ask_department(subject=subject, unit=department, need=report.resources, actor=actor, report=report)
    return report


@transaction.atomic
def correct_report(
    *,
    report: DailyReport,
    done: str | Sequence[str],
    tomorrow: str | Sequence[str],
    problems: str = "",
    resources: str = "",
    actor: User,
) -> DailyReport:
    """Put a corrected report beside the one handed in; records `operations.report_corrected`.

    Its owner, whoever handed it in, and who edits the plan may. The correction keeps whether the first was late.
    """
    subject = open_table(subject=report.subject, table=REPORTS.key, actor=actor)
    _may_correct(actor, subject, {report.owner_id, report.submitted_by_id})
    report = DailyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if DailyReport.objects.filter(corrects=report).exists():
        raise WrongState(say(_("This report has been corrected already. Correct the latest one.")))
    correction = DailyReport(
        subject=subject,
        position=report.position,
        day=report.day,
        owner=report.owner,
        owner_name=report.owner_name,
        submitted_by=actor,
        submitted_at=clock.now(),
        is_late=report.is_late,
        monitored=report.monitored,
        corrects=report,
        **_parts(done, tomorrow, problems, resources),
    )
    correction.save(force_insert=True)
    told = {"day": str(report.day), "report": correction.pk, "corrects": report.pk}
    record(journal.REPORT_CORRECTED, actor=actor, subject=subject, data=told)
    return correction


@transaction.atomic
def hand_in_data_report(
    *, subject: Subject, day: date, figures: Mapping[str, Mapping[str, Any]], actor: User, note: str = ""
) -> DataReport:
    """Hand in the figures of a day by channel; records `operations.data_handed_in`.

    `figures` maps a channel to `leads` and `exposure`. Whoever owed it is relieved, whoever of them hands it in.
    """
    subject = open_table(subject=subject, table=REPORTS.key, actor=actor, right=Perm.REPORT)
    _demand_its_time(subject, day)
    if DataReport.objects.filter(subject=subject, day=day).exists():
        raise WrongState(say(_("The data report of {day} was handed in. Correct it instead."), day=str(day)))
    now = clock.now()
    report = DataReport.objects.create(
        subject=subject,
        day=day,
        figures=_clean(figures),
        note=note.strip(),
        submitted_by=actor,
        submitted_at=now,
        is_late=_is_late(data_report_in_time, day, now),
        monitored=[point.to_json() for point in monitored(subject, now)],
    )
    told = {"day": str(day), "late": _late(report.is_late), "report": report.pk}
    record(journal.DATA_HANDED_IN, actor=actor, subject=subject, data=told)
    owed = Duty.objects.open().filter(subject=subject, key__startswith=f"{DATA.key}:{subject.pk}:{day}:")
    for key in owed.values_list("key", flat=True):
        fulfil(actor=actor, key=key)
    return report


@transaction.atomic
def correct_data_report(
    *, report: DataReport, figures: Mapping[str, Mapping[str, Any]], actor: User, note: str = ""
) -> DataReport:
    """Put corrected figures beside those handed in; records `operations.data_corrected`."""
    subject = open_table(subject=report.subject, table=REPORTS.key, actor=actor)
    _may_correct(actor, subject, {report.submitted_by_id})
    report = DataReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if DataReport.objects.filter(corrects=report).exists():
        raise WrongState(say(_("This report has been corrected already. Correct the latest one.")))
    correction = DataReport.objects.create(
        subject=subject,
        day=report.day,
        figures=_clean(figures),
        note=note.strip(),
        submitted_by=actor,
        submitted_at=clock.now(),
        is_late=report.is_late,
        monitored=report.monitored,
        corrects=report,
    )
    told = {"day": str(report.day), "report": correction.pk, "corrects": report.pk}
    record(journal.DATA_CORRECTED, actor=actor, subject=subject, data=told)
    return correction


def _parts(
    done: str | Sequence[str],
    tomorrow: str | Sequence[str],
    problems: str,
    resources: str,
    problem_is_issue: bool = False,
    asks: bool = False,
) -> dict[str, Any]:
    """The four parts, cleaned. What was done and what is planned must be said; a problem or a need, where there is one."""
    parts: dict[str, Any] = {
        "done": lines_of(done if isinstance(done, str) else list(done)),
        "tomorrow": lines_of(tomorrow if isinstance(tomorrow, str) else list(tomorrow)),
        "problems": problems.strip(),
        "resources": resources.strip(),
    }
    must = ["done", "tomorrow"]
    must += [name for name, is_used in (("problems", problem_is_issue), ("resources", asks)) if is_used]
    missing = [name for name in must if not parts[name]]
    if missing:
        words = say(_("Please fill this in."))
        raise Invalid(words, fields=dict.fromkeys(missing, words))
    return parts


def _handed_in(subject: Subject, day: date, owner: User) -> bool:
    found = DailyReport.objects.filter(subject=subject, day=day, owner=owner, submitted_at__isnull=False)
    return found.exists()


def _demand_its_time(subject: Subject, day: date) -> None:
    """Refuse a day to come, and one on which the activity was neither prepared nor carried out yet."""
    if day > clock.today():
        raise at_field("day", _("This day has not come yet."))
    first = first_day(subject)
    if first is not None and day < first:
        raise at_field(
            "day", _("Nothing ran on this day: the activity is reported on from {first}."), first=str(first)
        )


def _is_late(rule: Rule[ReportFacts], day: date, now: datetime) -> bool:
    verdicts = evaluate([rule], ReportFacts(day, now, handed_in_at=now), day=day)
    return any(not verdict.passed for verdict in verdicts)


def _late(is_late: bool) -> Say | str:
    return say(_(" (late)")) if is_late else ""


def _may_correct(actor: User, subject: Subject, own: set[int | None]) -> None:
    if actor.pk not in own and not holds(actor, Perm.EDIT, subject):
        raise NotAllowed(say(_("Only whoever handed in a report, or who leads, may correct it.")))


def _clean(figures: Mapping[str, Mapping[str, Any]]) -> Figures:
    """Figures as plain numbers, channels and figures without a value left out."""
    found: Figures = {}
    for channel, values in figures.items():
        known = {name: _number(values[name]) for name in FIGURES if values.get(name) not in (None, "")}
        if channel.strip() and known:
            found[channel.strip()] = known
    if not found:
        raise Invalid(say(_("Fill in at least one figure.")))
    return found


def _number(value: Any) -> str:
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise Invalid(say(_("“{value}” is not a figure of a day."), value=str(value)))
    return decimal_text(number)
