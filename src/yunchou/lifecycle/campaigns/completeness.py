"""How much of a proposal is there: per section what it wants, what is filled in, what still blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.operations.models import Risk
from yunchou.capabilities.work.models import Assignment, GanttTask
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.selectors import Shown, findings_in
from yunchou.kernel.subjects.models import Subject

from .models import Campaign, CreativeModule, Goal
from .money import amounts_of
from .rules.elements import CHECKLIST, MANDATORY
from .selectors import facts_of

SECTIONS: tuple[tuple[tuple[str, ...], str | Promise, str], ...] = (
    (("overview",), _("Overview"), "campaigns:proposal_detail"),
    (("goals",), _("Goals"), "campaigns:proposal_detail"),
    (("creative",), _("Creative plan"), "campaigns:proposal_detail"),
    (("budget",), _("Budget"), "budgets:budget_detail"),
    (("division", "schedule"), _("Team and schedule"), "work:schedule_detail"),
    (("risks",), _("Risks"), "operations:risk_list"),
)


@dataclass(frozen=True)
class Section:
    """A part of the proposal: whether it holds anything, and what rules say of it."""

    key: str
    label: str | Promise
    url_name: str
    is_empty: bool
    findings: Sequence[Shown]

    @property
    def blocking(self) -> int:
        return sum(one.judged.stops for one in self.findings)

    @property
    def level(self) -> str:
        """Blocked, incomplete, or fine."""
        if self.blocking:
            return "act"
        return (
            "unknown"
            if self.is_empty
            else "watch"
            if any(f.judged.is_open for f in self.findings)
            else "fine"
        )


def completeness_of(request: Any, subject: Subject) -> list[Section]:
    """The sections in order; findings are read once a request."""
    filled = _filled(subject)
    return [
        Section(
            tables[0],
            label,
            url_name,
            not any(key in filled for key in tables),
            findings_in(request, subject, tables),
        )
        for tables, label, url_name in SECTIONS
    ]


def _filled(subject: Subject) -> set[str]:
    """The tables that have a row; one query each."""
    found = {"overview"} if Campaign.objects.filter(pk=subject.pk, end_on__isnull=False).exists() else set()
    models: dict[str, Any] = {
        "goals": Goal, "creative": CreativeModule, "division": Assignment, "schedule": GanttTask, "risks": Risk,
    }  # fmt: skip
    found |= {key for key, model in models.items() if model.objects.filter(subject=subject).exists()}
    return found | ({"budget"} if amounts_of([subject.pk]) else set())


@dataclass(frozen=True)
class Item:
    """A part that a plan of this kind has: mandatory or only usual, there or not, and where it is written."""

    label: Say
    is_there: bool
    is_mandatory: bool
    table: str


def checklist_of(subject: Subject) -> list[Item]:
    """The parts of a plan of the campaign's kind (TYP-11), those that its kind demands first."""
    facts = facts_of(subject)
    kind = str(facts.overview.kind or "")
    demanded = {element.key for element in MANDATORY.get(kind, ())}
    return [
        Item(say(element.label), element.is_there(facts), element.key in demanded, element.at.table)
        for element in CHECKLIST.get(kind, ())
    ]
