"""Recurring reports of departments: their schedule, what is owed next, and what was sent to whom (RPT-08)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, add_members
from yunchou.kernel.subjects.actions import open_subject as make_subject
from yunchou.kernel.subjects.models import Role, Subject

from .. import journal
from ..duties import DEPARTMENT
from ..models import Delivery, Every, Receipt, RecurringReport, ReportKind
from ..periods import next_due, period_named
from ..permissions import Perm
from ..subject import DEPARTMENT_REPORT

LENGTH = 20_000


@transaction.atomic
def set_recurring(
    *,
    unit: Unit,
    name: str,
    kind: str,
    author: User,
    recipients: Collection[User],
    every: str,
    day: int,
    actor: User,
    report: RecurringReport | None = None,
) -> RecurringReport:
    """Lay down a recurring report, or change one; records `operations.recurring_set`. The next one is owed at once.

    Needs `operations.schedule` on the department. Refuses nobody to read it, and a day that not every period has.
    """
    require(actor, Perm.SCHEDULE, report.subject if report else unit)
    name = wanted(name, "name", 80)
    wrong: dict[str, Any] = {}
    if kind not in ReportKind.values or every not in Every.values:
        wrong["kind" if kind not in ReportKind.values else "every"] = say(_("Choose one."))
    if not recipients:
        wrong["recipients"] = say(_("Somebody has to receive it."))
    if not 1 <= day <= (7 if every == Every.WEEK else 28):
        wrong["day"] = say(_("From 1 to 7 of a week, from 1 to 28 of a month."))
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    values = {"name": name, "kind": kind, "author": author, "every": every, "day": day}
    if report is None:
        subject = make_subject(kind=DEPARTMENT_REPORT.key, unit=unit, title=name, actor=actor)
        report = RecurringReport.objects.create(subject=subject, **values)
        subject.address = report.get_absolute_url()
        subject.save(update_fields=["address"])
    else:
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=report.pk)
        RecurringReport.objects.filter(pk=report.pk).update(**values)
        Subject.objects.filter(pk=subject.pk).update(title=name)
        _drop_open(report, actor)
        report = RecurringReport.objects.select_related("subject__unit", "author").get(pk=report.pk)
    report.recipients.set(recipients)
    add_member(subject=report.subject, user=author, role=Role.OWNER)
    add_members(subject=report.subject, users=recipients, role=Role.APPROVER)
    told = {"report": name, "unit": report.subject.unit.name, "to": "、".join(one.name for one in recipients)}
    record(journal.RECURRING_SET, actor=actor, subject=report.subject, data=told)
    owe_next(report=report, day=clock.today(), actor=actor)
    return report


@transaction.atomic
def end_recurring(*, report: RecurringReport, actor: User) -> None:
    """Owe a report no longer; what was sent stays. Records `operations.recurring_ended`."""
    require(actor, Perm.SCHEDULE, report.subject)
    Subject.objects.select_for_update(of=("self",)).get(pk=report.pk)
    RecurringReport.objects.filter(pk=report.pk).update(is_active=False)
    _drop_open(report, actor)
    record(journal.RECURRING_ENDED, actor=actor, subject=report.subject, data={"report": report.name})


@transaction.atomic
def owe_next(*, report: RecurringReport, day: date, actor: User | None = None) -> Delivery | None:
    """The report that is due next is owed by its author; again for the same day changes nothing."""
    if not report.is_active:
        return None
    due_at = next_due(report.every, report.day, day)
    period = period_named(report.every, clock.local(due_at).date())
    delivery, _made = Delivery.objects.get_or_create(
        report=report, period=period, defaults={"due_at": due_at}
    )
    if delivery.sent_at is None:
        owe(
            kind=DEPARTMENT.key,
            subject=report.subject,
            owner=report.author,
            due_at=delivery.due_at,
            key=_key(delivery),
            params={"report": report.name, "period": period},
            address=report.get_absolute_url(),
            actor=actor,
        )
    return delivery


def owe_for_departments(day: date) -> int:
    """Lay down what every department owes next; returns how many reports are in force."""
    reports = list(RecurringReport.objects.filter(is_active=True).select_related("subject", "author"))
    for report in reports:
        owe_next(report=report, day=day)
    return len(reports)


@transaction.atomic
def send_report(*, delivery: Delivery, text: str, actor: User, upload: Upload | None = None) -> Delivery:
    """Send a report to its recipients, who are told; records `operations.department_report_sent`.

    Its author may. What was sent stays as it is (409); after the time it is late. The next one is owed from now on.
    """
    report = RecurringReport.objects.select_related("subject__unit", "author").get(pk=delivery.report_id)
    Subject.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.author_id != actor.pk:
        raise NotAllowed(say(_("Only {person} writes this report."), person=report.author.name))
    found = Delivery.objects.get(pk=delivery.pk)
    if found.sent_at is not None:
        raise WrongState(say(_("This report was sent; it stays as it is.")))
    found.text = wanted(text, "text", LENGTH)
    if upload is not None:
        found.file = attach_file(subject=report.subject, upload=upload, actor=actor, stage="report")
    found.sent_at, found.sent_by = clock.now(), actor
    found.is_late = found.sent_at > found.due_at
    found.save()
    people = list(report.recipients.all())
    Receipt.objects.bulk_create(Receipt(delivery=found, user=person) for person in people)
    told = {"report": report.name, "period": found.period, "late": say(_(" (late)")) if found.is_late else ""}
    record(journal.DEPARTMENT_SENT, actor=actor, subject=report.subject, data=told)
    fulfil(actor=actor, key=_key(found))
    notify(
        users=[person for person in people if person != actor],
        kind="operations.department",
        say=say(_("{report}, {period}"), report=report.name, period=found.period),
        subject=report.subject,
        address=report.get_absolute_url(),
        key=f"department:{found.pk}",
    )
    owe_next(report=report, day=clock.local(found.due_at).date() + timedelta(days=1))
    return found


def note_read(report: RecurringReport, reader: User) -> None:
    """A recipient has opened the page: what was sent to them counts as read."""
    unread = Receipt.objects.filter(delivery__report=report, user=reader, read_at__isnull=True)
    unread.update(read_at=clock.now())


def _drop_open(report: RecurringReport, actor: User) -> None:
    """What was not sent is owed no longer in its old form."""
    cancel(actor=actor, kind=DEPARTMENT.key, subject=report.subject)
    Delivery.objects.filter(report=report, sent_at__isnull=True).delete()


def _key(delivery: Delivery) -> str:
    return f"{DEPARTMENT.key}:{delivery.pk}"
