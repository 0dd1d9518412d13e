"""What stands for the placeholders of an invitation, when it may go out, and how far the waves are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunchou.capabilities.messaging.models import Mailing, Message, MessageState
from yunchou.capabilities.messaging.selectors.mailings import Counts, counts_of, latest_of, mailings_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.brief import briefs_of
from yunchou.lifecycle.campaigns.models import Status

from ..links import pictures_link
from ..models import Guest, Page, Place, PlaceState, Reply, Session, Wave
from .guests import title_of

OPEN: Final = (Status.APPROVED, Status.PREPARING, Status.RUNNING)
"""An event that was approved and is not over invites; thanks follow until it is evaluated."""
AFTER: Final = (Status.CLOSED,)
WEEKDAYS: Final = (
    gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday"), gettext_noop("Thursday"),
    gettext_noop("Friday"), gettext_noop("Saturday"), gettext_noop("Sunday"),
)  # fmt: skip


def obstacle_to(subject: Subject) -> Say | None:
    """Why nothing may go out to guests now: the event is not approved or is over, or its pages are not open."""
    brief = briefs_of([subject.pk]).get(subject.pk)
    if brief is None or brief.status not in (*OPEN, *AFTER):
        return say(
            gettext_noop(
                "Invitations go out once the activity is approved, and until it is closed. It is not: look at its head."
            )
        )
    if not Page.objects.filter(subject=subject, is_open=True).exists():
        return say(gettext_noop("The guests' links do not work yet: open the invitation's page first."))
    return None


def day_of(subject: Subject) -> date | None:
    """The day that is counted back from: that of the first session, else the first of the activity."""
    first = (
        Session.objects.filter(subject=subject, removed_at=None)
        .order_by("starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    if first is not None:
        return clock.local(first).date()
    brief = briefs_of([subject.pk]).get(subject.pk)
    return brief.start_on if brief else None


def link_of(guest: Guest) -> str:
    """The guest's personal link as it is sent."""
    return f"{settings.BASE_URL}{reverse('events:guest_page', args=[guest.token])}"


def _day(moment: datetime) -> str:
    local = clock.local(moment)
    return _("%(day)s (%(weekday)s)") % {
        "day": local.strftime("%Y-%m-%d"),
        "weekday": _(WEEKDAYS[local.weekday()]),
    }


