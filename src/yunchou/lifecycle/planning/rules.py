"""Rules on plans: what they contain, whether their goals and money add up, when they are due, how they are broken down."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, Rule, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Fix, Place, Verdict, failed, passed
from yunchou.kernel.sheets.values import decimal_text
from yunchou.kernel.ui.formats import signed

from . import limit_rules, oversight_rules
from .documents import YEARLY, Kind
from .facts import Breakdown, DeadlineFacts, PlanFacts, joined, label_of, missing_from, told
from .periods import QUARTERS, Period
from .sums import gaps, share_gaps
from .tables import GOALS, HEAD, ITEMS, PARTS, SHARES, SMART
from .trees import walk


def _month(label: str) -> Bound:
    return Bound(label, unit=_("month"), at_least=1, at_most=12)


def _day(label: str) -> Bound:
    return Bound(label, unit=_("day of the month"), at_least=1, at_most=31)


def day_in(year: int, month: int, day: int) -> date:
    """The day of a month, or its last day where the month is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


@rule(
    "R-PLN-01",
    clause="001 §5 ¶1-¶2",
    severity=REMIND,
    params={"due_month": 12, "due_day": 31, "remind_month": 11, "remind_day": 1},
    assumed=("due_month", "due_day", "remind_month", "remind_day"),
    title=_("Year plans in time"),
    sentence=_(
        "The year plans of the group and of the regions are approved by {due_month}/{due_day} of the year before; reminders"
        " begin on {remind_month}/{remind_day}."
    ),
    bounds={
        "due_month": _month(_("Month of the deadline")),
        "due_day": _day(_("Day of the deadline")),
        "remind_month": _month(_("Month of the first reminder")),
        "remind_day": _day(_("Day of the first reminder")),
    },
)
def year_plans_are_in_time(ctx: DeadlineFacts, p: Params) -> Verdict:
    """Every year-end the group and each region have an approved plan for the next year."""
    if ctx.kind not in YEARLY:
        return passed()
    return _in_time(ctx, due_on(ctx.kind, ctx.year, p))


@rule(
    "R-PLN-02",
    clause="000 §4",
    severity=REMIND,
    params={"due_month": 1, "due_day": 31, "remind_month": 1, "remind_day": 1},
    assumed=("due_month", "due_day", "remind_month", "remind_day"),
    title=_("Targeted plan in time"),
    sentence=_(
        "At the start of each year a targeted-activity plan is approved by {due_month}/{due_day}; reminders begin on"
        " {remind_month}/{remind_day}."
    ),
    bounds={
        "due_month": _month(_("Month of the deadline")),
        "due_day": _day(_("Day of the deadline")),
        "remind_month": _month(_("Month of the first reminder")),
        "remind_day": _day(_("Day of the first reminder")),
    },
)
def targeted_plan_is_in_time(ctx: DeadlineFacts, p: Params) -> Verdict:
    """At the start of each year the targeted-activity plan of the year exists and is approved."""
    if ctx.kind != Kind.TARGETED:
        return passed()
    return _in_time(ctx, due_on(ctx.kind, ctx.year, p))


@rule(
    "R-APR-12",
    clause="002 9.3(1), 9.1(3)6",
    severity=REMIND,
    params={"due_day": 10, "remind_days": 20},
    assumed=("due_day", "remind_days"),
    title=_("Expense targets in time"),
    sentence=_(
        "The marketing expense targets of a year and of each quarter are reported to top management and approved by day"
        " {due_day} of the period, reminders begin {remind_days} days before; nothing of them is spent before."
    ),
    bounds={
        "due_day": _day(_("Day of the period by which they are approved")),
        "remind_days": Bound(_("Days of the first reminder before it"), at_least=1, at_most=90),
    },
)
def expense_targets_are_in_time(ctx: DeadlineFacts, p: Params) -> Verdict:
    """At the start of the year and of each quarter top management has approved its marketing expense targets (BUD-11).

    For a period that is over nobody sets targets any more.
    """
    if ctx.kind != Kind.BUDGET or ctx.today > ctx.period.last:
        return passed()
    return _in_time(ctx, due_on(ctx.kind, ctx.year, p, ctx.quarter))


