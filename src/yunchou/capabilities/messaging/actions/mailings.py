"""A mailing from its draft to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import flow, journal, people
from ..gateways import gateway_of
from ..judging import judge, slot_of
from ..models import HANDED, OPEN, Channel, Mailing, Message, MessageState, State, Why
from ..selectors.mailings import outlook_of
from ..selectors.senders import sender_for
from ..sending import start_sending
from ..uses import Reader, uses
from .texts import Wording, checked_wording

BEGIN, TEST = "messaging.begin", "messaging.test"
BATCH = 1_000


@transaction.atomic
def draft_mailing(
    *,
    subject: Subject,
    use: str,
    channel: str,
    wording: Wording,
    actor: User,
    part: str = "",
    part_name: str = "",
    scheduled_at: datetime | None = None,
    days_before: int | None = None,
    send_time: time = time(10),
) -> Mailing:
    """Draft a mailing to a part of the audience. Its text is checked, nothing goes out."""
    declared = uses[use]
    require(actor, declared.needs, subject)
    if channel in HANDED:
        raise at_field("channel", _("Links and cards are handed over one by one."))
    words = checked_wording(declared, channel, wording)
    made = Mailing.objects.create(
        subject=subject, use=use, part=part, part_name=part_name[:80], channel=channel, title=words.title,
        body=words.body, language=words.language, scheduled_at=scheduled_at, days_before=days_before,
        send_time=send_time, made_by=actor,
    )  # fmt: skip
    record(journal.DRAFTED, actor=actor, subject=subject, data={"title": str(made), "mailing": made.pk})
    return made


def change_mailing(
    *,
    mailing: Mailing,
    wording: Wording,
    actor: User,
    scheduled_at: datetime | None = None,
    days_before: int | None = None,
    send_time: time = time(10),
) -> Mailing:
    """Say it otherwise, or at another time; it has to be checked again."""
    require(actor, mailing.declared.needs, mailing.subject)
    words = checked_wording(mailing.declared, mailing.channel, wording)
    with flow.CHANGE.apply(mailing, actor=actor) as locked:
        locked.title, locked.body, locked.language = words.title, words.body, words.language
        locked.scheduled_at, locked.days_before, locked.send_time = scheduled_at, days_before, send_time
        locked.save()
    return locked


@transaction.atomic
def drop_mailing(*, mailing: Mailing, actor: User) -> None:
    """Throw a draft away."""
    require(actor, mailing.declared.needs, mailing.subject)
    locked = flow.flow.locked(mailing)
    if not locked.is_editable:
        raise wrong(_("Only a draft can be thrown away; what has begun is stopped."))
    record(journal.DROPPED, actor=actor, subject=locked.subject, data={"title": str(locked)})
    locked.delete()


def _ready(mailing: Mailing) -> None:
    """Refuse what may not go out at all: by the subject, or by a rule."""
    if reason := mailing.declared.obstacle(mailing.subject):
        raise WrongState(reason)
    if stopping := outlook_of(mailing).verdicts:
        raise RuleRefused(stopping[0].reason, verdicts=stopping)


def check_mailing(*, mailing: Mailing, actor: User) -> Mailing:
    """Find everything in order with it: text, sender, channel, people. Raises what speaks against it."""
    require(actor, mailing.declared.needs, mailing.subject)
    with transaction.atomic():
        locked = flow.flow.locked(mailing)
        _ready(locked)
        found = outlook_of(locked)
        data = {"to": found.to, "left_out": found.left_out}
        with flow.CHECK.apply(locked, actor=actor, data=data) as done:
            return done


def schedule_mailing(*, mailing: Mailing, actor: User) -> Mailing:
    """Release a checked mailing for its time."""
    require(actor, mailing.declared.needs, mailing.subject)
    with transaction.atomic():
        locked = flow.flow.locked(mailing)
        due = locked.due_at
        if due is None or due <= clock.now():
            raise wrong(_("Its time is not in the future. Give another, or send it now."))
        _ready(locked)
        when = clock.local(due).strftime("%Y-%m-%d %H:%M")
        with flow.SCHEDULE.apply(locked, actor=actor, data={"when": when}) as done:
            done.started_by = actor
            done.save(update_fields=["started_by"])
    return done


def start_mailing(*, mailing: Mailing, actor: User | None) -> Mailing:
    """Send a checked mailing now; without an actor its time has come. Whom it goes to is read by the job that begins it."""
    if actor is not None:
        require(actor, mailing.declared.needs, mailing.subject)
    with transaction.atomic():
        locked = flow.flow.locked(mailing)
        if actor is not None:
            _ready(locked)
        elif reason := locked.declared.obstacle(locked.subject):
            raise WrongState(reason)
        with flow.START.apply(locked, actor=actor) as done:
            done.begun_at = clock.now()
            done.started_by = actor or done.started_by
            done.save(update_fields=["begun_at", "started_by"])
            start_job(
                kind=BEGIN,
                actor=None,
                subject=done.subject,
                payloads=[{"mailing": done.pk}],
                key=f"{BEGIN}:{done.pk}",
            )
    return done


def start_due() -> int:
    """Start what waits for its time; what may not go out any more is stopped. Returns how many were started."""
    started = 0
    for mailing in (
        Mailing.objects.filter(state=State.SCHEDULED).select_related("subject__unit").order_by("pk")
    ):
        due = mailing.due_at
        if due is None or due > clock.now():
            continue
        try:
            start_mailing(mailing=mailing, actor=None)
            started += 1
        except WrongState as refused:
            stop_mailing(mailing=mailing, actor=None, note=str(refused.message))
    return started


@transaction.atomic
def send_at_once(
    *,
    subject: Subject,
    use: str,
    channel: str,
    wording: Wording,
    readers: Sequence[Reader],
    actor: User | None,
    part: str = "",
    part_name: str = "",
) -> set[int]:
    """Send a text to these people by a mailing of its own, for a room that sends when its time has come; whom, by `ref`.

    Whoever may not get it by this channel is left out without a row, so that the room may try another way. Nothing is made
    where nobody is left, no sender is named or the channel is not set up. Without an actor the clock does it.
    """
    declared = uses[use]
    if actor is not None:
        require(actor, declared.needs, subject)
    words = checked_wording(declared, channel, wording)
    mailing = Mailing(
        subject=subject, use=use, part=part, part_name=part_name[:80], channel=channel, title=words.title,
        body=words.body, language=words.language, state=State.CHECKED, made_by=actor,
    )  # fmt: skip
    is_away = sender_for(subject) is None or not gateway_of(channel).is_ready()
    if is_away or declared.obstacle(subject):
        return set()
    why = judge(mailing, readers)
    taken = [one for one in readers if one.ref not in why]
    if not taken:
        return set()
    mailing.save()
    with flow.START.apply(mailing, actor=actor) as started:
        started.begun_at, started.started_by = clock.now(), actor
        started.save(update_fields=["begun_at", "started_by"])
    _list(started, taken, {})
    return {one.ref for one in taken}


@transaction.atomic
def begin(*, mailing: Mailing) -> int:
    """Write one row per person, those left out with the reason, and start sending; returns how many are to go out.

    Runs once: rows that are there stay. Records once, without names or addresses, that contact data is used.
    """
    locked = flow.flow.locked(mailing)
    if locked.state != State.SENDING or locked.is_listed:
        return 0
    readers = locked.declared.audience(locked.subject, locked.part)
    return _list(locked, readers, judge(locked, readers))


def _list(locked: Mailing, readers: Sequence[Reader], why: Mapping[int, Why]) -> int:
    """Write the rows of a mailing that is under way, and start sending; how many are to go out."""
    Mailing.objects.filter(pk=locked.pk).update(is_listed=True)
    locked.is_listed = True
    rows = [
        Message(
            mailing=locked,
            ref=one.ref,
            customer_id=one.customer_id,
            channel=locked.channel,
            state=MessageState.SKIPPED if one.ref in why else MessageState.PLANNED,
            why=why.get(one.ref, ""),
            slot=None if one.ref in why else slot_of(locked, one.ref),
        )
        for one in readers
    ]
    _insert(rows)
    planned = list(
        locked.messages.filter(state=MessageState.PLANNED).order_by("pk").values_list("pk", flat=True)
    )
    record(
        journal.BEGUN, actor=locked.started_by, subject=locked.subject,
        data={"title": str(locked), "count": len(planned)},
    )  # fmt: skip
    start_sending(locked, planned)
    if not planned:
        finish(mailing=locked)
    return len(planned)


def _insert(rows: list[Message]) -> None:
    """Write the rows; whoever got their slot from another mailing at the same moment has it already."""
    Message.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    written = (
        set(Message.objects.filter(mailing=rows[0].mailing).values_list("ref", flat=True)) if rows else set()
    )
    late = [row for row in rows if row.ref not in written]
    for row in late:
        row.state, row.why, row.slot = MessageState.SKIPPED, Why.ALREADY, None
    Message.objects.bulk_create(late, batch_size=BATCH, ignore_conflicts=True)


@transaction.atomic
def tell(*, mailing: Mailing) -> int:
    """Tell the room above and the customers' line of time what went out and was not told yet; safe to do twice."""
    rows = list(
        Message.objects.select_for_update(skip_locked=True)
        .filter(mailing=mailing, state=MessageState.SENT, is_told=False)
        .order_by("pk")[: BATCH * 10]
    )
    use, by = mailing.declared, mailing.started_by_id
    people.remember(
        people.Told(
            row.pk,
            row.customer_id,
            use.touch,
            row.sent_at or clock.now(),
            row.channel,
            mailing.subject_id,
            row.by_id or by,
        )
        for row in rows
        if row.customer_id is not None
    )
    if rows:
        use.on_sent(mailing.subject, {row.ref: row.sent_at or clock.now() for row in rows})
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(is_told=True)
    return len(rows)


