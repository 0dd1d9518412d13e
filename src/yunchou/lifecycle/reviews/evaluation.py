"""The return on investment and what it rests on: pure arithmetic over the tables, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.goals import plain_name
from yunchou.kernel.core.money import ZERO, format_yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns.facts import CampaignFacts

from .rules import WINDOW_DAYS, return_on_investment
from .tables import EvaluationRow, RoiRow


@dataclass(frozen=True)
class Sales:
    """What is known of sales, in yuan: all of them, those expected anyway, those that orders credit to the campaign."""

    gross: Decimal | None = None
    baseline: Decimal | None = None
    attributed: Decimal | None = None

    @property
    def incremental(self) -> Decimal | None:
        """Sales above the baseline; None where that cannot be told."""
        return None if self.gross is None or self.baseline is None else self.gross - self.baseline


@dataclass(frozen=True)
class Alternative:
    """The same gain against another cost, or another gain against the same cost. Money in yuan, result in percent."""

    label: Say
    gain: Decimal
    cost: Decimal
    result: Decimal | None
    is_used: bool = False


@dataclass(frozen=True)
class Return:
    """The return on investment with its assumptions. `reasons` say why it is provisional; none says it is final."""

    cost: Decimal | None
    cost_from: Say
    gain: Decimal | None
    gain_from: Say
    stated: Decimal | None
    reasons: tuple[Say, ...]
    alternatives: tuple[Alternative, ...]
    sales: Sales

    @property
    def result(self) -> Decimal | None:
        """In percent with two places; None where it cannot be computed."""
        return return_on_investment(self.gain, self.cost)

    @property
    def is_provisional(self) -> bool:
        return bool(self.reasons)

    @property
    def differs(self) -> bool:
        """The source states another result than its inputs give."""
        return self.stated is not None and self.result is not None and abs(self.stated - self.result) >= 1


def return_of(facts: CampaignFacts, sales: Sales) -> Return:
    """The return on investment by R-EVA-01: incremental gain against actual cost, from the best that is known of both."""
    row = next(iter(facts.dossier.rows(RoiRow)), RoiRow())
    cost, cost_from = _cost(facts, row)
    gain, gain_from = _gain(row, sales)
    stated = row.result.value if row.result else None
    reasons = (*_open_costs(facts, row), *_open_gain(facts, row, sales), *_open_window(facts))
    if gain is None:
        return Return(cost, cost_from, gain, gain_from, stated, reasons, (), sales)
    others = tuple(_alternatives(facts, row, gain, cost, sales))
    return Return(cost, cost_from, gain, gain_from, stated, reasons, others, sales)


def booked_cost(facts: CampaignFacts) -> Decimal | None:
    """The sum of what was booked; None while nothing is."""
    booked = [line.actual for line in facts.lines if line.actual is not None]
    return sum(booked, ZERO) if booked else None


def _cost(facts: CampaignFacts, row: RoiRow) -> tuple[Decimal | None, Say]:
    if (booked := booked_cost(facts)) is not None:
        return booked, say(_("booked actual cost"))
    if row.cost_yuan is not None:
        return row.cost_yuan, say(_("as stated, not booked"))
    return (facts.cost, say(_("budget lines, not booked"))) if facts.cost else (None, say(_("unknown")))


def _gain(row: RoiRow, sales: Sales) -> tuple[Decimal | None, Say]:
    if sales.incremental is not None:
        return sales.incremental, say(_("sales above the baseline"))
    if row.gain_yuan is not None:
        return row.gain_yuan, say(_("as stated, no baseline"))
    return (
        (sales.gross, say(_("gross sales, no baseline")))
        if sales.gross is not None
        else (None, say(_("unknown")))
    )


def _open_costs(facts: CampaignFacts, row: RoiRow) -> Iterator[Say]:
    """Why the cost is not final."""
    if booked_cost(facts) is None:
        if row.cost_yuan is not None or facts.cost:
            yield say(_("The cost is a budget: no actual cost is booked."))
        return
    wanted = [line for line in facts.lines if line.amount and not line.is_contingency]
    open_lines = sum(line.actual is None for line in wanted)
    if open_lines:
        yield say(
            _("{count} of {total} budget lines have no booked cost."), count=open_lines, total=len(wanted)
        )


def _open_gain(facts: CampaignFacts, row: RoiRow, sales: Sales) -> Iterator[Say]:
    """Why the gain is not final."""
    if sales.incremental is not None:
        return
    if row.gain_yuan is not None and row.gain_yuan in _sales_targets(facts):
        yield say(
            _("The gain of ¥{gain} is exactly the sales target: gross sales, no gain above a baseline."),
            gain=format_yuan(row.gain_yuan),
        )
    elif row.gain_yuan is not None or sales.gross is not None:
        yield say(_("The gain is gross sales: no baseline is stated."))


def _sales_targets(facts: CampaignFacts) -> set[Decimal]:
    indicators = (pair for goal in facts.goals for pair in goal.indicators)
    return {target.value for name, target in indicators if "销售" in name and target.value is not None}


def _open_window(facts: CampaignFacts) -> Iterator[Say]:
    final = final_on(facts.end_on)
    converts = any("转化" in name for goal in facts.goals for name, _target in goal.indicators)
    if converts and final is not None and facts.today < final:
        yield say(_("Leads of the last day may still convert until {day}."), day=final.isoformat())


def final_on(end_on: date | None) -> date | None:
    """The day on which the conversion window of the last lead has run out (EVA-11)."""
    return end_on + timedelta(days=WINDOW_DAYS) if end_on else None


def is_conversion(row: EvaluationRow) -> bool:
    """A rate that goes on growing after the end."""
    return "转化" in row.indicator


def _alternatives(
    facts: CampaignFacts, row: RoiRow, gain: Decimal, used: Decimal | None, sales: Sales
) -> Iterator[Alternative]:
    """The costs and gains that somebody may mean, each with what it gives."""
    measures = sum((risk.extra_amount for risk in facts.risks), ZERO)
    measures += sum((issue.extra_cost or ZERO for issue in facts.issues), ZERO)
    costs: list[tuple[Say, Decimal | None]] = [
        (say(_("Booked actual cost")), booked_cost(facts)),
        (say(_("Stated cost")), row.cost_yuan),
        (say(_("Sum of the budget lines")), facts.cost or None),
    ]
    if measures:
        with_measures = facts.budget.total - facts.budget.contingency + measures
        costs.append((say(_("Lines with the added measures, without the contingency")), with_measures))
    seen: set[Decimal] = set()
    for label, cost in costs:
        if cost is not None and cost not in seen:
            seen.add(cost)
            yield Alternative(label, gain, cost, return_on_investment(gain, cost), cost == used)
    if sales.attributed is not None and used is not None and sales.attributed != gain:
        result = return_on_investment(sales.attributed, used)
        yield Alternative(say(_("Attributed sales in place of the gain")), sales.attributed, used, result)


def same_indicator(name: str, other: str) -> bool:
    """Whether two indicators are called the same, but for what stands in brackets behind them."""
    return plain_name(name) == plain_name(other)


def goals_without(facts: CampaignFacts, *, actual: bool) -> list[tuple[str, str, Figure]]:
    """Dimension, indicator and target of goals without an evaluation row; with `actual` also of rows without a value."""
    rows = facts.dossier.rows(EvaluationRow)
    settled = {
        row.indicator_name for row in rows if not actual or (row.actual and row.actual.value is not None)
    }
    return [
        (goal.dimension, name, target)
        for goal in facts.goals
        for name, target in goal.indicators
        if plain_name(name) not in settled
    ]