def due_on(kind: str, year: int, p: Params, quarter: int | None = None) -> date:
    """By when the plan of a period is due: year plans in the year before, all others in the period itself."""
    if kind == Kind.BUDGET:
        first = Period(year, quarter).first
        return day_in(first.year, first.month, p.due_day)
    return day_in(year - 1 if kind in YEARLY else year, p.due_month, p.due_day)


def reminded_on(kind: str, year: int, p: Params, quarter: int | None = None) -> date:
    """From when the unit is reminded; never after the deadline itself."""
    if kind == Kind.BUDGET:
        return due_on(kind, year, p, quarter) - timedelta(days=p.remind_days)
    day = day_in(year - 1 if kind in YEARLY else year, p.remind_month, p.remind_day)
    return min(day, due_on(kind, year, p))


def _in_time(ctx: DeadlineFacts, due: date) -> Verdict:
    if ctx.is_approved or ctx.today <= due:
        return passed()
    return failed(
        say(
            _("{unit}: the {kind} {year} was due on {day}."),
            unit=ctx.unit,
            kind=label_of(ctx.kind),
            year=str(ctx.period),
            day=due.isoformat(),
        ),
        days=(ctx.today - due).days,
    )


@rule(
    "R-PLN-03",
    clause="001 §5 ¶1; 002 3.1",
    severity=BLOCK,
    title=_("Mandatory parts of a plan"),
    sentence=_(
        "A plan is sent only with every mandatory part filled in, and a marketing plan only with its research attached."
    ),
)
def parts_are_complete(ctx: PlanFacts, p: Params) -> Verdict:
    """A plan is only sent with every mandatory part filled in, and a marketing plan only with its research attached."""
    found = missing_from(ctx)
    if not found:
        return passed()
    places = {row.part: n for n, row in reversed(list(enumerate(ctx.parts))) if not row.text.strip()}
    at = [Place(PARTS.key, places[one.part], "text") for one in found if one.part in places]  # type: ignore[index]
    return failed(
        say(
            _("{count} mandatory entries are empty: {what}."),
            count=len(found),
            what=joined(one.what for one in found),
        ),
        at=tuple(dict.fromkeys(at)),
        fix=Fix(say(_("Fill in what is listed."))),
        count=len(found),
    )


