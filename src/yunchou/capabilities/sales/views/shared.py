"""What the pages of this room have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import pgettext

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.subject_pages import open_subject

from ..activities import is_deal, is_for_employees
from ..models import Lead
from ..permissions import Perm

METHODS: Final = ["GET", "HEAD", "POST"]
WIDE: Final = {
    "need", "agrees", "wants_news", "customers", "customer", "asks", "gift", "item", "file", "pasted", "is_keen", "reason",
    "services", "proof", "what",
}  # fmt: skip
dialog = partial(dialogs.dialog, wide=WIDE)


def part_url(subject: Subject, part: str = "leads") -> str:
    """A part of the tab 线索与订单."""
    url = reverse("sales:board", args=[subject.pk])
    return url if part == "leads" else f"{url}?view={part}"


def parts_of(subject: Subject) -> dict[str, str]:
    """The parts of the tab with their words; offers and benefits where the activity has them."""
    found = {"leads": pgettext("sales", "Leads"), "orders": pgettext("sales", "Orders")}
    if is_deal(subject):
        found["offers"] = pgettext("sales", "Offers")
    if is_for_employees(subject):
        found["benefits"] = pgettext("sales", "Benefits")
    found["figures"] = pgettext("sales", "Figures")
    found["forms"] = pgettext("sales", "Capture forms")
    return found


def segments(subject: Subject, active: str) -> list[dict[str, Any]]:
    return [
        {"label": words, "url": part_url(subject, key), "active": key == active}
        for key, words in parts_of(subject).items()
    ]


def lead_of_page(
    request: SignedInRequest, pk: int, lead: int, right: str = Perm.VIEW
) -> tuple[Subject, Lead]:
    """The activity and its lead for a person who may see them, else 404; 403 without `right`."""
    subject = open_subject(request, pk, right)
    found: Lead = get_object_or_404(
        Lead.objects.select_related("customer__card", "customer__subject", "owner", "collector", "merged_into", "gift_move"),
        pk=lead,
        subject=subject,
    )  # fmt: skip
    found.subject = subject
    return subject, found


def unkept(response: HttpResponse) -> HttpResponse:
    """Not kept by browsers or proxies: it shows people."""
    response["Cache-Control"] = "private, no-store"
    return response
