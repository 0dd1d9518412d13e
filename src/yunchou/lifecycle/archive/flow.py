"""What the archive says to the moves of a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.lifecycle.campaigns import flow as campaigns
from yunchou.lifecycle.campaigns.models import Campaign

from .selectors import gaps_of

_sealing: ContextVar[bool] = ContextVar("sealing", default=False)


@contextmanager
def sealing() -> Iterator[None]:
    """The move goes with its package; without one no campaign is archived."""
    token = _sealing.set(True)
    try:
        yield
    finally:
        _sealing.reset(token)


@campaigns.ARCHIVE.guard
def archive_has_everything(campaign: Campaign) -> Say | None:
    """Summary, retrospective and checklist are complete (R-ARC-02), and the package is made with it."""
    gaps = gaps_of(campaign.subject)
    if not gaps:
        told = say(_("A campaign is archived together with its package, on its page “Archive”."))
        return None if _sealing.get() else told
    words = gaps[0].verdict.reason
    if len(gaps) > 1:
        return say(_("{first} And {count} more."), first=words, count=len(gaps) - 1)
    return words
