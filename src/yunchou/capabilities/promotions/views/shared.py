"""What the pages of this room have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import pgettext

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs

METHODS: Final = ["GET", "HEAD", "POST"]
WIDE: Final = {
    "terms", "text", "customer", "customers", "users", "reason", "is_public", "file", "pasted", "proof", "note", "order", "title",
    "place",
}  # fmt: skip
dialog = partial(dialogs.dialog, wide=WIDE)


def part_url(subject: Subject, part: str = "coupons") -> str:
    """A part of the tab 推广."""
    url = reverse("promotions:board", args=[subject.pk])
    return url if part == "coupons" else f"{url}?view={part}"


def segments(subject: Subject, active: str) -> list[dict[str, Any]]:
    known = {
        "coupons": pgettext("promotions", "Coupons and prizes"),
        "forwarding": pgettext("promotions", "Forwarding"),
        "streams": pgettext("promotions", "Live streams"),
    }
    return [
        {"label": words, "url": part_url(subject, key), "active": key == active}
        for key, words in known.items()
    ]


def unkept(response: HttpResponse) -> HttpResponse:
    """Not kept by browsers or proxies: it shows people or codes."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
