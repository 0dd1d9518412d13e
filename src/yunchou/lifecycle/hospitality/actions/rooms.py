"""Rooms: blocks held in hotels and their final number, which nights guests stay, and who sleeps in which bed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import GONE, Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import duties, journal, notices
from ..models import HotelRoom, Night, RoomBlock, Sharing, Stay
from ..models.rooms import NIGHTS
from ..money import doubt_on_line, line_of
from ..rules import Roommate, rooms_shared_by_agreement
from ..selectors.care import is_called_off

LAST_HOUR = 17
"""Until this hour of the day hotels take rooms back."""


# ---------------------------------------------------------------- blocks


@dataclass(frozen=True)
class BlockFacts:
    """Rooms of one kind in one hotel, for some nights."""

    hotel: str
    room_type: str
    beds: int
    rooms: int
    first_on: date
    until_on: date
    price: Decimal
    keeper: User
    agreement: str = ""
    supplier: Supplier | None = None
    budget_line: BudgetLine | None = None
    cutoff_on: date | None = None


def block_stamp(block: RoomBlock) -> str:
    """How a block stood when a form showed it."""
    return stamp(*(getattr(block, name) for name in (
        "hotel", "room_type", "beds", "rooms", "first_on", "until_on", "price", "keeper_id", "agreement", "supplier_id",
        "budget_line_id", "cutoff_on",
    )))  # fmt: skip


@transaction.atomic
def keep_block(
    *,
    subject: Subject,
    facts: BlockFacts,
    actor: User,
    block: RoomBlock | None = None,
    reason: str = "",
    seen: str = "",
) -> RoomBlock:
    """Hold rooms in a hotel, or say anew how many. Records `hospitality.rooms`; the keeper owes the final number by the cut-off.

    Refuses fewer rooms, beds or nights than are slept in, a keeper who does not see the event, a supplier that may not be chosen,
    and more than the budget line has without a reason.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    kept = RoomBlock(subject=locked)
    if block is not None:
        kept = _block(locked, block)
        refuse_stale(seen, block_stamp(kept))
    if facts.until_on <= facts.first_on:
        raise at_field("until_on", _("At least one night."))
    if (facts.until_on - facts.first_on).days > NIGHTS:
        raise at_field("until_on", _("At most {count} nights."), count=NIGHTS)
    if facts.rooms < 1 or facts.beds < 1:
        raise at_field("rooms" if facts.rooms < 1 else "beds", _("More than zero."))
    if facts.cutoff_on and facts.cutoff_on > facts.first_on:
        raise at_field("cutoff_on", _("Rooms go back before the first night."))
    if not facts.keeper.is_active or not holds(facts.keeper, Perm.VIEW, locked):
        raise at_field("keeper", _("{name} does not see the guests of this event."), name=facts.keeper.name)
    if facts.supplier and facts.supplier.pk != kept.supplier_id and (blocked := why_not(facts.supplier)):
        raise Invalid(blocked, fields={"supplier": blocked})
    if kept.pk:
        _demand_holds_sleepers(kept, facts)
    before = _held(kept)
    kept.hotel, kept.room_type = wanted(facts.hotel, "hotel", 80), wanted(facts.room_type, "room_type", 40)
    twins = RoomBlock.objects.filter(
        subject=locked, hotel=kept.hotel, room_type=kept.room_type, first_on=facts.first_on
    )
    if twins.exclude(pk=kept.pk).exists():
        raise at_field("room_type", _("These rooms are held already; change how many."))
    kept.beds, kept.rooms, kept.first_on, kept.until_on = (
        facts.beds,
        facts.rooms,
        facts.first_on,
        facts.until_on,
    )
    kept.price, kept.keeper, kept.cutoff_on = yuan(facts.price), facts.keeper, facts.cutoff_on
    kept.agreement, kept.supplier = facts.agreement.strip()[:60], facts.supplier
    kept.budget_line, kept.reason = line_of(locked, facts.budget_line), reason.strip()[:200]
    if not kept.reason and (doubt := doubt_on_line(kept.budget_line, kept.total, besides=kept)):
        raise Invalid(doubt, fields={"reason": doubt})
    if (
        kept.settled_at is not None and _held(kept) != before
    ):  # what the hotel was told is not what is held now
        kept.settled_at = kept.settled_by = None
        kept.turn += 1
    kept.save()
    kept.hotel_rooms.filter(position__gt=kept.rooms).delete()
    known = set(kept.hotel_rooms.values_list("position", flat=True))
    HotelRoom.objects.bulk_create(
        HotelRoom(block=kept, position=n) for n in range(1, kept.rooms + 1) if n not in known
    )
    if kept.settled_at is None:
        _owe_anew(kept, locked, actor)
    data = {
        "rooms": kept.rooms, "kind": kept.room_type, "hotel": kept.hotel, "nights": kept.nights,
        "first": f"{kept.first_on:%Y-%m-%d}", "reason": f" ({kept.reason})" if kept.reason else "",
    }  # fmt: skip
    record(journal.BLOCK, actor=actor, subject=locked, data=data)
    return kept


