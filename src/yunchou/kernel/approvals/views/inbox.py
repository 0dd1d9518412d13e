"""The inbox: what waits for a person, what he or she decided, sent, got a copy of, and what waits too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.duties.selectors import end_of_day
from yunchou.kernel.ui.formats import thousands
from yunchou.kernel.ui.paging import paginate

from ..amounts import amount_of, between
from ..conditions import Kind
from ..forms import FilterForm
from ..models import Case, Copy, Task
from ..registry import definitions
from ..selectors import inbox, listed, tab_counts
from .decisions import is_low_risk

TABS = {
    "todo": gettext_lazy("Waiting for me"),
    "done": gettext_lazy("Decided by me"),
    "mine": gettext_lazy("Sent by me"),
    "copied": gettext_lazy("Copies and records"),
    "overdue": pgettext_lazy("approval", "Overdue"),
}


@dataclass(frozen=True)
class Waiting:
    """Somebody for whom a case waits."""

    task: Task
    is_late: bool

    @property
    def assignee(self) -> Any:
        return self.task.assignee

    @property
    def step(self) -> Any:
        return self.task.step

    @property
    def due_at(self) -> datetime | None:
        return self.task.due_at


@dataclass(frozen=True)
class Row:
    """A case as the list shows it to one person; `task` is what the person has to decide."""

    case: Case
    amount: Decimal | None
    waiting: Sequence[Waiting]
    task: Task | None
    due_at: datetime | None
    is_unread: bool
    is_low_risk: bool


@dataclass
class Group:
    """Rows under one heading; the list of what is to do is parted by urgency."""

    label: str = ""
    level: str = ""
    rows: list[Row] = field(default_factory=list)


@require_safe
@login_required
def case_list(request: SignedInRequest) -> HttpResponse:
    """`?tab=` todo, done, mine, copied or overdue, narrowed by `q`, `kind`, `unit`, `least`, `most`, `late`.

    As many queries for fifty rows as for one, and for five thousand open cases as for ten.
    """
    user, tab = request.user, request.GET.get("tab", "todo")
    tab = tab if tab in TABS else "todo"
    filters = FilterForm(request.GET)
    filters.is_valid()
    counts = tab_counts(user)
    cases = narrowed(getattr(inbox(user), tab), filters)
    chips = _chips(request, filters)
    unread = Copy.objects.filter(case=OuterRef("pk"), user=user, read_at=None)
    page = paginate(
        listed(cases.annotate(is_unread=Exists(unread))),
        request.GET,
        by="due_at" if tab in {"todo", "overdue"} else "-opened_at",
        total=None if chips else counts[tab],
    )
    rows = [_row(case, user.pk) for case in page]
    context = {
        "tab": tab,
        "tabs": [_tab(key, label, counts, tab) for key, label in TABS.items()],
        "filters": filters,
        "chips": chips,
        "page": page,
        "groups": _by_urgency(rows) if tab == "todo" else [Group(rows=rows)] if rows else [],
        "may_batch": tab == "todo" and any(row.is_low_risk for row in rows),
    }
    return render(request, "approvals/case_list.html", context)


def _tab(key: str, label: Any, counts: dict[str, int], active: str) -> dict[str, Any]:
    """The two tabs where something is to do always show their number, the others theirs of what is new."""
    shown = counts[key] if key in {"todo", "overdue"} else counts.get("unread") if key == "copied" else None
    return {
        "label": label,
        "url": f"?tab={key}",
        "active": key == active,
        "count": shown or (0 if key == "todo" else None),
        "level": "act" if key == "overdue" and counts[key] else "",
    }


# -- narrowing ---------------------------------------------------------------------------------------------------------


def narrowed(cases: QuerySet[Case], filters: FilterForm) -> QuerySet[Case]:
    """The cases that the filter lets through; what could not be read lets everything through."""
    said = filters.cleaned_data
    if words := "".join(said.get("q", "").lower().split()):
        cases = cases.filter(_named(words) | _sent_by(words))
    if kind := said.get("kind"):
        cases = cases.filter(definition__key=kind)
    if unit := said.get("unit"):
        cases = cases.filter(subject__unit__path__startswith=unit.path)
    if said.get("late"):
        late = Task.objects.waiting().filter(step__case=OuterRef("pk"), due_at__lt=clock.now())
        cases = cases.filter(Exists(late.exclude(step__kind=Kind.FILE)))
    return between(cases, said.get("least"), said.get("most"))


def _named(words: str) -> Q:
    """By title, code, pinyin or initials of what it is about; by the number of the case (SP-2024-0006)."""
    found = Q(subject__search__contains=words)
    number = words.rsplit("-", 1)[-1]
    return found | Q(pk=int(number)) if words.startswith("sp-") and number.isdigit() else found


def _sent_by(words: str) -> Q:
    return (
        Q(initiator__name__icontains=words)
        | Q(initiator__name_pinyin__contains=words)
        | Q(initiator__name_initials__startswith=words)
    )


def _chips(request: SignedInRequest, filters: FilterForm) -> list[dict[str, Any]]:
    """What is narrowed, each with the address that takes it off."""
    said = filters.cleaned_data
    kind = said.get("kind")
    told: Iterable[tuple[str, Any, Any]] = (
        ("q", _("Search"), said.get("q")),
        ("kind", pgettext("approval", "Kind"), kind and definitions[kind].label),
        ("unit", _("Unit"), said.get("unit")),
        ("least", _("Amount from, yuan"), _amount(said.get("least"))),
        ("most", _("Amount up to, yuan"), _amount(said.get("most"))),
        ("late", _("Overdue only"), _("yes") if said.get("late") else ""),
    )
    return [
        {"label": label, "value": value, "remove_url": _without(request, name)}
        for name, label, value in told
        if value
    ]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else thousands(value)


def _without(request: SignedInRequest, name: str) -> str:
    query = request.GET.copy()
    for gone in (name, "after", "before"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"


# -- rows --------------------------------------------------------------------------------------------------------------


def _row(case: Case, user_pk: int) -> Row:
    now = clock.now()
    tasks = [task for step in case.open_steps for task in step.open_tasks]  # type: ignore[attr-defined]
    mine = next((task for task in tasks if task.assignee_id == user_pk), None)
    return Row(
        case=case,
        amount=amount_of(case),
        waiting=[Waiting(task, bool(task.due_at and task.due_at < now)) for task in tasks],
        task=mine,
        due_at=getattr(case, "due_at", None),
        is_unread=case.is_unread,  # type: ignore[attr-defined]
        is_low_risk=mine is not None and not mine.is_vacant and is_low_risk(case),
    )


def _by_urgency(rows: Sequence[Row]) -> list[Group]:
    """Overdue, until the end of this day, and later, in this order; empty ones are left out."""
    now = clock.now()
    midnight = end_of_day(now)
    groups = [Group(pgettext("approval", "Overdue"), "act"), Group(_("Today")), Group(_("Later"))]
    for row in rows:
        place = 2 if row.due_at is None or row.due_at >= midnight else 1 if row.due_at >= now else 0
        groups[place].rows.append(row)
    return [group for group in groups if group.rows]
