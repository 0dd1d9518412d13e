"""Rows of schedule and division of work as pages show them: where rules fail, and what this person may do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import Judged
from yunchou.kernel.sheets.persons import context_for
from yunchou.kernel.subjects.kinds import findings_of, lock_on
from yunchou.kernel.subjects.models import Subject

from .. import actions
from ..deliveries import Handing, handing_of
from ..models import Delivery, GanttTask
from ..occasions import lies_outside, occasion_of
from ..permissions import Perm
from ..rules import UnknownName
from ..selectors import Line, Plan, late_words, lines_of, owners_of, plan_of
from ..states import Phase, State
from ..tables import DIVISION, SCHEDULE, AssignmentRow
from .shared import may_edit

LEVELS = {"block": "act", "need_approval": "watch", "warn": "watch"}


@dataclass(frozen=True)
class Mark:
    """A cell where a rule fails."""

    level: str
    reason: str


@dataclass(frozen=True)
class TaskLine:
    """A task on the page: what it is, where rules fail, and what this person may do about it."""

    line: Line
    marks: dict[str, Mark]
    guesses: list[tuple[str, list[tuple[int | None, str]]]]
    can_edit: bool
    can_report: bool
    standard: str = ""
    may_accept: bool = False
    delivery: Delivery | None = None
    returned: Delivery | None = None

    @property
    def table(self) -> str:
        """The part of the address of what is handed in."""
        return "tasks"

    @property
    def may_hand_in(self) -> bool:
        """Can it be handed in as finished now?"""
        return self.can_report and self.line.state != State.DONE and self.delivery is None

    @property
    def phase(self) -> Phase:
        return self.line.task.known_phase

    @property
    def words(self) -> Say | str:
        return late_words(self.line)

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """The states that can be set next: value, verb, icon."""
        if not self.can_report or self.delivery is not None:
            return []
        return moves_from(self.line.state, self.may_accept and not self.standard)


def moves_from(state: State, may_finish: bool) -> list[tuple[str, str, str]]:
    """What can be said next of work: value, verb, icon. Who accepts work without a delivery standard says it is done."""
    done = [(State.DONE, pgettext("verb", "Done"), "check")] if may_finish else []
    offered = {
        State.NOT_STARTED: [(State.IN_PROGRESS, _("Begin"), "player-play"), *done],
        State.IN_PROGRESS: [*done, (State.NOT_STARTED, _("Not begun"), "arrow-back-up")],
        State.DONE: [(State.IN_PROGRESS, _("Reopen"), "arrow-back-up")],
    }
    return [(after.value, verb, icon) for after, verb, icon in offered[state]]


@dataclass(frozen=True)
class AssignmentLine:
    """A row of the division of work on the page."""

    position: int
    row: AssignmentRow
    owner: Any
    assistants: str
    marks: dict[str, Mark]
    can_edit: bool
    can_report: bool
    may_accept: bool
    level: str
    delivery: Delivery | None = None
    returned: Delivery | None = None

    @property
    def table(self) -> str:
        """The part of the address of what is handed in."""
        return "division"

    @property
    def state(self) -> State:
        return self.row.state or State.NOT_STARTED

    @property
    def words(self) -> Say | str:
        """The state; that it is overdue is computed."""
        if self.row.state is None:
            return "—"
        return say(gettext_noop("Overdue")) if self.level else str(self.state.label)

    @property
    def may_hand_in(self) -> bool:
        return self.can_report and self.state != State.DONE and self.delivery is None

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """The states that can be set next: value, verb, icon."""
        if not self.can_report or self.delivery is not None:
            return []
        return moves_from(self.state, self.may_accept and not self.row.standard)


@dataclass(frozen=True)
class Shown:
    """What the rows of one page share."""

    plan: Plan
    marks: dict[tuple[str, int], dict[str, Mark]]
    unknown: dict[int, list[UnknownName]]
    user_id: int
    can_edit: bool
    can_edit_division: bool
    can_report: bool
    context: Any
    handing: Handing

    def task(self, line: Line) -> TaskLine:
        guesses = [
            (
                each.given,
                [(self.plan.tasks[n].pk, f"T{n + 1} {self.plan.tasks[n].name}") for n in each.candidates],
            )
            for each in self.unknown.get(line.position, ())
        ]
        is_own = bool(line.task.owner and line.task.owner.id == self.user_id)
        key = ("task", line.task.pk or 0)
        return TaskLine(
            line,
            self.marks.get((SCHEDULE.key, line.position), {}),
            guesses,
            self.can_edit,
            self.can_report or is_own,
            standard=self.handing.standard_of(key),
            may_accept=self.handing.may_accept(key),
            delivery=self.handing.waiting.get(key),
            returned=self.handing.returned.get(key) if line.state != State.DONE else None,
        )

    def assignment(self, n: int, row: AssignmentRow, owners: dict[int, Any]) -> AssignmentLine:
        owner = owners.get(row.owner.id) if row.owner and row.owner.id else None
        is_own = bool(owner and owner.pk == self.user_id)
        key = ("assignment", row.pk or 0)
        is_late = row.state != State.DONE and row.end_on is not None and row.end_on < self.plan.today
        return AssignmentLine(
            position=n,
            row=row,
            owner=owner or (row.owner.name if row.owner else None),
            assistants=str(DIVISION.by_key["assistants"].display(row.assistants, self.context)),
            marks=self.marks.get((DIVISION.key, n), {}),
            can_edit=self.can_edit_division,
            can_report=self.can_report or is_own,
            may_accept=self.handing.may_accept(key),
            level="act" if is_late else "",
            delivery=self.handing.waiting.get(key),
            returned=self.handing.returned.get(key) if row.state != State.DONE else None,
        )


def shown_of(request: SignedInRequest, plan: Plan, judged: Iterable[Judged]) -> Shown:
    """What a page of a plan shows of these findings, to this person."""
    marks: dict[tuple[str, int], dict[str, Mark]] = {}
    for one in judged:
        level = LEVELS.get(str(one.verdict.severity.value))
        for place in one.verdict.at:
            if level and place.row is not None:
                marks.setdefault((place.table, place.row), {}).setdefault(
                    place.column, Mark(level, str(one.verdict.reason))
                )
    unknown: dict[int, list[UnknownName]] = {}
    for each in plan.facts().unknown:
        unknown.setdefault(each.task, []).append(each)
    return Shown(
        plan=plan,
        marks=marks,
        unknown=unknown,
        user_id=request.user.pk,
        can_edit=may_edit(request, plan.subject),
        can_edit_division=may_edit(request, plan.subject, DIVISION.key),
        can_report=holds(request.user, Perm.PROGRESS, plan.subject)
        and lock_on(plan.subject, actions.opening.PROGRESS) is None,
        context=context_for(plan.subject),
        handing=handing_of(plan.subject, request.user),
    )


def line_of(request: SignedInRequest, subject: Subject, pk: int) -> TaskLine:
    """One task as its page shows it."""
    plan = plan_of(subject)
    judged = [one for one in findings_of(subject) if one.is_open]
    lines = lines_of(plan, owners_of(plan))
    return shown_of(request, plan, judged).task(lines[plan.position_of(pk)])


def task_of(subject: Subject, pk: int) -> GanttTask:
    """A task of a subject, else 404."""
    return get_object_or_404(
        GanttTask.objects.select_related("subject__unit", "owner"), subject=subject, pk=pk
    )


def dated_words(words: str, task: GanttTask) -> str:
    """What was done to a task, and that its dates now lie outside those of the activity, where they do."""
    occasion = occasion_of(task.subject)
    if not lies_outside(
        occasion, Phase(task.phase) if task.phase else Phase.EXECUTION, task.start_on, task.end_on
    ):
        return words
    return _("%(words)s. Outside the activity, %(start)s — %(end)s") % {
        "words": words,
        "start": f"{occasion.start_on:%m-%d}" if occasion.start_on else "…",
        "end": f"{occasion.end_on:%m-%d}" if occasion.end_on else "…",
    }
