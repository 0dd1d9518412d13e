"""The whole life of one campaign, as its people live it: from the workbook that a department keeps to the sealed archive."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

import yunchou.kernel.sheets

from .conftest import PHONE

WORKBOOK = Path(yunchou.kernel.sheets.__file__).parent / "tests" / "data" / "example-campaign.xlsx"
BUSY = 30_000
"""Milliseconds that a page may take where the whole workbook is read or written."""

SignIn = Callable[..., Page]


def finding(page: Page, words: str) -> Locator:
    """The card of a finding, by a part of its sentence."""
    return page.locator("main .finding").filter(has_text=words)


def dialog(page: Page) -> Locator:
    return page.locator("#dialog")


def hand_in(page: Page) -> str:
    """Upload the workbook, look at what was found, and make the draft; returns the campaign's address."""
    page.goto("/campaigns/")
    page.get_by_role("link", name="从工作簿导入").first.click()
    page.locator("input[type=file]").set_input_files(WORKBOOK)
    page.get_by_role("button", name="检查工作簿").click()
    page.wait_for_url(re.compile(r"/import/\d+/"), timeout=BUSY)
    page.get_by_role("link", name="预算明细表").click()
    findings = page.locator(".import-items")
    expect(findings).to_contain_text("填报合计 77,000 与 8 行之和 68,000 不符，差 9,000 元。")
    expect(findings).to_contain_text("允许金额 7,000.00 — 11,117.65 元")
    page.get_by_role("button", name="生成活动草稿").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+/$"), timeout=BUSY)
    expect(page.locator("h1")).to_have_text("开学季·青春焕新计划")
    return page.url


def judge_goals(page: Page, campaign: str) -> None:
    """Tick what only a person can judge of a goal, and say why the campaign is not in the plan."""
    page.goto(f"{campaign}proposal/")
    for goal in ("品牌曝光", "线索获取", "销售转化"):
        for box in ("具体", "可达成", "相关"):
            with page.expect_response(re.compile("/table/goals/")):
                page.locator("form.smart").filter(has_text=goal).get_by_label(box).check()
            expect(page.locator("form.smart").filter(has_text=goal).get_by_label(box)).to_be_checked()
    overview = page.locator("#sheet-overview")
    overview.get_by_role("button", name="编辑").click()
    overview.get_by_label("计划外理由").fill("新生集中入学，华南市场需要在开学前触达。")
    overview.get_by_role("button", name="保存").click()
    expect(overview.get_by_text("新生集中入学")).to_be_visible()
    expect(finding(page, "没有写明理由")).to_have_count(0)


def mend_budget(page: Page, subject: str) -> None:
    """The stated total by one click; for the contingency an exception is asked."""
    page.goto(f"{subject}budget/")
    finding(page, "填报合计 77,000").get_by_role("button", name="按此调整").click()
    expect(finding(page, "填报合计")).to_have_count(0)
    expect(page.locator("tr.stated")).to_contain_text("68,000")
    finding(page, "备用金 5,000").get_by_role("button", name="申请例外").click()
    dialog(page).get_by_label("理由").fill("礼品已比价，现场风险由学校场地方承担。")
    dialog(page).get_by_role("button", name="申请例外").click()
    expect(finding(page, "备用金 5,000").get_by_role("button")).to_have_count(0)


def mend_schedule(page: Page, campaign: str, subject: str) -> None:
    """Predecessors by one click each, and one person for what the whole team had."""
    page.goto(f"{campaign}findings/")
    unknown = finding(page, "不是任何任务的名称")
    expect(unknown).to_have_count(7)
    for left in range(6, -1, -1):
        unknown.first.get_by_role("button", name="按此调整").click()
        expect(unknown).to_have_count(left)
    page.goto(f"{subject}schedule/?view=tasks")
    page.get_by_role("row").filter(has_text="活动预热启动").get_by_role("button", name="编辑").click()
    row = page.locator("tr.form-row")
    row.get_by_role("combobox").select_option(label="张伟")
    row.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row").filter(has_text="活动预热启动")).to_contain_text("张伟")
    page.reload()
    expect(finding(page, "由全团队负责")).to_have_count(0)


def send(page: Page, campaign: str) -> None:
    """The route is shown first; then the proposal goes."""
    page.goto(f"{campaign}submit/")
    for name in ("黄志成", "陈思远", "何雅", "郑国栋"):
        expect(page.locator("main")).to_contain_text(name)
    expect(page.locator("#blocking")).to_have_count(0)
    page.locator("main").get_by_role("button", name="提交审批").click()
    expect(page.locator(".status-dial, .badge").filter(has_text="审批中").first).to_be_visible(timeout=BUSY)


def decide(page: Page, words: str, opinion: str = "") -> None:
    """What one approver does: from the list of what waits, over the page of the case, to the decision."""
    page.goto("/approvals/")
    page.get_by_role("link", name="开学季·青春焕新计划").first.click()
    expect(page.locator("#reasons")).to_be_visible()
    bar = page.locator(".decision-bar")
    if opinion:
        bar.get_by_placeholder("意见").fill(opinion)
    bar.get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".decision-bar")).to_have_count(0)


def move(page: Page, campaign: str, words: str) -> None:
    """A move from the head of the campaign, with the dialog that says what follows."""
    page.goto(campaign)
    page.get_by_role("button", name=words).first.click()
    dialog(page).get_by_role("button", name=words).click()
    expect(page.get_by_text(f"{words}：已完成")).to_be_visible(timeout=BUSY)
