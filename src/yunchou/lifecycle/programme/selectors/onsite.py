"""What the page of the day shows: who is on duty, what was set up, what was tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yunchou.capabilities.operations.models import Risk
from yunchou.capabilities.operations.models.library import Category, LibraryRisk
from yunchou.capabilities.preparation.models import Check, CheckState, Post
from yunchou.capabilities.preparation.selectors.people import posts_of, untrained
from yunchou.capabilities.preparation.selectors.standing import rows_of
from yunchou.kernel.core import clock
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import EquipmentTest, Result
from ..templates_of_events import EQUIPMENT_INDICATOR, SAFETY

BETWEEN: Final = " · "
"""Stands between the theme and the item in the checklist."""


@dataclass(frozen=True)
class OnDuty:
    """A duty on site and who has it today; `verdict` says that they were not trained (R-PRE-04)."""

    post: Post
    verdict: Verdict | None

    @property
    def who(self) -> str:
        return self.post.person.name if self.post.person else self.post.person_name


def roster_of(subject: Subject) -> list[OnDuty]:
    """Who is on which duty today: those of today, and those that hold for every day."""
    today, missing = clock.today(), untrained(subject)
    return [
        OnDuty(post, missing.get(n)) for n, post in enumerate(posts_of(subject)) if post.on in (None, today)
    ]


@dataclass(frozen=True)
class Theme:
    """The items of the checklist under one theme; `rest` holds what somebody wrote without one."""

    name: str
    lines: Sequence[tuple[Check, str]]

    @property
    def done(self) -> int:
        return sum(check.state == CheckState.FINE for check, _text in self.lines)


def themes_of(subject: Subject) -> list[Theme]:
    """The checklist by theme, in the order in which the themes came; one query."""
    found: dict[str, list[tuple[Check, str]]] = {}
    for check in rows_of("checks", subject):
        theme, between, text = check.name.partition(BETWEEN)
        found.setdefault(theme if between else "", []).append((check, text if between else check.name))
    return [Theme(name, lines) for name, lines in found.items()]


def is_safety(theme: Theme) -> bool:
    """Safety signs and fire exits stand on the part of the patrols as well."""
    return theme.name == SAFETY[0]


@dataclass(frozen=True)
class Equipment:
    """What is tested, how many are in order, and which risks go off by what is not."""

    tests: Sequence[EquipmentTest]
    risks: Sequence[Risk]

    @property
    def done(self) -> int:
        return sum(test.result == Result.FINE for test in self.tests)

    @property
    def unwatched(self) -> list[Risk]:
        """Risks of the equipment that no reading sets off yet."""
        return [risk for risk in self.risks if risk.indicator != EQUIPMENT_INDICATOR]


def equipment_of(subject: Subject) -> Equipment:
    """The tests in order, and the risks of the equipment; two queries."""
    tests = EquipmentTest.objects.filter(subject=subject).select_related("tester", "tested_by")
    return Equipment(list(tests), equipment_risks(subject))


def equipment_risks(subject: Subject) -> list[Risk]:
    """The risks of an activity that speak of its equipment: of that part of the library, or watching the tests."""
    usual = set(LibraryRisk.objects.filter(category=Category.EQUIPMENT).values_list("scenario", flat=True))
    found = Risk.objects.filter(subject=subject).select_related("copied_from", "subject", "owner")
    return [
        risk
        for risk in found.order_by("position", "pk")
        if risk.indicator == EQUIPMENT_INDICATOR
        or risk.scenario in usual
        or (risk.copied_from is not None and risk.copied_from.category == Category.EQUIPMENT)
    ]
