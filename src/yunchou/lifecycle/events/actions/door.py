"""Everything that a scan does: decided, recorded once, counted once, and put right when it comes late.

`check_in` is the one way in for a device on the line, a colleague by hand and a device that comes back (`take_in` for many).
What was decided without a network stays a fact; what a person must look at becomes a doubt that `settle` answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.compiled import insertion, planned_once
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line as Entry
from yunchou.kernel.journal.actions import record, record_all, within
from yunchou.kernel.subjects.models import Subject

from .. import journal_door as journal
from ..door.codes import is_genuine, read_code
from ..door.decision import LINES, Line, Tone, decide, facts_of
from ..door.fold import COUNTED, UNDO, Row, fold
from ..models import CheckIn, Device, Direction, Doubt, Guest, Place, Reply, Session, Verdict
from ..permissions import Perm
from ..selectors.door import Found, event_facts, find_guest
from .telling import is_told_of, tell_of_arrivals, tell_of_misses

MISSES: Final = 20
MINUTE: Final = timedelta(minutes=1)
MISSED: Final = ("forged", "foreign", "not_listed")
"""Answers that somebody who tries codes out would get."""
AHEAD: Final = timedelta(seconds=5)
"""So far into the future a corrected moment may lie; further on it is the present."""


class TooManyMisses(Refused):
    """Somebody tries codes out on this device."""

    status = 429
    code = "too_many_misses"


@dataclass(frozen=True)
class Scan:
    """What a device says it saw. `said` is what it answered by itself without a network, empty when it asks.

    A guest is named by a ticket's text (`code`) or, found by name, by `guest`. `at` is by the device's clock; None is now.
    """

    key: UUID
    session: int | None = None
    code: str = ""
    guest: int | None = None
    direction: str = Direction.IN
    is_forced: bool = False
    at: datetime | None = None
    said: str = ""
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """What is said at the door."""

    key: UUID
    verdict: str
    why: str
    tone: str = Tone.RED
    title: str = ""
    words: str = ""
    forced: bool = False
    guest: Found | None = None
    first: bool = False


@dataclass(frozen=True)
class _Door:
    """Who asks: a device, or a colleague without one."""

    subject_id: int
    device: Device | None
    actor: User | None
    drift: timedelta = field(default=timedelta())

    @property
    def where(self) -> str:
        if self.device:
            return f"{self.device.door.name} · {self.device.name}"
        return self.actor.name if self.actor else ""

    def moment(self, at: datetime | None) -> datetime:
        """The device's time put right."""
        now = clock.now()
        if at is None:
            return now
        put_right = at + self.drift
        return now if put_right > now + AHEAD else put_right


def check_in(
    *,
    scan: Scan,
    device: Device | None = None,
    actor: User | None = None,
    subject: Subject | None = None,
    drift: timedelta = timedelta(),
    met: Found | None = None,
) -> Answer:
    """Decide on one scan, record it and count it; the same scan again gets the same answer.

    From a device, or by hand from a colleague with the right `events.door` on `subject`. `drift` is how far the device's clock
    is behind; `met` is whom the ticket names in the scan's session, where the caller has just looked. Tells host and lead when
    a VIP comes (R-EXE-01) and never counts anybody twice (R-EXE-03). Raises `TooManyMisses`.
    """
    if device:
        door = _Door(device.subject_id, device, actor, drift)
        _mind_misses(device)
    else:
        if subject is None or actor is None:
            raise TypeError("a scan without a device is somebody's, on a subject")
        require(actor, Perm.DOOR, subject)
        door = _Door(subject.pk, None, actor)
    if scan.said:
        return _take(door, [scan])[0]
    found, line = _decided(door, scan, met)
    try:
        with nullcontext() if _is_alone(found, line) else transaction.atomic():
            return _recorded(door, scan, found, line)
    except IntegrityError:
        return _again(door, scan)


def take_in(*, device: Device, scans: Sequence[Scan], drift: timedelta) -> list[Answer]:
    """Record what a device decided without a network, in any order and however often it is sent: as many statements for many."""
    door = _Door(device.subject_id, device, None, drift)
    said = [scan for scan in scans if scan.said]
    asked = [check_in(scan=scan, device=device, drift=drift) for scan in scans if not scan.said]
    return [*_take(door, said), *asked]


