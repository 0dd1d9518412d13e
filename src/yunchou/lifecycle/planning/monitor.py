"""How plans are getting on: items due, started, done and cancelled, money used, goals reached, deviations (PLN-10).

Many plans are read at once. A plan that was broken down into quarters is watched where it is carried out: in its quarter
plans for the quarters that have one, in its own items for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import say
from yunchou.kernel.ui.signals import Level, Signal

from .documents import Kind
from .models import IN_FORCE, Item, Plan
from .periods import Period
from .registry import Carrying, State, carried
from .trees import leaves, tree_of


@dataclass(frozen=True)
class Watched:
    """One item with what carries it out."""

    item: Item
    carrying: tuple[Carrying, ...]
    today: date

    @cached_property
    def state(self) -> State:
        """What people said of it counts first, then what its campaigns are doing."""
        if self.item.cancelled_on:
            return State.CANCELLED
        live = [one for one in self.carrying if one.state != State.CANCELLED]
        if self.item.done_on or (live and all(one.state == State.DONE for one in live)):
            return State.DONE
        if self.item.started_on or any(one.state != State.OPEN for one in live):
            return State.STARTED
        return State.OPEN

    @property
    def is_due(self) -> bool:
        """Whether its day has come, or its period begun where it has no day."""
        day = self.item.due_on or self.item.start_on
        return day is not None and day <= self.today

    @property
    def is_late(self) -> bool:
        """Not closed after its day, or not begun after its start."""
        if self.state in (State.DONE, State.CANCELLED):
            return False
        last = self.item.due_on or self.item.end_on
        if last is not None and last < self.today:
            return True
        return self.state == State.OPEN and self.item.start_on is not None and self.item.start_on < self.today

    @property
    def spent(self) -> Decimal:
        return sum((one.spent for one in self.carrying), ZERO)

    @property
    def asked(self) -> Decimal:
        """What its campaigns have asked for altogether, in yuan."""
        return sum((one.budget for one in self.carrying if one.state != State.CANCELLED), ZERO)

    @property
    def attainment(self) -> Decimal | None:
        """The mean of its campaigns that have figures."""
        return _mean(one.attainment for one in self.carrying)


@dataclass(frozen=True)
class Monitor:
    """One plan as it is carried out, on a day. `below` are the items of the regional plans in force under that of a group:
    what they spend and reach counts for the group, too.
    """

    plan: Plan
    items: tuple[Watched, ...]
    today: date
    below: tuple[Watched, ...] = ()

    def count(self, state: State) -> int:
        return sum(one.state == state for one in self.items)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def due(self) -> int:
        return sum(one.is_due for one in self.items)

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.items)

    @property
    def started(self) -> int:
        return self.count(State.STARTED)

    @property
    def done(self) -> int:
        return self.count(State.DONE)

    @property
    def cancelled(self) -> int:
        return self.count(State.CANCELLED)

    @property
    def budget(self) -> Decimal:
        return self.plan.budget or ZERO

    @property
    def spent(self) -> Decimal:
        return sum((one.spent for one in (*self.items, *self.below)), ZERO)

    @property
    def used(self) -> float | None:
        """What was spent, as a part of the budget."""
        return float(self.spent / self.budget) if self.budget else None

    @property
    def passed(self) -> float:
        """How much of the period has gone by, 0 to 1."""
        return self.plan.period.passed(self.today)

    @property
    def progress(self) -> float | None:
        """Items done, as a part of those that were not cancelled."""
        counted = self.total - self.cancelled
        return self.done / counted if counted else None

    @property
    def attainment(self) -> Decimal | None:
        """The mean over items whose campaigns have figures."""
        return _mean(one.attainment for one in (*self.items, *self.below))

    @property
    def measured(self) -> int:
        """So many items have figures."""
        return sum(one.attainment is not None for one in (*self.items, *self.below))

    @property
    def planned_by_now(self) -> Decimal:
        """What items whose end has come were to cost, in yuan."""
        over = (
            one
            for one in self.items
            if one.state != State.CANCELLED and (end := one.item.end_on) and end <= self.today
        )
        return sum((one.item.budget or ZERO for one in over), ZERO)

    @property
    def deviation(self) -> Decimal:
        """Spent beyond what was planned to be spent by now (negative: less), in yuan."""
        return self.spent - self.planned_by_now

    @property
    def figures(self) -> dict[str, Any]:
        """As an evaluation keeps them."""
        return {
            "items": self.total,
            "done": self.done,
            "cancelled": self.cancelled,
            "late": self.late,
            "budget": str(self.budget),
            "spent": str(self.spent),
            "attainment": None if self.attainment is None else f"{self.attainment:.4f}",
        }

    @property
    def schedule_signal(self) -> Signal:
        """Items against their days."""
        if not self.total or not self.plan.is_in_force:
            return Signal(Level.UNKNOWN, say(_("Not in force") if self.total else _("No items")))
        level = Level.ACT if self.late > max(1, self.due // 4) else Level.WATCH if self.late else Level.FINE
        value = say(_("{done} / {total} done"), done=self.done, total=self.total)
        part = say(_("{count} late"), count=self.late) if self.late else say("")
        return Signal(
            level, value, part, base=say(_("items done ÷ all")), fraction=self.progress, expected=self.passed
        )

    @property
    def money_signal(self) -> Signal:
        """What was spent against the budget."""
        if self.used is None or not self.plan.is_in_force:
            return Signal(Level.UNKNOWN, say(_("No budget") if self.used is None else _("Not in force")))
        level = Level.ACT if self.used > 1 else Level.WATCH if self.used > 0.8 else Level.FINE
        return Signal(
            level,
            say("{percent}", percent=f"{self.used:.1%}"),
            base=say(_("spent ÷ budget")),
            fraction=self.used,
        )

    @property
    def goal_signal(self) -> Signal:
        """What the campaigns of its items have reached."""
        if self.attainment is None:
            return Signal(Level.UNKNOWN, say(_("No data")))
        reached = float(self.attainment)
        level = Level.FINE if reached >= 0.8 else Level.WATCH if reached >= 0.6 else Level.ACT
        part = say(_("{count} items with figures"), count=self.measured)
        return Signal(
            level,
            say("{percent}", percent=f"{reached:.1%}"),
            part,
            base=say(_("actual ÷ target")),
            fraction=reached,
        )


def _mean(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) / len(stated) if stated else None


@read_once
def monitor_of(plan: Plan) -> Monitor:
    """One plan, read once a page; a fixed number of queries."""
    return monitors_of([plan])[plan.pk]


def monitors_of(plans: Sequence[Plan]) -> dict[int, Monitor]:
    """Many plans at once: three queries, and what each source of campaigns asks."""
    today = clock.today()
    groups = [plan.pk for plan in plans if plan.kind == Kind.GROUP]
    regions = (
        list(Plan.objects.filter(parent__in=groups, kind=Kind.REGION, status__in=IN_FORCE)) if groups else []
    )
    known = {plan.pk: plan for plan in (*plans, *regions)}
    wanted = list(known)
    quarters = list(
        Plan.objects.filter(parent__in=wanted, kind=Kind.QUARTER, status__in=IN_FORCE).order_by("quarter")
    )
    leaves_by_plan = leaf_items([*wanted, *(child.pk for child in quarters)])
    found: dict[int, list[Item]] = {}
    for plan in known.values():
        own = quarters_of(plan, [child for child in quarters if child.parent_id == plan.pk], leaves_by_plan)
        found[plan.pk] = own
    carrying = carried(sorted({item.pk for items in found.values() for item in items}))
    watched = {
        pk: tuple(Watched(item, tuple(carrying.get(item.pk, ())), today) for item in items)
        for pk, items in found.items()
    }
    return {
        plan.pk: Monitor(
            plan,
            watched[plan.pk],
            today,
            tuple(one for region in regions if region.parent_id == plan.pk for one in watched[region.pk]),
        )
        for plan in plans
    }


def quarters_of(plan: Plan, children: Sequence[Plan], items: Mapping[int, list[Item]]) -> list[Item]:
    """The items by which a plan is carried out, see above."""
    covered = [Period(plan.year, child.quarter) for child in children if items.get(child.pk)]
    own = [
        item
        for item in items.get(plan.pk, ())
        if not any(period.first <= (item.start_on or date.min) <= period.last for period in covered)
    ]
    return [*own, *(item for child in children for item in items.get(child.pk, ()))]


def leaf_items(plans: Iterable[int]) -> dict[int, list[Item]]:
    """What is to be done of each of these plans, in order; one query."""
    from .sheets import items as store

    rows: dict[int, list[Item]] = {}
    for item in (
        Item.objects.filter(subject__in=list(plans)).select_related("owner").order_by("position", "pk")
    ):
        rows.setdefault(item.subject_id, []).append(item)
    found: dict[int, list[Item]] = {}
    for plan, items in rows.items():
        nodes = leaves(tree_of([store.row(item) for item in items]))
        found[plan] = [items[node.place] for node in nodes]
    return found
