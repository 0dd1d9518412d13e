"""Live streams: planned, told what they came to, one by one or by a table (EXE-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.sales.actions import Came, close_own_forms, mark_stale, open_own_forms
from yunchou.capabilities.sales.models import LeadChannel
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import CouponSeries, Stream
from ..permissions import Perm
from .shared import OWNER, opened

MOST_IMPORTED: Final = 200


@dataclass(frozen=True)
class StreamFacts:
    """A session as it is planned."""

    title: str
    platform: str
    planned_from: datetime
    planned_until: datetime
    viewers_target: int
    host: str = ""


@dataclass(frozen=True)
class StreamResult:
    """What a session came to; what is not known is None."""

    held_from: datetime | None = None
    held_until: datetime | None = None
    viewers: int | None = None
    interactions: int | None = None
    told_coupons: int | None = None
    told_leads: int | None = None
    note: str = ""


def plan_stamp(stream: Stream) -> str:
    """How the plan of a session stood when a form showed it."""
    return stamp(*(getattr(stream, one.name) for one in fields(StreamFacts)))


def result_stamp(stream: Stream) -> str:
    """How what a session came to stood when a form showed it."""
    return stamp(*(getattr(stream, one.name) for one in fields(StreamResult)))


@transaction.atomic
def plan_stream(*, subject: Subject, facts: StreamFacts, actor: User, keeper: User | None = None) -> Stream:
    """Plan a session; it has a page of its own by which its viewers leave leads, followed up by `keeper`.

    Refuses without `promotions.edit`, times out of order and the same session twice; records `promotions.stream_planned`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    made = _made(locked, facts, actor, keeper or actor)
    record(journal.STREAM_PLANNED, actor=actor, subject=locked, data={"stream": made.title})
    return made


@transaction.atomic
def change_stream(*, stream: Stream, facts: StreamFacts, actor: User, seen: str = "") -> Stream:
    """Change the plan of a session. Refuses as `plan_stream`, and a form that shows older values than stand now; records
    `promotions.stream_changed`."""
    subject = opened(stream.subject, actor, Perm.EDIT)
    locked = _locked(stream, subject)
    refuse_stale(seen, plan_stamp(locked))
    _check(facts, subject, but=locked.pk)
    before = StreamFacts(*(getattr(locked, one.name) for one in fields(StreamFacts)))
    if before == facts:
        return locked
    _write(locked, facts)
    locked.save()
    record(journal.STREAM_CHANGED, actor=actor, subject=subject, data={"stream": locked.title})
    mark_stale(subject.pk)
    return locked


@transaction.atomic
def tell_stream(*, stream: Stream, result: StreamResult, actor: User, seen: str = "") -> Stream:
    """Enter when a session was held and what it came to, or put that right. Refuses without `promotions.redeem`, times out of
    order or ahead, and a form that shows older values than stand now; records `promotions.stream_told`."""
    subject = open_table(stream.subject, "", actor, Perm.REDEEM)
    locked = _locked(stream, subject)
    refuse_stale(seen, result_stamp(locked))
    _check_result(result)
    for one in fields(StreamResult):
        setattr(locked, one.name, getattr(result, one.name))
    locked.note = locked.note.strip()[:200]
    locked.save()
    viewers = "—" if locked.viewers is None else locked.viewers
    record(
        journal.STREAM_TOLD, actor=actor, subject=subject, data={"stream": locked.title, "viewers": viewers}
    )
    mark_stale(subject.pk)
    return locked


@transaction.atomic
def remove_stream(*, stream: Stream, actor: User) -> None:
    """Take a session away that was not held. Refuses without `promotions.edit`, held ones, and those whose coupons are out;
    records `promotions.stream_removed`."""
    subject = opened(stream.subject, actor, Perm.EDIT)
    locked = _locked(stream, subject)
    if locked.held_from or locked.form.leads.exists():
        raise wrong(_("This session was held; its figures stay."))
    if CouponSeries.objects.filter(stream=locked).exists():
        raise wrong(_("Coupons belong to this session; take them off it first."))
    locked.removed_at = clock.now()
    locked.save(update_fields=["removed_at"])
    close_own_forms(subject=subject, forms=[locked.form_id], owned_by=OWNER)
    record(journal.STREAM_REMOVED, actor=actor, subject=subject, data={"stream": locked.title})
    mark_stale(subject.pk)


