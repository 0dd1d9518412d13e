"""Albums as organisers keep them and as guests see them: nothing but what everybody in it agrees to at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from yunchou.kernel.core import clock
from yunchou.kernel.files import store
from yunchou.kernel.files.content import IMAGES, picture_drawn_anew
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.devices import digest_of_token

from ..models import Album, Picture, PictureState
from .pictures import unwilling

AT_ONCE: Final = 24
"""So many pictures stand on one page of an album."""
SIZES: Final = {"small": 480, "large": 1600}
"""Pixels of the longer side."""


def album_by(token: str) -> Album | None:
    """The album whose token this is, as long as its link works; one statement."""
    if not 20 < len(token) < 60:
        return None
    found = Album.objects.filter(token_digest=digest_of_token(token)).select_related("subject__unit").first()
    return found if found and found.works_at(clock.now()) else None


def albums_of(subject: Subject) -> list[Album]:
    """The albums of an event, the newest first; one query."""
    return list(Album.objects.filter(subject=subject).select_related("made_by"))


def link_of(album: Album) -> str:
    """The whole link, as it is handed on."""
    return f"{settings.BASE_URL}{reverse('programme:album', args=[album.token.open()])}"


def offered(subject: Subject) -> Album | None:
    """The newest album that guests find on their own pages; one query."""
    found = Album.objects.filter(
        subject=subject, is_offered=True, revoked_at=None, expires_at__gt=clock.now()
    ).first()
    return found if found and pictures_in(found).exists() else None


def pictures_in(album: Album) -> QuerySet[Picture]:
    """What the album is made of: published pictures whose people were looked at. Films are not among them, since they
    cannot be drawn anew."""
    found = Picture.objects.filter(
        subject=album.subject_id,
        state=PictureState.PUBLISHED,
        people_checked_at__isnull=False,
        attachment__removed_at=None,
        attachment__file__content_type__in=IMAGES,
    )
    if album.tag:
        found = found.filter(
            Q(tags=album.tag)
            | Q(tags__startswith=f"{album.tag} ")
            | Q(tags__endswith=f" {album.tag}")
            | Q(tags__contains=f" {album.tag} ")
        )
    return found.order_by("-pk")


@dataclass(frozen=True)
class Sheet:
    """One page of an album; `more` is the key after which the next one begins, 0 on the last."""

    pictures: list[Picture]
    more: int


def sheet_of(album: Album, before: int = 0) -> Sheet:
    """The pictures that may be shown now, newest first, from below `before`. The number of statements is the same for any
    number of pictures; consents are asked anew, whatever was true when they were published."""
    found = pictures_in(album).select_related("attachment__file").prefetch_related("guests")
    if before:
        found = found.filter(pk__lt=before)
    read = list(found[: AT_ONCE + 1])
    page = read[:AT_ONCE]
    against = unwilling({guest.pk: guest for one in page for guest in one.guests.all()}.values())
    shown = [one for one in page if not any(guest.pk in against for guest in one.guests.all())]
    return Sheet(shown, page[-1].pk if len(read) > AT_ONCE else 0)


def picture_in(album: Album, pk: int) -> Picture | None:
    """One picture of the album, if it may be shown now."""
    found = pictures_in(album).select_related("attachment__file").prefetch_related("guests").filter(pk=pk)
    picture = found.first()
    return picture if picture and not unwilling(picture.guests.all()) else None


def drawn(picture: Picture, size: str) -> bytes:
    """The picture as JPEG: drawn anew, so that nothing of where and with what it was taken goes with it.

    Raises `OSError` where the storage has lost it or what it has is damaged.
    """
    sha256 = picture.attachment.file.sha256
    return _small(sha256) if size == "small" else _draw(sha256, SIZES[size])


@lru_cache(maxsize=400)
def _small(sha256: str) -> bytes:
    """Small ones are asked for by every guest; some 20 kB each. Whether they may be shown was asked before."""
    return _draw(sha256, SIZES["small"])


def _draw(sha256: str, longest: int) -> bytes:
    with store.open_content(sha256) as file:
        return picture_drawn_anew(file, longest=longest, kind="JPEG")
