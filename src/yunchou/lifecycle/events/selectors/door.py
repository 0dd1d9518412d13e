"""What the door reads: one guest for a scan, the list a device carries, what changed since, and how the day stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext

from yunchou.kernel.core import clock
from yunchou.kernel.core.compiled import Compiled
from yunchou.kernel.subjects.models import Subject

from .. import hooks
from ..door.codes import Code, key_of, ticket_digest
from ..models import GONE, CheckIn, Device, Door, EventKey, Guest, Place, PlaceState, Reply, Session, Verdict

SILENT: Final = timedelta(minutes=5)
"""A device that should be at work and says nothing for so long is listed."""
OVERLAP: Final = timedelta(minutes=1)
"""Changes are told again for so long, since transactions do not end in the order in which they began."""


def milliseconds(moment: datetime | None) -> int | None:
    """The moment as devices count."""
    return None if moment is None else round(moment.timestamp() * 1000)


@dataclass(frozen=True)
class Found:
    """A guest as the door needs them for one session, and what the table asks of that session."""

    guest: Guest
    session: dict[str, Any]
    public: str
    place: int | None
    state: str
    is_inside: bool
    first_in_at: datetime | None
    first_in_where: str
    seat: str
    device: Device | None = None
    """Who asks, where the guest was asked for with the device's token; None when no device of this event has it."""

    def as_listed(self) -> dict[str, Any]:
        """The guest as `decision.facts_of` wants them."""
        places = (
            {str(self.session["id"]): {"state": self.state, "inside": self.is_inside}} if self.place else {}
        )
        return {"reply": self.guest.reply, "vip": self.guest.is_vip, "places": places}


NEEDED: Final = (
    "subject", "name", "grade", "reply", "is_vip", "ticket", "arrived_at", "diet_kept", "note", "customer",
    "companion_of", "role", "organisation", "title", "host__name", "host__is_active", "host__username",
)  # fmt: skip


def _one_guest(subject_id: int, guest: int, session: int) -> QuerySet[Guest]:
    there = Q(subject__sessions__id=session, subject__sessions__removed_at=None)
    one: QuerySet[Guest] = (
        Guest.objects.filter(pk=guest, subject_id=subject_id)
        .select_related("host")
        .only(*NEEDED)
        .annotate(
            here=FilteredRelation("places", condition=Q(places__session=session)),
            part=FilteredRelation("subject__sessions", condition=there),
            place_id=F("here__pk"), place_state=F("here__state"), place_inside=F("here__is_inside"),
            place_first=F("here__first_in_at"), place_where=F("here__first_in_where"), place_seat=F("here__seat"),
            starts=F("part__starts_at"), ends=F("part__ends_at"), capacity=F("part__capacity"), taken=F("part__taken"),
            # Counted only where the table asks for it: "full" is for whoever has not replied.
            extra=Case(When(here__state=PlaceState.OFFERED, then=_extra(session)), default=0),
            public=F("subject__ticket_key__public"),
        )
        .order_by()
    )  # fmt: skip
    return one


def _one_scan(subject_id: int, guest: int, session: int, digest: str) -> QuerySet[Guest]:
    asks = FilteredRelation("subject__devices", condition=Q(subject__devices__token_digest=digest))
    met = _one_guest(subject_id, guest, session).annotate(asks=asks)
    return met.select_related("host", "asks__door")  # type: ignore[misc]  # `asks` is named here


ONE_GUEST: Final = Compiled(_one_guest, values=3)
ONE_SCAN: Final = Compiled(_one_scan, values=4)


def find_guest(subject_id: int, guest: int, session: int | None) -> Found | None:
    """The guest, their place in the session, the session and the event's key, in one statement. None for somebody unknown."""
    return _found(ONE_GUEST.first(subject_id, guest, session or 0), session)


def meet(digest: str, code: Code, session: int | None) -> Found | None:
    """What `find_guest` tells of whom a ticket names, and the device with this token, in the same statement."""
    return _found(ONE_SCAN.first(code.event, code.guest, session or 0, digest), session)


def _found(guest: Guest | None, session: int | None) -> Found | None:
    if guest is None:
        return None
    told: Any = guest
    return Found(
        guest,
        _session(session, told.starts, told.ends, told.capacity, (told.taken or 0) + told.extra),
        told.public or "",
        told.place_id,
        told.place_state or "",
        bool(told.place_inside),
        told.place_first,
        told.place_where or "",
        told.place_seat or "",
        getattr(told, "asks", None),
    )