# ------------------------------------------------------------------------------------------------ on the line


def _decided(door: _Door, scan: Scan, met: Found | None = None) -> tuple[Found | None, Line]:
    """The guest and the table's word on them. A code that proves nothing names nobody."""
    read = read_code(scan.code) if scan.code else None
    if scan.code and read is None:
        return None, LINES["unreadable"]
    if read and read.event != door.subject_id:
        return None, LINES["foreign"]
    number = read.guest if read else scan.guest
    found = met or (find_guest(door.subject_id, number, scan.session) if number else None)
    session, public = (found.session, found.public) if found else event_facts(door.subject_id, scan.session)
    if session["starts"] is None:
        raise wrong(_("This session is no longer there. Fetch the list anew."))
    if read and not is_genuine(scan.code, public):
        return None, LINES["forged"]
    seen = {
        "code": "genuine" if read else "hand",
        "ticket": "replaced" if read and found and found.guest.ticket != read.ticket else "current",
        "direction": scan.direction,
        "at": door.moment(scan.at).timestamp() * 1000,
    }
    return found, decide(facts_of(found.as_listed() if found else None, session, seen, online=True))


def _recorded(door: _Door, scan: Scan, found: Found | None, line: Line) -> Answer:
    """Write one scan down, count it, and say what is said. In a transaction, or by one statement where it is alone."""
    row = _row(door, scan, line, found)
    if found is None or not found.place or line.verdict != Verdict.LET_IN:
        first = _kept(door, row, line)
    elif (moved := _let_in(door, row, found)) is not None:
        first = moved
    else:  # another door was quicker, or a scan with a later time came in first
        with transaction.atomic():
            found, line = _decided(door, scan)
            row = _row(door, scan, line, found)
            first = _kept(door, row, line)
    if first and found:
        tell_of_arrivals([found.guest], where=door.where, seat=found.seat)
    return _answer(scan, line, found, row, first=first)


def _kept(door: _Door, row: CheckIn, line: Line) -> bool:
    """Keep a scan as it was decided and work out anew what it changes; says whether the guest had never been here."""
    row.save(force_insert=True)
    record_all([_line_of(door, row)])
    if line.why in MISSED and door.device:
        _count_miss(door.device)
    return row.verdict in COUNTED and bool(put_right(door.subject_id, [row.guest_id]))


def _row(door: _Door, scan: Scan, line: Line, found: Found | None) -> CheckIn:
    """The scan as it is kept; one that staff let through is let in."""
    is_forced = scan.is_forced and line.forced and found is not None
    verdict = Verdict.LET_IN if is_forced else line.verdict
    why = UNDO if (scan.why, line.why) == (UNDO, "left") else line.why
    return CheckIn(
        key=scan.key, subject_id=door.subject_id, guest=found.guest if found else None, session_id=scan.session,
        door=door.device.door if door.device else None, device=door.device, by=door.actor, direction=scan.direction,
        verdict=verdict, why=why, is_forced=is_forced, at=door.moment(scan.at), note=scan.note[:200],
        drift=round(door.drift.total_seconds()), recorded_at=clock.now(),
    )  # fmt: skip


def _is_alone(found: Found | None, line: Line) -> bool:
    """Whether one statement does all there is to do, and needs no transaction around it."""
    return bool(
        connection.vendor == "postgresql"
        and found
        and found.place
        and line.verdict == Verdict.LET_IN
        and not is_told_of(found.guest)
    )


def _let_in(door: _Door, row: CheckIn, found: Found) -> bool | None:
    """Count somebody in who is outside, and keep the scan; says whether they had never been here.

    None where another scan was quicker, and then nothing is written: the guard is in the statement, so that of two doors
    one counts.
    """
    if connection.vendor == "postgresql":
        return _let_in_at_once(door, row, found)
    outside = Place.objects.filter(
        Q(moved_at=None) | Q(moved_at__lte=row.at), pk=found.place or 0, is_inside=False
    )
    came = {} if found.first_in_at else {"first_in_at": row.at, "first_in_where": door.where}
    if not outside.update(is_inside=True, moved_at=row.at, **came):
        return None
    row.save(force_insert=True)
    record_all([_line_of(door, row)])
    return bool(Guest.objects.filter(pk=found.guest.pk, arrived_at=None).update(arrived_at=row.at))


