"""The guest list: who is on it, by whom, in which wave, and who is taken off (PRE-04)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.creative.selectors.basis import grades_of_forms
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Customer, CustomerIdentity, TouchKind
from yunchou.directory.customers.selectors.cooperations import cooperating
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.categories import belonging_to
from yunchou.lifecycle.campaigns.models import Campaign, Kind

from .. import journal
from ..kinds import day_of, demand_open
from ..models import Guest, GuestEntry, Happening, Place, PlaceState, Reply, Role, Session, Wave
from ..models.guests import new_token
from ..permissions import Perm
from ..rules import INVITING, Invitee
from . import seats
from .counting import count, moved, tell

BATCH = 1000
"""So many guests are written with one statement."""


@dataclass(frozen=True)
class Refusal:
    """A customer who may not be invited, and which rule says so."""

    customer: Customer
    verdict: Verdict


@dataclass(frozen=True)
class Added:
    """What came of putting customers on the list: new guests, customers who are on it already, and those refused."""

    guests: tuple[Guest, ...] = ()
    already: tuple[Customer, ...] = ()
    refused: tuple[Refusal, ...] = ()


@transaction.atomic
def add_guests(
    *,
    subject: Subject,
    customers: Iterable[Customer],
    sessions: Collection[Session],
    actor: User,
    wave: Wave | None = None,
    inviter: User | None = None,
    host: User | None = None,
    is_vip: bool = False,
) -> Added:
    """Put customers of the directory on the list of an event; the same customer once. Records `events.guests_listed`.

    Customers whom the actor may not see, merged ones and erased ones are passed over. Refused with the rule's reason are
    those whose grade does not admit them (TYP-07), who are no open prospects (R-TYP-03), not of the audience (TYP-02), or media
    without a cooperation in force (TYP-06).
    """
    locked = open_table(subject, "", actor, Perm.ADD)
    campaign = demand_open(locked)
    _demand_own(locked, sessions, wave)
    asked = list({customer.pk: customer for customer in customers})
    fresh, already, refused = sift(campaign, asked, actor)
    guests = [
        Guest(
            subject=locked,
            customer=customer,
            name=customer.name,
            organisation=customer.organisation,
            title=customer.title,
            phone_tail=_tail_of(customer),
            grade=customer.grade,
            is_vip=is_vip or customer.is_important,
            host=host,
            inviter=inviter or actor,
            wave=wave,
            language=customer.language,
            added_by=actor,
        ).read_name()
        for customer in fresh
    ]
    for guest, customer in zip(guests, fresh, strict=True):
        guest.diet, guest.diet_note = customer.diet, customer.diet_note
    enter(guests, sessions, actor)
    if guests or refused:
        record(
            journal.LISTED,
            actor=actor,
            subject=locked,
            data={"count": len(guests), "already": len(already), "refused": len(refused)},
        )
    return Added(tuple(guests), tuple(already), tuple(refused))


def sift(
    campaign: Campaign, ids: Sequence[int], actor: User
) -> tuple[list[Customer], list[Customer], list[Refusal]]:
    """Customers whom the actor may see, in three parts: who may be put on the list, who is on it, who is refused.

    Five statements for a thousand customers.
    """
    fresh: list[Customer] = []
    already: list[Customer] = []
    refused: list[Refusal] = []
    for start in range(0, len(ids), BATCH):
        some = _sift_some(campaign, ids[start : start + BATCH], actor)
        fresh += some[0]
        already += some[1]
        refused += some[2]
    return fresh, already, refused


def _sift_some(
    campaign: Campaign, ids: Sequence[int], actor: User
) -> tuple[list[Customer], list[Customer], list[Refusal]]:
    found = Customer.objects.visible_to(actor).living().filter(pk__in=ids).select_related("card", "apart")
    customers = sorted(found, key=lambda customer: customer.pk)
    there = set(
        Guest.objects.live()
        .filter(subject_id=campaign.pk, customer__in=[c.pk for c in customers])
        .values_list("customer_id", flat=True)
    )
    identities: dict[int, set[str]] = {}
    told = CustomerIdentity.objects.filter(customer__in=[c.pk for c in customers])
    for pk, identity in told.values_list("customer_id", "identity"):
        identities.setdefault(pk, set()).add(identity)
    params, begun = params_on(INVITING), invitee_to(campaign)
    allied = frozenset[int]()
    if begun.is_asked_to_cooperate:
        allied = cooperating([c.pk for c in customers], day_of(campaign))
    fresh: list[Customer] = []
    refused: list[Refusal] = []
    for customer in customers:
        if customer.pk in there:
            continue
        invitee = invitee_of(begun, customer, identities.get(customer.pk, ()), customer.pk in allied)
        failures = (verdict for rule in INVITING for verdict in rule.failures(invitee, params[rule.id]))
        # A verdict is false when it fails, so that `if verdict` would pass over those that matter.
        if (verdict := next(failures, None)) is not None:
            refused.append(Refusal(customer, verdict))
        else:
            fresh.append(customer)
    return fresh, [customer for customer in customers if customer.pk in there], refused


def invitee_to(campaign: Campaign, name: str = "", *, has_role: bool = False) -> Invitee:
    """Somebody known by name alone as the rules of inviting see them, with all they ask of the activity."""
    is_high_end = campaign.kind == Kind.HIGH_END
    return Invitee(
        name,
        campaign.kind,
        campaign.audience,
        has_role=has_role,
        wanted=belonging_to(campaign.audience),
        form_grades=grades_of_forms(campaign.forms) if is_high_end else frozenset(),
    )


def invitee_of(
    begun: Invitee, customer: Customer, identities: Collection[str], cooperates: bool = False
) -> Invitee:
    """A customer as the rules of inviting see them; a grade that has run out counts no more."""
    grade = customer.grade
    if customer.grade_until is not None and customer.grade_until < clock.today():
        grade = ""
    return replace(
        begun,
        name=customer.name,
        grade=grade,
        stage=customer.stage,
        identities=frozenset(identities),
        cooperates=cooperates,
    )


def enter(guests: Sequence[Guest], sessions: Collection[Session], actor: User | None) -> None:
    """Write guests who are new on the list, each invited to these sessions."""
    _write(guests, [Place(guest=guest, session=session) for guest in guests for session in sessions])
    GuestEntry.objects.bulk_create(
        (GuestEntry(guest=guest, what=Happening.LISTED, by=actor, people=1) for guest in guests),
        batch_size=BATCH,
    )
    if guests:
        count(guests[0].subject_id, moved(guests, None, Reply.LISTED))


def _write(guests: Sequence[Guest], places: Sequence[Place]) -> None:
    Guest.objects.bulk_create(guests, batch_size=BATCH)
    Place.objects.bulk_create(places, batch_size=BATCH)


def _enter_at_door(guest: Guest, sessions: Collection[Session], actor: User) -> None:
    """Write somebody who came without an invitation: they said yes by coming, and take a seat where one is left."""
    locked = seats.lock(session.pk for session in sessions)
    guest.reply, guest.replied_at = Reply.AT_DOOR, clock.now()
    held = {pk: PlaceState.HELD if seats.take(one, 1) else PlaceState.OFFERED for pk, one in locked.items()}
    _write([guest], [Place(guest=guest, session_id=pk, state=state) for pk, state in held.items()])
    tell(guest, Happening.AT_DOOR, by=actor)
    count(guest.subject_id, moved([guest], None, Reply.AT_DOOR))


@transaction.atomic
def add_guest(
    *,
    subject: Subject,
    actor: User,
    name: str,
    sessions: Collection[Session] = (),
    organisation: str = "",
    title: str = "",
    phone_tail: str = "",
    role: str = Role.GUEST,
    is_vip: bool = False,
    host: User | None = None,
    inviter: User | None = None,
    wave: Wave | None = None,
    note: str = "",
    language: str = "zh-hans",
    is_walk_in: bool = False,
) -> Guest:
    """Put somebody on the list who is known by name alone. Of a phone number the last four digits are kept, to be found by.

    Refuses an empty name, and where a client grade decides (TYP-07) everybody who comes as a guest: without a record there is
    no grade. Records `events.guests_listed`. Somebody who walked in stands as entered at the door, with a seat where one is left;
    that is recorded by `walk_in`.
    """
    locked = open_table(subject, "", actor, Perm.DOOR if is_walk_in else Perm.ADD)
    campaign = demand_open(locked)
    _demand_own(locked, sessions, wave)
    called = wanted(name, "name", 80)
    if phone_tail and not (len(phone_tail) == 4 and phone_tail.isdecimal()):
        raise at_field("phone_tail", _("Give the last four digits."))
    _demand_invitable(_by_name(campaign, called, role), "name")
    guest = Guest(
        subject=locked, name=called, organisation=organisation.strip(),
        title=title.strip(), phone_tail=phone_tail, role=role, is_vip=is_vip, host=host, inviter=inviter or actor,
        wave=wave, note=note.strip(), language=language, is_walk_in=is_walk_in, added_by=actor,
    ).read_name()  # fmt: skip
    if is_walk_in:
        _enter_at_door(guest, sessions, actor)
        return guest
    enter([guest], sessions, actor)
    record(journal.LISTED, actor=actor, subject=locked, data={"count": 1, "already": 0, "refused": 0})
    return guest


def _by_name(campaign: Campaign, name: str, role: str) -> Invitee:
    """Somebody without a record. Media whom the activity addresses come as who they are: of a name no cooperation is known."""
    begun = invitee_to(campaign, name)
    is_addressed = role == Role.MEDIA and begun.is_asked_to_cooperate
    return replace(begun, has_role=role != Role.GUEST and not is_addressed)


def _demand_invitable(invitee: Invitee, field: str) -> None:
    """Raise the first refusal of a rule on guests, at a field."""
    params = params_on(INVITING)
    for rule in INVITING:
        for verdict in rule.failures(invitee, params[rule.id]):
            raise RuleRefused(verdict.reason, verdicts=[verdict], fields={field: verdict.reason})


@transaction.atomic
def keep_guest(*, guest: Guest, actor: User, values: Mapping[str, Any]) -> Guest:
    """Change what is known of a guest (host, inviter, wave, role, note …). Records `events.guest_kept` if something changed."""
    require(actor, Perm.ADD, guest.subject)
    campaign = demand_open(guest.subject)
    _demand_own(guest.subject, (), values.get("wave"))
    locked: Guest = Guest.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    allowed = {
        "name", "organisation", "title", "phone_tail", "role", "is_vip", "host", "inviter", "wave", "note", "language",
        "transport",
    }  # fmt: skip
    changed = {
        key: value for key, value in values.items() if key in allowed and getattr(locked, key) != value
    }
    if not changed:
        return locked
    if "name" in changed:
        changed["name"] = wanted(changed["name"], "name", 80)
    if "role" in changed and locked.customer_id is None:
        _demand_invitable(_by_name(campaign, locked.name, changed["role"]), "role")
    for key, value in changed.items():
        setattr(locked, key, value)
    locked.save()
    record(
        journal.KEPT, actor=actor, subject=guest.subject, data={"guest": guest.pk, "fields": sorted(changed)}
    )
    return locked


@transaction.atomic
def offer_sessions(*, guest: Guest, sessions: Collection[Session], actor: User) -> None:
    """Invite a guest to these sessions too. Sessions they are invited to stay; giving up a seat is a reply."""
    require(actor, Perm.ADD, guest.subject)
    demand_open(guest.subject)
    _demand_own(guest.subject, sessions, None)
    there = set(guest.places.values_list("session_id", flat=True))
    new = [session for session in sessions if session.pk not in there]
    Place.objects.bulk_create(Place(guest=guest, session=session) for session in new)
    if new:
        record(
            journal.KEPT, actor=actor, subject=guest.subject, data={"guest": guest.pk, "fields": ["sessions"]}
        )


@transaction.atomic
def take_off(*, guest: Guest, reason: str, actor: User) -> Guest:
    """Take a guest and their companions off the list with a reason; seats go to those who wait. Records `events.guest_taken_off`.

    The row stays, so that the ticket is known, and refused, at the door.
    """
    from .replies import give_up  # a reply needs the list, and a list what a reply gives up

    require(actor, Perm.ADD, guest.subject)
    demand_open(guest.subject)
    why = wanted(reason, "reason", 200)
    if guest.arrived_at is not None:
        raise wrong(_("This guest has arrived: enter a reply to give up what is still ahead."))
    if guest.companions.live().filter(arrived_at__isnull=False).exists():
        raise wrong(
            _("Somebody whom this guest brings has arrived: enter a reply to give up what is still ahead.")
        )
    record(journal.TAKEN_OFF, actor=actor, subject=guest.subject, data={"guest": guest.pk, "reason": why})
    return give_up(guest, Reply.CANCELLED, by=actor, what=Happening.TAKEN_OFF, note=why)


@transaction.atomic
def note_sent(*, guests: Collection[Guest], how: str, actor: User) -> int:
    """Note that invitations went out on paper, by hand or as a copied link; those sent before stay. Returns how many.

    What `messaging` sends is noted by it. All guests belong to one event. Records `events.invitations_noted`.
    """
    if not guests:
        return 0
    subject = next(iter(guests)).subject
    require(actor, Perm.INVITE, subject)
    demand_open(subject)
    found = list(
        Guest.objects.select_for_update(of=("self",))
        .to_invite()
        .filter(subject=subject, pk__in=[g.pk for g in guests], companion_of=None)
        .order_by("pk")
    )
    now = clock.now()
    Guest.objects.filter(pk__in=[g.pk for g in found]).update(reply=Reply.INVITED, invited_at=now)
    GuestEntry.objects.bulk_create(
        GuestEntry(guest=guest, what=Happening.INVITED, by=actor, note=how[:200], people=1) for guest in found
    )
    record_touches(
        TouchRow(
            guest.customer_id,
            TouchKind.INVITED,
            subject_id=subject.pk,
            by_id=actor.pk,
            key=f"invited:{guest.pk}",
        )
        for guest in found
        if guest.customer_id
    )
    if found:
        record(journal.SENT, actor=actor, subject=subject, data={"count": len(found), "how": how})
    count(subject.pk, moved(found, Reply.LISTED, Reply.INVITED))
    return len(found)


@transaction.atomic
def renew_ticket(*, guest: Guest, actor: User) -> Guest:
    """Make a guest's ticket invalid and give a new one; the link stays. Records `events.ticket_renewed`."""
    require(actor, Perm.ADD, guest.subject)
    demand_open(guest.subject)
    guest.ticket = new_token()
    Guest.objects.filter(pk=guest.pk).update(ticket=guest.ticket)
    tell(guest, Happening.TICKET, by=actor)
    record(journal.TICKET, actor=actor, subject=guest.subject, data={"guest": guest.pk})
    return guest


def _tail_of(customer: Customer) -> str:
    """The last four digits of the phone number, by which a guest is found at the door."""
    card = getattr(customer, "card", None)
    return card.phone_tail if card else ""


def _demand_own(subject: Subject, sessions: Collection[Session], wave: Wave | None) -> None:
    """Sessions and waves of another event are no choice here."""
    if any(s.subject_id != subject.pk or s.removed_at for s in sessions) or (
        wave and wave.subject_id != subject.pk
    ):
        raise wrong(_("Somebody changed the sessions or waves meanwhile. Look again."))