def place_of(found: Found) -> dict[str, Any]:
    """What is shown of a guest after a scan, for a device whose list may be older."""
    guest = found.guest
    told = {
        "id": guest.pk,
        "name": guest.name,
        "grade": guest.grade,
        "seat": found.seat,
        "host": guest.host.name if guest.host else "",
        "diet": diet_words(guest),
        "note": guest.note,
        "first": milliseconds(found.first_in_at),
        "where": found.first_in_where,
    }
    return {key: value for key, value in told.items() if value not in ("", None)} | {"vip": guest.is_vip}


def event_facts(subject_id: int, session: int | None) -> tuple[dict[str, Any], str]:
    """The session and the event's public key, for a guest nobody knows."""
    one = (
        Session.objects.filter(subject=subject_id, pk=session or 0, removed_at=None)
        .annotate(extra=_extra(session or 0))
        .first()
    )
    public = EventKey.objects.filter(pk=subject_id).values_list("public", flat=True).first() or ""
    if one is None:
        return _session(session, None, None, 0, 0), public
    return _session(session, one.starts_at, one.ends_at, one.capacity, one.taken + one.extra), public


UNPROMISED: Final = tuple(state for state in PlaceState.values if state != PlaceState.HELD)


def _extra(session: Any) -> Any:
    """How many are inside without a seat that was promised: at the door the room is full with them too."""
    inside = Place.objects.filter(session=session, state__in=UNPROMISED, is_inside=True)
    counted = inside.order_by().values("session").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _session(
    pk: int | None, starts: datetime | None, ends: datetime | None, capacity: int | None, taken: int | None
) -> dict[str, Any]:
    return {
        "id": pk,
        "starts": milliseconds(starts),
        "ends": milliseconds(ends),
        "room": (taken or 0) < (capacity or 0),
    }


# ------------------------------------------------------------------------------------------------ for devices


WORKING: Final = (
    "subject", "name", "expires_at", "revoked_at", "misses", "misses_since", "made_by", "door__subject", "door__name",
)  # fmt: skip
ONE_DEVICE: Final = Compiled(
    lambda digest: (
        Device.objects.filter(token_digest=digest).select_related("door").only(*WORKING).order_by()
    ),
    values=1,
)


def device_of(digest: str) -> Device | None:
    """The device whose token this is, its door beside it; whether it may still work is the caller's question."""
    return ONE_DEVICE.first(digest)


def sessions_of(device: Device) -> list[Session]:
    """The sessions that the device's door lets in to: its own, or all of the event."""
    every = Session.objects.filter(subject=device.subject_id, removed_at=None)
    chosen = set(device.door.sessions.values_list("pk", flat=True))
    return [one for one in every if one.pk in chosen] if chosen else list(every)


def list_for(device: Device) -> dict[str, Any]:
    """Everything a device needs without a network and nothing more: no phone number, no mail, no ticket."""
    sessions = sessions_of(device)
    guests = (
        Guest.objects.filter(subject=device.subject_id)
        .select_related("host")
        .only(*NEEDED, "name_key", "phone_tail")
        .order_by("pk")
    )
    places: dict[int, dict[str, Any]] = defaultdict(dict)
    extras = dict(
        Session.objects.filter(pk__in=[one.pk for one in sessions]).values_list("pk", _extra(OuterRef("pk")))
    )
    for one in Place.objects.filter(session__in=sessions).values(*PLACE):
        places[one["guest"]][str(one["session"])] = _place(one)
    return {
        "public": key_of(device.subject_id).public,
        "sessions": [
            {
                **_session(one.pk, one.starts_at, one.ends_at, one.capacity, one.taken + extras[one.pk]),
                "name": one.name,
                "place": one.place,
            }
            for one in sessions
        ],
        "guests": [_listed(guest, places[guest.pk]) for guest in guests],
    }


PLACE: Final = ("guest", "session", "state", "seat", "is_inside", "first_in_at", "first_in_where")


def _place(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": one["state"],
        "inside": one["is_inside"],
        **({"seat": one["seat"]} if one["seat"] else {}),
        **(
            {"first": milliseconds(one["first_in_at"]), "where": one["first_in_where"]}
            if one["first_in_at"]
            else {}
        ),
    }


