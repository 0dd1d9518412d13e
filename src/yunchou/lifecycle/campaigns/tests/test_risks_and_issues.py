"""Responses and issues of a campaign that runs: money, tasks beside the approved plan, and the safety plan before the start."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.models import Adjustment, AdjustmentStatus, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.operations.actions import (
    RemedyTerms,
    adjust_issue,
    decide_issue,
    fund_remedy,
    plan_emergency,
    prepare_resource,
    report_issue,
    set_trigger,
    spend_on_risk,
    trigger_risk,
)
from yunchou.capabilities.operations.models import Measure, Risk
from yunchou.capabilities.operations.tables import RiskRow
from yunchou.capabilities.preparation.actions import go_ahead
from yunchou.capabilities.work.actions import add_task, edit_task
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.versions.actions import present_digest
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.selectors import facts_of
from yunchou.lifecycle.campaigns.tests.factories import (
    END,
    START,
    again,
    bring_to,
    make_proposal,
    save_rows,
)

LINES = (
    ("物料成本", "定制礼品", 15_000),
    ("渠道成本", "抖音同城投放", 20_000),
    ("其他成本", "应急备用金", 5_000),
)


@pytest.fixture
def firm(db: None) -> Firm:
    firm = company()
    for key in ("adjustment", "emergency_pool"):
        install_definition(key=key)
    return firm


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else readiness asks for is tested where it is declared."""
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)


@pytest.fixture
def proposal(firm: Firm) -> Campaign:
    campaign = make_proposal(firm)
    person = Person(firm.colleague.name, firm.colleague.pk)
    rows = [LineRow(category=c, item=i, amount=Decimal(a), owner=person) for c, i, a in LINES]
    save_rows(campaign, "budget", rows, actor=firm.owner)
    add_task(subject=campaign.subject, actor=firm.owner, fields=Fields("活动执行", firm.owner, START, END))
    return again(campaign)


def line(campaign: Campaign, item: str) -> BudgetLine:
    return BudgetLine.objects.select_related("account", "subject").get(subject=campaign.subject, item=item)


def left(campaign: Campaign, item: str) -> Decimal:
    account = line(campaign, item).account
    assert account is not None
    return money_of(account).available


def running(firm: Firm, proposal: Campaign) -> Campaign:
    row = RiskRow(
        scenario="户外遇雨", owner=Person(firm.owner.name, firm.owner.pk), likelihood=2, impact=3,
        responses=("追加5000元雨棚", "技术人员30分钟内到场"),
        trigger="降雨概率≥60%",
    )  # fmt: skip
    save_rows(proposal, "risks", [row], actor=firm.owner)
    risk = Risk.objects.get(subject=proposal.subject)
    prepare_resource(
        risk=risk, kind="venue", name="社区礼堂", contact="陈工", note="留档期", actor=firm.owner
    )
    set_trigger(risk=risk, indicator="降雨概率", comparator=">=", value=Decimal(60), actor=firm.owner)
    campaign = bring_to(proposal, Status.APPROVED, firm)
    return actions.start_campaign(campaign=campaign, actor=firm.owner)


@pytest.mark.req("RSK-04", whole=True)
def test_five_thousand_are_spent_without_a_new_approval_and_backups_stand_ready(
    firm: Firm, proposal: Campaign
) -> None:
    campaign = running(firm, proposal)
    risk = Risk.objects.select_related("subject").get(subject=campaign.subject)
    assert (risk.preapproved, risk.resources.get().name) == (Decimal(5000), "社区礼堂")
    held = left(campaign, "应急备用金")
    trigger_risk(risk=risk, note="降雨概率 65%", actor=firm.owner)
    gifts = line(campaign, "定制礼品")
    drawn = spend_on_risk(risk=risk, target=gifts, amount=Decimal(5000), note="雨棚", actor=firm.owner)
    assert drawn.status == AdjustmentStatus.APPROVED
    assert left(campaign, "应急备用金") == held - 5000
    with pytest.raises(RuleRefused):
        spend_on_risk(risk=risk, target=gifts, amount=Decimal("0.01"), note="再加", actor=firm.owner)