AT_ONCE: Final = """
    WITH known AS (
        SELECT id FROM events_guest WHERE id = %(guest)s FOR NO KEY UPDATE
    ), moved AS (
        UPDATE events_place SET is_inside = true, moved_at = %(at)s, first_in_at = COALESCE(first_in_at, %(at)s),
               first_in_where = CASE WHEN first_in_at IS NULL THEN %(where)s ELSE first_in_where END
         WHERE id = %(place)s AND guest_id = (SELECT id FROM known)
           AND NOT is_inside AND (moved_at IS NULL OR moved_at <= %(at)s) RETURNING guest_id
    ), arrived AS (
        UPDATE events_guest SET arrived_at = %(at)s WHERE id = (SELECT guest_id FROM moved) AND arrived_at IS NULL RETURNING id
    ), kept AS (
        {scan}
    ), told AS (
        {entry}
    )
    SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM arrived)
"""


def _let_in_at_once(door: _Door, row: CheckIn, found: Found) -> bool | None:
    """The four statements of `_let_in` as one, which spares ways to the database and, to most guests, the transaction."""
    scan, kept = insertion(row, "scan", "moved")
    entry, told = within(_line_of(door, row), "moved")
    values: dict[str, Any] = {
        "at": row.at,
        "where": door.where,
        "place": found.place,
        "guest": found.guest.pk,
    }
    with planned_once() as cursor:
        cursor.execute(AT_ONCE.format(scan=scan, entry=entry), {**kept, **told, **values})
        moved, arrived = cursor.fetchone()
    return bool(arrived) if moved else None


def _again(door: _Door, scan: Scan) -> Answer:
    """The answer that this scan got before."""
    kept = CheckIn.objects.get(key=scan.key)
    if kept.subject_id != door.subject_id:
        raise wrong(_("This scan belongs to another event."))
    found = find_guest(door.subject_id, kept.guest_id, kept.session_id) if kept.guest_id else None
    line = LINES.get(kept.why, LINES["welcome"])
    return _answer(scan, line, found, kept, first=False)


