"""Rules on how far a plan may go: no share above the whole, no money above what the plan above has or below what is used."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO, format_yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, Rule, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed

from .facts import PlanFacts, label_of, told
from .tables import GOALS, HEAD, ITEMS, MONTH_COLUMNS, PRESETS, QUARTER_COLUMNS


@rule(
    "K-PLN-16",
    clause="002 9.1(2)",
    severity=BLOCK,
    params={"most": Decimal("100")},
    title=_("A share is part of a whole"),
    sentence=_("A goal for market share or brand awareness in percent is no more than {most}."),
    bounds={"most": Bound(_("Highest share"), unit=PERCENT, at_least=1, at_most=100)},
)
def shares_are_of_a_whole(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """Nobody has more than the whole market: neither the year nor a quarter or month sets more than 100 %."""
    dimensions = {preset.dimension for preset in PRESETS if preset.unit == "%"}
    for n, goal in enumerate(ctx.goals):
        if goal.dimension not in dimensions or goal.unit not in ("%", "％") or goal.is_growth:
            continue
        for key in ("year_value", *QUARTER_COLUMNS, *MONTH_COLUMNS):
            value = getattr(goal, key)
            if value is not None and value > p.most:
                yield failed(
                    say(
                        _("{metric}, {period}: {value}% is more than the whole."),
                        metric=goal.metric,
                        period=label_of(GOALS.by_key[key].label),
                        value=told(value),
                    ),
                    at=Place(GOALS.key, n, key),
                    fix=Fix(say(_("Set it to {value}% at most."), value=told(p.most))),
                    comment=goal.metric,
                )


@rule(
    "K-PLN-17",
    clause="001 §5 ¶2-¶3; 002 9.1(2)",
    severity=WARN,
    title=_("Plans fit the one above them"),
    sentence=_("The plans that break another one down ask for no more than it has; the excess is shown."),
)
def plans_fit_the_one_above(ctx: PlanFacts, p: Params) -> Verdict:
    """With this plan, those of its kind do not ask for more than the plan above has; who decides on it sees by how much."""
    above, own = ctx.above, ctx.head.budget
    if above is None or own is None or (asked := own + above.others) <= above.budget:
        return passed()
    excess, most = asked - above.budget, above.budget - above.others
    fix = (
        say(
            _("Ask for ¥{most} at most, or have “{plan}” changed first."),
            most=format_yuan(most),
            plan=above.name,
        )
        if most > 0
        else say(_("Have “{plan}” changed first."), plan=above.name)
    )
    return failed(
        say(
            _(
                "With this plan ¥{asked} are asked for below “{plan}”, which has ¥{budget}: ¥{excess} too much."
            ),
            asked=format_yuan(asked),
            plan=above.name,
            budget=format_yuan(above.budget),
            excess=format_yuan(excess),
        ),
        at=Place(HEAD.key, 0, "budget"),
        stored=format_yuan(above.budget),
        computed=format_yuan(asked),
        fix=Fix(fix),
    )


@rule(
    "K-PLN-18",
    clause="002 9.1(4)2",
    severity=BLOCK,
    title=_("An item keeps the money in use"),
    sentence=_("A change leaves an item at least what is reserved, committed or spent of it."),
)
def items_keep_what_is_used(ctx: PlanFacts, p: Params) -> Iterator[Verdict]:
    """The budget of an item is not lowered below what campaigns already hold or have spent of it."""
    for n, item in enumerate(ctx.items):
        used = ctx.in_use.get(item.pk or 0, ZERO)
        if used > (item.budget or ZERO):
            at = Place(ITEMS.key, n, "budget")
            yield failed(
                say(
                    _("Item {code}: ¥{used} are reserved, committed or spent, ¥{budget} are planned."),
                    code=item.code,
                    used=format_yuan(used),
                    budget=format_yuan(item.budget or ZERO),
                ),
                at=at,
                stored=format_yuan(item.budget or ZERO),
                computed=format_yuan(used),
                fix=Fix(
                    say(_("Leave it ¥{value}, or free the money first."), value=format_yuan(used)), {at: used}
                ),
                comment=item.code,
            )


SENDING: list[Rule[Any]] = [shares_are_of_a_whole, items_keep_what_is_used]
ALL: list[Rule[Any]] = [*SENDING, plans_fit_the_one_above]
