"""Sending, each message at most once whatever dies: claim and commit, send, mark.

A chunk leases its messages. Before one goes out its row says so (`SENDING`), committed; afterwards it says what became of it.
The mark of one and the claim of the next are a single statement, so that a mail costs one commit and a worker that is killed
leaves at most one message of which nobody knows. Such a one is never sent again by itself: a person decides (P8, F2).

Whether somebody may be written to is asked again when a chunk begins and then every few seconds, so that whoever opts out
while their message waits gets none.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.models import State as ChunkState

from . import people
from .gateways import Away, Courier, Later, Lost, Rejected, gateway_of
from .gateways.base import code_of
from .judging import not_allowed, stops
from .letters import Letter, Writer
from .models import Mailing, Message, MessageState, State, Suppression, Why
from .selectors.senders import sender_for

log = logging.getLogger(__name__)
S = MessageState
CHUNK: Final = 50
"""Messages of one chunk: what a worker takes in hand at a time."""
FRESH: Final = 15.0
"""Seconds after which consent and addresses are asked for again within a chunk; the law's figure is a minute."""
BACKOFF: Final = tuple(timedelta(minutes=n) for n in (1, 2, 5, 15, 30, 60))
MOST_ATTEMPTS: Final = 6
"""So often a message is tried that the other side puts off. Being away is waited for as long as it takes."""
KIND: Final = "messaging.send"


def start_sending(mailing: Mailing, ids: Sequence[int]) -> None:
    """Start a job for these planned messages; its arguments are numbers of rows and nothing else."""
    parts = [list(ids[n : n + CHUNK]) for n in range(0, len(ids), CHUNK)]
    if parts:
        payloads = [{"mailing": mailing.pk, "messages": part, "size": len(part)} for part in parts]
        start_job(kind=KIND, actor=None, subject=mailing.subject, payloads=payloads)


def send_messages(mailing: Mailing, ids: Collection[int], lease: str) -> dict[str, int]:
    """Send what of these messages may still be sent, as the holder of `lease`. Returns how many of each end."""
    unknown = adopt(ids, lease)
    sent = 0
    if mailing.state == State.SENDING:
        sent = _Round(mailing, lease).run()
    let_go(lease)
    return {"sent": sent, "unknown": unknown}


def adopt(ids: Collection[int], lease: str) -> int:
    """Take messages in hand. Those that another holder left on their way become "to be confirmed"; returns how many."""
    rows = Message.objects.filter(pk__in=ids)
    unknown = rows.filter(state=S.SENDING).exclude(lease=lease).update(state=S.UNKNOWN, due_at=None)
    rows.filter(state__in=[S.PLANNED, S.LEASED]).update(state=S.LEASED, lease=lease, due_at=None)
    return unknown


def let_go(lease: str) -> int:
    """Put back what is still in hand, to be taken up by the next minute's round."""
    held = Message.objects.filter(lease=lease, state=S.LEASED)
    return held.update(state=S.PLANNED, lease="", due_at=clock.now() + BACKOFF[0])


