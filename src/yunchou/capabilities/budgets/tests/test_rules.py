"""The budget rules against the vectors of the rules document, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.budgets.rules import (
    BudgetFacts,
    allowed_contingency,
    amount_is_product,
    contingency_in_range,
    total_is_sum,
    variance_has_a_note,
)
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.verdicts import Place

D = Decimal


def line(item: str, amount: str | int, actual: str | int | None = None, note: str = "") -> LineRow:
    spent = None if actual is None else D(actual)
    return LineRow(category="其他成本", item=item, amount=D(amount), actual=spent, variance_note=note)


EXAMPLE = (
    line("内部团队加班费(3人×5天×800元/天)", 12000),
    line("外部讲师费用", 5000),
    line("线下展架(5个×200元/个)", 1000),
    line("定制礼品(1000份×15元/份)", 15000),
    line("抖音同城投放", 20000),
    line("高校公众号推文合作", 8000),
    line("场地租赁(高校2天×1000元/天)", 2000),
    line("应急备用金", 5000),
)


@pytest.mark.rule("R-BUD-01", whole=True)
@pytest.mark.req("BUD-06")
@pytest.mark.parametrize(
    ("item", "factors", "product"),
    [
        ("内部团队加班费(3人×5天×800元/天)", (3, 5, 800), 12000),
        ("线下展架(5个×200元/个)", (5, 200), 1000),
        ("定制礼品(1000份×15元/份)", (1000, 15), 15000),
        ("场地租赁(高校2天×1000元/天)", (2, 1000), 2000),
        ("展板(1,000份 x 1.5元)", (1000, D("1.5")), 1500),
        ("抖音同城投放", (), None),
        ("礼品(若干×15元)", (), None),
    ],
)
def test_an_item_tells_its_factors(item: str, factors: tuple[int, ...], product: int | None) -> None:
    row = line(item, product or 1)
    assert row.factors == factors
    assert row.product == product
    assert not amount_is_product.failures(BudgetFacts((row,)))


@pytest.mark.rule("R-BUD-01", whole=True)
def test_an_amount_that_is_not_the_product_is_shown_with_the_right_one() -> None:
    (verdict,) = amount_is_product.failures(BudgetFacts((line("加班费(3人×5天×800元/天)", 12500),)))
    assert (verdict.stored, verdict.computed) == ("12,500.00", "12,000.00")
    assert verdict.fix is not None
    assert verdict.fix.changes == {Place("budget", 0, "amount"): D(12000)}
    assert verdict.blocks


@pytest.mark.rule("R-BUD-02", whole=True)
@pytest.mark.req("BUD-07", whole=True)
@pytest.mark.vector("Budget total")
def test_a_wrong_total_is_an_error_with_the_difference() -> None:
    facts = BudgetFacts(EXAMPLE, stated_total=D(77000))
    (verdict,) = total_is_sum.check(facts)
    assert facts.total == D(68000)
    assert not verdict.passed
    assert (verdict.stored, verdict.computed) == ("77,000.00", "68,000.00")
    assert Decimal(str(verdict.values["difference"])) == 9000
    assert verdict.comment == "A1"


@pytest.mark.rule("R-BUD-02", whole=True)
def test_a_right_total_and_no_total_pass() -> None:
    assert total_is_sum.check(BudgetFacts(EXAMPLE, D(68000)))[0].passed
    assert total_is_sum.check(BudgetFacts(EXAMPLE, None))[0].passed


@pytest.mark.rule("R-BUD-03")
@pytest.mark.req("BUD-08")
@pytest.mark.vector("Contingency share")
@pytest.mark.vector("Contingency allowed, total-based")
def test_the_worked_example_has_too_little_contingency() -> None:
    (verdict,) = contingency_in_range.check(BudgetFacts(EXAMPLE))
    assert not verdict.passed
    assert verdict.values["share"] == "7.35"
    assert (verdict.values["low"], verdict.values["high"]) == ("7000.00", "11117.65")
    assert verdict.exception_allowed
    assert verdict.fix is not None
    assert verdict.fix.changes == {Place("budget", 7, "amount"): D("7000.00")}


@given(
    others=st.integers(1, 10**11).map(lambda fen: D(fen) / 100),
    lo=st.integers(0, 40),
    width=st.integers(1, 40),
)
def test_the_allowed_amounts_pass_and_a_fen_outside_fails(others: Decimal, lo: int, width: int) -> None:
    params = Params({"lo": D(lo), "hi": D(lo + width)})
    low, high = allowed_contingency(others, params.lo, params.hi)
    for amount, passes in ((low, True), (high, True), (low - D("0.01"), False), (high + D("0.01"), False)):
        if amount < 0:
            continue
        facts = BudgetFacts((line("其他", str(others)), line("应急备用金", str(amount))))
        assert contingency_in_range.check(facts, params)[0].passed is passes


@pytest.mark.rule("R-BUD-11", whole=True)
def test_a_variance_needs_a_note() -> None:
    rows = (
        line("展架", 1000, 980),
        line("礼品", 100, 100),
        line("场地", 100, 120, "多租一天"),
        line("未用", 10),
    )
    verdicts = variance_has_a_note.check(BudgetFacts(rows))
    failing = [v for v in verdicts if not v.passed]
    assert len(failing) == 1
    assert failing[0].values == {"variance": "-20", "percent": "-2.00"}
    assert failing[0].at == (Place("budget", 0, "variance_note"),)


def test_the_fix_for_several_contingency_lines_gives_an_allowed_sum() -> None:
    rows = (line("礼品", 80000), line("应急备用金", 12000), line("应急资金", 8000))
    (verdict,) = contingency_in_range.check(BudgetFacts(rows))
    assert verdict.fix is not None
    ((place, amount),) = verdict.fix.changes.items()
    assert place == Place("budget", 1, "amount")
    mended = (rows[0], line("应急备用金", str(amount)), rows[2])
    assert contingency_in_range.check(BudgetFacts(mended))[0].passed
