"""Sending in the background, and the minute's round."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.core.restoring import on_restore
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind, schedule

from . import actions
from .actions.mailings import BEGIN, TEST
from .gateways import Away, Lost, Rejected, gateway_of
from .gateways.base import Later
from .letters import Writer
from .models import Mailing, Message, MessageState, State
from .selectors.mailings import PREVIEW_TOKEN, veiled
from .selectors.senders import sender_for
from .sending import KIND, due_again, send_messages, sweep


@on_restore("messaging.mailings")
def stop_all(made_at: datetime) -> None:
    """What was on its way when a backup was made may have arrived since: a person looks, and sends again who waits."""
    for mailing in Mailing.objects.filter(state__in=[State.SCHEDULED, State.SENDING]):
        actions.stop_mailing(mailing=mailing, actor=None)


def _mailing(pk: int) -> Mailing:
    found: Mailing = Mailing.objects.select_related("subject__unit", "started_by").get(pk=pk)
    return found


@job_kind(BEGIN, label=_("Prepare a mailing"), queue=Queue.INTERACTIVE)
def begin_mailing(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Write the rows of a mailing and start sending."""
    return {"planned": actions.begin(mailing=_mailing(chunk.payload["mailing"]))}


@job_kind(KIND, label=_("Send messages to customers"), queue=Queue.INTERACTIVE, is_atomic=False)
def send_chunk(job: Job, chunk: JobChunk) -> dict[str, int]:
    """Send a chunk of messages; see `sending`."""
    mailing = _mailing(chunk.payload["mailing"])
    counts = send_messages(mailing, chunk.payload["messages"], chunk.token)
    actions.tell(mailing=mailing)
    actions.finish(mailing=mailing)
    return counts


@job_kind(TEST, label=_("Send a test message"), queue=Queue.INTERACTIVE, is_atomic=False)
def send_test(job: Job, chunk: JobChunk) -> None:
    """Send a mailing to the person who asked, as somebody of its audience would get it, but for the secret of their link."""
    mailing, ref = _mailing(chunk.payload["mailing"]), chunk.payload["ref"]
    actor = User.objects.get(pk=chunk.payload["actor"])
    sender = sender_for(mailing.subject)
    values = mailing.values([ref]).get(ref)
    if sender is None or values is None or not actor.email:
        raise WrongState(say(gettext_noop("The test was not sent: its person or its sender is missing.")))
    writer = Writer(mailing, sender)
    letter = writer.letter(f"test-{chunk.pk}", actor.email, veiled(values), PREVIEW_TOKEN)
    try:
        with gateway_of(mailing.channel).open(writer.sender_name) as courier:
            courier.send(letter)
    except (Rejected, Later, Away, Lost):
        raise Refused(say(gettext_noop("The mail server did not take the test."))) from None


@schedule("messaging.round", cron="* * * * *", queue=Queue.ALERTS, is_atomic=False)
def minutes_round(fire_at: datetime) -> None:
    """Start what is due, set free what dead workers hold, take up what waits, tell and end what is over."""
    actions.start_due()
    sweep()
    due_again()
    alive = Mailing.objects.filter(state=State.SENDING).select_related("subject__unit", "started_by")
    untold = Message.objects.filter(state=MessageState.SENT, is_told=False).values("mailing")
    late = Mailing.objects.filter(pk__in=untold).exclude(state=State.SENDING)
    for mailing in [*alive, *late.select_related("subject__unit", "started_by")]:
        actions.tell(mailing=mailing)
        actions.finish(mailing=mailing)
