"""Announcements, decisions and reminders of a subject."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..duties import REMINDER
from ..models import Announcement, Decision, Receipt


def announcements_of(subject: Subject) -> QuerySet[Announcement]:
    """Those of a subject, newest first, each with `asked` and `have_read`; one query."""
    read = Count("receipts", filter=Q(receipts__read_at__isnull=False))
    found = Announcement.objects.filter(subject=subject).select_related("author")
    return found.annotate(asked=Count("receipts"), have_read=read)


def unread_of(subject: Subject, user: User) -> list[Announcement]:
    """What the person is still to read, the most urgent first."""
    mine = Receipt.objects.filter(user=user, read_at=None).values("announcement")
    found = Announcement.objects.filter(subject=subject, retracted_at=None, pk__in=mine)
    return list(found.select_related("author").order_by("read_by", "pk"))


def receipt_of(announcement: Announcement, user: User) -> Receipt | None:
    return Receipt.objects.filter(announcement=announcement, user=user).first()


def decisions_of(subject: Subject) -> QuerySet[Decision]:
    """Those of a subject, the latest first."""
    found = Decision.objects.filter(subject=subject).select_related("recorded_by", "replaces", "replaced_by")
    return found.prefetch_related("deciders")


def quote(decision: Decision) -> Say:
    """A decision as another sentence quotes it: number, day, words."""
    day: date = decision.decided_on
    return say(_("{code} of {day}: {text}"), code=decision.code, day=day.isoformat(), text=decision.text)


def reminders_of(subject: Subject, user: User) -> list[Duty]:
    """The open reminders at a subject that are the person's or that he gave, soonest first."""
    found = Duty.objects.open().filter(subject=subject, kind=REMINDER.key)
    return list(found.select_related("owner", "subject").order_by("due_at", "pk")[:20])
