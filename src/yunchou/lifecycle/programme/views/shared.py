"""What the pages of this room have in common."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.views.shared import event_of

from ..models import RunSheetItem

__all__ = ["BOTH", "dialog", "done", "event_of", "item_of", "live_url", "sheet_url"]

BOTH: Final = ["GET", "HEAD", "POST"]
WIDE: Final = {
    "title",
    "template",
    "theme",
    "pictures",
    "guests",
    "guest",
    "result",
    "places",
    "what",
    "hazard",
    "summary",
}
dialog = partial(dialogs.dialog, wide=WIDE)


def item_of(subject: Subject, pk: int) -> RunSheetItem:
    """An item of the event's run sheet, or 404."""
    found = RunSheetItem.objects.select_related("subject__unit", "owner", "speaker")
    item: RunSheetItem = get_object_or_404(found, subject=subject, pk=pk)
    return item


def sheet_url(subject: Subject) -> str:
    return reverse("programme:run_sheet", args=[subject.pk])


def live_url(subject: Subject) -> str:
    return reverse("programme:live", args=[subject.pk])


def done(request: SignedInRequest, words: str, url: str) -> HttpResponse:
    """Say that it is done, on the page that is shown next."""
    toast(request, words)
    return go(request, url)
