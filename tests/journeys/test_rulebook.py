"""A rule changes as the regulations want it: tried on the past, proposed, approved by management, in force from its day."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit
from yunchou.lifecycle.campaigns.actions import submit_campaign
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.tests.factories import make_proposal
from yunchou.lifecycle.insights.demo.company import DemoCompany, make_company

SignIn = Callable[..., Page]
VICE_PRESIDENT = "营销主管副总裁"


@pytest.fixture
def company(transactional_db: None) -> DemoCompany:
    with clock.at("2024-06-01T09:00"):
        made = make_company()
        install_definitions(actor=made["admin"])
    return made


def plan(company: DemoCompany, name: str, people: int) -> Campaign:
    """A customer event of 华南区域 that could be sent."""
    firm = SimpleNamespace(
        owner=company["zhang"],
        colleague=company["li"],
        department=lambda: Unit.objects.get(code="south-marketing"),
    )
    return make_proposal(firm, name, expected_people=people)


def try_on_this_year(page: Page, old: Campaign) -> None:
    """The rule is found by a word, tried with 200 people, and tells which campaign would have gone otherwise."""
    page.goto("/rules/")
    page.get_by_role("searchbox", name="搜索规则").fill("大型活动认定")
    page.get_by_role("link", name="大型活动", exact=True).click()
    expect(page.locator(".rule-sentence")).to_contain_text("300")
    form = page.locator("#try")
    form.get_by_label("人数超过").fill("0")
    form.get_by_role("button", name="试算").click()
    expect(page.locator("#try .field-error")).to_contain_text("1 到 1,000,000")
    form.get_by_label("人数超过").fill("200")
    form.get_by_label("活动开始于").fill("2024-01-01")
    form.get_by_label("至", exact=True).fill("2024-12-31")
    form.get_by_role("button", name="试算").click()
    row = page.locator("#trial tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(old.name)
    expect(row.locator("td").nth(2)).not_to_contain_text(VICE_PRESIDENT)
    expect(row.locator("td").nth(3)).to_contain_text(VICE_PRESIDENT)


def propose(page: Page) -> str:
    """With the result of the trial; a day that has come is refused beside its field."""
    page.get_by_role("link", name="带此结果提议修改").click()
    expect(page.get_by_label("人数超过")).to_have_value("200")
    page.get_by_label("理由").fill("暑期现场拥挤，两百人以上需要集团支援。")
    page.get_by_label("生效日期").fill("2024-08-02")
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator(".field-error")).to_contain_text("不得追溯")
    page.get_by_label("生效日期").fill("2024-09-01")
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_url(re.compile(r"/rules/proposals/\d+/$"))
    expect(page.locator("h1")).to_contain_text("R-TYP-01")
    return page.url


def approve(page: Page) -> None:
    """Management sees what changes and what the trial showed, and agrees."""
    page.goto("/approvals/")
    page.get_by_role("link", name=re.compile("R-TYP-01")).first.click()
    expect(page.locator("main")).to_contain_text("暑期现场拥挤")
    expect(page.locator("main")).to_contain_text("结果改变")
    page.locator(".decision-bar").get_by_role("button", name="批准", exact=True).click()
    expect(page.locator(".decision-bar")).to_have_count(0)


def test_large_event_becomes_smaller_from_a_day_on_and_for_new_campaigns_only(
    company: DemoCompany, sign_in: SignIn
) -> None:
    with clock.shifted("2024-07-10T09:00"):
        old = plan(company, "七夕邻里音乐会", 250)
        plan(company, "邻里读书会", 60)
        submit_campaign(campaign=old, actor=company["zhang"])
    with clock.shifted("2024-08-02T15:20"):
        tang = sign_in("tang")
        try_on_this_year(tang, old)
        proposal = propose(tang)
        approve(sign_in("gao"))
        tang.goto(proposal)
        expect(tang.locator("main")).to_contain_text("2024-09-01")
        tang.goto("/rules/R-TYP-01/")
        expect(tang.locator(".rule-sentence")).to_contain_text("300")
        expect(tang.locator("#parameters")).to_contain_text("2024-09-01 起")
    with clock.shifted("2024-09-02T09:00"):
        tang = sign_in("tang")
        tang.goto("/rules/R-TYP-01/")
        expect(tang.locator(".rule-sentence")).to_contain_text("200")
        expect(tang.locator("#history")).to_contain_text("暑期现场拥挤")
        new = plan(company, "中秋邻里灯会", 250)
        zhang = sign_in("zhang")
        zhang.goto(f"/campaigns/{new.pk}/submit/")
        expect(zhang.locator("main")).to_contain_text("徐静")
        zhang.locator("main").get_by_role("button", name="提交审批").click()
        expect(zhang.locator(".status-dial, .badge").filter(has_text="审批中").first).to_be_visible(
            timeout=30_000
        )
        zhang.goto("/approvals/?tab=mine")
        for name, is_large in ((old.name, False), (new.name, True)):
            zhang.get_by_role("link", name=name).first.click()
            expected = expect(zhang.locator("main"))
            (expected.to_contain_text if is_large else expected.not_to_contain_text)(VICE_PRESIDENT)
            zhang.go_back()
