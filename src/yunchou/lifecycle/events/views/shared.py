"""What the pages of guests have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import pgettext

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.subject_pages import open_subject

from ..kinds import has_guests
from ..models import Guest
from ..permissions import Perm
from ..selectors.guests import guests_of

WIDE: Final = {
    "sessions",
    "diet",
    "condition",
    "text",
    "title",
    "companions",
    "map_url",
    "address",
    "route",
    "requirements",
}
dialog = partial(dialogs.dialog, wide=WIDE)
PARTS: Final = ("list", "sessions", "invitation", "questions", "diet")


def event_of(request: SignedInRequest, pk: int, perm: str = Perm.VIEW) -> Subject:
    """The customer event, for who may see it; 404 for activities that have no guests."""
    subject = open_subject(request, pk, perm)
    if not has_guests(subject):
        raise Http404
    return subject


def guest_of(request: SignedInRequest, subject: Subject, pk: int) -> Guest:
    """A guest of the event, with what their page shows."""
    found = guests_of(subject, request.user).select_related(
        "customer__subject", "inviter", "host", "wave", "companion_of", "subject__unit"
    )
    guest: Guest = get_object_or_404(found, pk=pk)
    return guest


def part_url(subject: Subject, part: str = "list") -> str:
    """A part of the tab 嘉宾."""
    url = reverse("events:guest_list", args=[subject.pk])
    return url if part == "list" else f"{url}?view={part}"


def parts(subject: Subject, active: str) -> list[dict[str, Any]]:
    """The parts of the tab, as a row of views."""
    words = {
        "list": pgettext("event", "Guest list"),
        "sessions": pgettext("event", "Sessions and waves"),
        "invitation": pgettext("event", "Invitation"),
        "questions": pgettext("event", "Questions"),
        "diet": pgettext("event", "Diet"),
    }
    found = [{"label": words[key], "url": part_url(subject, key), "active": key == active} for key in PARTS]
    sending = reverse("events:invitation_list", args=[subject.pk])
    found.append(
        {"label": pgettext("event", "Invitations"), "url": sending, "active": active == "invitations"}
    )
    return found
