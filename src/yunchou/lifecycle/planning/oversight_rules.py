"""Rules on budgets of a period, and on what is looked at again while a plan is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, Rule, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Fix, Place, Verdict, failed, passed

from .documents import Kind
from .facts import PlanFacts, joined, label_of
from .periods import months_of
from .tables import (
    ACTIVITY_COLUMNS,
    ALLOCATION,
    GOALS,
    ITEMS,
    PRESETS,
    RISK_COLUMNS,
    RISKS,
    SHARED_DIMENSION,
    GoalRow,
)

MEASURED = frozenset({Kind.MARKETING, Kind.BUDGET})
"""The kinds that set goals for sales, market share and brand awareness."""


@dataclass(frozen=True)
class Watch:
    """When something was looked at last (or began), when it is to be looked at again, and what day it is."""

    plan: str
    since: date
    next_on: date | None
    today: date

    def due_on(self, days: int) -> date:
        """The day that was named, at the latest `days` after the last look."""
        latest = self.since + timedelta(days=days)
        return min(self.next_on or latest, latest)

    def judged(self, days: int, words: str) -> Verdict:
        """Whether it is still in time."""
        due = self.due_on(days)
        if self.today <= due:
            return passed()
        return failed(say(words, plan=self.plan, day=due.isoformat()), days=(self.today - due).days)


@rule(
    "K-PLN-07",
    clause="002 9.1(2)",
    severity=BLOCK,
    title=_("A budget is allocated"),
    sentence=_("The items of cost of a budget add up to it; a difference is shown and stops the sending."),
)
def allocation_adds_up(ctx: PlanFacts, p: Params) -> Verdict:
    """What a budget of a period gives to the items of cost is the whole of it, no more and no less."""
    stated, computed = ctx.head.budget, ctx.allocated
    if not ctx.document.is_budget or stated is None or not ctx.allocation or stated == computed:
        return passed()
    return failed(
        say(
            _("The budget is ¥{stated}, its items of cost add up to ¥{computed} ({difference})."),
            stated=format_exact(stated),
            computed=format_exact(computed),
            difference=f"{computed - stated:+,.2f}",
        ),
        at=Place(ALLOCATION.key),
        stored=format_exact(stated),
        computed=format_exact(computed),
        fix=Fix(say(_("Allocate the difference, or mend the budget."))),
    )


@rule(
    "K-PLN-08",
    clause="002 9.1(2), 9.1(3)2",
    severity=BLOCK,
    title=_("Goals for sales, market share and brand awareness"),
    sentence=_(
        "A marketing plan and a budget of a period set goals for sales, market share and brand awareness for their period."
    ),
)
def usual_goals_are_set(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """Sales, market share and brand awareness each have a goal with a value for the plan's own period."""
    if ctx.kind not in MEASURED:
        return
    for preset in PRESETS:
        goals = [goal for goal in ctx.goals if goal.dimension == preset.dimension]
        if not any(getattr(goal, ctx.period.column) is not None for goal in goals):
            yield failed(
                say(
                    _("No goal for {dimension} in {period}."), dimension=preset.label, period=str(ctx.period)
                ),
                at=[Place(GOALS.key, ctx.goals.index(goal), ctx.period.column) for goal in goals],
                comment=preset.dimension,
                fix=Fix(say(_("Take the usual goals over, and set their values."))),
            )


