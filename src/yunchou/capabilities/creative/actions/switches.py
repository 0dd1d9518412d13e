"""Going over to an alternative (CRE-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.actions import move_task
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import Switch
from ..permissions import Perm
from ..plans import CREATIVE, Module, modules_of, table_of

BUDGET = "budget"


@dataclass(frozen=True)
class Instead:
    """How a module goes over to its alternative: since when and why, and what that does to dates and costs.

    `tasks` (ids) move by `days`, their successors with them; `amounts` are new amounts of budget lines by id, in yuan.
    `alternative` is what could be done instead from now on; what was planned before where nothing is said.
    """

    reason: str
    switched_on: date
    tasks: Sequence[int] = ()
    days: int = 0
    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    changes_nothing: bool = False
    due_on: date | None = None
    alternative: str = ""


def switch_stamp(subject: Subject, row: int) -> str:
    """How module, schedule and budget stood when a form showed what a switch would do."""
    module = next((one for one in modules_of(subject) if one.pk == row), None)
    lines = [(line.pk, line.amount) for line in table_of(subject, BUDGET).load(subject)]
    tasks = GanttTask.objects.filter(subject=subject).order_by("pk").values_list("pk", "start_on", "end_on")
    told = (module.content, module.alternative, module.due_on) if module else ()
    return stamp(told, lines, list(tasks))


@transaction.atomic
def switch_alternative(
    *, subject: Subject, row: int, instead: Instead, actor: User, seen: str = ""
) -> Switch:
    """Put the alternative of a module in the place of what was planned, and schedule and budget in step with it.

    What was planned becomes the alternative, so that one remains. Refuses without `creative.edit` and the right to write
    each table that changes, while these are locked (an approved plan is switched within a change of it), without an
    alternative or a reason, a day to come, and neither dates nor costs where nobody says that none change; what the
    schedule refuses (R-SCH-02); a form that shows what was changed meanwhile. Records `creative.switched`, and what the
    tables record.
    """
    locked = open_table(subject, CREATIVE, actor, Perm.EDIT)
    module = _module(locked, row)
    refuse_stale(seen, switch_stamp(locked, row))
    reason = wanted(instead.reason, "reason")
    if not module.alternative.strip():
        raise wrong(_("“{module}” has no alternative."), module=module.module)
    if instead.switched_on > clock.today():
        raise at_field("switched_on", _("This day has not come yet."))
    _demand_effect(instead)
    spare = instead.alternative.strip() or module.content.strip()
    if not spare:
        raise at_field("alternative", _("Every module keeps at least one alternative."))
    due_on = instead.due_on or module.due_on
    made = Switch(
        subject=locked, row=row, module=module.module, before=module.content, after=module.alternative,
        alternative=spare, due_before=module.due_on, due_on=due_on, switched_on=instead.switched_on, reason=reason,
        made_by=actor,
    )  # fmt: skip
    cells = {"content": module.alternative, "alternative": spare}
    if due_on != module.due_on and due_on:
        cells["due_on"] = due_on.isoformat()
    save_row(subject=locked, kept=table_of(locked), pk=row, cells=cells, actor=actor)
    made.tasks = _moved(locked, instead, actor)
    made.lines = _repriced(locked, instead.amounts, actor)
    made.save()
    told_as = {
        "module": made.module, "day": made.switched_on.isoformat(), "reason": reason, "effect": _effect(made),
        "switch": made.pk,
    }  # fmt: skip
    record(journal.SWITCHED, actor=actor, subject=locked, data=told_as)
    return made


def preview_switch(*, subject: Subject, row: int, instead: Instead, actor: User) -> Switch:
    """What `switch_alternative` would do: it is done and taken back, so that nothing else comes about later."""
    with transaction.atomic():
        made = switch_alternative(subject=subject, row=row, instead=instead, actor=actor)
        transaction.set_rollback(True)
    return made


def _module(subject: Subject, row: int) -> Module:
    found = next((one for one in modules_of(subject) if one.pk == row), None)
    if found is None:
        raise wrong(_("Somebody deleted this row meanwhile."))
    return found


def _demand_effect(instead: Instead) -> None:
    moves, costs = bool(instead.tasks and instead.days), bool(instead.amounts)
    if instead.tasks and not instead.days:
        raise at_field("days", _("Say by how many days these tasks move."))
    if instead.days and not instead.tasks:
        raise at_field("tasks", _("Say which tasks move."))
    if not moves and not costs and not instead.changes_nothing:
        raise at_field(
            "changes_nothing",
            _("Say what it does to schedule and budget, or that it changes neither."),
        )
    if (moves or costs) and instead.changes_nothing:
        raise at_field("changes_nothing", _("Dates or costs are given above."))


def _moved(subject: Subject, instead: Instead, actor: User) -> list[list[Any]]:
    """Move the tasks, the earliest first, each with its successors."""
    if not instead.tasks:
        return []
    rows = GanttTask.objects.filter(subject=subject).order_by("position")
    before = {task.pk: task for task in rows}
    chosen = [before[pk] for pk in instead.tasks if pk in before]
    if len(chosen) < len(set(instead.tasks)) or any(_is_fixed(task) for task in chosen):
        raise at_field("tasks", _("Only open tasks with dates can be moved."))
    shift = timedelta(days=instead.days)
    for task in sorted(chosen, key=lambda one: (one.start_on, one.position)):
        assert task.start_on is not None
        assert task.end_on is not None
        move_task(
            task=task, actor=actor, start_on=task.start_on + shift, end_on=task.end_on + shift, follow=True
        )
    found: list[list[Any]] = []
    for task in rows.all():
        was = before[task.pk]
        if was.start_on and was.end_on and task.start_on and task.end_on:
            days = [was.start_on, was.end_on, task.start_on, task.end_on]
            if days[:2] != days[2:]:
                found.append([str(task), *(day.isoformat() for day in days), task.pk not in instead.tasks])
    return found


def _is_fixed(task: GanttTask) -> bool:
    return task.state == State.DONE or task.start_on is None or task.end_on is None


def _repriced(subject: Subject, amounts: Mapping[int, Decimal], actor: User) -> list[list[str]]:
    """Give budget lines other amounts, as on the page of the budget."""
    if not amounts:
        return []
    kept = table_of(subject, BUDGET)
    lines = {line.pk: line for line in kept.load(subject)}
    found = []
    for pk, amount in amounts.items():
        line = lines.get(pk)
        if line is None:
            raise at_field("line", _("This line is no longer there."))
        if line.amount != amount:
            save_row(subject=subject, kept=kept, pk=pk, cells={"amount": str(amount)}, actor=actor)
            found.append([line.item, str(line.amount or 0), str(amount)])
    return found


def _effect(made: Switch) -> Say:
    """`2 tasks moved, budget +3,000.00`, as the journal names it."""
    if not made.tasks and not made.lines:
        return say(_("neither schedule nor budget changes"))
    change = made.cost_change
    return say(
        _("{count} tasks moved, budget {change} yuan"),
        count=len(made.tasks),
        change=f"{'+' if change >= 0 else '−'}{format_exact(abs(change))}",
    )
