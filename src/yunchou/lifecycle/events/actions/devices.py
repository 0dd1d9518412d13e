"""Doors, and the devices that stand at them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal_door as journal
from ..models import Device, Door, Session
from ..permissions import Perm

LONGEST: Final = timedelta(days=14)
"""No device works longer than this without somebody making it anew."""


@transaction.atomic
def put_door(
    *, subject: Subject, name: str, sessions: Collection[Session], actor: User, door: Door | None = None
) -> Door:
    """Set up a door, or change one; without sessions it lets in to all of them. Refuses a name twice."""
    subject = open_table(subject, "", actor, Perm.DOOR)
    name = wanted(name, "name", 40)
    namesakes = subject.doors.filter(name=name)
    if (namesakes.exclude(pk=door.pk) if door else namesakes).exists():
        raise at_field("name", _("There is a door {name} already."), name=name)
    door = door or Door(subject=subject, order=subject.doors.count())
    door.name = name
    door.save()
    door.sessions.set([one for one in sessions if one.subject_id == subject.pk])
    record(journal.DOOR_PUT, actor=actor, subject=subject, data={"door": name})
    return door


@transaction.atomic
def make_device(
    *, door: Door, name: str, expires_at: datetime, actor: User, subject: Subject | None = None
) -> tuple[Device, str]:
    """A device for this door and the token it works with, which is shown once and kept as a digest alone.

    Refuses an end that has passed or is more than `LONGEST` away, and an event without a session: a door lets in to something.
    """
    subject = open_table(subject or door.subject, "", actor, Perm.DOOR)
    name = wanted(name, "name", 40)
    if not clock.now() < expires_at <= clock.now() + LONGEST:
        raise at_field("expires_at", _("Choose an end within the next {days} days."), days=LONGEST.days)
    if not subject.sessions.filter(removed_at=None).exists():
        raise wrong(_("Add a session first: a door lets in to a session."))
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        subject=subject,
        door=door,
        name=name,
        token_digest=digest_of_token(token),
        expires_at=expires_at,
        made_by=actor,
    )
    until = clock.local(expires_at).strftime("%Y-%m-%d %H:%M")
    data = {"device": name, "door": door.name, "until": until}
    record(journal.DEVICE_MADE, actor=actor, subject=subject, data=data)
    return device, token


@transaction.atomic
def revoke_device(*, device: Device, actor: User) -> Device:
    """Let a device's token open nothing any more. What it has not sent cannot be sent any more: see `Device.unsent`."""
    subject = open_table(device.subject, "", actor, Perm.DOOR)
    device = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if device.revoked_at:
        raise wrong(_("This device has been switched off already."))
    device.revoked_at = clock.now()
    device.save(update_fields=["revoked_at"])
    record(journal.DEVICE_REVOKED, actor=actor, subject=subject, data={"device": device.name})
    return device


def digest_of_token(token: str) -> str:
    """What is kept of a device's token. It is random, so a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()
