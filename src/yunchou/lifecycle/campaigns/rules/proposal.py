"""Rules on what a proposal must contain, and on what kind of campaign it makes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, NEED_APPROVAL, Fix, Place, Verdict, failed, passed
from yunchou.kernel.sheets.values import DueRule

from ..tables import MODULES, GoalRow

if TYPE_CHECKING:
    from ..facts import CampaignFacts


@rule(
    "R-TYP-01",
    clause="001 §3.2",
    severity=NEED_APPROVAL,
    params={"people": 300, "cost": Decimal("100000.00"), "match": "any"},
    title=_("Large event"),
    sentence=_(
        "A campaign is large with more than {people} people, more than {cost}, company-level coordination"
        " or direct brand relation; these count: {match}. Large events take the route with the group's "
        "approval."
    ),
    bounds={
        "people": Bound(_("People, more than"), unit=_("people"), at_least=1, at_most=1_000_000),
        "cost": Bound(_("Cost, more than"), unit=YUAN, at_least=1, at_most=1_000_000_000),
        "match": Bound(
            _("How the criteria count"),
            choices={
                "any": _("any one"),
                "all_then_brand": _("the first three together, or brand relation alone"),
            },
        ),
    },
)
def is_large(ctx: CampaignFacts, p: Params) -> Verdict:
    """A campaign is large with more than 300 people, more than 100,000 yuan, company-level coordination or brand relation.

    The limits themselves are not large ("strictly more"). Campaigns that are like it and begin around it count with their
    cost (K-SPL-01). `match="all_then_brand"` is the narrow reading of X-02: all of
    the first three, or brand relation alone. The verdict fails when the campaign is large, and names the criteria met.
    """
    met: dict[str, Say] = {}
    if (people := ctx.expected_people or 0) > p.people:
        met["people"] = say(_("{people} people, more than {limit}"), people=people, limit=p.people)
    limit = format_exact(p.cost)
    if (cost := ctx.taxed_cost) > p.cost:
        met["cost"] = say(_("¥{cost}, more than ¥{limit}"), cost=format_exact(cost), limit=limit)
    elif (joint := ctx.joint_cost) > p.cost:
        words = _("¥{cost} together with campaigns like it, more than ¥{limit}")
        met["joint"] = say(words, cost=format_exact(joint), limit=limit)
    if ctx.is_cross_department:
        met["coordination"] = say(_("company-level coordination of departments"))
    brand = ctx.is_brand_related
    large = brand or (len(met) == 3 if p.match == "all_then_brand" else bool(met))
    if brand:
        met["brand"] = say(_("directly brand-related"))
    if not large:
        return passed(say(_("Not a large event")), people=people, cost=str(cost))
    reason = say(_("Large event: {criteria}"), criteria=_joined(list(met.values())))
    return failed(reason, criteria=",".join(met), people=people, cost=str(cost))


def _joined(parts: list[Say]) -> Say:
    """One sentence part from several, so that each is translated on its own."""
    joined = parts[0]
    for part in parts[1:]:
        joined = say(_("{first}; {second}"), first=joined, second=part)
    return joined


@rule(
    "R-TYP-02",
    clause="001 §5 ¶6",
    severity=BLOCK,
    title=_("Out of plan is justified"),
    sentence=_(
        "A campaign without an item of an approved plan is out of plan and must say which local need it "
        "serves."
    ),
)
def is_justified_outside_plan(ctx: CampaignFacts, p: Params) -> Verdict:
    """A campaign without an item of an approved plan is out of plan and must say which local need it serves."""
    if ctx.plan_item:
        return passed(say(_("In the plan: {item}"), item=ctx.plan_item))
    if ctx.out_of_plan_reason.strip():
        return passed(say(_("Out of plan, justified")), out_of_plan=True)
    return failed(
        say(_("Not linked to a plan item, and no reason is given.")),
        at=Place("overview", 0, "out_of_plan_reason"),
        fix=Fix(say(_("Name the plan item, or the local development, sales, service or community need."))),
        out_of_plan=True,
    )


@rule(
    "R-GOA-01",
    clause="004 二(一)",
    severity=BLOCK,
    params={"criteria": 5},
    title=_("Goals are SMART"),
    sentence=_(
        "A goal nobody can measure cannot be reached: indicator, number, source, owner and deadline must "
        "be there, and all {criteria} SMART criteria be met."
    ),
    bounds={
        "criteria": Bound(_("Number of criteria"), is_fixed=True),
    },
)
def goals_are_smart(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A goal nobody can measure cannot be reached: indicator, number, source, owner and deadline must be there."""
    if not ctx.goals:
        yield failed(
            say(_("There is no goal.")),
            at=Place("goals"),
            fix=Fix(say(_("Add at least one goal with indicator, target, source, owner and deadline."))),
        )
    for position, goal in enumerate(ctx.goals):
        if missing := missing_parts(goal):
            words = [word for _key, word in missing]
            yield failed(
                say(_("Goal “{goal}” lacks {parts}."), goal=goal.dimension, parts=_joined(words)),
                at=[Place("goals", position, key) for key, _word in missing],
                fix=Fix(say(_("Fill in {parts}."), parts=_joined(words))),
                missing=",".join(key for key, _word in missing),
            )
    for position, boxes in enumerate(ctx.unconfirmed or ()):
        if boxes:
            words = [say(SMART[box]) for box in boxes]
            yield failed(
                say(
                    _("Nobody has confirmed that the goal “{goal}” is {boxes}."),
                    goal=ctx.goals[position].dimension,
                    boxes=_joined(words),
                ),
                at=Place("goals", position, "description"),
                fix=Fix(say(_("Tick the boxes under the goal, or word it anew."))),
                missing=",".join(boxes),
            )


