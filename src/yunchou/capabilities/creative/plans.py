"""What this room has to know of an activity with a creative plan; the room that keeps activities says so in its `creative.py`.

@plan_of("campaign")
def campaign_plan(subject: Subject) -> Plan: ...

The plan itself is a table of the activity's workbook, `CREATIVE`, and is read and written as such.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol, TypeAlias, cast

from django.http import Http404

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.sheets.registry import Kept
from yunchou.kernel.subjects.models import Subject

CREATIVE: Final = "creative"
"""The key of the table."""


class Module(Protocol):
    """A row of the table."""

    pk: int | None
    module: str
    design_point: str
    content: str
    alternative: str
    owner: Any
    due_on: date | None


class Phase(Protocol):
    """A stretch of the content plan."""

    @property
    def name(self) -> str: ...
    @property
    def start_on(self) -> date: ...
    @property
    def end_on(self) -> date: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True)
class Plan:
    """An activity: theme and period, for whom, in which forms, its phases; `page` is where its tables are written.

    `tab` is the tab of that page; `names` are what the modules theme, form, channel mix and content plan are called;
    `value` is what the activity is to bring, in numbers.
    """

    page: str
    tab: str
    names: tuple[str, str, str, str]
    starts_on: date | None = None
    ends_on: date | None = None
    audience: str = ""
    forms: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    value: str = ""
    is_high_end: bool = False


Provider: TypeAlias = Callable[[Subject], Plan]
providers: Registry[Provider] = Registry("provider of creative plans")


def plan_of(kind: str) -> Callable[[Provider], Provider]:
    """Say what is known of the activities of one kind of subjects."""
    return lambda function: providers.add(kind, function)


@read_once
def plan(subject: Subject) -> Plan:
    """What is known of an activity. Raises `Http404` for a subject that has no creative plan."""
    provider = providers.get(subject.kind)
    if provider is None:
        raise Http404
    return provider(subject)


def table_of(subject: Subject, key: str = CREATIVE) -> Kept[Any]:
    """A table of the activity and where its rows live."""
    kept = find_table(subject, key)
    if kept is None:
        raise Http404
    return kept


def modules_of(subject: Subject) -> list[Module]:
    """The modules of the plan in their order, whatever it says besides them."""
    return cast("list[Module]", list(table_of(subject).load(subject)))


def module_named(subject: Subject, name: str) -> Module | None:
    """The first module of that name."""
    return next((one for one in modules_of(subject) if one.module == name), None)