def _listed(guest: Guest, places: dict[str, Any]) -> dict[str, Any]:
    told = {
        "id": guest.pk,
        "name": guest.name,
        "key": guest.name_key,
        "tail": guest.phone_tail,
        "grade": guest.grade,
        "role": guest.get_role_display() if guest.role != "guest" else "",
        "from": " ".join(filter(None, [guest.organisation, guest.title])),
        "reply": guest.reply,
        "vip": guest.is_vip,
        "host": guest.host.name if guest.host else "",
        "with": guest.companion_of_id,
        "diet": diet_words(guest),
        "note": guest.note,
        "ticket": ticket_digest(guest.ticket),
        "places": places,
    }
    return {key: value for key, value in told.items() if value not in ("", None, False)} | {
        "vip": guest.is_vip,
        "places": places,
    }


def diet_words(guest: Guest) -> str:
    """What a guest does not eat, in words, as on the card on the table."""
    return pgettext("list", ", ").join(str(one) for one in guest.diet_words)


def news_since(device: Device, since: datetime) -> list[dict[str, Any]]:
    """The places that scans moved since then, or whose seats changed, as they stand now; some twice, none not at all."""
    scanned = CheckIn.objects.filter(subject=device.subject_id, recorded_at__gte=since - OVERLAP)
    told = Q(guest__in=scanned.values("guest"))
    for places in hooks.news(device.subject_id, since - OVERLAP):
        told |= Q(pk__in=places)
    moved = Place.objects.filter(told, session__subject=device.subject_id)
    return [
        {"guest": one["guest"], "session": str(one["session"]), **_place(one)} for one in moved.values(*PLACE)
    ]


def counts_for(subject_id: int) -> dict[str, Any]:
    """Who has arrived of those who are expected, and of the VIPs among them; by session who is in the room."""
    coming = ~Q(reply__in=[*GONE, Reply.WAITING])
    arrived = Q(arrived_at__isnull=False)
    told = Guest.objects.filter(subject=subject_id).aggregate(
        expected=Count("pk", filter=coming | arrived),
        arrived=Count("pk", filter=arrived),
        vips=Count("pk", filter=Q(is_vip=True) & (coming | arrived)),
        vips_arrived=Count("pk", filter=Q(is_vip=True) & arrived),
    )
    rows = (
        Place.objects.filter(session__subject=subject_id, first_in_at__isnull=False)
        .values("session")
        .annotate(come=Count("pk"), inside=Count("pk", filter=Q(is_inside=True)))
    )
    return {
        **told,
        "sessions": {str(one["session"]): {"come": one["come"], "inside": one["inside"]} for one in rows},
    }


# ------------------------------------------------------------------------------------------------ for the office


@dataclass(frozen=True)
class DeviceLine:
    """A device on the page of the doors."""

    device: Device
    is_over: bool
    is_silent: bool
    has_unsent: bool


def devices_of(subject: Subject) -> list[DeviceLine]:
    """The event's devices, those that need somebody first: silent ones, then those with scans unsent."""
    now = clock.now()
    lines = []
    for device in subject.devices.select_related("door", "made_by"):
        is_over = device.revoked_at is not None or device.expires_at <= now
        is_silent = not is_over and device.seen_at is not None and device.seen_at < now - SILENT
        lines.append(DeviceLine(device, is_over, is_silent, device.unsent > 0))
    return sorted(lines, key=lambda line: (line.is_over, not line.is_silent, not line.has_unsent))


def doors_of(subject: Subject) -> QuerySet[Door]:
    """The event's doors with their sessions and how many came in by each."""
    return subject.doors.prefetch_related("sessions").annotate(
        come=Count("checkins", filter=Q(checkins__verdict=Verdict.LET_IN))
    )


def doubts_of(subject: Subject) -> QuerySet[CheckIn]:
    """The scans a person has to look at, oldest first."""
    settled = CheckIn.objects.filter(settles=OuterRef("pk"))
    return (
        CheckIn.objects.filter(~Q(doubt=""), subject=subject)
        .filter(~Exists(settled))
        .select_related("guest", "session", "door", "device", "by")
        .order_by("at", "pk")
    )


def scans_in(subject: Subject, most: int = 30) -> list[CheckIn]:
    """The last scans of the event, newest first."""
    found = CheckIn.objects.filter(subject=subject).select_related("guest", "session", "door", "device", "by")
    return list(found.order_by("-recorded_at", "-pk")[:most])