SMART = {"is_specific": _("specific"), "is_attainable": _("attainable"), "is_relevant": _("relevant")}


def missing_parts(goal: GoalRow) -> list[tuple[str, Say]]:
    """The parts of a goal that are not there, by column and in words. A target may name its indicator itself."""
    is_named = bool(goal.targets) and all(target.label for target in goal.targets)
    wanted = {
        "metrics": (bool(goal.metrics) or is_named, say(_("an indicator"))),
        "targets": (
            bool(goal.targets) and all(t.value is not None for t in goal.targets),
            say(_("a target number")),
        ),
        "data_sources": (bool(goal.data_sources), say(_("a data source"))),
        "owner": (goal.owner is not None, say(_("an owner"))),
        "due": (goal.due is not None, say(_("a deadline"))),
    }
    if goal.metrics and goal.targets and len(goal.targets) != len(goal.metrics):
        wanted["targets"] = (False, say(_("a target number for each indicator")))
    return [(key, words) for key, (there, words) in wanted.items() if not there]


@rule(
    "R-GOA-02",
    clause="004 二(一)",
    severity=BLOCK,
    params={"leads": 1, "brand": 3, "sales": 5},
    title=_("Deadlines follow the end"),
    sentence=_(
        "A deadline of n working days after the end moves with it; usual are {leads} for leads, {brand} "
        "for brand and {sales} for sales."
    ),
    bounds={
        "leads": Bound(_("Goals on leads"), unit=_("working days"), is_fixed=True),
        "brand": Bound(_("Goals on the brand"), unit=_("working days"), is_fixed=True),
        "sales": Bound(_("Goals on sales"), unit=_("working days"), is_fixed=True),
    },
)
def deadlines_follow_the_end(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A deadline of n working days after the end is the n-th working day after the end date, and moves with it."""
    for position, goal in enumerate(ctx.goals):
        if not isinstance(goal.due, DueRule):
            continue
        days = goal.due.after_end_working_days
        if ctx.end_on is None:
            yield failed(
                say(
                    _("The deadline of “{goal}” follows the end, and the end is not set."),
                    goal=goal.dimension,
                ),
                at=[Place("goals", position, "due"), Place("overview", 0, "end_on")],
                fix=Fix(say(_("Set the end date."))),
            )
            continue
        due = ctx.working_day_after_end(days)
        yield passed(
            say(_("“{goal}” is due on {due}"), goal=goal.dimension, due=due.isoformat()),
            due=due.isoformat(),
            days=days,
        )


@rule(
    "R-CRE-01",
    clause="004 二(二)",
    severity=BLOCK,
    params={"alternatives": 1},
    title=_("Creative plan is complete"),
    sentence=_(
        "The creative plan has its four modules, each with at least {alternatives} alternative; phases "
        "neither overlap nor leave the campaign."
    ),
    bounds={
        "alternatives": Bound(_("Alternatives"), is_fixed=True),
    },
)
def creative_plan_is_complete(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """The creative plan has its four modules, each with an alternative; phases neither overlap nor leave the campaign."""
    if not ctx.needs_creative_plan:
        return
    there = {row.module for row in ctx.modules}
    for module in MODULES:
        if module not in there:
            yield failed(
                say(_("The module “{module}” is missing."), module=module),
                at=Place("creative"),
                fix=Fix(say(_("Add a row “{module}”."), module=module)),
                module=module,
            )
    for position, row in enumerate(ctx.modules):
        if not row.alternative.strip():
            yield failed(
                say(_("The module “{module}” has no alternative."), module=row.module),
                at=Place("creative", position, "alternative"),
                fix=Fix(say(_("Write one alternative for “{module}”."), module=row.module)),
                module=row.module,
            )
    yield from _phases_fit(ctx)


def _phases_fit(ctx: CampaignFacts) -> Iterator[Verdict]:
    at = Place("creative", ctx.content_plan_position, "content")
    for phase in ctx.phases:
        if phase.end_on < phase.start_on:
            yield failed(say(_("Phase “{phase}” ends before it starts."), phase=phase.name), at=at)
        if _outside(phase.start_on, phase.end_on, ctx.start_on, ctx.end_on):
            yield failed(
                say(
                    _("Phase “{phase}” ({start} — {end}) leaves the campaign."),
                    phase=phase.name,
                    start=phase.start_on.isoformat(),
                    end=phase.end_on.isoformat(),
                ),
                at=at,
                fix=Fix(
                    say(_("Keep it within {start} — {end}."), start=str(ctx.start_on), end=str(ctx.end_on))
                ),
            )
    for one, other in pairwise(sorted(ctx.phases, key=lambda phase: phase.start_on)):
        if other.start_on <= one.end_on:
            yield failed(
                say(_("Phases “{one}” and “{other}” overlap."), one=one.name, other=other.name),
                at=at,
                fix=Fix(say(_("Start “{other}” after {end}."), other=other.name, end=one.end_on.isoformat())),
            )


def _outside(start: date, end: date, first: date | None, last: date | None) -> bool:
    return bool((first and start < first) or (last and end > last))
