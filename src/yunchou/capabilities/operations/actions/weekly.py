"""The weekly report: drafted from the dailies, edited, sent to management, and then left as it is (RPT-03, R-RPT-03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import MANAGEMENT, REGIONAL_LEADERSHIP
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import evaluate, params_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..drafting import draft_of
from ..duties import WEEKLY
from ..models import WeeklyReport
from ..monitoring import monitored
from ..permissions import Perm
from ..rules import ReportFacts, weekly_due, weekly_report_in_time
from ..running import running_on
from ..tables import REPORTS

ONE_WEEK = timedelta(days=7)


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@transaction.atomic
def draft_weekly(*, subject: Subject, week_on: date, actor: User | None) -> WeeklyReport:
    """The report of a week, drafted from its dailies where nobody has begun it; records `operations.weekly_drafted`.

    Refuses a week that has not begun.
    """
    subject = open_table(subject=subject, table=REPORTS.key, actor=actor, right=Perm.DECIDE)
    week_on = week_of(week_on)
    _not_ahead(week_on)
    known = WeeklyReport.objects.filter(subject=subject, week_on=week_on).first()
    if known:
        return known
    report = WeeklyReport.objects.create(subject=subject, week_on=week_on, **draft_of(subject, week_on))
    record(journal.WEEKLY_DRAFTED, actor=actor, subject=subject, data={"week": str(week_on)})
    return report


@transaction.atomic
def edit_weekly(
    *, report: WeeklyReport, parts: Mapping[str, str], actor: User, seen: str = ""
) -> WeeklyReport:
    """Write on the report of a week; records `operations.weekly_edited`. Refuses one that was sent, and an older window."""
    _subject, found = _open(report, actor, seen)
    _write(found, parts)
    record(journal.WEEKLY_EDITED, actor=actor, subject=found.subject, data={"week": str(found.week_on)})
    return found


@transaction.atomic
def send_weekly(
    *, report: WeeklyReport, parts: Mapping[str, str], actor: User, seen: str = ""
) -> WeeklyReport:
    """Send the report to management, who are told; records `operations.weekly_sent`.

    It keeps how the monitored points stand (RPT-04), is late after Friday 18:00, and never changes again. Refuses one that
    says nothing of what was done or of the problems that are open.
    """
    subject, found = _open(report, actor, seen)
    _write(found, parts)
    missing = [part for part in ("summary", "milestones", "budget") if not getattr(found, part)]
    if missing:
        words = say(_("Please fill this in."))
        raise Invalid(words, fields=dict.fromkeys(missing, words))
    now = clock.now()
    found.sent_by, found.sent_at = actor, now
    found.is_late = any(
        not verdict.passed
        for verdict in evaluate(
            [weekly_report_in_time], ReportFacts(found.week_on, now, handed_in_at=now), day=found.week_on
        )
    )
    found.monitored = [point.to_json() for point in monitored(subject, now)]
    found.save()
    people = list(management_of(subject))
    found.recipients.set(people)
    late: Say | str = say(_(" (late)")) if found.is_late else ""
    told = {"week": str(found.week_on), "late": late, "to": "、".join(person.name for person in people)}
    record(journal.WEEKLY_SENT, actor=actor, subject=subject, data=told)
    fulfil(actor=actor, key=weekly_key(subject, found.week_on))
    notify(
        users=[person for person in people if person != actor],
        kind="operations.weekly",
        say=say(_("Weekly report of {title}, from {week}"), title=subject.title, week=str(found.week_on)),
        subject=subject,
        address=found.get_absolute_url(),
        key=f"weekly:{found.pk}",
    )
    return found


def management_of(subject: Subject) -> list[User]:
    """Who reads the weekly reports of a subject: the leadership of its region and of the company."""
    found = Appointment.objects.valid().filter(
        unit__in=subject.unit.ancestor_ids,
        position__code__in=(REGIONAL_LEADERSHIP, MANAGEMENT),
        is_deputy=False,
    )
    return list(
        dict.fromkeys(post.user for post in found.select_related("user").order_by("position__order", "pk"))
    )


def stamp_of_weekly(report: WeeklyReport) -> str:
    """How a report stands, for a form that shows it."""
    return stamp(*(getattr(report, part) for part in WeeklyReport.PARTS), report.sent_at)


@transaction.atomic
def owe_weekly(*, subject: Subject, week_on: date, actor: User | None = None) -> None:
    """The overall lead owes the report of a week by Friday 18:00; again for the same week changes nothing (R-RPT-03)."""
    lead = lead_of(subject)
    sent = WeeklyReport.objects.filter(subject=subject, week_on=week_on, sent_at__isnull=False)
    if lead is None or sent.exists():
        return
    owe(
        kind=WEEKLY.key,
        subject=subject,
        owner=lead,
        due_at=weekly_due(week_on, params_on([weekly_report_in_time], week_on)[weekly_report_in_time.id]),
        key=weekly_key(subject, week_on),
        params={"week": week_on.isoformat()},
        address=reverse("operations:weekly_report", args=[subject.pk, week_on]),
        actor=actor,
    )


def owe_weekly_reports(day: date) -> int:
    """Lay down the report of this week for everything that is executed; returns of how many."""
    subjects = [running.subject for running in running_on(day)]
    for subject in subjects:
        owe_weekly(subject=subject, week_on=week_of(day))
    return len(subjects)


def draft_weeklies(day: date) -> int:
    """Draft the report of the week, where it is owed and nobody has begun it; returns how many running subjects there are."""
    subjects = [running.subject for running in running_on(day)]
    for subject in subjects:
        draft_weekly(subject=subject, week_on=day, actor=None)
    return len(subjects)


def weekly_key(subject: Subject, week_on: date) -> str:
    """The key of the duty to report on a week."""
    return f"{WEEKLY.key}:{subject.pk}:{week_on}"


def _open(report: WeeklyReport, actor: User, seen: str) -> tuple[Subject, WeeklyReport]:
    subject = open_table(subject=report.subject, table=REPORTS.key, actor=actor, right=Perm.DECIDE)
    found = WeeklyReport.objects.select_related("subject").get(pk=report.pk)
    if found.sent_at is not None:
        raise WrongState(say(_("The report of this week was sent; it stays as it is.")))
    refuse_stale(seen, stamp_of_weekly(found))
    return subject, found


def _write(report: WeeklyReport, parts: Mapping[str, str]) -> None:
    for part in WeeklyReport.PARTS:
        if part in parts:
            setattr(report, part, parts[part].strip())
    report.changed_at = clock.now()
    report.save()


def _not_ahead(week_on: date) -> None:
    if week_on > clock.today():
        words = say(_("This week has not begun yet."))
        raise Invalid(words, fields={"week": words})
