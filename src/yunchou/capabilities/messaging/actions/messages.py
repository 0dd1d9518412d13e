"""What a person decides about single messages, and what they hand over themselves."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import flow, journal
from ..judging import slot_of
from ..models import HANDED, Mailing, Message, MessageState, State, Why
from ..sending import start_sending
from ..uses import Reader, uses
from .mailings import tell

S = MessageState


def _open(message: Message, actor: User) -> Message:
    """The message under its lock, for somebody who may send its mailing."""
    found = Message.objects.select_related("mailing__subject__unit").get(pk=message.pk)
    require(actor, found.mailing.declared.needs, found.mailing.subject)
    flow.flow.locked(found.mailing)
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("mailing__subject__unit")
        .get(pk=message.pk)
    )


@transaction.atomic
def confirm_sent(*, message: Message, actor: User) -> Message:
    """Somebody knows that a message to be confirmed went out."""
    locked = _open(message, actor)
    if locked.state != S.UNKNOWN:
        raise wrong(_("What became of this message is known meanwhile."))
    locked.state, locked.by = S.SENT, actor
    locked.sent_at = locked.sent_at or clock.now()
    locked.save(update_fields=["state", "by", "sent_at"])
    mailing = locked.mailing
    data = {"message": locked.pk, "title": str(mailing)}
    record(journal.CONFIRMED, actor=actor, subject=mailing.subject, data=data)
    tell(mailing=mailing)
    return locked


@transaction.atomic
def send_again(*, message: Message, reason: str, actor: User) -> Message:
    """Somebody wants a message to go out again, with a reason; consent and address are asked for again as ever.

    Raises `WrongState` while it waits or is on its way, or where the subject does not let anything out.
    """
    locked = _open(message, actor)
    mailing = locked.mailing
    if locked.state not in (S.UNKNOWN, S.FAILED, S.SENT):
        raise wrong(_("This message cannot be sent again: it waits, or was left out."))
    if locked.channel in HANDED:
        raise wrong(_("Links and cards are handed over one by one."))
    if obstacle := mailing.declared.obstacle(mailing.subject):
        raise WrongState(obstacle)
    reason = wanted(reason, "reason", 200)
    slot = slot_of(mailing, locked.ref)
    if slot and Message.objects.filter(slot=slot).exclude(pk=locked.pk).exists():
        raise wrong(_("Another mailing has sent it since."))
    locked.state, locked.why, locked.slot, locked.by = S.PLANNED, "", slot, actor
    locked.lease, locked.due_at, locked.is_again, locked.is_told = "", None, True, False
    locked.save()
    data = {"message": locked.pk, "title": str(mailing), "reason": reason}
    if mailing.state == State.SENDING:
        record(journal.AGAIN, actor=actor, subject=mailing.subject, data=data)
    else:
        # What was put off while the mailing was being stopped stays left out: one message was asked for again.
        left = mailing.messages.filter(state__in=[S.PLANNED, S.LEASED]).exclude(pk=locked.pk)
        left.update(state=S.SKIPPED, why=Why.STOPPED, slot=None, lease="", due_at=None)
        with flow.REOPEN.apply(mailing, actor=actor, data=data) as mailing:
            mailing.ended_at = None
            mailing.save(update_fields=["ended_at"])
    start_sending(mailing, [locked.pk])
    return locked


@transaction.atomic
def hand_over(*, subject: Subject, use: str, reader: Reader, channel: str, actor: User) -> Message:
    """Somebody takes a person's link or card to hand it over themselves; the row says who and when.

    The same again is the same row. Raises `WrongState` where the subject does not let anything out.
    """
    declared = uses[use]
    subject = open_table(subject, "", actor, declared.needs)
    if channel not in HANDED:
        raise wrong(_("Messages of this channel are sent, not handed over."))
    if obstacle := declared.obstacle(subject):
        raise WrongState(obstacle)
    mailing, _made = Mailing.objects.get_or_create(
        subject=subject, use=use, channel=channel, part="", state=State.DONE,
        defaults={"made_by": actor, "started_by": actor, "begun_at": clock.now(), "is_listed": True},
    )  # fmt: skip
    message, is_new = Message.objects.get_or_create(
        mailing=mailing,
        ref=reader.ref,
        channel=channel,
        defaults={
            "customer_id": reader.customer_id, "state": S.SENT, "sent_at": clock.now(), "by": actor,
            "slot": slot_of(mailing, reader.ref),
        },
    )  # fmt: skip
    if is_new:
        data = {"message": message.pk, "channel": journal.channel_word(channel)}
        record(journal.HANDED, actor=actor, subject=subject, data=data)
        tell(mailing=mailing)
    return message
