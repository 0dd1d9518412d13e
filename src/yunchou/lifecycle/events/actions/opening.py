"""Noting that a guest looked at the invitation (PRE-05: read), and in which language they read."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from yunchou.kernel.core import clock

from ..models import Guest, Happening
from .counting import tell


@transaction.atomic
def note_opened(*, guest: Guest) -> None:
    """The first look counts; later ones change nothing and cost nothing."""
    if guest.opened_at is None and Guest.objects.filter(pk=guest.pk, opened_at=None).update(
        opened_at=clock.now()
    ):
        guest.opened_at = clock.now()
        tell(guest, Happening.OPENED)


@transaction.atomic
def read_in(*, guest: Guest, language: str) -> None:
    """Go on in another language; one that the product does not have is ignored."""
    if language != guest.language and language in dict(settings.LANGUAGES):
        guest.language = language
        Guest.objects.filter(pk=guest.pk).update(language=language)
