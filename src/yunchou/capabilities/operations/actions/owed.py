"""Who owes which report of a day (R-RPT-01, R-RPT-02)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.urls import reverse

from yunchou.kernel.duties.actions import cancel, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from ..duties import DATA, PROGRESS, report_ladder
from ..models import DailyReport, DataReport
from ..rules import data_due, data_report_in_time, progress_due, progress_report_in_time


def progress_key(subject: Subject, day: date, owner: User) -> str:
    """The key of the duty to report on a day's progress."""
    return f"{PROGRESS.key}:{subject.pk}:{day}:{owner.pk}"


def data_key(subject: Subject, day: date, owner: User) -> str:
    """The key of the duty to report a day's figures."""
    return f"{DATA.key}:{subject.pk}:{day}:{owner.pk}"


@transaction.atomic
def owe_report_duties(
    *,
    subject: Subject,
    day: date,
    progress: Iterable[User] = (),
    data: Iterable[User] = (),
    actor: User | None = None,
) -> int:
    """Let people owe the reports of one day of execution; again for the same day changes nothing. Returns how many owe.

    The progress report is due that day, the data report the next morning (X-08). Who has handed in already owes nothing.
    """
    params = params_on([progress_report_in_time, data_report_in_time], day)
    limits = params[progress_report_in_time.id]
    reported = set(DailyReport.objects.filter(subject=subject, day=day).values_list("owner", flat=True))
    count = 0
    for owner in progress:
        if owner.pk in reported:
            continue
        owe(
            kind=PROGRESS.key,
            subject=subject,
            owner=owner,
            due_at=progress_due(day, limits),
            key=progress_key(subject, day, owner),
            params={"day": day.isoformat()},
            address=f"{reverse('operations:report_new', args=[subject.pk])}?day={day}",
            ladder=report_ladder(_minutes_between(limits.reminder, limits.limit)),
            actor=actor,
        )
        count += 1
    if DataReport.objects.filter(subject=subject, day=day).exists():
        return count
    for owner in data:
        owe(
            kind=DATA.key,
            subject=subject,
            owner=owner,
            due_at=data_due(day, params[data_report_in_time.id]),
            key=data_key(subject, day, owner),
            params={"day": day.isoformat()},
            address=f"{reverse('operations:data_report_new', args=[subject.pk])}?day={day}",
            actor=actor,
        )
        count += 1
    return count


@transaction.atomic
def cancel_report_duties(*, subject: Subject, actor: User | None, reason: str = "") -> None:
    """Nobody owes reports on this subject any longer; when it is suspended, cancelled or closed."""
    for kind in (PROGRESS, DATA):
        cancel(actor=actor, kind=kind.key, subject=subject, reason=reason)


def _minutes_between(start: str, end: str) -> int:
    day = date(2000, 1, 1)
    first, last = (datetime.combine(day, time.fromisoformat(text)) for text in (start, end))
    return max(0, int((last - first).total_seconds() // 60))
