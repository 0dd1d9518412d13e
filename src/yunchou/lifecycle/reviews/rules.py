"""Rules on evaluation, return on investment and retrospective, judged together with the campaign they close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.goals import is_same_target, plain_name
from yunchou.capabilities.metrics.pace import attainment
from yunchou.kernel.core.money import ZERO, format_exact, format_yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Fix, Place, Verdict, failed, passed
from yunchou.kernel.sheets.values import DueRule, Figure, decimal_text
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.rules.book import judge_too
from yunchou.lifecycle.campaigns.tables import GoalRow

from .fourfold import Fourfold, is_evaluated_on_four, part_of
from .tables import ACTIONS, PROBLEMS, SUCCESSES, EvaluationRow, RetroRow, RoiRow

TWO_PLACES = Decimal("0.01")


def return_on_investment(gain: Decimal | None, cost: Decimal | None) -> Decimal | None:
    """(gain - cost) / cost in percent with two places; None where the cost is nothing or unknown (R-EVA-01)."""
    if gain is None or not cost:
        return None
    return ((gain - cost) * 100 / cost).quantize(TWO_PLACES, ROUND_HALF_UP)


def _roi(ctx: CampaignFacts) -> RoiRow | None:
    return next(iter(ctx.dossier.rows(RoiRow)), None)


def _evaluations(ctx: CampaignFacts) -> tuple[EvaluationRow, ...]:
    return ctx.dossier.rows(EvaluationRow)


def actual_cost(ctx: CampaignFacts) -> Decimal | None:
    """What was really spent, in yuan: the sum of the booked lines; None while nothing is booked."""
    booked = [line.actual for line in ctx.lines if line.actual is not None]
    return sum(booked, ZERO) if booked else None


@rule(
    "R-EVA-01",
    clause="004 五(一)",
    severity=WARN,
    title=_("ROI is sound"),
    sentence=_(
        "ROI is incremental gain minus actual cost, over actual cost; provisional while the cost is a "
        "budget or the gain gross sales."
    ),
)
def roi_is_sound(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """ROI is (incremental gain - actual cost) / actual cost; provisional while the cost is a budget or the gain gross sales."""
    roi = _roi(ctx)
    if roi is None or (roi.cost_yuan is None and roi.gain_yuan is None):
        return
    result = return_on_investment(roi.gain_yuan, roi.cost_yuan)
    if result is None:
        yield failed(
            say(_("ROI cannot be computed: the cost is nothing or unknown.")),
            at=Place("roi", 0, "cost"),
            fix=Fix(say(_("Book the actual cost."))),
        )
        return
    yield from _stated_result(roi, result)
    yield from _cost_is_actual(ctx, roi, result)
    yield from _gain_is_incremental(ctx, roi)


def _stated_result(roi: RoiRow, result: Decimal) -> Iterator[Verdict]:
    stated = roi.result.value if roi.result else None
    if stated is None or abs(stated - result) < 1:
        yield passed(say(_("ROI {result}%"), result=str(result)), result=str(result))
        return
    yield failed(
        say(
            _("ROI is stated as {stated}%, its inputs give {result}%."),
            stated=decimal_text(stated),
            result=str(result),
        ),
        at=Place("roi", 0, "result"),
        stored=f"{decimal_text(stated)}%",
        computed=f"{result}%",
        fix=Fix(say(_("Leave it to be computed."))),
    )


def _cost_is_actual(ctx: CampaignFacts, roi: RoiRow, result: Decimal) -> Iterator[Verdict]:
    """A3: the cost is a budget, possibly a wrong one, and nothing was booked."""
    spent = actual_cost(ctx)
    if spent == roi.cost_yuan or roi.cost_yuan is None:
        return
    better = spent if spent is not None else ctx.budget.total
    corrected = return_on_investment(roi.gain_yuan, better)
    with_measures = return_on_investment(roi.gain_yuan, _cost_with_measures(ctx))
    yield failed(
        say(
            _("ROI {result}% rests on a cost of ¥{cost}; booked: {spent}. With the lines' ¥{lines} it is {corrected}%, "
              "with the lines and the added measures in place of the contingency ¥{more}: {measured}%."),
            result=str(result),
            cost=format_yuan(roi.cost_yuan),
            spent=say(_("nothing")) if spent is None else f"¥{format_yuan(spent)}",
            lines=format_yuan(better),
            corrected=str(corrected),
            more=format_yuan(_cost_with_measures(ctx)),
            measured=str(with_measures),
        ),
        at=[Place("roi", 0, "cost"), Place("budget", None, "actual")],
        stored=f"{result}%",
        computed=f"{corrected}%",
        fix=Fix(say(_("Book the actual cost; until then the figure is provisional."))),
        comment="A3",
        corrected=str(corrected),
        with_measures=str(with_measures),
        is_provisional=True,
    )  # fmt: skip


def _cost_with_measures(ctx: CampaignFacts) -> Decimal:
    """The lines without the contingency, with what risks and issues add."""
    risks = sum((risk.extra_amount for risk in ctx.risks), ZERO)
    issues = sum((issue.extra_cost or ZERO for issue in ctx.issues), ZERO)
    return ctx.budget.total - ctx.budget.contingency + risks + issues


def _gain_is_incremental(ctx: CampaignFacts, roi: RoiRow) -> Iterator[Verdict]:
    """A4: the gain is exactly a gross sales target, so it is no gain above a baseline."""
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            if "销售" in name and target.value is not None and target.value == roi.gain_yuan:
                yield failed(
                    say(
                        _(
                            "The gain of ¥{gain} is exactly the target of “{goal}”: gross sales, not a "
                            "gain above a baseline."
                        ),
                        gain=format_yuan(target.value),
                        goal=name,
                    ),
                    at=[Place("roi", 0, "gain"), Place("goals", number, "targets")],
                    stored=format_exact(roi.gain_yuan or ZERO),
                    computed=say_unknown(),
                    fix=Fix(
                        say(
                            _(
                                "State the baseline and the actual sales; until then the figure is "
                                "provisional."
                            )
                        )
                    ),
                    comment="A4",
                    is_provisional=True,
                )


def say_unknown() -> str:
    """How a value that nobody measured is shown beside the stated one."""
    return "—"


@rule(
    "R-EVA-02",
    clause="004 五(一)",
    severity=WARN,
    title=_("Attainments are computed"),
    sentence=_("Attainment of every evaluated indicator is actual over target in percent, with one decimal."),
)
def attainments_are_computed(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """Attainment of every evaluated indicator is actual over target in percent, with one decimal."""
    for position, row in enumerate(_evaluations(ctx)):
        value = attainment(_value(row.actual), _value(row.target))
        stated = _value(row.attainment)
        if value is None:
            continue
        if stated is None or abs(stated - value) <= Decimal("0.5"):
            yield passed(
                say(_("{name}: {value}%"), name=row.indicator, value=str(value)), attainment=str(value)
            )
            continue
        yield failed(
            say(
                _("{name}: stated {stated}%, computed {value}%."),
                name=row.indicator,
                stated=decimal_text(stated),
                value=str(value),
            ),
            at=Place("evaluation", position, "attainment"),
            stored=f"{decimal_text(stated)}%",
            computed=f"{value}%",
            fix=Fix(say(_("Leave it to be computed."))),
        )


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


@rule(
    "K-B5",
    clause="004 四(二)、五(一)",
    severity=WARN,
    title=_("Goals and evaluation match"),
    sentence=_("Every goal is evaluated, and nothing is evaluated that was no goal."),
)
def goals_and_evaluation_match(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """Every goal is evaluated, and nothing is evaluated that was no goal (GOA-09)."""
    rows = _evaluations(ctx)
    if not rows:
        return
    evaluated = {row.indicator_name for row in rows}
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            if plain_name(name) not in evaluated:
                yield failed(
                    say(_("The goal “{goal}” ({target}) is not evaluated."), goal=name, target=str(target)),
                    at=Place("goals", number, "metrics"),
                    stored=str(target),
                    computed=say_unknown(),
                    fix=Fix(say(_("Add an evaluation row with its actual value."))),
                    comment="B5",
                )
    wanted = {plain_name(name): target for goal in ctx.goals for name, target in goal.indicators}
    for position, row in enumerate(rows):
        sought = wanted.get(row.indicator_name)
        if sought is not None and sought.value is not None and not is_same_target(row.target, sought):
            yield _other_target(position, row, sought)
        if sought is None and not is_wanted(ctx, row):
            yield failed(
                say(_("“{indicator}” is evaluated and was no goal."), indicator=row.indicator),
                at=Place("evaluation", position, "indicator"),
                stored=str(row.actual or ""),
                computed=say_unknown(),
                fix=Fix(say(_("Name the goal it belongs to."))),
                comment="B5",
            )
    if ctx.overview.value.strip() and not any(row.indicator_name in ctx.overview.value for row in rows):
        yield failed(
            say(_("The value the campaign promises is not evaluated: {value}"), value=ctx.overview.value),
            at=Place("overview", 0, "value"),
            stored=ctx.overview.value,
            computed=say_unknown(),
            comment="B5",
        )


def _other_target(position: int, row: EvaluationRow, target: Figure) -> Verdict:
    stated = row.target.number if row.target else "—"
    return failed(
        say(
            _("“{indicator}” is evaluated against {stated}, its goal is {target}."),
            indicator=row.indicator,
            stated=stated,
            target=target.number,
        ),
        at=Place("evaluation", position, "target"),
        stored=stated,
        computed=target.number,
        fix=Fix(
            say(_("Evaluate it against the goal: {target}."), target=target.number),
            {Place("evaluation", position, "target"): replace(target, label="")},
        ),
        comment="B5",
    )


def is_wanted(ctx: CampaignFacts, row: EvaluationRow) -> bool:
    """Whether an indicator that is no goal is evaluated with reason: it follows from goals, or the regulation wants it."""
    wanted_by_regulation = is_evaluated_on_four(ctx.overview.kind) and part_of(row) is not None
    return wanted_by_regulation or follows_from_goals(ctx, row)


def follows_from_goals(ctx: CampaignFacts, row: EvaluationRow) -> bool:
    """Whether the target is a count of a goal times a rate of it: 2000 leads at 60% valid make 1200 valid leads."""
    targets = [
        t
        for goal in ctx.goals
        if goal.dimension == row.dimension
        for t in goal.targets
        if t.value is not None
    ]
    counts = [t.value for t in targets if t.unit != "%" and not t.change]
    rates = [t.value for t in targets if t.unit == "%" and not t.change]
    wanted = _value(row.target)
    return wanted is not None and any(
        count * rate / 100 == wanted
        for count in counts
        for rate in rates
        if count is not None and rate is not None
    )


@rule(
    "K-B6",
    clause="004 二(一)、五(一)",
    severity=WARN,
    title=_("One owner from goal to evaluation"),
    sentence=_("Who owns a goal also answers for its evaluation."),
)
def one_owner_from_goal_to_evaluation(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """Who owns a goal also answers for its evaluation."""
    goals = {goal.dimension: (number, goal) for number, goal in enumerate(ctx.goals)}
    for position, row in enumerate(_evaluations(ctx)):
        number, goal = goals.get(row.dimension, (None, None))
        if goal is None or goal.owner is None or row.owner is None or goal.owner == row.owner:
            continue
        yield failed(
            say(
                _("“{dimension}” is {owner}'s as a goal and {other}'s in the evaluation."),
                dimension=row.dimension,
                owner=goal.owner.name,
                other=row.owner.name,
            ),
            at=[Place("goals", number, "owner"), Place("evaluation", position, "owner")],
            stored=goal.owner.name,
            computed=row.owner.name,
            fix=Fix(
                say(_("Let {person} answer for both."), person=goal.owner.name),
                {Place("evaluation", position, "owner"): goal.owner},
            ),
            comment="B6",
        )


@rule(
    "K-B7",
    clause="004 二(一)",
    severity=WARN,
    title=_("Conversion has a base"),
    sentence=_("A conversion rate says of what: of all leads or of the valid ones."),
)
def conversion_has_a_base(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A conversion rate says of what: of all leads or of the valid ones (GOA-08)."""
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            if "转化率" not in name or target.value is None or _names_base(goal):
                continue
            leads, valid = _lead_targets(ctx)
            if leads is None or valid is None:
                continue
            of_all, of_valid = (leads * target.value / 100, valid * target.value / 100)
            yield failed(
                say(
                    _("The base of “{goal}” is not defined: {rate} of {leads} leads are {of_all} orders, "
                      "of {valid} valid leads {of_valid}."),
                    goal=name,
                    rate=f"{decimal_text(target.value)}%",
                    leads=decimal_text(leads),
                    of_all=decimal_text(of_all),
                    valid=decimal_text(valid),
                    of_valid=decimal_text(of_valid),
                ),
                at=Place("goals", number, "targets"),
                stored=f"{decimal_text(target.value)}%",
                computed=f"{decimal_text(of_all)} / {decimal_text(of_valid)}",
                fix=Fix(say(_("Say in the remark whether all leads or the valid ones are the base."))),
                comment="B7",
            )  # fmt: skip


