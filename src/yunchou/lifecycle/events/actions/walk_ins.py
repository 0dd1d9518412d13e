"""Somebody at the door who is on no list: entered with their consent, counted like everybody (EXE-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.sales.actions.capture import known_customer
from yunchou.directory.customers import phones
from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.customers.models import Basis, Customer, Identity, Purpose
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.signs import one_line
from yunchou.kernel.journal.actions import record

from .. import journal_door as journal
from ..models import CheckIn, Device, Guest, Session, Verdict
from .door import put_right
from .guests import add_guest


@dataclass(frozen=True)
class Newcomer:
    """What is typed at the door. Without `agrees` nothing but the name is kept (PIPL 13); `at` is by the device's clock."""

    key: UUID
    session: int
    name: str
    phone: str = ""
    organisation: str = ""
    agrees: bool = False
    note: str = ""
    at: datetime | None = None


def walk_in(
    *, device: Device, newcomer: Newcomer, drift: timedelta = timedelta(), is_offline: bool = False
) -> Guest:
    """Enter somebody who came without an invitation, and let them in; the same `key` again is the same guest.

    With consent they become a customer of the directory, or the one who has this number is taken; without it a number is
    refused. Refuses where a client grade decides who comes (TYP-07). Records `events.walked_in`.
    """
    try:
        with transaction.atomic():
            return _walk_in(device, newcomer, drift, is_offline)
    except IntegrityError:
        return _known(newcomer.key, device)


def _walk_in(device: Device, newcomer: Newcomer, drift: timedelta, is_offline: bool) -> Guest:
    if CheckIn.objects.filter(key=newcomer.key).exists():
        return _known(newcomer.key, device)
    name = wanted(one_line(newcomer.name), "name", 80)
    phone = _phone(newcomer)
    session = Session.objects.filter(
        pk=newcomer.session, subject_id=device.subject_id, removed_at=None
    ).first()
    if session is None:
        raise wrong(_("This session is no longer there. Fetch the list anew."))
    subject, actor = device.subject, device.made_by
    guest = add_guest(
        subject=subject, actor=actor, name=name, sessions=[session], organisation=one_line(newcomer.organisation)[:120],
        phone_tail=phones.tail(phone) if phone else "", note=newcomer.note[:200], is_walk_in=True,
    )  # fmt: skip
    if newcomer.agrees:
        guest.customer = _customer(guest, phone)
        guest.save(update_fields=["customer"])
    now = clock.now()
    at = min(newcomer.at + drift, now) if newcomer.at else now
    CheckIn.objects.create(
        key=newcomer.key, subject=subject, guest=guest, session=session, door=device.door, device=device,
        verdict=Verdict.LET_IN, why="walk_in", is_forced=True, was_offline=is_offline, at=at, note=newcomer.note[:200],
        drift=round(drift.total_seconds()),
    )  # fmt: skip
    put_right(subject.pk, [guest.pk])
    record(journal.WALK_IN, actor=actor, subject=subject, data={"name": guest.pk, "agrees": newcomer.agrees})
    return Guest.objects.get(pk=guest.pk)


def _phone(newcomer: Newcomer) -> str:
    """The number in its one form; empty where none was given."""
    if not newcomer.phone.strip():
        return ""
    if not newcomer.agrees:
        raise at_field("agrees", _("A number is kept only with consent."))
    try:
        return phones.tidy(newcomer.phone)
    except ValueError as fault:
        raise at_field("phone", _("This is no telephone number.")) from fault


def _customer(guest: Guest, phone: str) -> Customer | None:
    """The event's company's customer who has this number, else a new one; None where they are a guest already."""
    if phone and (known := known_customer(guest.subject.unit, phone, "")):
        return None if Guest.objects.filter(subject=guest.subject_id, customer=known).exists() else known
    agreed = Agreed(Purpose.MARKETING, basis=Basis.FORM, proof=f"walk-in {guest.pk}")
    return add_customer(
        actor=None, unit=guest.subject.unit, name=guest.name, phone=phone, organisation=guest.organisation,
        identities=(Identity.PROSPECT,), consents=(agreed,), keeper=guest.added_by, is_other=True,
    )  # fmt: skip


def _known(key: UUID, device: Device) -> Guest:
    """The guest that this newcomer became before."""
    kept = CheckIn.objects.select_related("guest").get(key=key)
    if kept.subject_id != device.subject_id or kept.guest is None:
        raise wrong(_("This scan belongs to another event."))
    return kept.guest
