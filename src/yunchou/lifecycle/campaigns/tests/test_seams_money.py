"""Seams between a campaign's approval and the money of its budget: what is frozen stays, what waits holds, what ends ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import record_actual, request_adjustment
from yunchou.capabilities.budgets.models import Adjustment, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.expenses import actions as spend
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import OWN
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions as buy
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import approve, install_definition
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.campaigns import actions, funding
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.planning import actions as planning
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Item, Plan
from yunchou.lifecycle.planning.money import carries_money, open_item
from yunchou.lifecycle.planning.tests.factories import again as plan_again
from yunchou.lifecycle.planning.tests.factories import approve_plan, make_ready
from yunchou.lifecycle.planning.tests.factories import decide as decide_plan

from .factories import again, approve_all, bring_to, make_proposal, save_rows, submit
from .test_changes import costlier, opened, rewrite, running

LINES = (
    ("物料成本", "定制礼品", 15_000),
    ("渠道成本", "抖音同城投放", 20_000),
    ("其他成本", "应急备用金", 5_000),
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def routes(firm: Firm) -> None:
    for key in ("adjustment", "emergency_pool"):
        install_definition(key=key)


def proposal(firm: Firm, lines=LINES, **fields) -> Campaign:
    campaign = make_proposal(firm, **fields)
    person = Person(firm.colleague.name, firm.colleague.pk)
    rows = [LineRow(category=c, item=i, amount=Decimal(a), owner=person) for c, i, a in lines]
    save_rows(campaign, "budget", rows, actor=firm.owner)
    return again(campaign)


def line(campaign: Campaign, item: str) -> BudgetLine:
    return BudgetLine.objects.select_related("account").get(subject=campaign.subject, item=item)


def ask(campaign: Campaign, firm: Firm, way: str = "draw", to: str = "抖音同城投放", **more) -> Adjustment:
    values = {"amount": Decimal(1_000), "reason": "追加投放", "effect": "不变", "actor": firm.owner} | more
    return request_adjustment(budget=campaign.subject, way=way, target=line(campaign, to), **values)


def decide(one: Adjustment) -> None:
    waiting = Task.objects.filter(step__case__subject=one.subject, state=Task.State.WAITING)
    while task := waiting.exclude(step__kind="file").first():
        approve(task=task, actor=task.assignee, opinion="同意")
    one.refresh_from_db()


def planned(firm: Firm) -> Plan:
    with clock.at("2024-11-12T10:00"):
        above = approve_plan(make_ready(firm))
        ready = make_ready(firm, Kind.QUARTER, quarter=1, parent=above, budget=Decimal(100_000))
        return approve_plan(ready)


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def test_an_amendment_that_is_dropped_leaves_frozen_what_the_approvers_decide_on(firm):
    item = Item.objects.filter(subject=planned(firm).subject).first()
    with clock.at("2025-03-10T10:00"):
        days = {"start_on": date(2025, 3, 20), "end_on": date(2025, 3, 25)}
        campaign = proposal(firm, LINES[:1], plan_item_ref=item, **days)
        submit(campaign, firm)
        account = account_of(f"item:{item.pk}")
        assert money_of(account).reserved == 15_000
        change = actions.open_amendment(campaign=again(campaign), actor=firm.owner, reason="改文字")
        actions.drop_change(change=change, actor=firm.owner)
        assert money_of(account).reserved == 15_000
        approve_all(again(campaign))
        assert money_of(account_of(f"campaign:{campaign.pk}")).available == 15_000
    assert proved()


def test_a_campaign_does_not_end_while_money_is_asked_for(firm):
    campaign = bring_to(proposal(firm), Status.APPROVED, firm)
    one = ask(campaign, firm)
    with pytest.raises(WrongState, match="抖音同城投放"):
        actions.cancel_campaign(campaign=again(campaign), actor=firm.owner, note="不办了")
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    with pytest.raises(WrongState, match="抖音同城投放"):
        actions.close_campaign(campaign=again(campaign), actor=firm.owner)
    decide(one)
    actions.cancel_campaign(campaign=again(campaign), actor=firm.owner, note="不办了")
    assert proved()


@pytest.mark.rule("R-BUD-04")
def test_money_for_contingencies_is_drawn_whatever_an_open_change_calls_it(firm):
    """The line stays what it was approved as; of two that were approved so, neither is shifted."""
    more = (*LINES, ("其他成本", "应急资金", 3_000))
    campaign = bring_to(proposal(firm, more), Status.APPROVED, firm)
    with pytest.raises(Invalid) as refused:
        ask(campaign, firm, "shift", source=line(campaign, "应急资金"))
    assert set(refused.value.fields) == {"source"}
    change = actions.open_change(campaign=campaign, actor=firm.owner, reason="改名")
    BudgetLine.objects.filter(pk=line(campaign, "应急备用金").pk).update(item="杂项", category="渠道成本")
    with pytest.raises(Invalid) as refused:
        ask(campaign, firm, "shift", source=line(campaign, "杂项"))
    assert set(refused.value.fields) == {"source"}
    actions.drop_change(change=change, actor=firm.owner)
    assert ask(campaign, firm).source == line(campaign, "应急备用金").account  # the one that has more
    assert proved()


@pytest.mark.rule("R-APR-08")
def test_no_money_moves_while_a_change_waits_for_what_it_newly_needs(firm):
    campaign = running(firm, Status.APPROVED)
    change = opened(campaign, firm)
    costlier(campaign, firm)
    actions.send_change(change=change, actor=firm.owner)
    with pytest.raises(WrongState, match="新增审批"):
        ask(campaign, firm, "pool", to="舞台")
    purchase = buy.create_purchase(
        title="舞台", kind="print", purpose="搭建", activity=campaign.subject, actor=firm.colleague
    )
    buy.put_line(
        purchase=purchase, name="舞台", budget_line=line(campaign, "舞台"), quantity=Decimal(1),
        estimate=Decimal(5_000), actor=firm.colleague,
    )  # fmt: skip
    with pytest.raises(WrongState, match="新增审批"):
        buy.submit_purchase(purchase=purchase, actor=firm.colleague)
    claim = spend.start_claim(actor=firm.colleague, activity=campaign.subject)
    with pytest.raises((WrongState, Invalid), match="新增审批"):
        spend.put_line(
            claim=claim, budget_line=line(campaign, "舞台"), cost_item="print", amount=Decimal(900),
            actor=firm.colleague,
        )  # fmt: skip


@pytest.mark.req("APR-13")
def test_a_change_below_what_is_used_is_told_to_its_author(firm):
    campaign = running(firm, Status.APPROVED)
    stage, finance = line(campaign, "舞台"), firm.people[FINANCE]
    record_actual(line=stage, amount=Decimal(50_000), note="定金", voucher="PZ-1", actor=finance)
    change = opened(campaign, firm)
    rewrite(campaign, "budget", lambda rows: [replace(rows[0], amount=Decimal(20_000)), *rows[1:]], firm)
    with pytest.raises(WrongState, match=r"50,000\.00"):
        actions.send_change(change=change, actor=firm.owner)


def test_figures_typed_into_a_draft_never_post(firm):
    campaign = make_proposal(firm)
    row = LineRow(category="物料成本", item="定制礼品", amount=Decimal(1_000), actual=Decimal(50_000))
    save_rows(campaign, "budget", [row], actor=firm.owner)
    campaign = bring_to(again(campaign), Status.APPROVED, firm)
    money = money_of(account_of(f"campaign:{campaign.pk}"))
    assert (money.spent, money.approved) == (0, 1_000)
    assert proved()


@pytest.mark.req("BUD-11")
def test_what_a_campaign_that_is_over_did_not_use_is_the_plans_again(firm):
    """After the evaluation its item has it; an item that is done passes it on; later it is not committed any more."""
    plan = planned(firm)
    item = Item.objects.filter(subject=plan.subject).first()
    with clock.at("2025-03-10T10:00"):
        days = {"start_on": date(2025, 3, 20), "end_on": date(2025, 3, 25)}
        campaign = bring_to(
            proposal(firm, plan_item_ref=item, **days, lines=LINES[:1]), Status.APPROVED, firm
        )
        gifts, finance = line(campaign, "定制礼品"), firm.people[FINANCE]
        record_actual(line=gifts, amount=Decimal(9_000), note="定金", voucher="PZ-1", actor=finance)
        item_account, plan_account = account_of(f"item:{item.pk}"), account_of(f"plan:{plan.pk}")
        before = money_of(item_account, OWN).available
        funding.give_rest(again(campaign), firm.owner)
        funding.give_rest(again(campaign), firm.owner)
        assert money_of(account_of(f"campaign:{campaign.pk}")).approved == 9_000
        assert money_of(item_account, OWN).available == before + 6_000
        planning.finish_item(item=item, actor=firm.owner)
        assert money_of(item_account, OWN).available == 0
        assert money_of(plan_account, OWN).available == 100_000 - 9_000
        Campaign.objects.filter(pk=campaign.pk).update(status=Status.EVALUATED)
        with pytest.raises(WrongState):
            record_actual(line=gifts, amount=Decimal(9_500), note="补", voucher="PZ-2", actor=finance)
        with pytest.raises(WrongState):
            ask(campaign, firm, to="定制礼品")
    assert proved()


def test_nothing_is_frozen_on_a_plan_that_is_closed(firm):
    plan = planned(firm)
    item = Item.objects.filter(subject=plan.subject).first()
    with clock.at("2025-03-10T10:00"):
        days = {"start_on": date(2025, 3, 20), "end_on": date(2025, 3, 25)}
        campaign = proposal(firm, LINES[:1], plan_item_ref=item, **days)
        Plan.objects.filter(pk=plan.pk).update(status="closed")
        with pytest.raises(WrongState, match=plan.name):
            submit(again(campaign), firm)


@pytest.mark.req("BUD-11")
def test_an_item_has_what_a_change_of_its_plan_gave(firm):
    """A campaign from it is funded by what holds now, and an item that is given up keeps nothing."""
    plan = planned(firm)
    item = Item.objects.filter(subject=plan.subject).first()
    with clock.at("2025-03-10T10:00"):
        open_item(item=item, actor=firm.owner)
        account = account_of(f"item:{item.pk}")
        assert money_of(account).available == 25_000
        planning.open_change(plan=plan_again(plan), actor=firm.owner, reason="加码", effect="曝光翻倍")
        Item.objects.filter(pk=item.pk).update(budget=Decimal(60_000))
        planning.send_change(plan=plan_again(plan), actor=firm.owner)
        decide_plan(plan_again(plan))
        assert money_of(account).available == 60_000
        days = {"start_on": date(2025, 3, 20), "end_on": date(2025, 3, 25)}
        lines = (("物料成本", "定制礼品", 40_000),)
        campaign = proposal(firm, lines, plan_item_ref=Item.objects.get(pk=item.pk), **days)
        submit(campaign, firm)
        assert money_of(account).reserved == 40_000
        actions.withdraw_campaign(campaign=again(campaign), actor=firm.owner)
        actions.cancel_campaign(campaign=again(campaign), actor=firm.owner, note="不办")
        planning.cancel_item(item=item, actor=firm.owner, note="不办")
        assert money_of(account).approved == 0
        assert money_of(account_of(f"plan:{plan.pk}"), OWN).available == 100_000
    assert proved()


def test_a_plan_that_no_other_holds_carries_its_own_money(firm):
    above = planned(firm)
    assert carries_money(Plan(kind=Kind.TARGETED))
    assert not carries_money(Plan(kind=Kind.TARGETED, parent=above))


@pytest.mark.once
def test_a_request_for_money_that_is_sent_twice_freezes_it_once(firm, client: Client):
    campaign = bring_to(proposal(firm), Status.APPROVED, firm)
    client.force_login(firm.owner)
    address = reverse("budgets:adjustment_request", args=[campaign.pk])
    assert 'name="once"' in client.get(address).content.decode()
    typed = {
        "way": "draw", "target": line(campaign, "抖音同城投放").pk, "amount": "1000", "reason": "追加",
        "once": "one-and-the-same-token-1",
    }  # fmt: skip
    answers = [client.post(address, typed) for _time in range(2)]
    assert answers[0].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Adjustment.objects.count() == 1
    assert money_of(line(campaign, "应急备用金").account).reserved == 1_000