def values_of(subject: Subject, refs: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """What stands for the placeholders, for each of these guests who is still on the list; five statements for any number."""
    guests = list(
        Guest.objects.live()
        .filter(subject=subject, pk__in=list(refs), companion_of=None)
        .select_related("inviter")
    )
    page = Page.objects.filter(subject=subject).first() or Page(subject=subject)
    sessions = list(Session.objects.filter(subject=subject, removed_at=None))
    first = _first_sessions(guests, sessions)
    pictures, title = pictures_link(subject), title_of(subject, page)
    found = {}
    for guest in guests:
        session = first.get(guest.pk) or (sessions[0] if sessions else None)
        until = session.reply_until if session else None
        found[guest.pk] = {
            "name": guest.name,
            "title": guest.title,
            "organisation": guest.organisation,
            "event": title,
            "day": _day(session.starts_at) if session else "",
            "time": f"{clock.local(session.starts_at):%H:%M}" if session else "",
            "place": (session.place if session else "") or page.place,
            "inviter": page.host_name or (guest.inviter.name if guest.inviter else ""),
            "reply_until": f"{clock.local(until):%Y-%m-%d %H:%M}" if until else "",
            "requirements": page.requirements,
            "contact": page.contact,
            "link": link_of(guest),
            "pictures": pictures,
        }
    return found


def _first_sessions(guests: Collection[Guest], sessions: Collection[Session]) -> dict[int, Session]:
    """The first session that each guest is invited to."""
    order = {session.pk: n for n, session in enumerate(sessions)}
    by_key = {session.pk: session for session in sessions}
    found: dict[int, Session] = {}
    rows = Place.objects.filter(guest__in=[guest.pk for guest in guests]).exclude(state=PlaceState.GIVEN_UP)
    for guest, session in rows.values_list("guest", "session"):
        if session not in order:
            continue
        if guest not in found or order[session] < order[found[guest].pk]:
            found[guest] = by_key[session]
    return found


@dataclass(frozen=True)
class WaveLine:
    """A wave with how its guests stand; without a wave the guests who belong to none."""

    wave: Wave | None
    size: int
    unsent: int
    read: int
    accepted: int
    declined: int
    send_at: datetime | None

    @property
    def part(self) -> str:
        return str(self.wave.pk) if self.wave else ""


def wave_lines(subject: Subject) -> list[WaveLine]:
    """Every wave of an event, and the guests who belong to none where there are such."""
    is_head = Q(companion_of=None)
    rows = (
        Guest.objects.live()
        .filter(is_head, subject=subject)
        .order_by()
        .values("wave")
        .annotate(
            size=Count("pk"),
            unsent=Count("pk", filter=Q(reply=Reply.LISTED, is_walk_in=False)),
            read=Count("pk", filter=Q(opened_at__isnull=False)),
            accepted=Count("pk", filter=Q(reply=Reply.ACCEPTED)),
            declined=Count("pk", filter=Q(reply=Reply.DECLINED)),
        )
    )
    told = {row.pop("wave"): row for row in rows}
    empty = {"size": 0, "unsent": 0, "read": 0, "accepted": 0, "declined": 0}
    day = day_of(subject)
    lines = []
    for wave in Wave.objects.filter(subject=subject):
        at = _send_at(day, wave.days_before)
        lines.append(WaveLine(wave, **told.get(wave.pk, empty), send_at=at))
    if None in told:
        lines.append(WaveLine(None, **told[None], send_at=None))
    return lines


def _send_at(day: date | None, days_before: int | None) -> datetime | None:
    if day is None or days_before is None:
        return None
    return clock.moment(date.fromordinal(day.toordinal() - days_before), 10)


@dataclass(frozen=True)
class MailingLine:
    """A mailing with how far it is."""

    mailing: Mailing
    counts: Counts


def mailing_lines(subject: Subject) -> list[MailingLine]:
    """The mailings to guests of an event, newest first."""
    mailings = list(mailings_of(subject).filter(use__startswith="events."))
    counts = counts_of([one.pk for one in mailings])
    return [MailingLine(one, counts[one.pk]) for one in mailings]


@dataclass(frozen=True)
class GuestLine:
    """A guest with the messages that went to them, newest first."""

    guest: Guest
    messages: tuple[Message, ...]

    @property
    def latest(self) -> Message | None:
        return self.messages[0] if self.messages else None


def guest_lines(subject: Subject, guests: Collection[Guest]) -> list[GuestLine]:
    """The same for some guests, in one statement."""
    found = latest_of(subject, "events.", [guest.pk for guest in guests])
    return [GuestLine(guest, tuple(found.get(guest.pk, ()))) for guest in guests]


@dataclass(frozen=True)
class MessageLine:
    """A message with the guest it is for; `guest` is missing where they were erased."""

    message: Message
    guest: Guest | None


def message_lines(
    subject: Subject, *states: MessageState, mailing: Mailing | None = None, most: int = 200
) -> list[MessageLine]:
    """Messages in these states with their guests, oldest first."""
    rows = Message.objects.filter(
        mailing__subject=subject, mailing__use__startswith="events.", state__in=states
    )
    if mailing is not None:
        rows = rows.filter(mailing=mailing)
    found = list(rows.select_related("mailing", "customer__card").order_by("pk")[:most])
    guests = Guest.objects.filter(subject=subject).in_bulk([row.ref for row in found])
    return [MessageLine(row, guests.get(row.ref)) for row in found]
