"""The two tables of this room, 执行分工表 and 执行甘特图 (004 三(一)-(二)): their rows and columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.sheets.columns import Choice, DateText, Days, People, Person, TaskRefs, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Person as Someone

from .matching import Named, code_of
from .schedule import CALENDAR_DAYS, Axis, Job, Kind, Link, days_between
from .states import SYNONYMS, WORDS, Phase, State, phase_of


@dataclass(frozen=True, kw_only=True)
class AssignmentRow(Row):
    """Who does what to which standard (TEA-03, 004 三(一))."""

    module: str = ""
    task: str = ""
    description: str = ""
    standard: str = ""
    owner: Someone | None = None
    assistants: tuple[Someone, ...] = ()
    start_on: date | None = None
    end_on: date | None = None
    state: State | None = None


@dataclass(frozen=True, kw_only=True)
class TaskRow(Row):
    """One task of the schedule (SCH-02, 004 三(二)). `days` is the duration that somebody stated.

    What follows `note` is no column of the source: it is kept beside the row and is no part of its equality.
    """

    name: str = ""
    owner: Someone | None = None
    start_on: date | None = None
    end_on: date | None = None
    days: int | None = None
    predecessors: tuple[str, ...] = ()
    state: State | None = None
    note: str = ""
    phase: Phase | None = field(default=None, compare=False)
    progress: int = field(default=0, compare=False)
    is_milestone: bool = field(default=False, compare=False)
    done_on: date | None = field(default=None, compare=False)
    baseline_start_on: date | None = field(default=None, compare=False)
    baseline_end_on: date | None = field(default=None, compare=False)
    is_overridden: bool = field(default=False, compare=False)

    @property
    def named(self) -> Named:
        """What is compared when predecessors are looked for."""
        return Named(self.name, self.note, self.start_on, self.end_on)

    @property
    def known_phase(self) -> Phase:
        """The phase somebody chose, else the one its name speaks of."""
        return self.phase or phase_of(self.name)

    def computed_days(self, axis: Axis = CALENDAR_DAYS, *, counts_end_day: bool = False) -> int | None:
        """The duration by its dates (R-SCH-01), in the days that count for its schedule."""
        if not self.start_on or not self.end_on:
            return None
        return days_between(axis, self.start_on, self.end_on) + int(counts_end_day)

    def job(self, key: int) -> Job:
        """The row as the arithmetic sees it."""
        return Job(
            key=key,
            start_on=self.start_on,
            end_on=self.end_on,
            is_started=self.state is not None and self.state.is_started,
            is_done=self.state == State.DONE,
            done_on=self.done_on,
            baseline_end_on=self.baseline_end_on,
        )


@dataclass(frozen=True)
class NamedLink:
    """A predecessor as it was written, `given`, the positions of both tasks in the table, and how the one holds the other."""

    predecessor: int
    task: int
    given: str = ""
    kind: Kind = Kind.FINISH_START
    lag: int = 0

    @property
    def link(self) -> Link:
        """The bare link."""
        return Link(self.predecessor, self.task, self.kind, self.lag)

    @property
    def is_plain(self) -> bool:
        """Does the task simply begin after the other has ended?"""
        return self.kind is Kind.FINISH_START and not self.lag

    def as_json(self) -> list[Any]:
        """What a kept decision says of it; `from_json` reads it back."""
        bare = [self.predecessor, self.task, self.given]
        return bare if self.is_plain else [*bare, self.kind.value, self.lag]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> NamedLink:
        """A link from what `as_json` gave."""
        predecessor, task, given, *how = data
        return cls(predecessor, task, given, *((Kind(how[0]), how[1]) if how else ()))


def called(position: int, task: TaskRow) -> str:
    """`T6 线上渠道素材准备`."""
    return f"{code_of(position)} {task.name}".strip()


TASK_SEPARATORS = re.compile(r"[、,\uff0c;\uff1b\n]")
"""What stands between predecessors, as the column reads them."""

MODULES = ("策划", "设计", "执行", "数据", "后勤")
"""The five modules of every team, 004 三(一) (TEA-02)."""

DIVISION = Table(
    key="division",
    sheet="执行分工表",
    title=_("Division of work"),
    row=AssignmentRow,
    identity=("module", "task"),
    columns=(
        Text(
            "module",
            "任务模块",
            _("Module"),
            max_length=40,
            suggestions=("策划统筹", "设计执行", "线下执行", "数据跟踪", "后勤保障"),
        ),
        Text("task", "具体任务", _("Task"), required=True, width=22, max_length=120),
        Text("description", "任务描述", _("Description"), multiline=True, width=32, max_length=2000),
        Text("standard", "交付标准", _("Delivery standard"), multiline=True, width=30, max_length=1000),
        Person("owner", "负责人", _("Owner")),
        People("assistants", "协助人", _("Assistants")),
        DateText("start_on", "开始时间", _("Start")),
        DateText("end_on", "结束时间", _("End")),
        Choice("state", "状态", _("State"), words=WORDS, synonyms=SYNONYMS),
    ),
)

SCHEDULE = Table(
    key="schedule",
    sheet="执行甘特图",
    aliases=("甘特图",),
    title=_("Schedule"),
    row=TaskRow,
    identity=("name",),
    columns=(
        Text("name", "任务名称", _("Task"), required=True, width=22, max_length=120),
        Person("owner", "负责人", _("Owner")),
        DateText("start_on", "开始时间", _("Start")),
        DateText("end_on", "结束时间", _("End")),
        Days("days", "持续时间", _("Duration"), hint=_("Days from start to end; the end day is not counted")),
        TaskRefs(
            "predecessors",
            "前置任务",
            _("Predecessors"),
            width=18,
            hint=_("Names of tasks or T1; T1 SS+2 begins together, 2 days later"),
        ),
        Choice("state", "状态", _("State"), words=WORDS, synonyms=SYNONYMS),
        Text("note", "关键节点说明", _("Key-point note"), width=24, max_length=200),
    ),
)
