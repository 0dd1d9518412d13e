"""Climbing the ladders: whatever has become due is reminded of and shown above, once, by however many workers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line, record_all
from yunchou.kernel.notify.actions import Message, notify_all
from yunchou.kernel.subjects.models import Subject

from . import journal
from .kinds import OWNER
from .models import Duty, Escalation
from .selectors import Hearers
from .telling import spoken, stamp, told

#: Duties of one transaction. Their subjects are locked meanwhile, so it is to be short.
BATCH = 100
#: Duties of one run; after a long standstill the next minutes take the rest.
MOST = 1_000
#: From so many messages of one transaction on, a person hears once that there are many.
MANY = 10


def escalate_due(*, now: datetime | None = None, limit: int = MOST) -> int:
    """Take every rung that has been reached, at most `limit` duties; returns how many duties were touched.

    Any number of workers may run this and die: each batch is one transaction, and a duty remembers its rungs. After a
    standstill all missed rungs are recorded, but nobody is told of the same duty twice.
    """
    now = now or clock.now()
    hearers, touched = Hearers(), 0
    while touched < limit:
        taken = _climb(now, min(BATCH, limit - touched), hearers)
        touched += taken
        if not taken:
            break
    return touched


@transaction.atomic
def _climb(now: datetime, limit: int, hearers: Hearers) -> int:
    """Take the reached rungs of up to `limit` duties."""
    climbs = [_Climb(duty) for duty in _taken(now, limit)]
    for climb in climbs:
        climb.go(now, hearers)
    duties = [climb.duty for climb in climbs]
    Duty.objects.bulk_update(duties, ["rung", "next_rung_at", "escalated_at"])
    Escalation.objects.bulk_create(
        [Escalation(duty=climb.duty, user=person) for climb in climbs for person in climb.shown],
        ignore_conflicts=True,
    )
    record_all(line for climb in climbs for line in climb.lines)
    notify_all(_gathered((message for climb in climbs for message in climb.messages(now)), now))
    return len(climbs)


def _taken(now: datetime, limit: int) -> list[Duty]:
    """Duties with a reached rung, locked. Subjects are locked first, as everywhere; what is busy waits a minute."""
    waiting = Duty.objects.open().filter(next_rung_at__lte=now).order_by("next_rung_at", "pk")
    found = dict(waiting.values_list("pk", "subject")[:limit])
    free = Subject.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=found.values())
    held = set(free.order_by("pk").values_list("pk", flat=True))
    return list(
        Duty.objects.open()
        .filter(pk__in=[pk for pk, subject in found.items() if subject in held], next_rung_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("subject__unit", "owner")
        .order_by("pk")
    )


@dataclass
class _Climb:
    """One duty on its ladder: what is to be recorded, who sees it from now on, and who hears of it."""

    duty: Duty
    lines: list[Line] = field(default_factory=list)
    shown: list[User] = field(default_factory=list)
    heard: dict[User, int] = field(default_factory=dict)

    def go(self, now: datetime, hearers: Hearers) -> None:
        duty, climbs = self.duty, self.duty.climbs()
        while duty.rung < len(climbs) and climbs[duty.rung][0] <= now:
            whom = climbs[duty.rung][1].whom
            duty.rung += 1
            people = hearers.of(whom, duty)
            if whom != OWNER:
                duty.escalated_at = now
                self.shown += [person for person in people if person.pk != duty.owner_id]
            self.heard.update(dict.fromkeys(people, duty.rung))
            kind = journal.REMINDED if whom == OWNER else journal.ESCALATED
            data = {**told(duty), "rung": duty.rung, "to": [person.pk for person in people]}
            self.lines.append(Line(kind, None, duty.subject, data))
        duty.next_rung_at = duty.moment_of_next_rung()

    def messages(self, now: datetime) -> Iterable[Message]:
        duty = self.duty
        for person, rung in self.heard.items():
            is_own = person.pk == duty.owner_id
            if not is_own:
                words = say(_("{owner} is late: {duty}, due {due}"), owner=str(duty.owner), **spoken(duty))
            elif duty.due_at <= now:
                words = say(_("You are late: {duty}, due {due}"), **spoken(duty))
            else:
                words = say(_("Due soon: {duty}, by {due}"), **spoken(duty))
            yield Message(
                users=[person],
                kind="duties.reminder" if is_own else "duties.escalation",
                say=words,
                subject=duty.subject,
                key=f"duty:{duty.pk}:{rung}:{stamp(duty)}",
            )


def _gathered(messages: Iterable[Message], now: datetime) -> Iterable[Message]:
    """The messages, but a person with many of them hears in their place that there are many: once an hour, so that the
    first run after a standstill floods nobody.
    """
    by_person: dict[tuple[User, str], list[Message]] = {}
    for message in messages:
        by_person.setdefault((message.users[0], message.kind), []).append(message)
    for (person, kind), own in by_person.items():
        if len(own) < MANY:
            yield from own
            continue
        is_own = kind == "duties.reminder"
        words = _("Many of your duties are due or late: see the list")
        others = _("Many duties of people whose work you answer for are late: see the list")
        yield Message(
            users=[person],
            kind=kind,
            say=say(words if is_own else others),
            address=reverse("duties:duty_list") + ("" if is_own else "?tab=overdue"),
            key=f"{kind}:many:{clock.local(now):%Y%m%d%H}",
        )
