"""The whole life of one campaign, as its people live it: from the workbook that a department keeps to the sealed archive."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

import yunchou.kernel.sheets
from tools.browser import settle
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.lifecycle.insights.demo.company import DemoCompany, make_company

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
            settle(page)  # the next box is one of the new table
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
    """The route is shown first; each conflict of dates is confirmed with a reason; then the proposal goes."""
    page.goto(f"{campaign}submit/")
    for reason in page.locator("#conflicts").get_by_label("保留的理由").all():
        reason.fill("已与各负责人核对，以甘特图为准")
    for name in ("黄志成", "陈思远", "何雅", "郑国栋"):
        expect(page.locator("main")).to_contain_text(name)
    expect(page.locator("#blocking")).to_have_count(0)
    page.locator("main").get_by_role("button", name="提交审批").click()
    expect(page.locator(".status-dial, .badge").filter(has_text="审批中").first).to_be_visible(timeout=BUSY)


def decide(page: Page, words: str, opinion: str = "", *, sees: str = "") -> None:
    """What one approver does: from the list of what waits, over the page of the case, to the decision."""
    page.goto("/approvals/")
    page.get_by_role("link", name="开学季·青春焕新计划").first.click()
    expect(page.locator("#reasons")).to_be_visible()
    expect(page.locator("main")).to_contain_text(sees)
    bar = page.locator(".decision-bar")
    if opinion:
        bar.get_by_placeholder("意见").fill(opinion)
    bar.get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".decision-bar")).to_have_count(0)


def move(page: Page, campaign: str, words: str) -> None:
    """A move from the head of the campaign, with the dialog that says what follows."""
    page.goto(campaign)
    button = page.locator(".head-row").get_by_role("button", name=words)
    if not button.is_visible():
        page.locator(".head-row summary").click()
    button.click()
    dialog(page).get_by_role("button", name=words).click()
    expect(page.get_by_text(f"{words}：已完成")).to_be_visible(timeout=BUSY)


def report(page: Page, subject: str) -> None:
    """The daily report, on a phone."""
    page.goto(f"{subject}reports/new/")
    page.get_by_label("今日完成").fill("线上线索量达 850，转化率 12%\n社群转发 350 次")
    page.get_by_label("明日计划").fill("重点跟进高意向线索\n优化直播话术")
    page.get_by_label("存在问题").fill("直播间互动率偏低（<10%）")
    page.get_by_label("需协调资源").fill("增加 1 名主播助理")
    page.get_by_role("button", name="提交日报").click()
    expect(page).to_have_url(re.compile(r"/reports/$"))
    expect(page.locator("main")).to_contain_text("优化直播话术")


def read(page: Page, subject: str) -> None:
    """Figures that lag behind raise an alert, which its owner has thirty minutes to answer."""
    page.goto(f"{subject}data/")
    page.get_by_role("button", name="补录读数").click()
    line = dialog(page).get_by_role("row").filter(has_text="抖音 · 线索留资量")
    line.get_by_label("累计").fill("880")
    dialog(page).get_by_role("button", name="录入").click()
    alert = page.locator("section.finding[id^=alert]").filter(has_text="线索留资量").first
    expect(alert).to_contain_text("880")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("R-DSH-05")
    page.goto(f"{subject}data/")
    alert.get_by_role("button", name="登记处理").click()
    dialog(page).get_by_label("异常原因").fill("直播间互动率低，留资入口不显眼")
    dialog(page).get_by_label("调整").fill("把留资入口移到首屏，增加一名主播助理")
    dialog(page).get_by_role("button", name="保存").click()
    expect(alert).to_contain_text("把留资入口移到首屏")


def evaluate(page: Page, subject: str) -> None:
    """Targets against actuals, with what is still missing, and the return in every reading of the sources (`rules.md` 11)."""
    page.goto(f"{subject}review/")
    for roi in ("549.35%", "635.29%", "624.64%"):
        expect(page.locator("#roi")).to_contain_text(roi)
    expect(page.locator("#roi")).to_contain_text("暂定")
    page.get_by_role("button", name="从目标补充评估行").click()
    table = page.locator("#sheet-evaluation")
    actuals = {"品牌搜索指数": "36%", "线索留资量": "2310", "有效线索率": "66%", "活动期销售额": "50万元"}
    for indicator, actual in actuals.items():
        row = table.get_by_role("row").filter(has=page.get_by_role("cell", name=indicator, exact=True))
        row.get_by_role("button", name="编辑").click()
        form = table.locator("form.row-form")
        form.get_by_label("实际").fill(actual)
        form.get_by_role("button", name="保存").click()
        expect(form).to_have_count(0)
        expect(row).to_contain_text(actual)


def look_back(page: Page, subject: str) -> None:
    """An action without a measurable effect is refused; with it, the retrospective goes."""
    page.goto(f"{subject}review/")
    table = page.locator("#sheet-retrospective")
    effects = {
        "更新《校园活动执行手册》": "转发完成率不低于 90%",
        "完成“高校KOL资源库”搭建": "入库不少于 30 人",
    }
    for action, effect in effects.items():
        row = table.get_by_role("row").filter(has_text=action)
        row.get_by_role("button", name="编辑").click()
        form = table.locator("form.row-form")
        form.get_by_label("预期效果").fill(effect)
        form.get_by_role("button", name="保存").click()
        expect(form).to_have_count(0)
    page.locator("#retrospective").get_by_role("button", name="提交复盘").click()
    page.locator("dialog[open]").get_by_role("button", name="提交").click()
    expect(page.locator("#retrospective")).to_contain_text("已提交")


def archive(page: Page, subject: str) -> None:
    """File what the checklist still lacks, write the summary, and seal."""
    page.goto(f"{subject}archive/")
    items = {"筹备": "快闪店场地协议", "执行": "现场照片与公众号推文"}
    for stage, title in items.items():
        form = page.locator("#file")
        form.get_by_label("阶段").select_option(label=stage)
        form.get_by_label("日期").fill("2024-08-02")
        form.get_by_label("标题").fill(title)
        form.get_by_label("来源").fill("华南区域市场部")
        form.get_by_label("内容摘要").fill(f"{title}，原件存市场部。")
        form.locator("input[type=file]").set_input_files(
            {"name": f"{title}.txt", "mimeType": "text/plain", "buffer": title.encode()}
        )
        form.get_by_role("button", name="归档").click()
        expect(page.locator("main")).to_contain_text(f"{title}，原件存市场部。")
    summary = page.locator("#summary")
    summary.get_by_label("总结").fill("曝光与有效线索达成，转化率待 9 月 9 日定稿。")
    summary.get_by_label("建议").fill("下次先定转发奖励，再启动社群。")
    summary.get_by_role("button", name="保存").click()
    expect(page.locator("#summary")).to_contain_text("张伟")
    page.locator(".toolbar").get_by_role("button", name="归档").click()
    page.locator("dialog[open]").get_by_role("button", name="归档").click()
    expect(page.locator("#package")).to_contain_text("SHA-256", timeout=BUSY)


def take(page: Page, subject: str, folder: Path) -> Path:
    """The archivist verifies the package and downloads it."""
    page.goto(f"{subject}archive/")
    page.locator("#package").get_by_role("button", name="校验").click()
    expect(page.locator("#package")).not_to_contain_text("从未")
    expect(page.locator("#package")).to_contain_text("已封存")
    with page.expect_download() as begun:
        page.locator("#package").get_by_role("link", name="下载").click()
    package = folder / begun.value.suggested_filename
    begun.value.save_as(package)
    return package


def proves(package: Path) -> bool:
    """What `manage.py verify_archive` says of a package."""
    try:
        call_command("verify_archive", package, stdout=StringIO())
    except SystemExit:
        return False
    return True


@pytest.fixture
def company(transactional_db: None) -> DemoCompany:
    """The company as it stood before the campaign began."""
    with clock.at("2024-07-01T09:00"):
        made = make_company()
        install_definitions(actor=made["admin"])
    return made


@pytest.mark.usefixtures("company")
def test_a_campaign_goes_from_its_workbook_to_a_package_that_proves_itself(
    sign_in: SignIn, tmp_path: Path
) -> None:
    with clock.shifted("2024-08-02T15:20"):
        zhang = sign_in("zhang")
        campaign = hand_in(zhang)
        subject = campaign.replace("/campaigns/", "/s/")
        judge_goals(zhang, campaign)
        mend_budget(zhang, subject)
        mend_schedule(zhang, campaign, subject)
        send(zhang, campaign)

        decide(sign_in("huang", size=PHONE), "审核通过", "同意，注意暑期校内客流。")
        decide(sign_in("chen"), "审核通过", "例外理由成立，按实核销。", sees="现场风险由学校场地方承担")
        decide(sign_in("he"), "批准")
        decide(sign_in("zheng"), "批准", "按方案执行。")
        move(zhang, campaign, "开始筹备")
        move(zhang, campaign, "开始执行")

        report(sign_in("zhang", size=PHONE), subject)
        read(sign_in("zhao"), subject)

        move(zhang, campaign, "结束执行")
        evaluate(zhang, subject)
        look_back(zhang, subject)
        move(zhang, campaign, "完成评估")
        archive(zhang, subject)
        package = take(sign_in("feng"), subject, tmp_path)

    assert proves(package)
    altered = bytearray(package.read_bytes())
    altered[len(altered) // 2] ^= 1
    package.write_bytes(altered)
    assert not proves(package)