@transaction.atomic
def drop_block(*, block: RoomBlock, actor: User) -> None:
    """Give all rooms of a block back that nobody sleeps in. Records `hospitality.rooms_removed`.

    Of an event that was called off all of them go back: nobody sleeps there.
    """
    subject = open_table(block.subject, "", actor, Perm.EDIT)
    off = is_called_off(subject)
    if not off:
        demand_open(subject)
    kept = _block(subject, block)
    for stay in Stay.objects.select_for_update(of=("self",)).filter(room__block=kept).order_by("pk"):
        if not off:
            raise wrong(_("Guests sleep in these rooms. Give them other rooms first."))
        _wake(stay)
    cancel(actor=actor, key=kept.duty_key)
    record(
        journal.BLOCK_REMOVED,
        actor=actor,
        subject=subject,
        data={"kind": kept.room_type, "hotel": kept.hotel},
    )
    kept.delete()


@transaction.atomic
def settle_block(*, block: RoomBlock, rooms: int, actor: User) -> RoomBlock:
    """The hotel was told the final number of rooms, the rest goes back. Records `hospitality.rooms_settled`; the duty is done.

    For the keeper, and who keeps the list. Refuses fewer rooms than are slept in; rooms that are kept move up.
    """
    subject = open_table(block.subject, "", actor)
    demand_open(subject)
    kept = _block(subject, block)
    if kept.keeper_id != actor.pk or not holds(actor, Perm.VIEW, subject):
        open_table(subject, "", actor, Perm.EDIT)
    if rooms < 1:
        raise at_field("rooms", _("More than zero."))
    if rooms > kept.rooms:
        raise at_field("rooms", _("{count} rooms are held. More are entered at the block."), count=kept.rooms)
    slept = kept.hotel_rooms.exclude(stays=None).distinct().count()
    if rooms < slept:
        raise at_field("rooms", _("Guests sleep in {count} of these rooms."), count=slept)
    before = kept.rooms
    # The rooms that go back are empty ones, from the end.
    spare = kept.hotel_rooms.filter(stays=None).order_by("-position").values_list("pk", flat=True)
    kept.hotel_rooms.filter(pk__in=list(spare[: before - rooms])).delete()
    for number, one in enumerate(kept.hotel_rooms.order_by("position"), 1):
        if one.position != number:
            HotelRoom.objects.filter(pk=one.pk).update(position=number)
    kept.rooms, kept.settled_at, kept.settled_by = rooms, clock.now(), actor
    kept.save(update_fields=["rooms", "settled_at", "settled_by"])
    fulfil(actor=actor, key=kept.duty_key)
    data = {"hotel": kept.hotel, "kind": kept.room_type, "rooms": rooms, "before": before}
    record(journal.BLOCK_SETTLED, actor=actor, subject=subject, data=data)
    return kept


