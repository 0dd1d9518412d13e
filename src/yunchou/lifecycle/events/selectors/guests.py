"""The guest list of an event as people see it, and how many stand where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from yunchou.directory.customers.models import Diet
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.search import mixed_pattern
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import (
    COMING,
    GONE,
    SAID_YES,
    Guest,
    GuestEntry,
    GuestQuerySet,
    Page,
    Place,
    PlaceState,
    Question,
    Reply,
    Role,
    Session,
    Tally,
    Wave,
)
from ..permissions import Perm
from ..standing import LIVE
from .attendance import is_due

DIGITS = 4
"""So many digits are looked up as the end of a phone number."""


@dataclass(frozen=True)
class Counts:
    """How many stand where. Guests without their companions, but for `companions` and `arrived`, which count heads.

    `listed` are all on the list, `invited` those whose invitation is out, whatever they replied; `at_door` came without one.
    """

    listed: int = 0
    invited: int = 0
    open: int = 0
    accepted: int = 0
    waiting: int = 0
    declined: int = 0
    at_door: int = 0
    companions: int = 0
    waiting_companions: int = 0
    read: int = 0
    arrived: int = 0

    @property
    def coming(self) -> int:
        """People to be seated and fed."""
        return self.accepted + self.companions + self.at_door

    @property
    def unsent(self) -> int:
        """Whose invitation is still to go out."""
        return self.listed - self.invited - self.at_door


@read_once
def counts_of(subject: Subject) -> Counts:
    """How the invitations of an event stand: three statements, whatever their number."""
    told = {row.reply: row for row in Tally.objects.filter(subject=subject)}

    def guests(*replies: str) -> int:
        return sum(told[reply].guests for reply in replies if reply in told)

    replied = (Reply.INVITED, Reply.ACCEPTED, Reply.WAITING, Reply.DECLINED)
    found = Guest.objects.filter(subject=subject)
    return Counts(
        listed=guests(Reply.LISTED, Reply.AT_DOOR, *replied),
        invited=guests(*replied),
        open=guests(Reply.INVITED),
        accepted=guests(Reply.ACCEPTED),
        waiting=guests(Reply.WAITING),
        declined=guests(Reply.DECLINED),
        at_door=guests(Reply.AT_DOOR),
        companions=told[Reply.ACCEPTED].companions if Reply.ACCEPTED in told else 0,
        waiting_companions=told[Reply.WAITING].companions if Reply.WAITING in told else 0,
        read=found.filter(opened_at__isnull=False).count(),
        arrived=found.filter(arrived_at__isnull=False).count(),
    )


def accepted_people(subject: Subject) -> int | None:
    """How many have accepted with those they bring; None where nobody was invited."""
    told = {row.reply: row for row in Tally.objects.filter(subject=subject)}
    if not any(row.guests for row in told.values()):
        return None
    row = told.get(Reply.ACCEPTED)
    return row.guests + row.companions if row else 0


def guests_of(subject: Subject, user: User) -> GuestQuerySet:
    """The guests of an event, companions too, for who may see them."""
    found: GuestQuerySet = Guest.objects.visible_to(user).filter(subject=subject)
    return found


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything. What is typed to search never stands in an address."""

    words: str = ""
    reply: str = ""
    session: int = 0
    wave: int = 0
    inviter: int = 0
    role: str = ""
    is_vip: bool = False
    came: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any], words: str = "") -> Filters:
        """From the address of the page; what makes no sense is left out."""

        def number(name: str) -> int:
            text = str(query.get(name, ""))
            return int(text) if text.isdecimal() and len(text) < 19 else 0

        reply, role = query.get("reply", ""), query.get("role", "")
        return cls(
            words.strip()[:80],
            reply if reply in Reply.values else "",
            number("session"),
            number("wave"),
            number("inviter"),
            role if role in Role.values else "",
            query.get("vip") == "1",
            came if (came := str(query.get("came", ""))) in ("yes", "no") else "",
        )

    @property
    def is_plain(self) -> bool:
        """Nothing is asked but perhaps a reply, of which the number is known."""
        return not (
            self.words or self.session or self.wave or self.inviter or self.role or self.is_vip or self.came
        )


