"""Pages of one subject: a head that its kind supplies, tabs that any room may add, and the question who may see it.

A room that serves any subject declares `tab("budget", _("Budget"), order=30, url_name="budgets:budget_detail", ...)` in
its `nav.py`, and its view begins with `subject = open_subject(request, pk)` and renders a template that extends
`ui/subject_page.html` with `page_context(request, subject, "budget")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Tab:
    """One tab of a subject's page. `url_name` takes the subject's `pk`; `count` may add a figure to the label."""

    key: str
    label: str | Promise
    order: int
    url_name: str
    perm: str = ""
    subject_kinds: frozenset[str] = frozenset()
    count: Callable[[Subject], int | str | None] | None = None


@dataclass(frozen=True)
class ShownTab:
    """A tab as it stands on the page."""

    key: str
    label: str
    url: str
    count: int | str | None
    is_active: bool


tabs: Registry[Tab] = Registry("tab")


def tab(
    key: str,
    label: str | Promise,
    *,
    order: int,
    url_name: str,
    perm: str = "",
    subject_kinds: frozenset[str] = frozenset(),
    count: Callable[[Subject], int | str | None] | None = None,
) -> Tab:
    """Add a tab to the pages of subjects (of all kinds where `subject_kinds` is empty)."""
    return tabs.add(key, Tab(key, label, order, url_name, perm, subject_kinds, count))


def open_subject(request: HttpRequest, pk: int, perm: str = "") -> Subject:
    """The subject, for a person who may see it: otherwise 404, and 403 where `perm` is asked for and not held."""
    user: Any = request.user
    subject = get_object_or_404(visible_subjects(user).select_related("unit"), pk=pk)
    if perm:
        require(user, perm, subject)
    return subject


def shown_tabs(request: HttpRequest, subject: Subject, active: str) -> list[ShownTab]:
    """The tabs that this person has on this subject, in order."""
    user: Any = request.user
    shown = []
    for one in sorted(tabs, key=lambda t: t.order):
        if not _is_for(one, subject):
            continue
        if one.perm and not holds(user, one.perm, subject):
            continue
        try:
            url = reverse(one.url_name, args=[subject.pk])
        except NoReverseMatch:
            continue
        count = one.count(subject) if one.count else None
        shown.append(ShownTab(one.key, str(one.label), url, count, one.key == active))
    return shown


def _is_for(one: Tab, subject: Subject) -> bool:
    if one.subject_kinds:
        return subject.kind in one.subject_kinds
    return not kinds[subject.kind].only_own_tabs


def page_context(request: HttpRequest, subject: Subject, active: str, **more: Any) -> dict[str, Any]:
    """What `ui/subject_page.html` needs, together with the kind's own head."""
    kind = kinds[subject.kind]
    return {
        "subject": subject,
        "subject_kind": kind,
        "subject_tabs": shown_tabs(request, subject, active),
        "active_tab": active,
        **(kind.header(request, subject) if kind.header else {}),
        **more,
    }
