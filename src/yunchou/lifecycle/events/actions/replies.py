"""Replies: seats promised, waiting lists, and who moves up. The same for a guest's own page and for a colleague.

A party (a guest with the companions they bring) is never torn apart: it has seats for all or waits for all. When seats become
free, the first party of the waiting list that fits moves up; one that is too large keeps its place at the front. A seat that
stays empty for a party of four would serve nobody, and nobody loses a turn by it.

What is over, or where somebody of the party has come, stays as it is; what is open can be changed (`standing`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Basis, Diet, Purpose, TouchKind
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.words import word
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.signs import one_line
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import hooks, journal
from ..answering import checked
from ..kinds import demand_open
from ..models import (
    GONE,
    Guest,
    Happening,
    Place,
    PlaceState,
    Question,
    Reply,
    Session,
)
from ..permissions import Perm
from ..standing import LIVE, Standing, standings_of
from . import seats
from .counting import Moves, count, moved, tell


@dataclass(frozen=True)
class Companion:
    """Somebody whom a guest brings; `pk` where they came along before and keep their ticket."""

    name: str
    diet: tuple[str, ...] = ()
    diet_note: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Said:
    """What a guest says besides yes or no. `allows_pictures` is None where the question was not asked."""

    companions: tuple[Companion, ...] = ()
    diet: tuple[str, ...] = ()
    diet_note: str = ""
    transport: str = ""
    answers: Mapping[str, Any] | None = None
    allows_pictures: bool | None = None


@transaction.atomic
def reply(
    *,
    guest: Guest,
    answer: str,
    sessions: Collection[Session] = (),
    companions: Sequence[Companion] = (),
    diet: Sequence[str] = (),
    diet_note: str = "",
    transport: str = "",
    answers: Mapping[str, Any] | None = None,
    allows_pictures: bool | None = None,
    actor: User | None = None,
    reason: str = "",
) -> Guest:
    """Accept for some sessions, decline, or cancel. Without an actor it is the guest who speaks.

    Accepting where seats are missing puts the whole party on the waiting list. Sessions that are over or where the party has
    come stay as they are. Raises `WrongState` where nothing else is left, for more after a session's deadline (a guest may
    still give up a seat; a colleague enters anything with a reason), and where a party that has seats grows beyond what is
    left; `Invalid` at the fields. Records `events.replied` or `events.reply_entered`.
    """
    said = Said(tuple(companions), tuple(diet), diet_note, transport, answers, allows_pictures)
    if guest.companion_of_id:
        raise wrong(_("Whoever brings you replies for you."))
    if actor is not None:
        require(actor, Perm.ADD, guest.subject)
    demand_open(guest.subject)
    if answer in GONE:
        return _refused_by(guest, answer, actor, reason)
    if answer != Reply.ACCEPTED:
        raise wrong(_("Say whether you come."))
    return _accept(guest, {session.pk for session in sessions}, said, actor, reason)


def _refused_by(guest: Guest, answer: str, actor: User | None, reason: str) -> Guest:
    what = Happening.DECLINED if answer == Reply.DECLINED else Happening.CANCELLED
    _demand_not_withdrawn(guest)
    _note(guest, actor, reason, answer, people=0)
    found = give_up(guest, Reply(answer), by=actor, what=what, note=reason, keeps_settled=True)
    if found.reply == answer:
        _touch(guest, TouchKind.DECLINED)
    return found


def _accept(guest: Guest, chosen: set[int], said: Said, actor: User | None, reason: str) -> Guest:
    places = {place.session_id: place for place in guest.places.all()}
    if not places:
        raise at_field(
            "sessions",
            _("No session is offered to this guest yet: offer one first, then a reply is possible."),
        )
    if not chosen & places.keys():
        raise at_field("sessions", _("Choose at least one session."))
    locked = seats.lock(places)
    head: Guest = Guest.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    head.subject = guest.subject
    _demand_not_withdrawn(head)
    before, party = head.reply, _party(head)
    held = _places([head, *party])
    stands = _stands(held, locked)
    chosen = {pk for pk in chosen if pk in stands and not stands[pk].is_settled}
    _demand_changeable(stands, locked, actor)
    if not chosen:
        raise at_field("sessions", _("Choose at least one session."))
    late = _late(head, said, chosen, held, stands, actor)
    _demand_in_time([locked[pk] for pk in sorted(late)], actor, reason)
    said = _valid(head, said, [locked[pk] for pk in chosen])
    _image(head, said.allows_pictures, actor)
    stayed, gone, moves = _companions(head, party, said, kept=_keep_something(held, stands))
    people = [head, *stayed]
    asked = [locked[pk] for pk in sorted(stands) if not stands[pk].is_settled]
    as_they_are = _as_they_are(head, chosen, held, stands) if actor is None else set()
    freed = _seats(head, people, gone, held, chosen, asked, as_they_are)
    after = _standing(head)
    _keep(head, said, after)
    moves.update(moved([head], before, after))
    _follow(stayed, moves)
    tell(head, _happening(before, after), by=actor, note=reason, people=len(people))
    _note(head, actor, reason, after, people=len(people))
    if after == Reply.ACCEPTED and before != Reply.ACCEPTED:
        _touch(head, TouchKind.ACCEPTED)
        hooks.accepted(head)
    elif after == Reply.ACCEPTED:
        hooks.changed(head)
    elif freed:
        hooks.left(head)
    for session in freed:
        _move_up(session, moves)
    count(head.subject_id, moves)
    return head


def give_up(
    guest: Guest,
    to: Reply,
    *,
    by: User | None,
    what: Happening,
    note: str = "",
    keeps_settled: bool = False,
) -> Guest:
    """Let a guest and their companions go: seats are given back, and whoever waits moves up. Returns the guest as it is now.

    With `keeps_settled` what is over or where they have come stays, and with it the yes of whoever had a seat there; refuses
    where that is everything. The last thing a transaction does: what it counts is locked by nobody who waits for anything else.
    """
    locked = seats.lock(guest.places.values_list("session_id", flat=True))
    found: Guest = Guest.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    found.subject = guest.subject
    party = [found, *_party(found)]
    moves: Moves = Counter()
    stay: set[int] = set()
    settled: set[int] = set()
    if keeps_settled:
        held = _places(party)
        stands = _stands(held, locked)
        if stands:
            _demand_changeable(stands, locked, by)
        settled = {pk for pk, one in stands.items() if one.is_settled}
        stay = _keep_something(held, stands)
    freed = _release(party, locked, PlaceState.GIVEN_UP, settled)
    for one in party:
        if one.pk not in stay:
            moves.update(moved([one], one.reply, to))
            one.reply = to
        one.replied_at = clock.now()
    Guest.objects.bulk_update(party, ["reply", "replied_at"])
    is_gone = found.pk not in stay
    tell(found, what if is_gone else Happening.CHANGED, by=by, note=note, people=len(party))
    if is_gone:
        hooks.left(found)
    else:  # of who came to a part of it nothing is taken back that they may have used
        hooks.changed(found)
    for session in freed:
        _move_up(session, moves)
    count(found.subject_id, moves)
    return found


@transaction.atomic
def promote(session: Session) -> list[Guest]:
    """Let those who wait move up as long as a party fits, in the order in which they came; who did. Nobody once it has begun."""
    locked = seats.lock([session.pk])[session.pk]
    moves: Moves = Counter()
    promoted = _move_up(locked, moves)
    count(locked.subject_id, moves)
    return promoted


@transaction.atomic
def agree_to_pictures(*, guest: Guest, allows: bool) -> Guest:
    """What guests say of being shown in pictures, at any time: before, on the day, and when everything is over (EXE-11).

    Kept with the guest, and as a consent of the customer where there is one; pictures that show them are taken back by a
    refusal in the same transaction. Refuses an invitation that was withdrawn.
    """
    kept: Guest = (
        Guest.objects.select_for_update(of=("self",)).select_related("customer", "subject").get(pk=guest.pk)
    )
    if kept.reply == Reply.CANCELLED:
        raise wrong(_("This invitation was withdrawn."))
    _image(kept, allows, None)
    kept.save(update_fields=["allows_pictures"])
    return kept


# ---------------------------------------------------------------- what is asked first


def _demand_not_withdrawn(guest: Guest) -> None:
    if guest.reply == Reply.CANCELLED:
        raise wrong(_("This invitation was withdrawn."))


def _stands(held: Collection[Place], sessions: Mapping[int, Session]) -> dict[int, Standing]:
    """How the sessions of a party stand."""
    came = {place.session_id for place in held if place.first_in_at is not None}
    return standings_of(sessions.values(), came, clock.now())


def _keep_something(held: Collection[Place], stands: Mapping[int, Standing]) -> set[int]:
    """Who of a party came or had a seat where nothing changes any more; their yes stays with it."""
    return {
        place.guest_id
        for place in held
        if stands[place.session_id].is_settled
        and (place.state == PlaceState.HELD or place.first_in_at is not None)
    }


def _demand_changeable(
    stands: Mapping[int, Standing], sessions: Mapping[int, Session], actor: User | None
) -> None:
    """Refuse where the party has come, or everything is over."""
    if not all(one.is_settled for one in stands.values()):
        return
    if Standing.CAME in stands.values():
        raise wrong(
            _("You are here already; the reception will help you.")
            if actor is None
            else _("This guest has arrived, and nothing else is ahead that could be changed.")
        )
    last = max(sessions.values(), key=lambda session: session.ends_at)
    raise wrong(_("“{session}” is over."), session=last.name)


def _late(
    head: Guest,
    said: Said,
    chosen: Collection[int],
    held: Collection[Place],
    stands: Mapping[int, Standing],
    actor: User | None,
) -> set[int]:
    """The sessions past their deadline of which more is wanted: taken anew, for more people, or where all are past it.

    Whom a guest brings besides comes to the sessions that are open, and is asked about here only where none of these is chosen.
    """
    late = {pk for pk in chosen if stands[pk] == Standing.LATE}
    if Standing.OPEN not in stands.values():
        return late
    live = [place for place in held if place.state in LIVE]
    has = {place.session_id for place in live if place.guest_id == head.pk}
    people = Counter(place.session_id for place in live)
    grows = {pk for pk in late & has if 1 + len(said.companions) > people[pk]}
    if actor is None and any(stands[pk] == Standing.OPEN for pk in chosen):
        grows = set()
    return (late - has) | grows


def _as_they_are(
    head: Guest, chosen: Collection[int], held: Collection[Place], stands: Mapping[int, Standing]
) -> set[int]:
    """The sessions past their deadline that a guest does not give up: nothing is said of them by this reply."""
    live = {place.session_id for place in held if place.guest_id == head.pk and place.state in LIVE}
    late = {pk for pk, one in stands.items() if one == Standing.LATE}
    return {pk for pk in late if pk in chosen or pk not in live}


def _demand_in_time(late: Sequence[Session], actor: User | None, reason: str) -> None:
    """A deadline holds for guests; a colleague passes it with a reason."""
    if not late:
        return
    if actor is None:
        until = late[0].reply_until
        raise wrong(
            _("Replies were possible until {moment}. Please call us; we see what can be done."),
            moment=f"{clock.local(until):%Y-%m-%d %H:%M}" if until else "",
        )
    if not reason.strip():
        raise at_field("reason", _("The deadline has passed: say why this reply is still entered."))


def _valid(guest: Guest, said: Said, sessions: Collection[Session]) -> Said:
    """What was said, put in order: one line each, without signs that steer. Raises `Invalid` with everything that is wrong."""
    faults: dict[str, Say] = {}
    most = min((session.companions for session in sessions), default=0)
    if len(said.companions) > most:
        faults["companions"] = say(_("You may bring at most {count} people."), count=most)
    named = []
    for number, companion in enumerate(said.companions, 1):
        name = one_line(companion.name)
        if not name:
            faults[f"companion_{number}"] = say(
                _("Tell us the name of your companion, for the name card and the door.")
            )
        elif len(name) > 80:
            faults[f"companion_{number}"] = say(
                _("At most {limit} characters; these are {length}."), limit=80, length=len(name)
            )
        named.append(
            replace(
                companion,
                name=name,
                diet=_diet(companion.diet),
                diet_note=one_line(companion.diet_note)[:120],
            )
        )
    questions = list(Question.objects.filter(subject_id=guest.subject_id))
    answers, wrong_answers = checked(questions, guest.answers if said.answers is None else said.answers)
    if said.answers is not None:  # the form of a colleague does not ask
        faults |= wrong_answers
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return replace(
        said,
        companions=tuple(named),
        diet=_diet(said.diet),
        diet_note=one_line(said.diet_note)[:120],
        transport=one_line(said.transport)[:120],
        answers=answers,
    )


def _diet(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code in dict.fromkeys(codes) if code in Diet.values)


# ---------------------------------------------------------------- seats


def _party(head: Guest) -> list[Guest]:
    """The companions who come along."""
    return list(head.companions.select_for_update(of=("self",)).exclude(reply__in=GONE).order_by("pk"))


def _places(people: Collection[Guest]) -> list[Place]:
    return list(Place.objects.filter(guest__in=[one.pk for one in people]))


def _seats(
    head: Guest,
    people: Sequence[Guest],
    gone: Sequence[Guest],
    held: Sequence[Place],
    chosen: Collection[int],
    sessions: Sequence[Session],
    as_they_are: Collection[int],
) -> list[Session]:
    """Give the party what it chose, session by session; the sessions in which seats became free.

    `held` are the places of the party as they were. In the sessions that stay `as_they_are` nobody gets a place who had none.
    """
    freed: list[Session] = []
    had = {(place.session_id, place.guest_id): place.state for place in held}
    for session in sessions:
        state = had[session.pk, head.pk]
        seated = sum(had.get((session.pk, one.pk)) == PlaceState.HELD for one in (*people, *gone))
        if session.pk in as_they_are:
            leave = [one for one in gone if had.get((session.pk, one.pk)) in LIVE]
            here = sum(had[session.pk, one.pk] == PlaceState.HELD for one in leave)
            seats.give_back(session, here)
            _set(session, leave, PlaceState.GIVEN_UP)
            if here:
                freed.append(session)
            continue
        if session.pk not in chosen:
            seats.give_back(session, seated)
            _set(session, [*people, *gone], PlaceState.GIVEN_UP)
        elif state == PlaceState.HELD:
            more = len(people) - seated
            if more > 0 and not seats.take(session, more):
                raise _too_many(session)
            seats.give_back(session, max(-more, 0))
            _set(session, gone, PlaceState.GIVEN_UP)
            _set(session, people, PlaceState.HELD)
        elif seats.take(session, len(people)):
            _set(session, gone, PlaceState.GIVEN_UP)
            _set(session, people, PlaceState.HELD)
        else:
            _set(session, gone, PlaceState.GIVEN_UP)
            _wait(session, head, people)
        if seated and (session.pk not in chosen or len(people) < seated):
            freed.append(session)
    return freed


def _too_many(session: Session) -> WrongState:
    words = say(
        _("“{session}” has {count} seats left; you keep the seats that you have."),
        session=session.name,
        count=max(Session.objects.get(pk=session.pk).left, 0),
    )
    return WrongState(words, fields={"companions": words})


def _wait(session: Session, head: Guest, people: Sequence[Guest]) -> None:
    """Put a party at the end of the waiting list; one that waits keeps its turn."""
    held = Place.objects.filter(session=session, guest=head, state=PlaceState.WAITING).values_list(
        "queue", flat=True
    )
    turn = held.first()
    if turn is None:
        last = Place.objects.filter(session=session).aggregate(last=Max("queue"))["last"] or 0
        turn = last + 1
    _set(session, people, PlaceState.WAITING, turn)


def _set(session: Session, people: Collection[Guest], state: PlaceState, turn: int | None = None) -> None:
    """Say the same of the places of some people in a session; companions get one where they have none."""
    ids = [one.pk for one in people]
    Place.objects.filter(session=session, guest__in=ids).update(state=state, queue=turn)
    if state != PlaceState.GIVEN_UP:
        there = set(Place.objects.filter(session=session, guest__in=ids).values_list("guest_id", flat=True))
        Place.objects.bulk_create(
            Place(session=session, guest_id=pk, state=state, queue=turn) for pk in ids if pk not in there
        )


def _release(
    people: Collection[Guest], sessions: Mapping[int, Session], to: PlaceState, settled: Collection[int]
) -> list[Session]:
    """Take back what these people hold, but for sessions that are settled; the sessions in which seats became free."""
    theirs = [place for place in _places(people) if place.session_id not in settled]
    held = Counter(place.session_id for place in theirs if place.state == PlaceState.HELD)
    Place.objects.filter(pk__in=[place.pk for place in theirs]).update(state=to, queue=None)
    for pk in sorted(held):
        seats.give_back(sessions[pk], held[pk])
    return [sessions[pk] for pk in sorted(held)]


def _move_up(session: Session, moves: Moves) -> list[Guest]:
    """The parties that fit move up, in the order in which they came; who did. The session is locked."""
    promoted: list[Guest] = []
    if session.starts_at <= clock.now() or session.removed_at:
        return promoted
    waiting = Place.objects.filter(session=session, state=PlaceState.WAITING)
    beside = set(waiting.exclude(guest__companion_of=None).values_list("guest_id", flat=True))
    heads = waiting.filter(guest__companion_of=None)
    for place in heads.order_by("queue", "pk").select_related("guest__subject"):
        if session.left <= 0:
            break
        party = [one for one in _party(place.guest) if one.pk in beside]
        people = 1 + len(party)
        if people <= session.left and seats.take(session, people):
            _seat_party(place.guest, party, session, moves)
            promoted.append(place.guest)
    return promoted


def _seat_party(head: Guest, party: Sequence[Guest], session: Session, moves: Moves) -> None:
    """A party that waited has its seats."""
    _set(session, [head, *party], PlaceState.HELD)
    before, after = head.reply, Reply.ACCEPTED
    moves.update(moved([head], before, after))
    _follow(party, moves)
    Guest.objects.filter(pk=head.pk).update(reply=after)
    head.reply = after
    tell(head, Happening.PROMOTED, note=session.name, people=1 + len(party))
    record(
        journal.PROMOTED, actor=None, subject=head.subject, data={"guest": head.pk, "session": session.name}
    )
    if before != after:
        _touch(head, TouchKind.ACCEPTED)
        hooks.accepted(head)
    else:
        hooks.changed(head)


# ---------------------------------------------------------------- people


def _companions(
    head: Guest, party: Sequence[Guest], said: Said, kept: Collection[int]
) -> tuple[list[Guest], list[Guest], Moves]:
    """Those who stay or are new, those who come no more, and how the tallies move by it.

    Who is `kept` keeps the yes by which they came to something that is settled, and comes to nothing more.
    """
    known = {one.pk: one for one in party}
    meant = {companion.pk for companion in said.companions}
    stayed: list[Guest] = []
    moves: Moves = Counter()
    for companion in said.companions:
        found = known.pop(companion.pk, None) if companion.pk else None
        if (
            found is None
        ):  # a form that is sent again names who came along by the first time: they keep their ticket
            again = (one for one in known.values() if one.name == companion.name and one.pk not in meant)
            found = known.pop(twin.pk) if (twin := next(again, None)) else None
        if found is None:
            found = Guest(
                subject_id=head.subject_id, companion_of=head, inviter_id=head.inviter_id, wave_id=head.wave_id,
                language=head.language, role=head.role, reply=Reply.LISTED, added_by_id=None,
            )  # fmt: skip
            moves.update(moved([found], None, Reply.LISTED))
        found.name = companion.name
        found.diet, found.diet_note = list(companion.diet), companion.diet_note
        found.save()
        stayed.append(found)
    gone = list(known.values())
    off = [one for one in gone if one.pk not in kept]
    for one in off:
        moves.update(moved([one], one.reply, Reply.CANCELLED))
    Guest.objects.filter(pk__in=[one.pk for one in off]).update(reply=Reply.CANCELLED, replied_at=clock.now())
    return stayed, gone, moves


def _follow(companions: Collection[Guest], moves: Moves) -> None:
    """Companions stand where their places do: where whoever brings them does, but for sessions that only some come to."""
    held = {place.guest_id for place in _places(companions) if place.state == PlaceState.HELD}
    for one in companions:
        reply = Reply.ACCEPTED if one.pk in held else Reply.WAITING
        moves.update(moved([one], one.reply, reply))
        one.reply, one.replied_at = reply, clock.now()
    Guest.objects.bulk_update(companions, ["reply", "replied_at"])


def _standing(head: Guest) -> Reply:
    """Accepted with one seat at least, otherwise waiting."""
    states = set(head.places.values_list("state", flat=True))
    return Reply.ACCEPTED if PlaceState.HELD in states else Reply.WAITING


def _happening(before: str, after: Reply) -> Happening:
    if before == after:
        return Happening.CHANGED
    return Happening.ACCEPTED if after == Reply.ACCEPTED else Happening.WAITING


def _keep(head: Guest, said: Said, after: Reply) -> None:
    head.reply, head.replied_at = after, clock.now()
    head.diet, head.diet_note, head.transport = list(said.diet), said.diet_note, said.transport
    head.answers = dict(said.answers or {})
    head.save(update_fields=["reply", "replied_at", "diet_kept", "transport", "answers", "allows_pictures"])


def _image(head: Guest, allows: bool | None, actor: User | None) -> None:
    """Whether pictures may be shown (EXE-11): kept with the guest, and as a consent of the customer where there is one."""
    if allows is None or allows == head.allows_pictures:
        return
    was, head.allows_pictures = head.allows_pictures, allows
    tell(head, Happening.IMAGE, by=actor, note="yes" if allows else "no")
    if head.customer is None or (was is None and not allows):
        return
    if actor is not None and not holds(actor, CustomerPerm.MANAGE, head.customer):
        return
    say_so = give_consent if allows else withdraw_consent
    basis = Basis.SPOKEN if actor else Basis.FORM
    say_so(customer=head.customer, purpose=Purpose.IMAGE, actor=actor, basis=basis, proof=f"guest {head.pk}")


def _note(head: Guest, actor: User | None, reason: str, answer: str, *, people: int) -> None:
    kind = journal.REPLY_ENTERED if actor else journal.REPLIED
    told: dict[str, Any] = {"guest": head.pk, "reply": word(Reply(answer).label, "reply"), "people": people}
    if actor:
        told["reason"] = say(": {text}", text=wanted(reason, "reason", 200)) if reason.strip() else ""
    record(kind, actor=actor, subject=head.subject, data=told)


def _touch(head: Guest, kind: str) -> None:
    """Tell the directory, for target lists; the same reply within a second is one touch."""
    if head.customer_id:
        key = f"{kind}:{head.pk}:{clock.now():%Y%m%d%H%M%S}"
        record_touches([TouchRow(head.customer_id, kind, subject_id=head.subject_id, key=key)])