def _answer(scan: Scan, line: Line, found: Found | None, row: CheckIn, *, first: bool) -> Answer:
    if row.is_forced:
        line = LINES["vip" if found and found.guest.is_vip else "welcome"]
    return Answer(
        key=scan.key, verdict=row.verdict, why=row.why, tone=line.tone, title=str(line.title), words=str(line.words),
        forced=line.forced, guest=found, first=first,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ come late


def _take(door: _Door, scans: Sequence[Scan]) -> list[Answer]:
    """Record what was decided without a network: facts, whatever the server would have said. Same statements for many."""
    if not scans:
        return []
    demand_own_sessions(door.subject_id, scans)
    with transaction.atomic():
        told = {row.key: row for row in CheckIn.objects.filter(key__in=_keys(scans), subject=door.subject_id)}
        fresh: dict[UUID, CheckIn] = {}
        guests = _guests_of(door.subject_id, scans)
        for scan in scans:
            key = scan.key
            if (known := told.get(key)) and known.verdict not in COUNTED and scan.said in COUNTED:
                # The line broke after the server had said no, and the device let in by itself.
                key = uuid5(scan.key, "offline")
            if key not in told and key not in fresh:
                fresh[key] = _late_row(door, scan, key, guests)
        CheckIn.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        moved = {row.guest_id for row in fresh.values() if row.guest_id and row.verdict in COUNTED}
        arrived = put_right(door.subject_id, moved)
        if fresh:
            data = {"device": door.where, "count": len(fresh)}
            entry = Entry(journal.UPLOADED, _actor(door), Subject(pk=door.subject_id), data)
            record_all([entry, *(_line_of(door, row) for row in fresh.values())])
        tell_of_arrivals(arrived, where=door.where, is_late=True)
    return [Answer(scan.key, scan.said, scan.why) for scan in scans]


def demand_own_sessions(subject_id: int, scans: Sequence[Scan]) -> None:
    """Refuse scans of another event's session, and what counts without a session."""
    own = set(Session.objects.filter(subject=subject_id).values_list("pk", flat=True))
    for scan in scans:
        if scan.session not in own and (scan.session or scan.said in COUNTED):
            raise wrong(_("This scan belongs to another event."))


def _keys(scans: Sequence[Scan]) -> list[UUID]:
    return [key for scan in scans for key in (scan.key, uuid5(scan.key, "offline"))]


def _line_of(door: _Door, row: CheckIn) -> Entry:
    data = {
        "event": door.subject_id, "guest": row.guest_id or 0, "door": door.where, "verdict": row.verdict, "why": row.why,
    }  # fmt: skip
    return Entry(journal.SCANNED, _actor(door), None, data)


def _guests_of(subject_id: int, scans: Sequence[Scan]) -> dict[int, Guest]:
    """The guests that scans name, by ticket or by hand."""
    read = [read_code(scan.code) for scan in scans if scan.code]
    asked = {code.guest for code in read if code and code.event == subject_id}
    asked |= {scan.guest for scan in scans if scan.guest}
    return {guest.pk: guest for guest in Guest.objects.filter(subject=subject_id, pk__in=asked)}


def _late_row(door: _Door, scan: Scan, key: UUID, guests: dict[int, Guest]) -> CheckIn:
    """A scan as the device decided it, with what the server knows against it."""
    read = read_code(scan.code) if scan.code else None
    guest = guests.get((read.guest if read else scan.guest) or 0)
    doubt = ""
    if scan.said == Verdict.LET_IN:
        if guest is None:
            doubt = Doubt.UNKNOWN
        elif guest.reply == Reply.CANCELLED:
            doubt = Doubt.GONE
        elif read and read.ticket != guest.ticket:
            doubt = Doubt.RENEWED
    session = scan.session
    return CheckIn(
        key=key, subject_id=door.subject_id, guest=guest, session_id=session,
        door=door.device.door if door.device else None, device=door.device, by=door.actor, direction=scan.direction,
        verdict=scan.said if scan.said in Verdict.values else Verdict.ASK, why=scan.why[:20], is_forced=scan.is_forced,
        was_offline=True, doubt=doubt, at=door.moment(scan.at), note=scan.note[:200],
        drift=round(door.drift.total_seconds()), recorded_at=clock.now(),
    )  # fmt: skip


INTRINSIC: Final = (Doubt.GONE, Doubt.RENEWED)
"""Doubts that a scan brings with it; the others come of all scans together."""


def put_right(subject_id: int, guests: Iterable[int | None]) -> list[Guest]:
    """Work the places and doubts of these guests out anew from all their scans; who came for the first time is returned.

    Locks guests, then places, each by number, as replies and `_let_in` do.
    """
    asked = sorted({pk for pk in guests if pk})
    if not asked:
        return []
    people = {
        guest.pk: guest
        for guest in Guest.objects.select_for_update(of=("self",)).filter(pk__in=asked).order_by("pk")
    }
    places = {
        (place.guest_id, place.session_id): place
        for place in Place.objects.select_for_update().filter(guest__in=asked).order_by("pk")
    }
    rows: dict[tuple[int, int], list[CheckIn]] = defaultdict(list)
    scans = CheckIn.objects.filter(guest__in=asked, session__isnull=False, verdict__in=COUNTED)
    other = CheckIn.objects.filter(settles=OuterRef("pk"), why=Decision.OTHER)
    for scan in scans.annotate(is_other=Exists(other)).select_related("door", "device"):
        assert scan.guest_id
        assert scan.session_id
        kept = rows[
            scan.guest_id, scan.session_id
        ]  # without a scan of their own the place is as before anybody came
        if not scan.is_other:
            kept.append(scan)
    changed, doubts, new = [], defaultdict(list), []
    for (guest, session), kept in rows.items():
        state = fold(_folded(row) for row in kept)
        place = places.get((guest, session))
        if place is None:
            place = places[guest, session] = Place(guest_id=guest, session_id=session)
            new.append(place)
        else:
            changed.append(place)
        place.is_inside, place.first_in_at = state.is_inside, state.first_in_at
        place.first_in_where, place.moved_at = state.first_in_where, state.moved_at
        for row in kept:
            if row.doubt != (doubt := state.doubts.get(row.key, "")):
                doubts[doubt].append(row.pk)
    Place.objects.bulk_create(new)
    Place.objects.bulk_update(
        changed, ["is_inside", "first_in_at", "first_in_where", "moved_at"], batch_size=500
    )
    for doubt, found in doubts.items():
        CheckIn.objects.filter(pk__in=found).update(doubt=doubt)
    return _arrivals(people, list(places.values()))


def _folded(row: CheckIn) -> Row:
    where = " · ".join(str(part) for part in (row.door, row.device) if part)
    invalid = row.doubt if row.doubt in INTRINSIC else ""
    return Row(
        row.key,
        row.at,
        row.device_id,
        row.verdict,
        row.direction,
        row.is_forced,
        invalid,
        where,
        row.why == UNDO,
    )


def _arrivals(people: dict[int, Guest], places: Iterable[Place]) -> list[Guest]:
    """Keep the first arrival of each; returns those who had none."""
    first: dict[int, datetime] = {}
    for place in places:
        if place.first_in_at:
            first[place.guest_id] = min(place.first_in_at, first.get(place.guest_id, place.first_in_at))
    came = [guest for pk, guest in people.items() if guest.arrived_at is None and pk in first]
    moved = [guest for pk, guest in people.items() if guest.arrived_at != first.get(pk)]
    for guest in moved:
        guest.arrived_at = first.get(guest.pk)
    Guest.objects.bulk_update(moved, ["arrived_at"], batch_size=500)
    return came


# ------------------------------------------------------------------------------------------------ codes tried out


def _mind_misses(device: Device) -> None:
    """Stop a device for the rest of the minute in which it met twenty codes that prove nothing (T4)."""
    if device.misses >= MISSES and device.misses_since and device.misses_since > clock.now() - MINUTE:
        raise TooManyMisses(
            say(_("Too many codes that are no tickets. Wait a minute; the lead has been told."))
        )


def _count_miss(device: Device) -> None:
    """Count one more, also for the rest of what the device sent at once."""
    now = clock.now()
    mine = Device.objects.filter(pk=device.pk)
    if not mine.filter(misses_since__gt=now - MINUTE).update(misses=F("misses") + 1):
        mine.update(misses=1, misses_since=now)
    device.misses, device.misses_since = mine.values_list("misses", "misses_since").get()
    if device.misses == MISSES:
        tell_of_misses(device)


def _actor(door: _Door) -> User | None:
    """Who answers for it: a colleague by hand, else whoever set the device up."""
    return door.actor or (User(pk=door.device.made_by_id) if door.device else None)


# ------------------------------------------------------------------------------------------------ settling


class Decision:
    """What somebody found out about a doubtful scan."""

    SAME = "same"
    OTHER = "other"
    ALL = (SAME, OTHER)


@transaction.atomic
def settle(*, scan: CheckIn, decision: str, note: str, actor: User) -> CheckIn:
    """Answer a doubtful scan: it was the guest (`same`), or somebody else came in on their ticket (`other`).

    Nobody else is counted by it; somebody else who stays is entered as a walk-in by whoever settles. Refuses a scan that
    is in no doubt or was settled. Records `events.doubt_settled`.
    """
    require(actor, Perm.DOOR, scan.subject)
    locked = CheckIn.objects.select_for_update(of=("self",)).get(pk=scan.pk)
    if not locked.doubt or locked.settled_by.exists():
        raise wrong(_("This scan has been settled already."))
    if decision not in Decision.ALL:
        raise wrong(_("Say who came in."))
    word: CheckIn = CheckIn.objects.create(
        key=uuid5(NAMESPACE_OID, f"settles:{scan.pk}"), subject_id=scan.subject_id, guest_id=scan.guest_id,
        session_id=scan.session_id, by=actor, verdict=Verdict.SETTLED, why=decision, at=clock.now(), note=note.strip()[:200],
        settles=locked,
    )  # fmt: skip
    data = {"name": scan.guest_id or "—", "decision": decision}
    record(journal.SETTLED, actor=actor, subject=scan.subject, data=data)
    if decision == Decision.OTHER and scan.guest_id:
        put_right(scan.subject_id, [scan.guest_id])
    return word