@rule(
    "K-PLN-09",
    clause="002 9.1(2)",
    severity=WARN,
    title=_("Goals by year, quarter and month"),
    sentence=_(
        "The goals for sales, market share and brand awareness have a value for every quarter and month; gaps are shown."
    ),
)
def goals_reach_down(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """Each of these goals says what is to be reached in each quarter and month of the plan; what is empty is listed."""
    if ctx.kind not in MEASURED:
        return
    for n, goal in enumerate(ctx.goals):
        if goal.dimension not in {preset.dimension for preset in PRESETS}:
            continue
        empty = [key for key in _columns_below(ctx) if getattr(goal, key) is None]
        if empty:
            yield failed(
                say(
                    _("The goal “{metric}” has no value for: {columns}."),
                    metric=goal.metric,
                    columns=joined(label_of(GOALS.by_key[key].label) for key in empty),
                ),
                at=[Place(GOALS.key, n, key) for key in empty],
                comment=goal.metric,
            )


def _columns_below(ctx: PlanFacts) -> list[str]:
    """The quarters and months that lie in the period of the plan, without the period itself."""
    if ctx.period.month:
        return []
    quarters = [] if ctx.period.quarter else [f"q{n}" for n in ctx.period.quarters]
    months = [month for quarter in ctx.period.quarters for month in months_of(quarter)]
    return [*quarters, *(f"m{n}" for n in months)]


@rule(
    "K-PLN-10",
    clause="002 9.1(3)2, 2.1",
    severity=WARN,
    title=_("Sales goals go to teams and people"),
    sentence=_("A sales goal is broken down to teams and to the people in them."),
)
def sales_are_shared(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """A goal for sales has shares of teams and of people."""
    if ctx.kind not in MEASURED:
        return
    for n, goal in enumerate(ctx.goals):
        if goal.dimension == SHARED_DIMENSION and (lack := _unshared(ctx, goal)):
            yield failed(
                say(_("The goal “{metric}” is not broken down to {whom}."), metric=goal.metric, whom=lack),
                at=Place(GOALS.key, n, "metric"),
                comment=goal.metric,
            )


def _unshared(ctx: PlanFacts, goal: GoalRow) -> Say | None:
    own = [share for share in ctx.shares if share.metric == goal.metric and share.value is not None]
    if not any(share.team for share in own):
        return say(_("teams"))
    return None if any(share.owner for share in own) else say(_("the people in them"))


@rule(
    "K-PLN-11",
    clause="002 9.1(2)",
    severity=BLOCK,
    title=_("Activities of a budget are complete"),
    sentence=_(
        "Every activity of a budget says its time, place, participants, cost, expected effect and how likely that is."
    ),
)
def activities_are_told(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """In a budget of a period each activity has everything that 002 9.1(2) asks for."""
    if not ctx.document.is_budget:
        return
    for node in ctx.leaves:
        if missing := node.row.lacking(ACTIVITY_COLUMNS):
            columns = joined(label_of(ITEMS.by_key[key].label) for key in missing)
            yield failed(
                say(_("Activity {code} lacks: {columns}."), code=node.row.code, columns=columns),
                at=[Place(ITEMS.key, node.place, key) for key in missing],
                comment=node.row.code,
            )


@rule(
    "K-PLN-12",
    clause="002 9.1(4)3-4",
    severity=BLOCK,
    title=_("The last execution is cited"),
    sentence=_(
        "A budget of a period cites the last analysis of execution of its unit and departments, where there is one."
    ),
)
def last_execution_is_cited(ctx: PlanFacts, p: Params) -> Verdict:
    """What the last analyses of execution teach goes into the next budget: it cites them (BUD-24)."""
    if not ctx.uncited:
        return passed()
    return failed(
        say(_("Not cited yet: {analyses}."), analyses=joined(ctx.uncited)),
        at=Place("plan_parts"),
        fix=Fix(say(_("Read the analysis, and cite it."))),
        count=len(ctx.uncited),
    )


@rule(
    "K-PLN-13",
    clause="002 §9",
    severity=BLOCK,
    title=_("Risks to the budget are answered"),
    sentence=_(
        "Every risk to budget and cost says how likely it is, what it costs, the response, a cheaper alternative with its"
        " saving, the owner and the day of its review."
    ),
)
def risks_are_answered(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """A risk of the register is complete; a cheaper alternative and its saving come together."""
    for n, risk in enumerate(ctx.risks):
        missing = [key for key in RISK_COLUMNS if getattr(risk, key) in (None, "")]
        missing += ["saving"] if risk.alternative and risk.saving is None else []
        missing += ["alternative"] if risk.saving is not None and not risk.alternative else []
        if missing:
            columns = joined(label_of(RISKS.by_key[key].label) for key in missing)
            yield failed(
                say(_("The risk “{risk}” lacks: {columns}."), risk=risk.title, columns=columns),
                at=[Place(RISKS.key, n, key) for key in missing],
                comment=risk.title,
            )
    if ctx.document.is_budget and ctx.risks and not any(risk.alternative for risk in ctx.risks):
        yield failed(
            say(_("No risk names a cheaper alternative.")), at=Place(RISKS.key), comment="alternative"
        )


@rule(
    "K-PLN-14",
    clause="002 3.1(7), §3",
    severity=REMIND,
    params={"days": 30},
    assumed=("days",),
    title=_("Plans in force are reviewed"),
    sentence=_(
        "The monitor of a plan in force is reviewed at least every {days} days, with a note and the next day."
    ),
    bounds={"days": Bound(_("Days between two reviews"), unit=_("days"), at_least=7, at_most=120)},
)
def plan_is_reviewed(ctx: Watch, p: Params) -> Verdict:
    """Whoever answers for a plan looks through its monitor at intervals (PLN-10)."""
    return ctx.judged(p.days, _("The monitor of “{plan}” was to be reviewed by {day}."))


@rule(
    "K-PLN-15",
    clause="002 §8",
    severity=REMIND,
    params={"days": 30},
    assumed=("days",),
    title=_("Dedicated money is supervised"),
    sentence=_(
        "The use of money dedicated to advertising and public relations is looked at every {days} days, by somebody who"
        " does not use it."
    ),
    bounds={"days": Bound(_("Days between two looks"), unit=_("days"), at_least=7, at_most=120)},
)
def dedicated_money_is_supervised(ctx: Watch, p: Params) -> Verdict:
    """Somebody apart from those who spend it looks at dedicated money at intervals (BUD-27)."""
    return ctx.judged(p.days, _("The dedicated money of “{plan}” was to be looked at by {day}."))


SENDING: list[Rule[Any]] = [
    allocation_adds_up,
    usual_goals_are_set,
    activities_are_told,
    last_execution_is_cited,
    risks_are_answered,
]
ALL: list[Rule[Any]] = [*SENDING, goals_reach_down, sales_are_shared]