@transaction.atomic
def number_room(*, room: HotelRoom, number: str, actor: User) -> HotelRoom:
    """The hotel told which room it is. Records `hospitality.room_number`."""
    subject = open_table(room.block.subject, "", actor, Perm.DOOR)
    demand_open(subject)
    kept = _room(subject, room)
    kept.number = number.strip()[:12]
    if kept.number and HotelRoom.objects.filter(
        block__subject=subject, block__hotel=kept.block.hotel, number=kept.number
    ).exclude(pk=kept.pk).exclude(block__first_on__gte=kept.block.until_on).exclude(
        block__until_on__lte=kept.block.first_on
    ).exists():  # fmt: skip
        raise at_field("number", _("Another room of this hotel has this number."))
    kept.save(update_fields=["number"])
    data = {"position": kept.position, "hotel": kept.block.hotel, "number": kept.number or "—"}
    record(journal.ROOM_NUMBER, actor=actor, subject=subject, data=data)
    return kept


# ---------------------------------------------------------------- stays


@dataclass(frozen=True)
class StayFacts:
    """Which nights somebody stays, and with whom they share."""

    from_on: date
    until_on: date
    sharing: str = Sharing.ALONE
    with_guest: Guest | None = None
    note: str = ""


def stay_stamp(stay: Stay | None) -> str:
    """How a stay stood when a form showed it."""
    if stay is None:
        return stamp("")
    return stamp(
        stay.from_on, stay.until_on, stay.sharing, stay.with_guest_id, stay.note, stay.room_id, stay.bed
    )


@transaction.atomic
def keep_stay(*, guest: Guest, facts: StayFacts, actor: User, seen: str = "") -> Stay:
    """Write down which nights a guest stays and with whom. Records `hospitality.stay`.

    Other nights, or another wish, may not suit the room: refused where the bed is somebody else's then, or the roommates
    no longer agree. Refuses who does not come, and a roommate who is not on the list.
    """
    subject = open_table(guest.subject, "", actor, Perm.ADD)
    demand_open(subject)
    # Under the guest's lock, or somebody who cancels meanwhile would keep a bed.
    guest = Guest.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    _demand_coming(guest)
    kept = Stay.objects.select_for_update(of=("self",)).filter(guest=guest).first()
    refuse_stale(seen, stay_stamp(kept))
    if facts.until_on <= facts.from_on:
        raise at_field("until_on", _("At least one night."))
    if (facts.until_on - facts.from_on).days > NIGHTS:
        raise at_field("until_on", _("At most {count} nights."), count=NIGHTS)
    if facts.sharing == Sharing.WITH:
        named = facts.with_guest
        if named is None or named.pk == guest.pk or named.subject_id != subject.pk or named.reply in GONE:
            raise at_field("with_guest", _("Name another guest of this event who comes."))
    kept = kept or Stay(guest=guest)
    kept.from_on, kept.until_on, kept.sharing = facts.from_on, facts.until_on, Sharing(facts.sharing)
    kept.with_guest = facts.with_guest if facts.sharing == Sharing.WITH else None
    kept.note, kept.kept_by, kept.kept_at = facts.note.strip()[:200], actor, clock.now()
    kept.save()
    if kept.room_id and kept.bed:
        room = HotelRoom.objects.select_related("block").get(pk=kept.room_id)
        _sleep(kept, room, kept.bed)
    data = {"guest": guest.pk, "nights": kept.nights, "first": f"{kept.from_on:%Y-%m-%d}"}
    record(journal.STAY, actor=actor, subject=subject, data=data)
    return kept


@transaction.atomic
def drop_stay(*, stay: Stay, actor: User) -> None:
    """The guest stays no night. Records `hospitality.stay_removed`; the bed is free."""
    subject = open_table(stay.guest.subject, "", actor, Perm.ADD)
    demand_open(subject)
    if Stay.objects.filter(pk=stay.pk).delete()[0]:
        record(journal.STAY_REMOVED, actor=actor, subject=subject, data={"guest": stay.pk})


