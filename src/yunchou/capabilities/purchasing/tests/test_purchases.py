"""From the request to the choice: money that waits, offers that are compared, people who are kept apart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.budgets.actions import settle_budget
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Purchase, Status
from yunchou.capabilities.purchasing.selectors import matrix_of, suppliers_of
from yunchou.directory.suppliers.actions import block_supplier
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.approvals.actions import return_case
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState

from .factories import Shop, approved, awarded, everything, make_purchase, offer, quoted


def lines_money(shop: Shop) -> tuple[Decimal, Decimal, Decimal]:
    """What is reserved on the gifts and the stands, and what the gifts have left."""
    gifts, stands = shop.line("定制礼品").account, shop.line("线下展架").account
    assert gifts is not None
    assert stands is not None
    return money_of(gifts).reserved, money_of(stands).reserved, money_of(gifts).available


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


@pytest.mark.req("BUD-12")
@pytest.mark.req("BUD-14")
def test_a_request_freezes_its_lines_and_frees_them_when_it_comes_back(shop: Shop) -> None:
    purchase = make_purchase(shop)
    assert lines_money(shop) == (0, 0, 15_000)
    actions.submit_purchase(purchase=purchase, actor=shop.requester)
    assert lines_money(shop) == (15_000, 1_000, 0)
    again = make_purchase(shop, title="再买一批")
    with pytest.raises(RuleRefused, match=r"0\.00"):
        actions.submit_purchase(purchase=again, actor=shop.requester)
    task = Task.objects.waiting().select_related("step__case", "assignee").get()
    return_case(task=task, actor=task.assignee, opinion="数量重新核实")
    purchase.refresh_from_db()
    assert (purchase.status, lines_money(shop)) == (Status.RETURNED, (0, 0, 15_000))
    actions.submit_purchase(purchase=purchase, actor=shop.requester)
    actions.withdraw_purchase(purchase=purchase, actor=shop.requester)
    actions.submit_purchase(purchase=again, actor=shop.requester)
    actions.withdraw_purchase(purchase=again, actor=shop.requester)
    assert approved(shop, purchase).status == Status.OPEN
    actions.cancel_purchase(purchase=purchase, note="改由总部统一采购", actor=shop.requester)
    assert lines_money(shop) == (0, 0, 15_000)
    assert proved()


@pytest.mark.rule("R-BUD-08", whole=True)
@pytest.mark.req("BUD-15")
def test_money_is_bound_to_its_purpose(shop: Shop) -> None:
    wrong = make_purchase(shop, kind=Supply.CATERING)
    with pytest.raises(RuleRefused) as refused:
        actions.submit_purchase(purchase=wrong, actor=shop.requester)
    assert {verdict.rule_id for verdict in refused.value.verdicts} == {"R-BUD-08"}
    assert "物料成本" in str(refused.value.verdicts[0].reason)
    for line in shop.line("场地租赁"), shop.line("应急备用金"):
        other = make_purchase(shop, kind=Supply.VENUE)
        other.lines.all().delete()
        actions.put_line(
            purchase=other,
            name="场地",
            budget_line=line,
            quantity=Decimal(1),
            estimate=Decimal(500),
            actor=shop.requester,
        )
        if "备用金" in line.item:
            with pytest.raises(RuleRefused, match="1"):
                actions.submit_purchase(purchase=other, actor=shop.requester)
        else:
            actions.submit_purchase(purchase=other, actor=shop.requester)
    # What is adjusted with approval is bought: the line has another category from then on.
    BudgetLine.objects.filter(subject=shop.activity, item__startswith="定制礼品").update(category="其他成本")
    BudgetLine.objects.filter(subject=shop.activity, item__startswith="线下展架").update(category="其他成本")
    with pytest.raises(RuleRefused):  # nobody has approved that yet
        actions.submit_purchase(purchase=wrong, actor=shop.requester)
    settle_budget(subject=shop.activity, source=None, year=clock.today().year, actor=shop.firm.owner)
    assert actions.submit_purchase(purchase=wrong, actor=shop.requester).status == Status.IN_APPROVAL


@pytest.mark.req("BUD-16")
def test_offers_stand_side_by_side_with_tax_and_value(shop: Shop) -> None:
    purchase = approved(shop, make_purchase(shop))
    first, second, third = quoted(shop, purchase, [(15, 200), (14, None), ("13.50", 190)])
    actions.put_quote(
        purchase=purchase, supplier=shop.suppliers[2], quote=third, actor=shop.buyer,
        offer=offer(purchase, ("13.50", 190), tax_rate=Decimal(13), is_taxed=False, valid_until=clock.today()),
    )  # fmt: skip
    matrix = matrix_of(purchase)
    assert [column.total for column in matrix.columns] == [16_000, 14_000, Decimal("16328.50")]
    assert [column.counts for column in matrix.columns] == [True, False, True]
    assert (matrix.valid, matrix.valid_per_line, matrix.lowest_total) == (2, 2, 16_000)
    assert [cell.is_lowest for cell in matrix.rows[0][1]] == [False, True, False]
    assert matrix.lowest_by_line == 15_000
    assert [column.is_best for column in matrix.columns] == [True, False, False]
    for quote, points in ((first, 60), (third, 90)):
        actions.value_quote(quote=quote, points=Decimal(points), note="样品评审", actor=shop.buyer)
    kept = offer(purchase, ("13.50", 190), tax_rate=Decimal(13), is_taxed=False, valid_until=clock.today())
    actions.put_quote(
        purchase=purchase, supplier=shop.suppliers[2], quote=third, offer=kept, actor=shop.buyer
    )
    matrix = matrix_of(purchase)
    assert [column.score for column in matrix.columns] == [Decimal("84.00"), None, Decimal("94.79")]
    assert matrix.columns[2].is_best
    block_supplier(supplier=shop.suppliers[2], reason="延误", actor=shop.firm.owner)
    assert "延误" in str(matrix_of(purchase).columns[2].offered.obstacle)
    with clock.at(clock.now() + timedelta(days=1)):
        assert matrix_of(purchase).valid == 1
    assert second.pk


@pytest.mark.rule("R-BUD-09", whole=True)
def test_fewer_quotes_than_demanded_need_an_exception_and_one_more_approver(shop: Shop) -> None:
    purchase = approved(shop, make_purchase(shop))
    first, second = quoted(shop, purchase)[:2]
    actions.withdraw_quote(quote=purchase.quotes.last(), note="供应商撤回", actor=shop.buyer)
    with pytest.raises(RuleRefused) as refused:
        awarded(shop, purchase, second)
    assert refused.value.verdicts[0].values["offers"] == 2
    actions.ask_exception(purchase=purchase, reason="当地仅两家可定制", actor=shop.buyer)
    purchase = awarded(shop, purchase, first)
    assert purchase.status == Status.AWARDED
    from .factories import contracted, decide

    contract = contracted(shop, purchase, ("全款", 16_000, 30, False))
    actions.submit_contract(contract=contract, actor=shop.buyer)
    case = decide(contract.subject)
    positions = list(case.steps.order_by("order").values_list("position__code", flat=True))
    assert positions == ["regional_leadership", "finance", "vp_marketing"]


def test_the_choice_fits_the_money_and_keeps_people_apart(shop: Shop) -> None:
    purchase = approved(shop, make_purchase(shop))
    dear, cheap, third = quoted(shop, purchase)
    choice, reason = everything(purchase, cheap), "单价最低"
    for actor in (shop.requester, shop.firm.approver, shop.buyer):
        with pytest.raises(NotAllowed):
            actions.award_purchase(purchase=purchase, choice=choice, reason=reason, actor=actor)
    with pytest.raises(Invalid) as refused:
        actions.award_purchase(purchase=purchase, choice=choice, reason=" ", actor=shop.chooser)
    assert "reason" in refused.value.fields
    # More than was approved is approved first.
    with pytest.raises(Invalid, match=r"950\.00"):
        awarded(shop, purchase, third)
    assert suppliers_of([shop.activity.pk]) == {}
    gifts, stands = purchase.lines.order_by("position")
    mixed = {gifts.pk: cheap.pk, stands.pk: third.pk}
    purchase = actions.award_purchase(purchase=purchase, choice=mixed, reason="分项择优", actor=shop.chooser)
    assert lines_money(shop) == (14_000, 950, 1_000)
    assert suppliers_of([shop.activity.pk]) == {
        shop.activity.pk: frozenset({cheap.supplier_id, third.supplier_id})
    }
    purchase = actions.take_award_back(purchase=purchase, note="样品不合格", actor=shop.chooser)
    assert (purchase.status, lines_money(shop)) == (Status.OPEN, (15_000, 1_000, 0))
    assert awarded(shop, purchase, dear).status == Status.AWARDED
    assert proved()


BAD_PRICES = ("0", "-3", "1.234", "1000000000000", "NaN", "Infinity")


@pytest.mark.once
def test_bad_input_is_refused_at_its_field(shop: Shop) -> None:
    purchase = make_purchase(shop)
    line = purchase.lines.first()
    put = {
        "purchase": purchase,
        "name": "礼品",
        "budget_line": shop.line("定制礼品"),
        "actor": shop.requester,
    }
    for bad in BAD_PRICES:
        with pytest.raises(Invalid) as refused:
            actions.put_line(**put, quantity=Decimal(1), estimate=Decimal(bad))
        assert set(refused.value.fields) == {"estimate"}
        with pytest.raises(Invalid) as refused:
            actions.put_quote(
                purchase=purchase,
                supplier=shop.suppliers[0],
                offer=offer(purchase, (bad, None)),
                actor=shop.buyer,
            )
        assert set(refused.value.fields) == {f"price_{line.pk}"}
    for bad in ("0", "-1", "0.001", "NaN", "1000000000"):
        with pytest.raises(Invalid) as refused:
            actions.put_line(**put, quantity=Decimal(bad), estimate=Decimal(5))
        assert set(refused.value.fields) == {"quantity"}
    elsewhere = make_purchase_line_elsewhere(shop)
    with pytest.raises(Invalid) as refused:
        actions.put_line(**(put | {"budget_line": elsewhere}), quantity=Decimal(1), estimate=Decimal(5))
    assert set(refused.value.fields) == {"budget_line"}
    quoted(shop, purchase)
    with pytest.raises(Invalid) as refused:
        quoted(shop, purchase)
    assert set(refused.value.fields) == {"supplier"}
    for fields in (
        {"title": " "}, {"kind": "gold"}, {"method": "luck"}, {"price_weight": 0},
        {"needed_on": clock.today() - timedelta(days=1)},
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            make_purchase(shop, **fields)
        assert set(refused.value.fields) == set(fields)
    actions.submit_purchase(purchase=purchase, actor=shop.requester)
    with pytest.raises(WrongState):
        actions.put_line(**put, quantity=Decimal(1), estimate=Decimal(5))
    with pytest.raises(WrongState, match="定制礼品"):
        shop.line("定制礼品").delete()
    assert Purchase.objects.get(pk=purchase.pk).lines.count() == 2


def make_purchase_line_elsewhere(shop: Shop) -> BudgetLine:
    from yunchou.capabilities.budgets.tests.toys import make_budget

    other = make_budget(shop.firm.department(), shop.firm.owner)
    return BudgetLine.objects.filter(subject=other).first()
