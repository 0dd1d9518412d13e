"""What the pages of the care of guests have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import pgettext

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.permissions import Perm

from ..selectors.care import is_called_off

BOTH: Final = ["GET", "HEAD", "POST"]
WIDE: Final = {
    "contains",
    "guests",
    "instead",
    "line",
    "supplier",
    "item",
    "note",
    "who",
    "budget_line",
    "host",
    "reason",
    "room",
    "person",
    "vehicle",
    "with_guest",
}
PARTS: Final = {
    "care": "hospitality:care_list",
    "reception": "hospitality:reception_list",
    "runs": "hospitality:run_list",
    "rooms": "hospitality:room_list",
    "menu": "hospitality:menu_list",
    "gifts": "hospitality:gift_list",
}
dialog = partial(dialogs.dialog, wide=WIDE)


def url(name: str, subject: Subject, *keys: int) -> str:
    return reverse(f"hospitality:{name}", args=[subject.pk, *keys])


def part_context(request: SignedInRequest, subject: Subject, part: str, **more: Any) -> dict[str, Any]:
    """What every part of the tab shows, with what the person may do there."""
    words = {
        "care": pgettext("hospitality", "Important guests"),
        "reception": pgettext("hospitality", "Reception"),
        "runs": pgettext("hospitality", "Pick-ups"),
        "rooms": pgettext("hospitality", "Rooms"),
        "menu": pgettext("hospitality", "Menus"),
        "gifts": pgettext("hospitality", "Gifts"),
    }
    over = is_over(subject)
    views = [
        {"label": words[key], "url": reverse(name, args=[subject.pk]), "active": key == part}
        for key, name in PARTS.items()
    ]
    return page_context(
        request,
        subject,
        "hospitality",
        views=views,
        over=over,
        may_edit=over is None and holds(request.user, Perm.EDIT, subject),
        # What is held for an event that was called off is given back.
        may_drop=(over is None or is_called_off(subject)) and holds(request.user, Perm.EDIT, subject),
        may_serve=over is None and holds(request.user, Perm.DOOR, subject),
        # Gifts are handed over, and what was done is said, also when the event is over.
        may_give=not is_called_off(subject) and holds(request.user, Perm.DOOR, subject),
        may_free=not is_called_off(subject) and holds(request.user, Perm.EDIT, subject),
        may_name=holds(request.user, Perm.DOOR, subject) or holds(request.user, Perm.EDIT, subject),
        **more,
    )


def unkept(response: HttpResponse) -> HttpResponse:
    """Not kept by browsers or proxies: it tells what somebody does not eat, or what a host has to know."""
    response["Cache-Control"] = "private, no-store"
    return response


def done(request: HttpRequest, words: str, address: str) -> HttpResponse:
    """Say what was done, and show the page anew."""
    toast(request, words)
    response: HttpResponse = dialogs.go(request, address)  # type: ignore[arg-type]
    return response