@transaction.atomic
def assign_room(*, stay: Stay, room: HotelRoom, actor: User, bed: int = 0, seen: str = "") -> Stay:
    """Give a guest a bed of a room, the first free one unless one is named. Records `hospitality.roomed`.

    Refuses nights for which the room is not held, a bed that somebody has for one of the nights, and roommates who did not
    agree to each other (K-ROM-01).
    """
    subject = open_table(stay.guest.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    kept = Stay.objects.select_for_update(of=("self",)).select_related("guest").filter(pk=stay.pk).first()
    if kept is None:
        raise wrong(_("This guest stays no night any more."))
    _demand_coming(kept.guest)
    refuse_stale(seen, stay_stamp(kept))
    spot = _room(subject, room)
    nights = _nights(kept)
    taken = set(
        Night.objects.filter(room=spot, on__in=nights).exclude(stay=kept).values_list("bed", flat=True)
    )
    free = [n for n in range(1, spot.block.beds + 1) if n not in taken]
    if not free:
        raise at_field("room", _("No bed of this room is free all these nights."))
    _sleep(kept, spot, bed or free[0])
    data = {"guest": kept.pk, "room": _called(spot), "hotel": spot.block.hotel}
    record(journal.ROOMED, actor=actor, subject=subject, data=data)
    return kept


@transaction.atomic
def unassign_room(*, stay: Stay, actor: User) -> Stay:
    """Take a guest out of their room; the nights they stay remain. Records `hospitality.unroomed`."""
    subject = open_table(stay.guest.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    kept = Stay.objects.select_for_update(of=("self",)).filter(pk=stay.pk).first()
    if kept is None or kept.room_id is None:
        raise wrong(_("This guest has no room."))
    _wake(kept)
    record(journal.UNROOMED, actor=actor, subject=subject, data={"guest": kept.pk})
    return kept


@transaction.atomic
def give_key(*, stay: Stay, actor: User) -> Stay:
    """The guest has the key; one tap at the desk of the hotel. Records `hospitality.key`."""
    subject = open_table(stay.guest.subject, "", actor, Perm.DOOR)
    kept = Stay.objects.select_for_update(of=("self",)).filter(pk=stay.pk).first()
    if kept is None or kept.room_id is None:
        raise wrong(_("This guest has no room."))
    if kept.key_given_at is None:
        kept.key_given_at = clock.now()
        kept.save(update_fields=["key_given_at"])
        room = HotelRoom.objects.get(pk=kept.room_id)
        record(journal.KEY, actor=actor, subject=subject, data={"guest": kept.pk, "room": _called(room)})
    return kept


def release_rooms(party: Iterable[int], subject: Subject) -> None:
    """Guests who come no more need no bed; keepers hear while the hotel still takes rooms back."""
    found = Stay.objects.select_for_update(of=("self",)).filter(guest__in=list(party))
    keepers: dict[int, User] = {}
    for stay in found.order_by("pk"):
        if stay.room_id:
            room = HotelRoom.objects.select_related("block__keeper").get(pk=stay.room_id)
            keepers[room.block.keeper_id] = room.block.keeper
        record(journal.STAY_REMOVED, actor=None, subject=subject, data={"guest": stay.pk})
        stay.delete()
    if keepers:
        notify(
            users=list(keepers.values()), kind=notices.ROOMS.key,
            say=say(_("Somebody with a room at “{event}” does not come: a bed is free."), event=subject.title),
            subject=subject, address=reverse("hospitality:room_list", args=[subject.pk]),
        )  # fmt: skip


# ---------------------------------------------------------------- what is asked first


def _nights(stay: Stay) -> list[date]:
    return [stay.from_on + timedelta(days=n) for n in range(stay.nights)]


def _sleep(stay: Stay, room: HotelRoom, bed: int) -> None:
    """Write down every night of a stay in one bed."""
    block = room.block
    if stay.from_on < block.first_on or stay.until_on > block.until_on:
        raise at_field(
            "room", _("{hotel} holds this room from {first} until the morning of {until} only."), hotel=block.hotel,
            first=f"{block.first_on:%Y-%m-%d}", until=f"{block.until_on:%Y-%m-%d}",
        )  # fmt: skip
    if not 1 <= bed <= block.beds:
        raise at_field("room", _("This room has {count} beds."), count=block.beds)
    nights = _nights(stay)
    Night.objects.filter(stay=stay).delete()
    mates = Stay.objects.filter(slept__room=room, slept__on__in=nights).exclude(pk=stay.pk).distinct()
    me = _mate(stay)
    for mate in mates.select_related("guest"):
        for verdict in rooms_shared_by_agreement.failures((me, _mate(mate))):
            raise RuleRefused(verdict.reason, verdicts=[verdict], fields={"room": verdict.reason})
    try:
        with transaction.atomic():
            Night.objects.bulk_create(Night(stay=stay, room=room, bed=bed, on=on) for on in nights)
    except IntegrityError:
        raise at_field("room", _("Somebody else sleeps in this bed on one of these nights.")) from None
    if stay.room_id != room.pk:
        stay.key_given_at = None
    stay.room, stay.bed = room, bed
    stay.save(update_fields=["room", "bed", "key_given_at"])


def _wake(stay: Stay) -> None:
    Night.objects.filter(stay=stay).delete()
    stay.room = stay.bed = stay.key_given_at = None
    stay.save(update_fields=["room", "bed", "key_given_at"])


def _mate(stay: Stay) -> Roommate:
    return Roommate(stay.guest_id, stay.guest.name, stay.sharing, stay.with_guest_id or 0)


def _called(room: HotelRoom) -> str:
    return str(room)


def _demand_coming(guest: Guest) -> None:
    if guest.reply in GONE:
        raise wrong(_("{name} does not come."), name=guest.name)


def _demand_holds_sleepers(block: RoomBlock, facts: BlockFacts) -> None:
    """Refuse what would put somebody out of bed."""
    nights = Night.objects.filter(room__block=block)
    if nights.filter(room__position__gt=facts.rooms).exists():
        raise at_field("rooms", _("Guests sleep in the rooms beyond that number."))
    if nights.filter(bed__gt=facts.beds).exists():
        raise at_field("beds", _("Guests sleep in the beds beyond that number."))
    if nights.filter(on__lt=facts.first_on).exists():
        raise at_field("first_on", _("Guests sleep there on an earlier night."))
    if nights.filter(on__gte=facts.until_on).exists():
        raise at_field("until_on", _("Guests sleep there on a later night."))


def _held(block: RoomBlock) -> tuple[object, ...]:
    """What a hotel is told it holds."""
    return block.hotel, block.room_type, block.beds, block.rooms, block.first_on, block.until_on


def _block(subject: Subject, block: RoomBlock) -> RoomBlock:
    kept = RoomBlock.objects.select_for_update(of=("self",)).filter(pk=block.pk, subject=subject).first()
    if kept is None:
        raise wrong(_("Somebody gave these rooms back meanwhile."))
    return kept


def _room(subject: Subject, room: HotelRoom) -> HotelRoom:
    kept = (
        HotelRoom.objects.select_for_update(of=("self",))
        .select_related("block")
        .filter(pk=room.pk, block__subject=subject)
        .first()
    )
    if kept is None:
        raise at_field("room", _("Somebody gave this room back meanwhile."))
    return kept


def _owe_anew(block: RoomBlock, subject: Subject, actor: User) -> None:
    cancel(actor=actor, key=block.duty_key)
    if block.cutoff_on is None:
        return
    owe(
        kind=duties.ROOMS.key, subject=subject, owner=block.keeper, due_at=clock.moment(block.cutoff_on, LAST_HOUR),
        key=block.duty_key, params={"hotel": block.hotel, "kind": block.room_type, "rooms": block.rooms},
        address=reverse("hospitality:room_list", args=[subject.pk]), actor=actor,
    )  # fmt: skip