def find(subject: Subject, user: User, filters: Filters) -> GuestQuerySet:
    """The list of an event, narrowed. A cancelled guest shows only where that reply is asked for."""
    found: GuestQuerySet = guests_of(subject, user).heads()
    found = found.filter(reply=filters.reply) if filters.reply else found.live()
    if filters.session:
        found = found.filter(
            pk__in=Place.objects.filter(session=filters.session)
            .exclude(state=PlaceState.GIVEN_UP)
            .values("guest")
        )
    if filters.wave:
        found = found.filter(wave=filters.wave)
    if filters.inviter:
        found = found.filter(inviter=filters.inviter)
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.is_vip:
        found = found.filter(is_vip=True)
    if filters.came == "yes":
        found = found.filter(arrived_at__isnull=False)
    elif filters.came:
        found = found.filter(is_due(PlaceState.HELD), arrived_at=None)
    if filters.words:
        named = Guest.objects.filter(_worded(filters.words), subject=subject)
        found = found.filter(pk__in=named.order_by().values(head=Coalesce("companion_of_id", "pk")))
    return found


def _worded(words: str) -> Q:
    """By the last four digits, or by how a name begins: in characters, in pinyin, by initials, or in a mixture of them.

    Each goes by an index; a companion's name finds whoever brings them.
    """
    bare = "".join(words.lower().split())
    if len(bare) == DIGITS and bare.isdecimal() and bare.isascii():
        return Q(phone_tail=bare)
    if not bare:
        return Q(pk__in=[])
    if bare.isascii():
        return Q(pinyin__startswith=bare) | Q(initials__startswith=bare)
    if any("a" <= sign <= "z" for sign in bare):
        return Q(name__startswith=bare[0], name_key__regex=mixed_pattern(bare))
    return Q(name__startswith=bare)


OFFERED = 20
"""So many guests a picker offers."""


def guest_options_of(subject: Subject, user: User, words: str) -> list[Guest]:
    """Guests whom a picker offers, companions too: by what is typed, and those who arrived first before that. One query."""
    found = guests_of(subject, user).live().exclude(reply=Reply.DECLINED)
    if words.strip():
        found = found.filter(_worded(words.strip()[:80])).order_by("name_key", "pk")
    else:
        found = found.order_by(F("arrived_at").asc(nulls_last=True), "pk")
    return list(found.only("name", "organisation", "pinyin", "initials")[:OFFERED])


def total_of(filters: Filters, counts: Counts) -> int | None:
    """How many rows a narrowed list has, where the tallies tell."""
    if not filters.is_plain:
        return None
    known = {
        "": counts.listed, Reply.INVITED: counts.open, Reply.ACCEPTED: counts.accepted,
        Reply.WAITING: counts.waiting, Reply.DECLINED: counts.declined,
        Reply.LISTED: counts.unsent, Reply.AT_DOOR: counts.at_door,
    }  # fmt: skip
    return known.get(filters.reply)


def with_details(guests: QuerySet[Guest]) -> QuerySet[Guest]:
    """With what a row of the list shows: inviter, host, wave, companions and places."""
    return guests.select_related("inviter", "host", "wave").prefetch_related(
        Prefetch(
            "companions",
            Guest.objects.exclude(reply__in=GONE).order_by("pk"),
            to_attr="brought",
        ),
        Prefetch(
            "places", Place.objects.select_related("session").order_by("session__starts_at", "session_id")
        ),
    )


@read_once
def sessions_of(subject: Subject) -> tuple[Session, ...]:
    """The sessions of an event, in the order in which they take place."""
    return tuple(Session.objects.filter(subject=subject, removed_at=None))


