"""A change of an approved campaign, as its people live it: opened, written, told on every page, decided, in force."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.organisation.tests.factories import company
from yunchou.lifecycle.campaigns.models import Status
from yunchou.lifecycle.campaigns.tests.factories import bring_to, make_proposal, save_rows

from .conftest import PHONE

SignIn = Callable[..., Page]


def add_line(page: Page, item: str, amount: str) -> None:
    """A further line of the budget."""
    table = page.locator("#sheet-budget")
    table.get_by_role("button", name="新增一行").click()
    form = table.locator("form.row-form")
    form.get_by_label("成本类别").fill("物料成本")
    form.get_by_label("明细项目").fill(item)
    form.get_by_label("预算", exact=True).fill(amount)
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    expect(table).to_contain_text(item)


def decide(sign_in: SignIn, username: str, words: str, *, sees: str) -> None:
    """One approver reads the difference, on a phone, and decides."""
    page = sign_in(username, size=PHONE)
    page.goto("/approvals/")
    page.get_by_role("link", name="七夕邻里音乐会").first.click()
    expect(page.locator("#changes")).to_contain_text(sees)
    page.locator(".decision-bar").get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".decision-bar")).to_have_count(0)


def test_a_change_that_makes_a_campaign_large(sign_in: SignIn) -> None:
    """The budget grows beyond 100,000 yuan: the page says whom that needs, and nobody else is asked again."""
    firm = company()
    campaign = make_proposal(firm)
    stage = LineRow(category="物料成本", item="舞台", amount=Decimal(90_000))
    save_rows(campaign, "budget", [stage], actor=firm.owner)
    bring_to(campaign, Status.RUNNING, firm)
    page = sign_in("owner")
    page.goto(campaign.get_absolute_url())
    page.locator(".head-row summary").click()
    page.get_by_role("button", name="申请变更").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("理由").fill("场地方要求增加灯光")
    dialog.get_by_role("button", name="开放编辑").click()
    page.wait_for_url(re.compile("/proposal/$"))
    expect(page.locator("#change-banner")).to_contain_text("场地方要求增加灯光")

    page.locator(".tabs").get_by_role("link", name="预算", exact=True).click()
    add_line(page, "灯光", "20000")
    page.locator("#change-banner").get_by_role("link", name="查看变更").click()
    expect(page.locator("#differences")).to_contain_text("灯光")
    for name in ("陈国栋", "孙晓梅", "吴建平"):
        expect(page.locator("#asked")).to_contain_text(name)
    page.locator("main").get_by_role("button", name="提交审批").click()
    expect(page.locator("#change-banner")).to_contain_text("变更审批中")
    page.goto(f"{campaign.get_absolute_url()}proposal/")
    expect(page.locator("#sheet-goals")).not_to_contain_text("新增一行")

    decide(sign_in, "regional_leadership", "批准", sees="灯光")
    decide(sign_in, "group_customer_club", "审核通过", sees="灯光")
    decide(sign_in, "vp_marketing", "批准", sees="灯光")
    page.goto(campaign.get_absolute_url())
    expect(page.locator("#change-banner")).to_have_count(0)
    expect(page.locator(".large-because")).to_contain_text("费用")
    page.goto(f"{campaign.get_absolute_url()}timeline/")
    expect(page.locator("main")).to_contain_text("变更生效：v2 取代 v1")