@rule(
    "R-PLN-04",
    clause="002 9.1",
    severity=WARN,
    params={"tolerance": Decimal("0")},
    assumed=("tolerance",),
    title=_("Goals add up"),
    sentence=_(
        "Months add up to the quarter and quarters to the year; a difference of more than {tolerance} is shown."
    ),
    bounds={"tolerance": Bound(_("Difference that is let pass"), at_least=0, at_most=1_000_000)},
)
def goals_add_up(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """Of a measure that adds up, the months make the quarter and the quarters the year; a difference is shown and stays."""
    for n, goal in enumerate(ctx.goals):
        for gap in gaps(goal, p.tolerance):
            at = Place(GOALS.key, n, gap.column)
            stated, computed = told(gap.stated, goal.unit), told(gap.computed, goal.unit)
            yield failed(
                say(
                    _("{metric}, {period}: stated {stated}, its parts add up to {computed} ({difference})."),
                    metric=goal.metric,
                    period=label_of(GOALS.by_key[gap.column].label),
                    stated=stated,
                    computed=computed,
                    difference=signed(gap.difference),
                ),
                at=at,
                stored=decimal_text(gap.stated),
                computed=decimal_text(gap.computed),
                fix=Fix(say(_("Set it to {value}, or mend its parts."), value=computed), {at: gap.computed}),
            )


@rule(
    "R-PLN-05",
    clause="001 §5 ¶3",
    severity=REMIND,
    params={"working_days": 10},
    assumed=("working_days",),
    title=_("Breakdown of the regional plan"),
    sentence=_(
        "Within {working_days} working days after its approval a regional plan is broken down into quarter plans and project"
        " plans."
    ),
    bounds={"working_days": Bound(_("Working days"), at_least=1, at_most=250)},
)
def plan_is_broken_down(ctx: Breakdown, p: Params) -> Verdict:
    """An approved regional plan has a plan for each quarter and each project, with every item complete."""
    if ctx.is_whole:
        return passed()
    missing: list[Say | str] = [
        say(_("plan of quarter {quarter}"), quarter=quarter) for quarter in ctx.quarters
    ]
    missing += [say(_("plan of the project {project}"), project=project) for project in ctx.projects]
    missing += [say(_("items of “{plan}”"), plan=plan) for plan in ctx.empty]
    missing += [say(_("a quarter for item {item}"), item=item) for item in ctx.unplaced[:5]]
    missing += [say(_("item {item} complete"), item=item) for item in ctx.incomplete[:5]]
    return failed(say(_("The breakdown still lacks: {what}."), what=joined(missing)), count=len(missing))


@rule(
    "K-PLN-01",
    clause="002 9.1(3)2, 2.1",
    severity=WARN,
    title=_("Shares add up to the goal"),
    sentence=_(
        "What a goal is broken down into for teams and persons adds up to the goal; a difference is shown."
    ),
)
def shares_add_up(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """The shares of teams make the goal, and those of people their team's; a difference is shown and stays."""
    for gap in share_gaps(ctx.goals, ctx.shares):
        places = [
            Place(SHARES.key, n, "value")
            for n, share in enumerate(ctx.shares)
            if share.metric == gap.metric and (not gap.team or share.team == gap.team)
        ]
        stated, computed = told(gap.stated), told(gap.computed)
        yield failed(
            say(
                _("{metric} {team}: {stated} is to be reached, the shares add up to {computed}."),
                metric=gap.metric,
                team=gap.team,
                stated=stated,
                computed=computed,
            ),
            at=places[:1],
            stored=stated,
            computed=computed,
        )


@rule(
    "K-PLN-02",
    clause="004 二(一); 002 3.2(1)",
    severity=BLOCK,
    title=_("Goals of a plan are SMART"),
    sentence=_("Every goal of a plan is specific, measurable, attainable, relevant and has a deadline."),
)
def goals_are_smart(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """A goal has metric, number, source, owner and day, and somebody has confirmed that it is specific, attainable, relevant."""
    for n, goal in enumerate(ctx.goals):
        empty = [key for key in ("source", "owner", "due_on") if not getattr(goal, key)]
        empty += [] if goal.target is not None else [ctx.period.column]
        empty += [] if set(goal.confirmed) >= set(SMART.values()) else ["confirmed"]
        if empty:
            columns = joined(label_of(GOALS.by_key[key].label) for key in empty)
            yield failed(
                say(_("The goal “{metric}” lacks: {columns}."), metric=goal.metric, columns=columns),
                at=[Place(GOALS.key, n, key) for key in empty],
                comment=goal.metric,
            )


@rule(
    "K-PLN-03",
    clause="001 §5 ¶3",
    severity=BLOCK,
    title=_("Items are complete"),
    sentence=_("Every item that is not broken down further has type, theme, period, goal, budget and owner."),
)
def leaves_are_complete(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """In a plan that is carried out by its items each of them has type, theme, period, goal, budget and owner."""
    if not ctx.document.leaves_complete:
        return
    for node in ctx.leaves:
        if missing := node.row.missing:
            columns = joined(label_of(ITEMS.by_key[key].label) for key in missing)
            yield failed(
                say(_("Item {code} lacks: {columns}."), code=node.row.code, columns=columns),
                at=[Place(ITEMS.key, node.place, key) for key in missing],
                comment=node.row.code,
            )


@rule(
    "K-PLN-04",
    clause="001 §5 ¶1, ¶3",
    severity=WARN,
    title=_("Items add up to the budget"),
    sentence=_("The items of a plan add up to its budget; a difference is shown."),
)
def money_adds_up(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """The items below another make its amount, and all of them the budget of the plan; a difference is shown and stays."""
    for node in walk(ctx.tree):
        if node.difference and node.below is not None and node.row.budget is not None:
            at = Place(ITEMS.key, node.place, "budget")
            yield failed(
                say(
                    _("Item {code}: ¥{stated} is planned, the items below it add up to ¥{computed}."),
                    code=node.row.code,
                    stated=format_yuan(node.row.budget),
                    computed=format_yuan(node.below),
                ),
                at=at,
                stored=format_yuan(node.row.budget),
                computed=format_yuan(node.below),
                fix=Fix(say(_("Set it to ¥{value}."), value=format_yuan(node.below)), {at: node.below}),
            )
    if ctx.items and ctx.head.budget is not None and ctx.items_total != ctx.head.budget:
        yield failed(
            say(
                _("The plan has ¥{stated}, its items add up to ¥{computed}."),
                stated=format_yuan(ctx.head.budget),
                computed=format_yuan(ctx.items_total),
            ),
            at=Place(HEAD.key, 0, "budget"),
            stored=format_yuan(ctx.head.budget),
            computed=format_yuan(ctx.items_total),
        )


@rule(
    "K-PLN-05",
    clause="001 §5 ¶2",
    severity=BLOCK,
    title=_("Plans hang together"),
    sentence=_("A plan is linked to the plan that it details."),
)
def plan_is_linked(ctx: PlanFacts, p: Params) -> Verdict:
    """A regional plan is linked to the plan of the group, and what breaks a plan down to the plan it breaks down."""
    if ctx.is_linked or not ctx.document.is_linked:
        return passed()
    return failed(say(_("Link the plan to the one above it.")), fix=Fix(say(_("Choose the plan above."))))


@rule(
    "K-PLN-06",
    clause="002 3.1(2); 004 二(一)",
    severity=REMIND,
    title=_("Goals serve the strategy"),
    sentence=_(
        "Every goal of a plan serves a strategic goal of the company; those that serve none are listed."
    ),
)
def goals_serve_the_strategy(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """Each goal names the strategic goal of the company that it serves; those that do not are listed."""
    for n, goal in enumerate(ctx.goals):
        if not goal.strategy:
            yield failed(
                say(_("The goal “{metric}” serves no strategic goal."), metric=goal.metric),
                at=Place(GOALS.key, n, "strategy"),
                comment=goal.metric,
            )


SENDING: list[Rule[Any]] = [
    parts_are_complete,
    plan_is_linked,
    goals_are_smart,
    leaves_are_complete,
    *limit_rules.SENDING,
    *oversight_rules.SENDING,
]
"""What stops a plan from being sent."""
ALL: list[Rule[Any]] = [
    *SENDING,
    goals_add_up,
    shares_add_up,
    money_adds_up,
    goals_serve_the_strategy,
    *(rule for rule in (*limit_rules.ALL, *oversight_rules.ALL) if rule not in SENDING),
]
DEADLINES: dict[Kind, Rule[Any]] = {
    Kind.GROUP: year_plans_are_in_time,
    Kind.REGION: year_plans_are_in_time,
    Kind.TARGETED: targeted_plan_is_in_time,
    Kind.BUDGET: expense_targets_are_in_time,
}
"""The rule that says by when a unit owes a plan of a kind."""
IN_TIME: list[Rule[Any]] = [year_plans_are_in_time, targeted_plan_is_in_time, expense_targets_are_in_time]
PERIODS: dict[Kind, tuple[int | None, ...]] = {Kind.BUDGET: (None, *QUARTERS)}
"""The periods of a year for which a plan is owed: of most kinds the year (None), of budgets its quarters too."""


def periods_owed(kind: Kind) -> tuple[int | None, ...]:
    return PERIODS.get(kind, (None,))
