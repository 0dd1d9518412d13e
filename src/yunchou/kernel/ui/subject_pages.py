"""Pages of one subject: a head that its kind supplies, tabs that any room may add, and the question who may see it.

A room that serves any subject declares `tab("budget", _("Budget"), order=30, url_name="budgets:budget_detail", ...)` in
its `nav.py`, and its view begins with `subject = open_subject(request, pk)` and renders a template that extends
`ui/subject_page.html` with `page_context(request, subject, "budget")`. What belongs together stands `under` one tab: its
pages are a second row that shows on them alone.
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
from yunchou.kernel.core.counting import Countable, counted
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Tab:
    """One tab of a subject's page. `url_name` takes the subject's `pk`; `count` may add a figure to the label.

    A tab `under` another stands in the second row, of the pages that hang together with that one. `shown_for` says on which
    subjects of its kinds it stands at all.
    """

    key: str
    label: str | Promise
    order: int
    url_name: str
    perm: str = ""
    subject_kinds: frozenset[str] = frozenset()
    count: Callable[[Subject], Countable] | None = None
    under: str = ""
    shown_for: Callable[[Subject], bool] | None = None


@dataclass(frozen=True)
class ShownTab:
    """A tab as it stands on the page."""

    key: str
    label: str
    url: str
    count: int | str | None
    is_active: bool


@dataclass(frozen=True)
class ShownTabs:
    """The row that stands on every page of the subject, and that of the pages around the present one (else empty)."""

    row: list[ShownTab]
    below: list[ShownTab]


tabs: Registry[Tab] = Registry("tab")


def tab(
    key: str,
    label: str | Promise,
    *,
    order: int,
    url_name: str,
    perm: str = "",
    subject_kinds: frozenset[str] = frozenset(),
    count: Callable[[Subject], Countable] | None = None,
    under: str = "",
    shown_for: Callable[[Subject], bool] | None = None,
) -> Tab:
    """Add a tab to the pages of subjects (of all kinds where `subject_kinds` is empty)."""
    return tabs.add(key, Tab(key, label, order, url_name, perm, subject_kinds, count, under, shown_for))


def open_subject(request: HttpRequest, pk: int, perm: str = "") -> Subject:
    """The subject, for a person who may see it: otherwise 404, and 403 where `perm` is asked for and not held."""
    user: Any = request.user
    subject = get_object_or_404(visible_subjects(user).select_related("unit"), pk=pk)
    if perm:
        require(user, perm, subject)
    return subject


def shown_tabs(request: HttpRequest, subject: Subject, active: str) -> ShownTabs:
    """The tabs that this person has on this subject, in order.

    Whoever may not see the tab that heads others finds the first of these in its place.
    """
    found = [
        (one, url) for one in sorted(tabs, key=lambda t: t.order) if (url := _address(request, subject, one))
    ]
    families: dict[str, list[tuple[Tab, str]]] = {}
    for one, url in found:
        families.setdefault(one.under or one.key, []).append((one, url))
    row, below = [], []
    for head, family in families.items():
        family.sort(key=lambda member: member[0].key != head)
        is_here = any(one.key == active for one, _url in family)
        row.append((*family[0], is_here))
        if is_here and len(family) > 1:
            below = [(one, url, one.key == active) for one, url in family]
    figures = counted({one.key: one.count(subject) for one, *_rest in (*row, *below) if one.count})
    return ShownTabs(*([_shown(*place, figures) for place in places] for places in (row, below)))


def _shown(tab: Tab, url: str, is_active: bool, figures: dict[str, int | str | None]) -> ShownTab:
    return ShownTab(tab.key, str(tab.label), url, figures.get(tab.key) or None, is_active)


def _address(request: HttpRequest, subject: Subject, tab: Tab) -> str:
    """Where the tab leads; empty where the subject or the person has none."""
    user: Any = request.user
    if not _is_for(tab, subject) or (tab.perm and not holds(user, tab.perm, subject)):
        return ""
    if tab.shown_for and not tab.shown_for(subject):
        return ""
    try:
        return reverse(tab.url_name, args=[subject.pk])
    except NoReverseMatch:
        return ""


def _is_for(one: Tab, subject: Subject) -> bool:
    if one.subject_kinds:
        return subject.kind in one.subject_kinds
    return not kinds[subject.kind].only_own_tabs


def page_context(request: HttpRequest, subject: Subject, active: str, **more: Any) -> dict[str, Any]:
    """What `ui/subject_page.html` needs, together with the kind's own head."""
    kind = kinds[subject.kind]
    shown = shown_tabs(request, subject, active)
    return {
        "subject": subject,
        "subject_kind": kind,
        "subject_tabs": shown.row,
        "subject_tabs_below": shown.below,
        "active_tab": active,
        **(kind.header(request, subject) if kind.header else {}),
        **more,
    }