@dataclass
class _Round:
    """One chunk's messages going out over one connection."""

    mailing: Mailing
    lease: str
    letters: dict[int, Letter] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    checked_at: float = 0.0
    done: Message | None = None
    """The message that went out last and is not yet marked."""
    sent: int = 0

    def run(self) -> int:
        sender = sender_for(self.mailing.subject)
        waiting = list(Message.objects.filter(lease=self.lease, state=S.LEASED).order_by("pk"))
        if not waiting or sender is None:
            return 0
        gateway, writer = gateway_of(self.mailing.channel), Writer(self.mailing, sender)
        try:
            with gateway.open(writer.sender_name) as courier:
                self._all(courier, waiting, writer)
        except Away as away:
            log.warning("gateway of %s is away: %s", self.mailing.channel, code_of(away))
            self._wait(waiting)
        return self.sent

    def _all(self, courier: Courier, waiting: list[Message], writer: Writer) -> None:
        try:
            for message in waiting:
                if monotonic() - self.checked_at > FRESH:
                    self._check([one for one in waiting if one.pk >= message.pk], writer)
                if message.pk in self.letters and self._claim(message):
                    self._send(courier, message)
        finally:
            self._claim(None)

    def _check(self, waiting: Sequence[Message], writer: Writer) -> None:
        """Ask again who may be written to, and write to those: addresses and values are read now and kept nowhere."""
        use, channel = self.mailing.declared, self.mailing.channel
        ids = {one.customer_id for one in waiting if one.customer_id is not None}
        addresses, apart = people.reach(ids, channel), people.kept_apart(ids)
        barred = not_allowed(ids, use, channel) | stops(addresses, channel, is_marketing=use.is_marketing)
        values = self.mailing.values([one.ref for one in waiting])
        self.letters = {}
        left_out: dict[Why, list[int]] = {}
        for one in waiting:
            customer = one.customer_id or 0
            why = barred.get(customer)
            if why is None and customer not in addresses:
                why = Why.NO_ADDRESS
            elif why is None and one.ref not in values:
                why = Why.GONE
            if why is not None:
                left_out.setdefault(why, []).append(one.pk)
                continue
            address = addresses[customer]
            self.digests[one.pk] = people.digest(address, channel, is_apart=customer in apart)
            key = f"{self.mailing.key.hex}-{one.pk}"
            self.letters[one.pk] = writer.letter(key, address, values[one.ref], one.token)
        for why, pks in left_out.items():
            held = Message.objects.filter(pk__in=pks, lease=self.lease, state=S.LEASED)
            held.update(state=S.SKIPPED, why=why, slot=None, lease="")
        self.checked_at = monotonic()

    def _claim(self, message: Message | None) -> bool:
        """Mark the last one as sent and the next one as going out, in one statement and one commit."""
        done, self.done = self.done, None
        if done is None and message is None:
            return False
        changed = mark_and_claim(
            done, message, self.lease, self.digests.get(message.pk, "") if message else ""
        )
        return message is not None and message.pk in changed

    def _send(self, courier: Courier, message: Message) -> None:
        row = Message.objects.filter(pk=message.pk, lease=self.lease, state=S.SENDING)
        try:
            courier.send(self.letters[message.pk])
        except Rejected as refused:
            why = Why.BOUNCED if refused.stops else Why.REFUSED
            row.update(state=S.FAILED, why=why, slot=None, lease="")
            if refused.stops:
                stop_address(message, self.digests[message.pk], code_of(refused))
        except Later:
            put_off(message, self.lease)
        except Away:
            row.update(state=S.PLANNED, lease="", due_at=clock.now() + BACKOFF[0])
            raise
        except Lost as lost:
            row.update(state=S.UNKNOWN)
            raise Away(code_of(lost)) from None
        except Exception as error:
            # A gateway with a fault of its own: nobody knows about this one, the others wait.
            log.error("gateway of %s failed: %s", self.mailing.channel, type(error).__name__)
            row.update(state=S.UNKNOWN)
            raise Away(type(error).__name__) from None
        else:
            self.done = message
            self.sent += 1

    def _wait(self, waiting: Sequence[Message]) -> None:
        """All that is left waits, longer each time, without giving up."""
        tries = min(max((one.attempts for one in waiting), default=0), len(BACKOFF) - 1)
        Message.objects.filter(lease=self.lease, state=S.LEASED).update(
            state=S.PLANNED, lease="", due_at=clock.now() + BACKOFF[tries], attempts=F("attempts") + 1
        )