def waiting_by_session(subject: Subject) -> dict[int, int]:
    """How many people wait for a seat, by session."""
    found = Place.objects.filter(session__subject=subject, state=PlaceState.WAITING).order_by()
    return dict(found.values_list("session_id").annotate(people=Count("pk")))


def waves_of(subject: Subject) -> list[Wave]:
    """The waves of an event with how many guests each has (`size`) and how many are still to be invited (`unsent`)."""
    heads = Q(guests__companion_of=None)
    return list(
        Wave.objects.filter(subject=subject).annotate(
            size=Count("guests", filter=heads & ~Q(guests__reply=Reply.CANCELLED)),
            unsent=Count("guests", filter=heads & Q(guests__reply=Reply.LISTED, guests__is_walk_in=False)),
        )
    )


def questions_of(subject_id: int) -> list[Question]:
    """What guests of an event are asked, in order."""
    return list(Question.objects.filter(subject_id=subject_id).select_related("shown_if"))


def page_of(subject: Subject) -> Page:
    """The words of the invitation; an empty one where nobody wrote any."""
    return Page.objects.filter(subject=subject).first() or Page(subject=subject)


def title_of(subject: Subject, page: Page) -> str:
    """What guests call the event, in the language that is spoken."""
    is_chinese = (get_language() or "").startswith("zh")
    return (page.title if is_chinese else page.title_en or page.title) or subject.title


def history_of(guest: Guest) -> list[GuestEntry]:
    """What happened to an invitation, the newest first."""
    return list(GuestEntry.objects.filter(guest=guest).select_related("by"))


@dataclass(frozen=True)
class DietLine:
    """One restriction, and who among those who come has it."""

    label: str
    guests: tuple[Guest, ...]

    @property
    def count(self) -> int:
        return len(self.guests)


def sees_diets(user: User, subject: Subject, guest: Guest | None = None) -> bool:
    """Whether a person reads who eats what, which tells of faith and health: whoever enters replies, and the personal host of
    this guest. Everybody else who sees the event reads numbers."""
    return holds(user, Perm.ADD, subject) or (guest is not None and guest.host_id == user.pk)


def diets_of(subject: Subject) -> tuple[list[DietLine], list[Guest]]:
    """What the kitchen has to know (EXE-10): restrictions with who has them, most frequent first; and words of their own."""
    found = (
        Guest.objects.filter(subject=subject, reply__in=SAID_YES)
        .exclude(diet_kept=b"")
        .annotate(brought_by=F("companion_of__name"))
        .order_by("pk")
    )
    people = list(found)
    by_code: dict[str, list[Guest]] = {}
    for one in people:
        for code in one.diet:
            by_code.setdefault(code, []).append(one)
    often = Counter({code: len(having) for code, having in by_code.items() if code in Diet.values})
    lines = [DietLine(str(Diet(code).label), tuple(by_code[code])) for code, _n in often.most_common()]
    return lines, [one for one in people if one.diet_note]


def came_to(guest: Guest) -> set[int]:
    """The sessions to which somebody of a guest's party has come."""
    party = Q(guest=guest) | Q(guest__companion_of=guest)
    there = Place.objects.filter(party, first_in_at__isnull=False)
    return set(there.values_list("session_id", flat=True))


def with_guest(guest: Guest, sessions: Collection[int]) -> list[Guest]:
    """Whom a guest brings to one of these sessions at least."""
    live = Place.objects.filter(session__in=sessions, state__in=LIVE)
    coming = guest.companions.filter(reply__in=COMING, pk__in=live.values("guest"))
    return list(coming.order_by("pk"))


def places_of(guests: Sequence[Guest]) -> dict[int, list[Place]]:
    """The places of several guests, in the order of their sessions."""
    found: dict[int, list[Place]] = {}
    rows = Place.objects.filter(guest__in=[one.pk for one in guests]).select_related("session")
    for place in rows.order_by("session__starts_at", "session_id"):
        found.setdefault(place.guest_id, []).append(place)
    return found