def finish(*, mailing: Mailing) -> bool:
    """Close a mailing of which nothing is on its way any more; what is to be confirmed stays listed."""
    with transaction.atomic():
        locked = flow.flow.locked(mailing)
        if locked.state != State.SENDING or not locked.is_listed:
            return False
        if locked.messages.filter(state__in=OPEN).exists():
            return False
        counts = dict(locked.messages.order_by().values_list("state").annotate(count=Count("pk")))
        names = (MessageState.SENT, MessageState.FAILED, MessageState.UNKNOWN, MessageState.SKIPPED)
        data = {str(name.value): counts.get(name, 0) for name in names}
        with flow.FINISH.apply(locked, actor=None, data=data) as done:
            done.ended_at = clock.now()
            done.save(update_fields=["ended_at"])
    return True


def stop_mailing(*, mailing: Mailing, actor: User | None, note: str = "") -> Mailing:
    """Send nothing more of it. What is going out at this moment still does."""
    if actor is not None:
        require(actor, mailing.declared.needs, mailing.subject)
    with transaction.atomic():
        locked = flow.flow.locked(mailing)
        waiting = locked.messages.filter(state__in=[MessageState.PLANNED, MessageState.LEASED])
        count = waiting.update(state=MessageState.SKIPPED, why=Why.STOPPED, slot=None, lease="", due_at=None)
        with flow.STOP.apply(locked, actor=actor, note=note, data={"count": count}) as done:
            done.ended_at = clock.now()
            done.save(update_fields=["ended_at"])
    return done


@transaction.atomic
def test_mailing(*, mailing: Mailing, ref: int, actor: User) -> None:
    """Send it to oneself as the person `ref` would get it: by mail, to the address of one's own account."""
    require(actor, mailing.declared.needs, mailing.subject)
    if mailing.channel != Channel.EMAIL:
        raise wrong(_("Only mails can be tried: no telephone number of yours is known. Use the preview."))
    if not actor.email:
        raise wrong(
            _(
                "Your account has no mail address to send the test to; whoever keeps the staff of your unit enters it."
            )
        )
    payload = {"mailing": mailing.pk, "ref": ref, "actor": actor.pk}
    start_job(kind=TEST, actor=actor, subject=mailing.subject, payloads=[payload])
    record(journal.TESTED, actor=actor, subject=mailing.subject, data={"title": str(mailing)})