def _names_base(goal: GoalRow) -> bool:
    return any(word in goal.remark for word in ("全部线索", "有效线索", "基数"))


def _lead_targets(ctx: CampaignFacts) -> tuple[Decimal | None, Decimal | None]:
    """The targets for all leads and, through the valid rate, for valid ones."""
    all_leads = rate = None
    for goal in ctx.goals:
        for name, target in goal.indicators:
            if "有效" in name and target.unit == "%":
                rate = target.value
            elif ("线索" in name or "留资" in name) and "率" not in name:
                all_leads = target.value
    valid = all_leads * rate / 100 if all_leads is not None and rate is not None else None
    return all_leads, valid


WINDOW_DAYS = 30


@rule(
    "R-EVA-06",
    clause="004 二(一)、五(一)",
    severity=WARN,
    params={"window_days": WINDOW_DAYS},
    title=_("Conversion is final after its window"),
    sentence=_("A conversion is provisional until {window_days} days after the last lead."),
    bounds={
        "window_days": Bound(_("Conversion window"), unit=_("days"), at_least=0, at_most=365),
    },
)
def conversion_is_final_after_its_window(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A conversion is provisional until its window has run out for the last lead (EVA-11)."""
    if ctx.end_on is None:
        return
    final = ctx.end_on + timedelta(days=p.window_days)
    for number, goal in enumerate(ctx.goals):
        converts = any("转化" in name for name, _target in goal.indicators)
        if not converts or not isinstance(goal.due, DueRule):
            continue
        due = ctx.working_day_after_end(goal.due.after_end_working_days)
        if due >= final:
            continue
        yield failed(
            say(
                _(
                    "“{goal}” is measured on {due}, while leads of the last day may convert until "
                    "{final}: provisional."
                ),
                goal=goal.dimension,
                due=due.isoformat(),
                final=final.isoformat(),
            ),
            at=Place("goals", number, "due"),
            stored=due.isoformat(),
            computed=final.isoformat(),
            fix=Fix(
                say(
                    _("Report a provisional value on {due} and the final one on {final}."),
                    due=due.isoformat(),
                    final=final.isoformat(),
                )
            ),
            comment="B8",
        )


@rule(
    "K-B9",
    clause="004 二(一)、五(二)",
    severity=REMIND,
    title=_("Actions follow the figures"),
    sentence=_(
        "An action that is to improve on the result is not due before the last goal has been measured."
    ),
)
def actions_follow_the_figures(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """An action that is to improve on the result is not due before the last goal has been measured."""
    if ctx.end_on is None:
        return
    dues = {
        ctx.working_day_after_end(goal.due.after_end_working_days): goal.dimension
        for goal in ctx.goals
        if isinstance(goal.due, DueRule)
    }
    if not dues:
        return
    last = max(dues)
    for position, row in enumerate(ctx.dossier.rows(RetroRow)):
        if row.module == ACTIONS and row.due_on and row.due_on < last:
            yield failed(
                say(
                    _("The action is due {due}, before “{goal}” is measured on {last} (end {end})."),
                    due=row.due_on.isoformat(),
                    goal=dues[last],
                    last=last.isoformat(),
                    end=ctx.end_on.isoformat(),
                ),
                at=Place("retrospective", position, "due_on"),
                stored=row.due_on.isoformat(),
                computed=last.isoformat(),
                fix=Fix(
                    say(_("Make it due after {last}."), last=last.isoformat()),
                    {Place("retrospective", position, "due_on"): last},
                ),
                comment="B9",
            )


@rule(
    "R-RET-02",
    clause="004 五(二)",
    severity=BLOCK,
    title=_("Retrospective is complete"),
    sentence=_(
        "A retrospective names successes and problems, a root cause for every indicator below target, and"
        " actions with person, date and measurable effect."
    ),
)
def retrospective_is_complete(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A retrospective names successes and problems, a root cause for every indicator below target, and actions with
    person, date and measurable effect."""
    rows = ctx.dossier.rows(RetroRow)
    for module in (SUCCESSES, PROBLEMS):
        if not any(row.module == module and row.points for row in rows):
            yield failed(
                say(_("The part “{module}” is empty."), module=module),
                at=Place("retrospective"),
                fix=Fix(say(_("Write at least one line under “{module}”."), module=module)),
                module=module,
            )
    yield from _roots(ctx, rows)
    for position, row in enumerate(rows):
        if row.module == ACTIONS:
            yield from _action(position, row)


def _roots(ctx: CampaignFacts, rows: tuple[RetroRow, ...]) -> Iterator[Verdict]:
    told = "".join("".join(row.points) + row.example for row in rows if row.module == PROBLEMS)
    for position, row in enumerate(_evaluations(ctx)):
        value = attainment(_value(row.actual), _value(row.target))
        if value is not None and value < 100 and row.indicator_name not in told:
            yield failed(
                say(
                    _("“{indicator}” reached {value}% and has no root cause."),
                    indicator=row.indicator,
                    value=str(value),
                ),
                at=[Place("evaluation", position, "explanation"), Place("retrospective")],
                fix=Fix(
                    say(
                        _("Name “{indicator}” and its root cause under “{module}”."),
                        indicator=row.indicator_name,
                        module=PROBLEMS,
                    )
                ),
            )


def _action(position: int, row: RetroRow) -> Iterator[Verdict]:
    wanted = {
        "owner": (row.owner is not None, say(_("a person"))),
        "due_on": (row.due_on is not None, say(_("a date"))),
        "effect": (bool(row.effect.strip()), say(_("a measurable effect"))),
    }
    missing = {key: words for key, (there, words) in wanted.items() if not there}
    if missing:
        parts = list(missing.values())
        joined = parts[0]
        for part in parts[1:]:
            joined = say(_("{first}, {second}"), first=joined, second=part)
        yield failed(
            say(_("The action “{action}” lacks {parts}."), action="、".join(row.points), parts=joined),
            at=[Place("retrospective", position, key) for key in missing],
            fix=Fix(say(_("Fill in {parts}."), parts=joined)),
            missing=",".join(missing),
        )


@rule(
    "K-EVA-02",
    clause="003 五(一)",
    severity=REMIND,
    params={
        "satisfaction": 30, "participation": 25, "intention": 25, "brand": 20, "wanted": 80, "rate": 80, "possibility": 60,
        "direction": 50,
    },
    assumed=(
        "satisfaction", "participation", "intention", "brand", "wanted", "rate", "possibility", "direction",
    ),
    title=_("High-end events are scored on four indicators"),
    sentence=_(
        "A high-end event is scored on customer satisfaction ({satisfaction}), participation ({participation}), business "
        "intention ({intention}) and brand effect ({brand}): each indicator is the mean of its parts, each part the "
        "attainment of its target up to 100; {wanted} is aimed at. Where no goal says otherwise {rate}% of those invited "
        "are to come, the possibility of working together is to be marked {possibility} of 100, and {direction}% are to "
        "name a direction."
    ),
    bounds={
        "satisfaction": Bound(_("Weight of customer satisfaction"), at_least=0, at_most=100),
        "participation": Bound(_("Weight of participation"), at_least=0, at_most=100),
        "intention": Bound(_("Weight of business intention"), at_least=0, at_most=100),
        "brand": Bound(_("Weight of brand effect"), at_least=0, at_most=100),
        "wanted": Bound(_("Score aimed at"), at_least=1, at_most=100),
        "rate": Bound(_("Participation rate aimed at, percent"), at_least=1, at_most=100),
        "possibility": Bound(_("Possibility aimed at, of 100"), at_least=1, at_most=100),
        "direction": Bound(_("Share that names a direction, percent"), at_least=1, at_most=100),
    },
)  # fmt: skip
def high_end_event_is_scored(facts: Fourfold, p: Params) -> Verdict:
    """The score as far as it is known; below what is aimed at it is said, and so is that parts are missing."""
    weights = {one.of.value: getattr(p, one.of.value) for one in facts.indicators}
    weighed = replace(
        facts,
        indicators=tuple(replace(one, weight=Decimal(weights[one.of.value])) for one in facts.indicators),
    )
    if weighed.score is None:
        return failed(say(_("Nothing of the four indicators has points yet.")))
    score, wanted = str(weighed.score), str(p.wanted)
    if weighed.is_provisional:
        count = sum(part.is_awaited for part in weighed.parts)
        words = (
            say(_("{score} of 100 so far; {count} parts have no points yet."), score=score, count=count)
            if count
            else say(_("{score} of 100 so far; a questionnaire still takes answers."), score=score)
        )
        return failed(words, score=score)
    if weighed.score < p.wanted:
        words = say(_("{score} of 100 is below {wanted}."), score=score, wanted=wanted)
        return failed(words, score=score)
    return passed(say(_("{score} of 100, {wanted} was aimed at."), score=score, wanted=wanted), score=score)


for _rule in (
    roi_is_sound,
    attainments_are_computed,
    goals_and_evaluation_match,
    one_owner_from_goal_to_evaluation,
    conversion_has_a_base,
    conversion_is_final_after_its_window,
    actions_follow_the_figures,
):
    judge_too(_rule)
