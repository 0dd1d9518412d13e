"""Links for the computers in the hall."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.devices import digest_of_token
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Screen

LONGEST: Final = timedelta(days=30)
"""No link works longer than this without somebody making it anew."""


@transaction.atomic
def make_screen(*, subject: Subject, name: str, expires_at: datetime, actor: User) -> tuple[Screen, str]:
    """A link for one screen and the token in it, which is shown once and kept as a digest alone.

    Refuses without `events.edit`, and an end that has passed or is more than `LONGEST` away.
    """
    subject = open_table(subject, "", actor, Perm.EDIT)
    name = wanted(name, "name", 40)
    if not clock.now() < expires_at <= clock.now() + LONGEST:
        raise at_field("expires_at", _("Choose an end within the next {days} days."), days=LONGEST.days)
    token = secrets.token_urlsafe(24)
    screen = Screen.objects.create(
        subject=subject, name=name, token_digest=digest_of_token(token), expires_at=expires_at, made_by=actor
    )
    data = {"screen": name, "until": f"{clock.local(expires_at):%Y-%m-%d %H:%M}"}
    record(journal.SCREEN_MADE, actor=actor, subject=subject, data=data)
    return screen, token


@transaction.atomic
def revoke_screen(*, screen: Screen, actor: User) -> None:
    """Let the link open nothing any more, at once. Refuses without `events.edit`; a second time says nothing."""
    subject = open_table(screen.subject, "", actor, Perm.EDIT)
    if Screen.objects.filter(pk=screen.pk, revoked_at=None).update(revoked_at=clock.now()):
        record(journal.SCREEN_REVOKED, actor=actor, subject=subject, data={"screen": screen.name})
