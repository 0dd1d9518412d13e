"""Albums: published pictures behind a link that guests can open, until somebody takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
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
from ..models import Album
from ..models.pictures import new_token
from .pictures import tidy

LONGEST: Final = timedelta(days=366)
"""No link works longer than this without somebody making it anew."""


@transaction.atomic
def make_album(
    *,
    subject: Subject,
    title: str,
    expires_at: datetime,
    actor: User,
    words: str = "",
    tag: str = "",
    is_offered: bool = True,
) -> Album:
    """Release the published pictures of an event, of one tag or all, by a link. Records `programme.album_made`.

    Refuses without `events.edit`, as publishing does, an end that has passed or is more than a year away, and several tags.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    title = wanted(title, "title", 60)
    now = clock.now()
    if not now < expires_at <= now + LONGEST:
        raise at_field("expires_at", _("Choose an end within the next {days} days."), days=LONGEST.days)
    tag = tidy(tag)
    if " " in tag or len(tag) > 40:
        raise at_field("tag", _("One tag of at most 40 characters, or none."))
    token = new_token()
    album = Album(
        subject=locked, title=title, words=words.strip()[:300], tag=tag, is_offered=is_offered,
        token=token, token_digest=digest_of_token(token), expires_at=expires_at, made_by=actor,
    )  # fmt: skip
    album.save()
    album.refresh_from_db(fields=["token"])  # as it is read: sealed
    data = {"album": title, "until": f"{clock.local(expires_at):%Y-%m-%d %H:%M}"}
    record(journal.ALBUM_MADE, actor=actor, subject=locked, data=data)
    return album


@transaction.atomic
def revoke_album(*, album: Album, actor: User) -> None:
    """Let the link open nothing any more, at once; a second time says nothing. Records `programme.album_revoked`."""
    locked = open_table(album.subject, "", actor, Perm.EDIT)
    if Album.objects.filter(pk=album.pk, revoked_at=None).update(revoked_at=clock.now()):
        count = Album.objects.values_list("opened", flat=True).get(pk=album.pk)
        record(
            journal.ALBUM_REVOKED, actor=actor, subject=locked, data={"album": album.title, "count": count}
        )


def count_opening(album: Album) -> None:
    """Somebody opened the link. Nobody is noted, only how often."""
    Album.objects.filter(pk=album.pk).update(opened=F("opened") + 1, opened_at=clock.now())
