"""Sending by mail and by group robots, what waits for its hour, and forgetting what was read long ago."""

from __future__ import annotations

import smtplib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind, schedule

from .models import Delivery, Notification, Robot
from .registry import EMAIL, Channel, channels
from .robots import plan_for_groups, post
from .selectors import ready_channels
from .sending import Away, Rejected, send_each, start_sending, words_of
from .services import SERVICES

BATCH = 2_000
KEEP_READ = timedelta(days=180)


class EmailChannel:
    """Mail by the configured server; without one the channel is not offered."""

    key: str = EMAIL
    label: str | Promise = pgettext_lazy("channel", "E-mail")

    def is_ready(self) -> bool:
        return bool(getattr(settings, "EMAIL_URL", ""))

    def reached(self, users: Collection[User]) -> set[int]:
        return {user.pk for user in users if user.email}

    def send(self, delivery_ids: Sequence[int]) -> None:
        start_sending("notify.email", delivery_ids)


class RobotChannel:
    """The person's own robot of one chat service; offered where the installation lets messages out to such services."""

    def __init__(self, key: str, label: str | Promise) -> None:
        self.key, self.label = key, label

    def is_ready(self) -> bool:
        return bool(settings.GROUP_ROBOTS)

    def reached(self, users: Collection[User]) -> set[int]:
        found = Robot.objects.filter(user__in=users, service=self.key)
        return set(found.values_list("user", flat=True))

    def send(self, delivery_ids: Sequence[int]) -> None:
        start_sending("notify.robots", delivery_ids)


channels.add(EMAIL, EmailChannel())
for _service in SERVICES:
    channels.add(_service.key, RobotChannel(_service.key, _service.label))


@job_kind("notify.email", label=_("Send e-mails"), queue=Queue.ALERTS, is_atomic=False)
def send_emails(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Send a chunk of planned deliveries over one connection; see `send_each`."""
    with get_connection() as connection:
        return send_each(chunk.payload["deliveries"], partial(_mail, connection))


def _mail(connection: BaseEmailBackend, parcel: Sequence[Delivery]) -> None:
    """One mail in the language of its reader; none to who has left since."""
    reader = parcel[0].notification.user
    if not reader.is_active:
        raise Rejected
    title, text = words_of(parcel, reader.language)
    try:
        EmailMessage(title, text, to=[reader.email], connection=connection).send()
    except (
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPSenderRefused,
        smtplib.SMTPDataError,
        UnicodeError,
    ) as error:
        raise Rejected from error
    except (
        smtplib.SMTPConnectError,
        smtplib.SMTPAuthenticationError,
        smtplib.SMTPHeloError,
        ConnectionRefusedError,
    ) as error:
        raise Away from error


@job_kind("notify.robots", label=_("Send messages to group chats"), queue=Queue.ALERTS, is_atomic=False)
def send_by_robots(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Post a chunk of planned deliveries by the robots that they are for; see `send_each`."""
    return send_each(chunk.payload["deliveries"], post)


@schedule("notify.due", cron="* * * * *", queue=Queue.ALERTS)
def send_due(fire_at: datetime) -> None:
    """Send what has waited for its hour, and tell the groups what is new for them; once a minute.

    Rows are taken from under the hands of other workers, so that each goes into one job.
    """
    for channel in ready_channels():
        _start_due(channel)
    if settings.GROUP_ROBOTS:
        with transaction.atomic():
            start_sending("notify.robots", plan_for_groups())


@transaction.atomic
def _start_due(channel: Channel) -> None:
    due = Delivery.objects.filter(channel=channel.key, state=Delivery.State.PLANNED, due_at__lte=clock.now())
    ids = list(
        due.select_for_update(skip_locked=True).order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH]
    )
    if ids:
        Delivery.objects.filter(pk__in=ids).update(due_at=None)
        channel.send(ids)


@schedule("notify.forget", cron="50 3 * * *", queue=Queue.BULK)
def forget_read(fire_at: datetime) -> None:
    """Delete notifications that were read half a year ago."""
    Notification.objects.filter(read_at__lt=clock.now() - KEEP_READ).delete()
