"""Sending by e-mail, each notification at most once, and forgetting what was read long ago."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind, schedule

from .models import Delivery, Notification
from .registry import EMAIL, channels

State = Delivery.State
CHUNK = 50
KEEP_READ = timedelta(days=180)


class EmailChannel:
    """Mail by the configured server; without one the channel is not offered."""

    key: str = EMAIL
    label: str | Promise = _("E-mail")

    def is_ready(self) -> bool:
        return bool(getattr(settings, "EMAIL_URL", ""))

    def reaches(self, user: User) -> bool:
        return bool(user.email)

    def send(self, delivery_ids: Sequence[int]) -> None:
        parts = [list(delivery_ids[start : start + CHUNK]) for start in range(0, len(delivery_ids), CHUNK)]
        if parts:
            start_job(
                kind="notify.email",
                actor=None,
                payloads=[{"deliveries": part, "size": len(part)} for part in parts],
            )


channels.add(EMAIL, EmailChannel())


@job_kind("notify.email", label=_("Send e-mails"), queue=Queue.ALERTS, is_atomic=False)
def send_emails(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Send a chunk of planned deliveries over one connection.

    A row is marked as being sent before it goes out and as sent after. A row found "being sent" was left by a worker that
    died in between: nobody knows whether it went out, so it becomes "to be confirmed" and is not sent again.
    """
    ids = chunk.payload["deliveries"]
    unknown = Delivery.objects.filter(pk__in=ids, state=State.SENDING).update(state=State.UNKNOWN)
    waiting = Delivery.objects.filter(pk__in=ids, state=State.PLANNED).select_related("notification__user")
    sent = 0
    with get_connection() as connection:
        for delivery in waiting.order_by("pk"):
            if not Delivery.objects.filter(pk=delivery.pk, state=State.PLANNED).update(state=State.SENDING):
                continue
            sent += _send_one(delivery, connection)
    return {"sent": sent, "unknown": unknown}


def _send_one(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    """Send one; what the server refuses is marked as failed, a server that is away puts it back and is tried later."""
    try:
        _message(delivery.notification, connection).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, UnicodeError):
        Delivery.objects.filter(pk=delivery.pk).update(state=State.FAILED)
        return False
    except (
        smtplib.SMTPConnectError,
        smtplib.SMTPAuthenticationError,
        smtplib.SMTPHeloError,
        ConnectionRefusedError,
    ):
        Delivery.objects.filter(pk=delivery.pk).update(state=State.PLANNED)
        raise
    Delivery.objects.filter(pk=delivery.pk).update(state=State.SENT, sent_at=clock.now())
    return True


def _message(notification: Notification, connection: BaseEmailBackend) -> EmailMessage:
    """The mail in the language of its reader: the sentence, and where to go on."""
    with translation.override(notification.user.language):
        sentence = str(notification.say)
        link = f"{settings.BASE_URL}{notification.address}" if notification.address else settings.BASE_URL
        body = f"{sentence}\n\n{gettext('Open in Yunchou:')} {link}\n"
        title = gettext("[Yunchou] %(sentence)s") % {"sentence": " ".join(sentence.split())[:120]}
    return EmailMessage(title, body, to=[notification.user.email], connection=connection)


@schedule("notify.forget", cron="50 3 * * *", queue=Queue.BULK)
def forget_read(fire_at: datetime) -> None:
    """Delete notifications that were read half a year ago."""
    Notification.objects.filter(read_at__lt=clock.now() - KEEP_READ).delete()