@transaction.atomic
def import_streams(
    *, subject: Subject, rows: Sequence[tuple[StreamFacts, StreamResult]], actor: User
) -> Came:
    """Take in the sessions of a table: one that is known by its name and planned time, or else alone by its name and planned
    day, gets the table's figures.

    All of them or none; refuses as `plan_stream` and `tell_stream`; records `promotions.streams_imported`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    if len(rows) > MOST_IMPORTED:
        raise at_field("file", _("At most {limit} lines at once."), limit=MOST_IMPORTED)
    found = Stream.objects.filter(subject=locked, removed_at=None).select_for_update(of=("self",))
    there = {(one.title, one.planned_from): one for one in found.order_by("pk")}
    told = {(facts.title.strip(), facts.planned_from) for facts, _result in rows}
    on_day: dict[tuple[str, date], list[Stream]] = {}
    for (title, start), one in there.items():
        if (title, start) not in told:
            on_day.setdefault((title, clock.local(start).date()), []).append(one)
    new = 0
    for facts, result in rows:
        _check_result(result)
        title = facts.title.strip()
        stream = there.get((title, facts.planned_from))
        if stream is None:  # one that was put off within its day, where it can be no other
            moved = on_day.get((title, clock.local(facts.planned_from).date()), [])
            stream = moved.pop() if len(moved) == 1 else None
        if stream is None:
            stream = _made(locked, facts, actor, actor)
            new += 1
        else:
            _check(facts, locked, but=stream.pk)
            _write(stream, facts)
        for part in fields(StreamResult):
            if (value := getattr(result, part.name)) not in (None, ""):
                setattr(stream, part.name, value)
        # What the table does not say stays: together it has to hold as well.
        _check_result(StreamResult(*(getattr(stream, part.name) for part in fields(StreamResult))))
        stream.save()
    came = Came(new, len(rows) - new)
    record(journal.STREAMS_IMPORTED, actor=actor, subject=locked, data={"new": came.new, "known": came.known})
    mark_stale(locked.pk)
    return came


def _made(subject: Subject, facts: StreamFacts, actor: User, keeper: User) -> Stream:
    _check(facts, subject)
    place = f"{facts.platform.strip()} · {facts.title.strip()}"[:40]
    [form] = open_own_forms(
        subject=subject,
        places=[place],
        keeper=keeper,
        actor=actor,
        channel=LeadChannel.STREAM,
        owned_by=OWNER,
    )
    made = Stream(subject=subject, made_by=actor, form=form)
    _write(made, facts)
    made.save()
    return made


def _write(stream: Stream, facts: StreamFacts) -> None:
    stream.title, stream.platform, stream.host = (
        facts.title.strip(),
        facts.platform.strip(),
        facts.host.strip(),
    )
    stream.planned_from, stream.planned_until = facts.planned_from, facts.planned_until
    stream.viewers_target = facts.viewers_target


def _check(facts: StreamFacts, subject: Subject, but: int | None = None) -> None:
    title = wanted(facts.title, "title", 60)
    wanted(facts.platform, "platform", 40)
    if len(facts.host.strip()) > 40:
        raise at_field("host", _("At most {count} characters."), count=40)
    if facts.planned_until <= facts.planned_from:
        raise at_field("planned_until", _("A session ends after it begins."))
    if not 0 <= facts.viewers_target < 2_000_000_000:
        raise at_field("viewers_target", _("Look at the number again."))
    same = Stream.objects.filter(
        subject=subject, title=title, planned_from=facts.planned_from, removed_at=None
    )
    if but is not None:
        same = same.exclude(pk=but)
    if same.exists():
        raise at_field("title", _("This session is planned already."))


def _check_result(result: StreamResult) -> None:
    if result.held_until and not result.held_from:
        raise at_field("held_from", _("Please fill this in."))
    if result.held_from and result.held_from > clock.now():
        raise at_field("held_from", _("This time lies ahead."))
    if result.held_until and result.held_from and result.held_until <= result.held_from:
        raise at_field("held_until", _("A session ends after it begins."))
    if result.viewers is not None and not result.held_from:
        raise at_field("held_from", _("Viewers are those of a session that was held: say when."))
    for name in ("viewers", "interactions", "told_coupons", "told_leads"):
        value = getattr(result, name)
        if value is not None and not 0 <= value < 2_000_000_000:
            raise at_field(name, _("Look at the number again."))


def _locked(stream: Stream, subject: Subject) -> Stream:
    found: Stream = Stream.objects.select_for_update(of=("self",)).select_related("form").get(pk=stream.pk)
    found.subject = subject
    if found.removed_at:
        raise wrong(_("This session was removed."))
    return found