def test_tasks_of_responses_stand_beside_the_plan_through_a_change(firm: Firm, proposal: Campaign) -> None:
    campaign = running(firm, proposal)
    digest, rows = present_digest(campaign.subject), len(facts_of(campaign.subject).tasks)
    trigger_risk(risk=Risk.objects.get(subject=campaign.subject), note="雨", actor=firm.owner)
    beside = [measure.task for measure in Measure.objects.select_related("task")]
    assert all(beside)
    assert GanttTask.objects.filter(subject=campaign.subject).count() == rows + 2
    assert present_digest(campaign.subject) == digest, "what was approved is what it was"
    change = actions.open_change(campaign=again(campaign), actor=firm.owner, reason="换场地")
    task = GanttTask.objects.filter(subject=campaign.subject).order_by("position")[0]
    edit_task(task=task, actor=firm.owner, fields=Fields("改名", task.owner, task.start_on, task.end_on))
    add_task(
        subject=campaign.subject,
        actor=firm.owner,
        fields=Fields("新任务", firm.owner, task.start_on, task.end_on),
    )
    actions.drop_change(change=change, actor=firm.owner)
    assert present_digest(campaign.subject) == digest
    assert GanttTask.objects.filter(pk__in=[one.pk for one in beside if one]).count() == 2


@pytest.mark.req("ISS-05", whole=True)
def test_an_adjustment_that_costs_money_draws_the_contingency_or_moves_it(
    firm: Firm, proposal: Campaign, client: Client
) -> None:
    campaign = running(firm, proposal)
    issue = report_issue(subject=campaign.subject, problem="直播观看不足", size="large", actor=firm.owner)
    terms = [
        RemedyTerms("投放1000元DOU+", firm.owner, clock.today() + timedelta(days=1), Decimal(1000)),
        RemedyTerms("加发礼品", firm.owner, None, Decimal(300)),
    ]
    issue = decide_issue(issue=issue, decision="加投", remedies=terms, actor=firm.owner)
    with pytest.raises(WrongState):
        adjust_issue(issue=issue, actor=firm.owner)
    first, second = issue.remedies.all()
    assert first.task is not None
    client.force_login(firm.owner)
    address = reverse("operations:remedy_fund", args=[issue.pk, first.pk])
    typed = {"way": "draw", "target": line(campaign, "抖音同城投放").pk}
    assert client.post(address, typed, HTTP_HX_REQUEST="true").status_code == 200
    asked = fund_remedy(
        remedy=second, way="shift", source=line(campaign, "抖音同城投放"), target=line(campaign, "定制礼品"),
        effect="投放少一轮", actor=firm.owner,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.money is not None
    assert (first.money.way, first.money.amount) == (Adjustment.Way.DRAW, Decimal(1000))
    assert (asked.way, asked.status) == (Adjustment.Way.SHIFT, AdjustmentStatus.IN_APPROVAL)
    assert "直播观看不足" in asked.reason
    with pytest.raises(WrongState):
        fund_remedy(remedy=first, way="draw", target=line(campaign, "定制礼品"), actor=firm.owner)
    adjust_issue(issue=issue, actor=firm.owner)
    page = client.get(issue.get_absolute_url()).content.decode()
    assert first.money.get_absolute_url() in page


@pytest.mark.req("RSK-06", whole=True)
@pytest.mark.rule("R-RSK-06")
def test_an_on_site_high_end_event_does_not_begin_without_its_safety_plan(
    firm: Firm, proposal: Campaign
) -> None:
    campaign = bring_to(proposal, Status.APPROVED, firm)
    Campaign.objects.filter(pk=campaign.pk).update(kind=Kind.HIGH_END, forms=["线下"])
    for number, scenario in enumerate(("fire", "earthquake", "illness")):
        with pytest.raises(WrongState, match=("火灾|fire", "地震|earthquake", "突发疾病|illness")[number]):
            actions.start_campaign(campaign=again(campaign), actor=firm.owner)
        plan_emergency(
            subject=campaign.subject,
            scenario=scenario,
            owner=firm.owner,
            steps=["报警", "疏散"],
            actor=firm.owner,
        )
    # What else has to be ready is another matter, of which the overall lead may say so (R-PRE-03).
    go_ahead(subject=campaign.subject, reason="场地由合作方提供", actor=firm.owner)
    actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    assert again(campaign).status == Status.RUNNING


def test_others_begin_without_one(firm: Firm, proposal: Campaign) -> None:
    campaign = bring_to(proposal, Status.APPROVED, firm)
    Campaign.objects.filter(pk=campaign.pk).update(kind=Kind.HIGH_END, forms=["线上直播"])
    actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    assert again(campaign).status == Status.RUNNING