_TABLE: Final = Message._meta.db_table
MARK_AND_CLAIM: Final = f"""
UPDATE {_TABLE} SET
  sent_at = CASE WHEN id = %(done)s THEN %(now)s ELSE sent_at END,
  digest = CASE WHEN id = %(next)s THEN %(digest)s ELSE digest END,
  state = CASE WHEN id = %(done)s THEN 'sent' ELSE 'sending' END
WHERE (id = %(done)s AND lease = %(lease)s AND state IN ('sending', 'unknown'))
   OR (id = %(next)s AND lease = %(lease)s AND state = 'leased')
RETURNING id
"""  # noqa: S608 -- the name of the table is ours
_MOMENT: Final = Message._meta.get_field("sent_at")


def mark_and_claim(done: Message | None, following: Message | None, lease: str, digest: str) -> set[int]:
    """One statement, committed by itself: `done` was sent, `following` goes out now. Returns the rows for which that held.

    Another holder may have taken either from a worker that was believed dead: then nothing of it is written here.
    """
    values: dict[str, Any] = {
        "done": done.pk if done else 0,
        "next": following.pk if following else 0,
        "lease": lease,
        "digest": digest,
        "now": _MOMENT.get_db_prep_value(clock.now(), connection),
    }
    with connection.cursor() as cursor:
        cursor.execute(MARK_AND_CLAIM, values)
        return {row[0] for row in cursor.fetchall()}


def put_off(message: Message, lease: str) -> None:
    """The other side asked to come again; after some times it counts as failed."""
    row = Message.objects.filter(pk=message.pk, lease=lease, state=S.SENDING)
    tries = message.attempts + 1
    if tries >= MOST_ATTEMPTS:
        row.update(state=S.FAILED, why=Why.GAVE_UP, slot=None, lease="", attempts=tries)
        return
    due = clock.now() + BACKOFF[min(tries, len(BACKOFF)) - 1]
    row.update(state=S.PLANNED, lease="", attempts=tries, due_at=due)


def stop_address(message: Message, digest: str, detail: str) -> None:
    """Nothing goes to this address any more, by whatever mailing (F10)."""
    from . import journal
    from .actions.addresses import keep_stop

    with transaction.atomic():
        keep_stop(
            channel=message.channel,
            digest=digest,
            reason=Suppression.Reason.BOUNCED,
            customer=message.customer,
            detail=detail,
            actor=None,
            kind=journal.ADDRESS_STOPPED,
        )


def sweep() -> int:
    """Set free what dead workers hold: on its way is to be confirmed, in hand waits again. Returns how many.

    A hold lasts as long as a running chunk carries its token; a chunk that was given up carries none. What waits for a job
    that came to its end, because its workers died again and again, waits for the next round instead.
    """
    alive = JobChunk.objects.filter(state=ChunkState.RUNNING).exclude(token="").values("token")
    dead = Message.objects.filter(state__in=[S.SENDING, S.LEASED]).exclude(lease__in=alive)
    unknown = dead.filter(state=S.SENDING).update(state=S.UNKNOWN)
    freed = dead.filter(state=S.LEASED).update(state=S.PLANNED, lease="", due_at=clock.now())
    working = Job.objects.filter(
        kind=KIND, state__in=[ChunkState.WAITING, ChunkState.RUNNING], subject__isnull=False
    )
    left = Message.objects.filter(state=S.PLANNED, due_at=None, mailing__state=State.SENDING)
    left = left.exclude(mailing__subject__in=working.values("subject"))
    return unknown + freed + Message.objects.filter(pk__in=left.values("pk")).update(due_at=clock.now())


def due_again(limit: int = 10_000) -> None:
    """Start jobs for what waits for its hour, each into one job."""
    with transaction.atomic():
        due = Message.objects.filter(state=S.PLANNED, due_at__lte=clock.now(), mailing__state=State.SENDING)
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("mailing", "pk")
        found: dict[int, list[int]] = {}
        for pk, mailing in rows.values_list("pk", "mailing")[:limit]:
            found.setdefault(mailing, []).append(pk)
        for mailing, ids in found.items():
            Message.objects.filter(pk__in=ids).update(due_at=None)
            start_sending(Mailing.objects.select_related("subject").get(pk=mailing), ids)
