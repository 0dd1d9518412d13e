"""The inbox as a card, for this room's page and for the home page: `{% include "duties/inbox.html" with panel=panel %}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yunchou.kernel.accounts.requests import SignedInRequest

from .selectors import Group, Inbox, grouped, inbox


@dataclass(frozen=True)
class Panel:
    """What `duties/inbox.html` shows."""

    box: Inbox
    groups: list[Group]
    segments: list[dict[str, Any]]
    by: str

    @property
    def hidden(self) -> int:
        """How many open duties the list leaves out."""
        return self.box.total - len(self.box.duties)


def inbox_panel(request: SignedInRequest, *, without: Collection[str] = (), limit: int = 100) -> Panel:
    """The signed-in person's inbox, grouped as `?by=` (due, subject or rule) asks; two queries."""
    views = {"due": _("By time"), "subject": _("By subject"), "rule": _("By rule")}
    asked = request.GET.get("by", "due")
    by = asked if asked in views else "due"
    box = inbox(request.user, without=without, limit=limit)
    segments = [
        {"label": label, "url": _address(request, key), "active": key == by} for key, label in views.items()
    ]
    return Panel(box, grouped(box, by), segments, by)


def _address(request: HttpRequest, by: str) -> str:
    query = request.GET.copy()
    query["by"] = by
    return f"?{query.urlencode()}"
