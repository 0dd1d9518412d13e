"""An outdoor campaign: its rain trigger is met, the response opens with its tasks, and spends what was approved with the plan."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from yunchou.capabilities.budgets.models import Adjustment, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.operations.actions import set_trigger
from yunchou.capabilities.operations.models import Risk
from yunchou.capabilities.operations.tables import RiskRow
from yunchou.capabilities.work.actions import add_task
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import END, START, bring_to, make_proposal, save_rows

SignIn = Callable[..., Page]
LINES = (
    ("物料成本", "雨棚与防滑垫", 2_000),
    ("渠道成本", "乐队演出费", 20_000),
    ("其他成本", "应急备用金", 5_000),
)


def outdoor(firm: Firm) -> Campaign:
    """A concert by the lake that runs, with rain foreseen, a response of 5,000 yuan, and a trigger at 60 %."""
    for key in ("adjustment", "emergency_pool"):
        install_definition(key=key)
    campaign = make_proposal(firm, "湖畔邻里音乐会")
    owner = Person(firm.owner.name, firm.owner.pk)
    rows = [LineRow(category=c, item=i, amount=Decimal(a), owner=owner) for c, i, a in LINES]
    save_rows(campaign, "budget", rows, actor=firm.owner)
    add_task(
        subject=campaign.subject, actor=firm.owner, fields=Fields("音乐会现场执行", firm.owner, START, END)
    )
    rain = RiskRow(
        scenario="户外遇雨", likelihood=2, impact=3, owner=owner, trigger="前一日预报降雨概率≥60%",
        responses=("启用社区礼堂，提前1天确认", "追加5000元雨棚"),
    )  # fmt: skip
    save_rows(campaign, "risks", [rain], actor=firm.owner)
    risk = Risk.objects.get(subject=campaign.subject)
    set_trigger(
        risk=risk,
        indicator="降雨概率",
        comparator=">=",
        value=Decimal(60),
        limit_minutes=120,
        actor=firm.owner,
    )
    return actions.start_campaign(campaign=bring_to(campaign, Status.APPROVED, firm), actor=firm.owner)


def test_rain_at_sixty_percent_opens_its_response(
    sign_in: SignIn, snap: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)
    with clock.shifted("2024-08-02T15:20"):
        firm = company()
        campaign = outdoor(firm)
        page = sign_in(firm.owner.username)
        page.goto(reverse("operations:risk_list", args=[campaign.pk]))
        row = page.locator("li.row").filter(has_text="户外遇雨").first
        expect(row).to_contain_text("降雨概率 ≥ 60")
        for value, set_off in (("45", False), ("65", True)):
            row.get_by_role("button", name="登记数值").click()
            dialog = page.locator("#dialog")
            dialog.get_by_label("数值").fill(value)
            dialog.get_by_label("来源").fill("市气象台 15:00 预报")
            dialog.get_by_role("button", name="登记", exact=True).click()
            expect(page.get_by_text("已登记：降雨概率").first).to_be_visible()
            expect(row.get_by_role("button", name="关闭响应")).to_have_count(int(set_off))
        expect(row).to_contain_text("启用社区礼堂")
        expect(page.locator("table.matrix")).to_contain_text("1 项已启动")
        row.get_by_role("button", name="已落实").first.click()
        expect(row.get_by_role("button", name="已落实")).to_have_count(1)
        row.get_by_role("link", name="动用备用金").click()
        dialog = page.locator("#dialog")
        dialog.get_by_label("使用的预算行").select_option(label="物料成本 · 雨棚与防滑垫")
        expect(dialog.get_by_label("金额")).to_have_value("5000.00")
        dialog.get_by_label("用途").fill("搭两顶雨棚")
        dialog.get_by_role("button", name="动用").click()
        expect(row).to_contain_text("已动用 ¥5,000.00")
        snap(page, "rain", whole=True)
    drawn = Adjustment.objects.get(budget=campaign.subject)
    line = BudgetLine.objects.get(subject=campaign.subject, item="雨棚与防滑垫")
    assert (drawn.status, drawn.amount, drawn.target_id) == ("approved", Decimal(5000), line.account_id)
