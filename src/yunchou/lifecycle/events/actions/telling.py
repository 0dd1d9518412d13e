"""Whom an arrival concerns: the customer's record, the host and the lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import TouchKind
from yunchou.directory.organisation import positions as p
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of

from .. import notices
from ..models import Device, Guest


def tell_of_arrivals(guests: Iterable[Guest], *, where: str, seat: str = "", is_late: bool = False) -> None:
    """They came through the door for the first time: in the transaction that counted them.

    Of a VIP the personal host and the event's lead hear at once, and without a host reception too (R-EXE-01), with seat, what
    they do not eat and what to mind, so that the host needs to look nothing up (EXE-05). `is_late` says that a device told of
    it afterwards: it was when they `arrived_at`.
    """
    guests, now = list(guests), clock.now()
    record_touches(
        TouchRow(
            guest.customer_id, TouchKind.ATTENDED, at=guest.arrived_at if is_late else now,
            subject_id=guest.subject_id, key=f"attended:{guest.pk}",
        )
        for guest in guests
        if guest.customer_id
    )  # fmt: skip
    for guest in guests:
        if guest.is_vip:
            _tell_of_vip(guest, where, seat, guest.arrived_at if is_late else None)


def is_told_of(guest: Guest) -> bool:
    """Whether anybody but the door has to hear that they have come."""
    return bool(guest.customer_id or guest.is_vip)


def _tell_of_vip(guest: Guest, where: str, seat: str, late: datetime | None) -> None:
    from ..selectors.door import diet_words

    subject = Subject.objects.select_related("unit", "created_by").get(pk=guest.subject_id)
    host = guest.host if guest.host_id else None
    called = [host, lead_of(subject)] if host and host.is_active else [lead_of(subject), *_reception(subject)]
    mind = " · ".join(part for part in (seat, diet_words(guest), guest.note) if part) or "—"
    at = clock.local(late or clock.now()).strftime("%H:%M:%S")
    notify(
        users=[user for user in called if user],
        kind=notices.VIP.key,
        say=say(
            _("{name} has arrived at {door}, {time}. {mind}"),
            name=guest.name,
            door=where,
            time=at,
            mind=mind,
        ),
        subject=subject,
        address=guest.get_absolute_url(),
        # A guest let in by mistake and undone is announced again when they come.
        key=f"events.vip:{guest.pk}:{late or clock.now():%Y%m%d%H%M%S}",
    )


def _reception(subject: Subject) -> list[User]:
    """Who leads reception: without a host a VIP is theirs."""
    return [held.user for held in holders(p.RECEPTION, subject.unit)]


def tell_of_misses(device: Device) -> None:
    """The lead and whoever set the device up hear that codes are being tried out."""
    subject = device.subject
    notify(
        users={user for user in (lead_of(subject), device.made_by) if user},
        kind=notices.MISSES.key,
        say=say(
            _("Twenty codes that are no tickets within a minute at {door}, {device}."),
            door=device.door.name,
            device=device.name,
        ),
        subject=subject,
        key=f"events.misses:{device.pk}:{clock.now():%Y%m%d%H%M}",
    )
