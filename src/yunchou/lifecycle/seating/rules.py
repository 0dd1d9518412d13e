"""What is asked of a seating plan: VIP blocks, who is kept apart, companions, and enough seats. Checks of our own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Verdict, failed, passed


@dataclass(frozen=True)
class Seated:
    """Somebody on a seat. `is_important`: an important guest or whom one brings; `why`: for what reason they sit there anyway."""

    name: str
    seat: str
    is_important: bool
    is_vip_block: bool
    why: str = ""


@dataclass(frozen=True)
class Together:
    """Two people on seats that are together; `is_apart`: they should not be."""

    name: str
    other: str
    seat: str
    is_apart: bool


@dataclass(frozen=True)
class Accompanied:
    """A companion on a seat, and whether somebody of the party sits beside them."""

    name: str
    head: str
    seat: str
    is_beside: bool


@dataclass(frozen=True)
class Room:
    """The seats of a plan, of the session, and the people who are to sit."""

    seats: int
    capacity: int
    people: int


@rule(
    "K-SEA-01",
    clause="003 三(二)2",
    severity=BLOCK,
    title=_("VIP blocks are for important guests"),
    sentence=_("In a VIP block sit important guests and whom they bring; anybody else needs a reason."),
)
def block_is_for_vips(facts: Seated, p: Params) -> Verdict:
    """In a VIP block sit important guests and whom they bring; anybody else needs a reason."""
    if not facts.is_vip_block or facts.is_important or facts.why:
        return passed()
    return failed(
        say(
            _("{name} is no important guest, and {seat} is in a VIP block."), name=facts.name, seat=facts.seat
        ),
        fix=Fix(say(_("Choose a seat outside the block, or give the reason why."))),
    )


@rule(
    "K-SEA-02",
    clause="003 三(五)",
    severity=WARN,
    title=_("People who are kept apart"),
    sentence=_(
        "Guests who are kept apart do not sit at one table, nor next to each other in a row; a warning stands until they do not."
    ),
)
def kept_apart(facts: Together, p: Params) -> Verdict:
    """Guests who are kept apart do not sit at one table, nor next to each other in a row; a warning stands until they do not."""
    if not facts.is_apart:
        return passed()
    return failed(
        say(
            _("{name} and {other} are to be kept apart, and sit together at {seat}."),
            name=facts.name,
            other=facts.other,
            seat=facts.seat,
        ),
        fix=Fix(say(_("Seat one of them somewhere else."))),
    )


@rule(
    "K-SEA-03",
    clause="003 三(二)2",
    severity=WARN,
    title=_("Companions sit beside whom they came with"),
    sentence=_("A companion sits beside whoever brings them, or beside another of the same party."),
)
def companion_is_beside(facts: Accompanied, p: Params) -> Verdict:
    """A companion sits beside whoever brings them, or beside another of the same party."""
    if facts.is_beside:
        return passed()
    return failed(
        say(
            _("{name} ({seat}) does not sit beside {head}, who brings them."),
            name=facts.name,
            seat=facts.seat,
            head=facts.head,
        ),
        fix=Fix(say(_("Seat the party on seats next to each other."))),
    )


@rule(
    "K-SEA-04",
    clause="003 三(五)",
    severity=WARN,
    title=_("Enough seats in the plan"),
    sentence=_("A plan has as many seats as its session, and at least as many as people who come."),
)
def seats_suffice(facts: Room, p: Params) -> Verdict:
    """A plan has as many seats as its session, and at least as many as people who come."""
    if facts.seats < facts.people:
        return failed(
            say(
                _("{people} people come, and the plan has {seats} seats."),
                people=facts.people,
                seats=facts.seats,
            ),
            fix=Fix(say(_("Add tables for {count} people."), count=facts.people - facts.seats)),
        )
    if facts.seats < facts.capacity:
        return failed(
            say(
                _("The session takes {capacity} people, and the plan has {seats} seats."),
                capacity=facts.capacity,
                seats=facts.seats,
            ),
            fix=Fix(say(_("Add tables for {count} people."), count=facts.capacity - facts.seats)),
        )
    return passed()
