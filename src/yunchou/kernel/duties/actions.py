"""Every write to duties. Callers check the right to do what the duty belongs to; a duty is only its consequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line, record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from . import journal
from .kinds import Rung, kinds
from .models import Duty, DutyQuerySet
from .telling import bracketed, moment, told


def owe(
    *,
    kind: str,
    subject: Subject,
    owner: User,
    due_at: datetime,
    key: str = "",
    params: Mapping[str, str | int | Say] | None = None,
    address: str = "",
    ladder: Sequence[Rung] | None = None,
    actor: User | None = None,
) -> Duty:
    """Lay down that `owner` owes something by `due_at`; records `duties.owed`. The same `key` again changes nothing,
    unless that duty was dropped: then it is owed anew.

    `key` is the kind and the subject where empty; `params` fill the kind's sentence; `address` is where the duty is
    fulfilled (the subject's page where empty); `ladder` replaces the kind's. Rungs that lie in the past are skipped.
    """
    owed = Owed(kind, subject, owner, due_at, key, params or {}, address, ladder)
    known = Duty.objects.filter(key=owed.name).select_related("subject", "owner").first()
    if known and known.state != Duty.State.CANCELLED:
        return known
    duty = _laid_down(owed, known)
    try:
        with transaction.atomic():
            duty.save(force_insert=known is None, force_update=known is not None)
            record(journal.OWED, actor=actor, subject=subject, data={**told(duty), "owner": owner.pk})
    except IntegrityError:
        # Somebody else laid down the same duty between our look and our insert.
        return Duty.objects.select_related("subject", "owner").get(key=owed.name)
    return duty


@dataclass(frozen=True)
class Owed:
    """One duty to be laid down: the arguments of `owe`. `is_new` promises that there is none of its key yet."""

    kind: str
    subject: Subject
    owner: User
    due_at: datetime
    key: str = ""
    params: Mapping[str, str | int | Say] = field(default_factory=dict)
    address: str = ""
    ladder: Sequence[Rung] | None = None
    is_new: bool = False

    @property
    def name(self) -> str:
        return self.key or f"{self.kind}:{self.subject.pk}"


def _laid_down(owed: Owed, known: Duty | None) -> Duty:
    """The duty, unsaved. What was dropped and is owed again goes on in the same row; the journal tells both."""
    declared = kinds[owed.kind]
    duty = Duty(
        pk=known.pk if known else None,
        subject=owed.subject,
        kind=owed.kind,
        key=owed.name,
        rule=declared.rule,
        clause=declared.clause,
        title=say(declared.sentence, **owed.params).to_json(),
        owner=owed.owner,
        address=owed.address,
        opened_at=clock.now(),
        due_at=owed.due_at,
        ladder=None if owed.ladder is None else [rung.to_json() for rung in owed.ladder],
    )
    _start_ladder(duty)
    return duty


@dataclass(frozen=True)
class Handing:
    """An open duty goes to somebody else. Where it is late already, it starts anew with `due_at`."""

    key: str
    to: User
    due_at: datetime


@dataclass
class Change:
    """Several changes of duties that belong to one act, made together by `change_duties`."""

    owed: list[Owed] = field(default_factory=list)
    fulfilled: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    handed: list[Handing] = field(default_factory=list)


def change_duties(change: Change, *, actor: User | None) -> list[Line]:
    """`owe`, `fulfil`, `cancel` and `reassign` for many duties in at most three statements, in the caller's transaction.

    Returns the lines for the journal, which the caller writes with its own. Tells nobody. The caller holds the lock on
    the subject, so that nobody lays down the same duty meanwhile.
    """
    named = change.fulfilled | change.cancelled | {handing.key for handing in change.handed}
    named |= {owed.name for owed in change.owed if not owed.is_new}
    known: dict[str, Duty] = {}
    if named:
        locked = Duty.objects.filter(key__in=named).select_for_update(of=("self",))
        known = {duty.key: duty for duty in locked.select_related("subject", "owner").order_by("pk")}
    lines = _close_named(known, change, actor) + _hand_named(known, change, actor)
    new: list[Duty] = []
    for owed in change.owed:
        here = known.get(owed.name)
        if here and here.state != Duty.State.CANCELLED:
            continue
        duty = _laid_down(owed, here)
        if here is None:
            new.append(duty)
        known[owed.name] = duty
        lines.append(Line(journal.OWED, actor, owed.subject, {**told(duty), "owner": owed.owner.pk}))
    Duty.objects.bulk_create(new)
    if changed := [duty for duty in known.values() if duty not in new]:
        Duty.objects.bulk_update(changed, _CHANGING)
    return lines


#: What a change of a duty may touch.
_CHANGING = (
    "state", "done_at", "done_by", "is_late", "rung", "next_rung_at", "owner", "due_at", "opened_at", "ladder",
    "title", "address", "escalated_at",
)  # fmt: skip


def _close_named(known: Mapping[str, Duty], change: Change, actor: User | None) -> list[Line]:
    lines, at = [], clock.now()
    for key in sorted(change.fulfilled | change.cancelled):
        duty = known.get(key)
        if duty is None or not duty.is_open:
            continue
        duty.next_rung_at = None
        if key in change.fulfilled:
            duty.state, duty.done_at, duty.done_by = Duty.State.DONE, at, actor
            duty.is_late = at > duty.due_at
            data = {**told(duty), "late": duty.is_late}
            lines.append(Line(journal.FULFILLED, actor, duty.subject, data))
        else:
            duty.state = Duty.State.CANCELLED
            lines.append(Line(journal.CANCELLED, actor, duty.subject, told(duty, reason="")))
    return lines


def _hand_named(known: Mapping[str, Duty], change: Change, actor: User | None) -> list[Line]:
    lines = []
    for handing in change.handed:
        duty = known.get(handing.key)
        if duty is None or not duty.is_open or duty.owner_id == handing.to.pk:
            continue
        before, duty.owner = duty.owner_id, handing.to
        if duty.due_at <= clock.now():
            duty.due_at = handing.due_at
            _start_ladder(duty)
        data = {**told(duty, reason=""), "from": before, "to": handing.to.pk}
        lines.append(Line(journal.REASSIGNED, actor, duty.subject, data))
    return lines


def fulfil(
    *,
    actor: User | None,
    key: str = "",
    kind: str = "",
    subject: Subject | None = None,
    owner: User | None = None,
    at: datetime | None = None,
) -> list[Duty]:
    """Mark the open duties that the arguments name as done at `at` (now); records `duties.fulfilled` for each.

    Name them by `key`, or by `kind` and `subject` (and `owner`). Where none is open, nothing happens.
    """
    at = at or clock.now()
    with transaction.atomic():
        duties = list(_named(key, kind, subject, owner).select_for_update(of=("self",)))
        for duty in duties:
            duty.state = Duty.State.DONE
            duty.done_at, duty.done_by = at, actor
            duty.is_late = at > duty.due_at
            duty.next_rung_at = None
            duty.save(update_fields=["state", "done_at", "done_by", "is_late", "next_rung_at"])
            record(
                journal.FULFILLED,
                actor=actor,
                subject=duty.subject,
                data={**told(duty), "late": duty.is_late},
            )
    return duties


def cancel(
    *,
    actor: User | None,
    key: str = "",
    kind: str = "",
    subject: Subject | None = None,
    owner: User | None = None,
    reason: str = "",
) -> list[Duty]:
    """Drop open duties, named as in `fulfil` or all of a `subject`; records `duties.cancelled` for each."""
    with transaction.atomic():
        duties = list(_named(key, kind, subject, owner).select_for_update(of=("self",)))
        for duty in duties:
            duty.state = Duty.State.CANCELLED
            duty.next_rung_at = None
            duty.save(update_fields=["state", "next_rung_at"])
            record(
                journal.CANCELLED,
                actor=actor,
                subject=duty.subject,
                data=told(duty, reason=bracketed(reason)),
            )
    return duties


@transaction.atomic
def reassign(*, duty: Duty, to: User, actor: User | None, reason: str = "") -> Duty:
    """Hand an open duty to somebody else, who is told; records `duties.reassigned`. Refuses what is no longer open."""
    duty = _open_one(duty)
    before = duty.owner_id
    duty.owner = to
    duty.save(update_fields=["owner"])
    data = {**told(duty, reason=bracketed(reason)), "from": before, "to": to.pk}
    record(journal.REASSIGNED, actor=actor, subject=duty.subject, data=data)
    notify(
        users=[to],
        kind="duties.reassigned",
        say=say(_("You now owe: {duty}"), duty=duty.sentence),
        subject=duty.subject,
        key=f"duty:{duty.pk}:to:{to.pk}",
    )
    return duty


@transaction.atomic
def redate(*, duty: Duty, due_at: datetime, actor: User | None, reason: str = "") -> Duty:
    """Move the due time of an open duty and start its ladder anew; records `duties.redated`."""
    duty = _open_one(duty)
    before = moment(duty.due_at)
    duty.due_at = due_at
    _start_ladder(duty)
    duty.save(update_fields=["due_at", "rung", "next_rung_at"])
    record(
        journal.REDATED,
        actor=actor,
        subject=duty.subject,
        data=told(duty, before=before, reason=bracketed(reason)),
    )
    return duty


def _start_ladder(duty: Duty) -> None:
    """Stand before the first rung that is still to come."""
    now = clock.now()
    moments = [moment for moment, _rung in duty.climbs()]
    duty.rung = sum(moment <= now for moment in moments)
    duty.next_rung_at = duty.moment_of_next_rung()


def _named(key: str, kind: str, subject: Subject | None, owner: User | None) -> DutyQuerySet:
    """Open duties by key, or by subject (and kind, and owner)."""
    assert key or subject is not None, "name the duties by key or by subject"
    found = Duty.objects.open().select_related("subject", "owner").order_by("pk")
    if key:
        return found.filter(key=key)
    found = found.filter(subject=subject)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(owner=owner) if owner else found


def _open_one(duty: Duty) -> Duty:
    locked = Duty.objects.select_for_update(of=("self",)).select_related("subject", "owner").get(pk=duty.pk)
    if not locked.is_open:
        raise WrongState(say(_("“{duty}” is no longer open."), duty=locked.sentence))
    return locked
