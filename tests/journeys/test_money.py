"""A year's money in a region: planned, bought with, claimed, short three times and helped three ways, and the month closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tools.browser import settle
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.actions import state_purpose
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.insights.demo.buying import new_supplier
from yunchou.lifecycle.insights.demo.company import DemoCompany, make_company
from yunchou.lifecycle.insights.demo.writing import agree_all, fill, send
from yunchou.lifecycle.planning.actions import create_plan
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Plan

from .conftest import DESKTOP, PHONE

SPRING, APRIL = "2025-03-03T09:10", "2025-04-02T09:30"
PARTS = {
    "region": ("会员活跃度 41%，低于集团平均。", "活跃度提高到 46%，新增会员 2,400 名。"),
    "projects": ("云谷年内交付，交付前安排业主开放日。",),
    "schedule": ("每季一场，避开高考与汛期。",),
    "cost": ("按上年单场成本编制，含 10% 物价上浮。", "单场超过 5 万元须三家比价。"),
}
SUPPLIERS = (
    ("广州礼遇文创用品有限公司", "91440106MA59QK7P3", "23.50"),
    ("佛山优礼汇商贸有限公司", "91440606MA7K3T2P8", "23.00"),
    ("羊城印艺图文制作有限公司", "91440101MA5CXA1B2", "24.80"),
)
PICTURE = {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}

ITEMS = (
    ("1", "春季邻里节", "2025-03-15", "2025-04-20", "60000"),
    ("2", "秋季邻里节", "2025-09-10", "2025-10-15", "140000"),
)
LINES = (
    ("物料成本", "伴手礼(600份×25元/份)", "15000"),
    ("物料成本", "线下展架(10个×200元/个)", "2000"),
    ("其他成本", "场地租赁(3天×3000元/天)", "9000"),
    ("渠道成本", "社群推广", "6000"),
    ("其他成本", "应急备用金", "4000"),
)
INSTALMENTS = (("预付款 30%", "4230", "2025-03-10", True), ("验收后余款", "9870", "2025-04-25", False))

SMART = ("具体", "可实现", "相关")

SignIn = Callable[..., Page]


def dialog(page: Page) -> Locator:
    return page.locator("#dialog")


def pick(form: Locator, label: str, words: str) -> None:
    """Choose by typing, as in every field that searches."""
    box = form.get_by_role("combobox", name=re.compile(f"^{label}"))
    box.fill(words)
    expect(form.locator(".ts-dropdown .option.active").filter(has_text=words)).to_be_visible()
    box.press("Enter")
    box.press("Tab")


def decide(page: Page, title: str, words: str = "批准") -> None:
    """From what waits to the decision."""
    page.goto("/approvals/")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.locator(".decision-bar").get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".decision-bar")).to_have_count(0)


# -- the plan ----------------------------------------------------------------------------------------------------------


def add_row(
    page: Page, table: str, cells: dict[str, str], owner: str = "", ticks: tuple[str, ...] = ()
) -> None:
    """Type a new row into a table of the page, its cells by column; its owner is picked, words are ticked."""
    sheet = page.locator(f"#sheet-{table}")
    sheet.get_by_role("button", name="新增一行").click()
    form = sheet.locator("form.row-form")
    for column, value in cells.items():
        field = form.locator(f"[name={column}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            choose(field, value)
        else:
            field.fill(value)
    for word in ticks:
        form.get_by_label(word, exact=True).check()
    if owner:
        pick(form, "负责人", owner)
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    settle(page)


def draft_plan(page: Page) -> str:
    """The year plan of the region, all its parts and tables; returns its address."""
    page.goto("/plans/")
    page.get_by_role("link", name="新建计划").first.click()
    form = page.locator("form.card")
    form.get_by_label("名称").fill("华南区域2025年度客户活动计划")
    form.get_by_label("预算总额").fill("200000")
    form.get_by_role("button", name="创建草稿").click()
    page.wait_for_url(re.compile(r"/plans/\d+/$"))
    for part, texts in PARTS.items():
        page.locator(f"#part-{part}").get_by_role("button", name="编辑").click()
        boxes = dialog(page).locator("textarea")
        expect(boxes).to_have_count(len(texts))
        for place, text in enumerate(texts):
            boxes.nth(place).fill(text)
        dialog(page).get_by_role("button", name="保存").click()
        expect(page.locator(f"#part-{part}")).to_contain_text(texts[0])
    add_row(page, "plan_projects", {"project": "云谷", "sales_plan": "云谷方案 V2", "progress": "主体封顶"})
    address = page.url.split("#")[0]
    page.goto(f"{address}goals/")
    goal = {"metric": "新增会员", "is_additive": "是", "year_value": "2400", "source": "会员系统"}
    add_row(page, "plan_goals", {**goal, "due_on": "2025-12-31"}, "吴芳", SMART)
    page.goto(f"{address}items/")
    for code, title, start, end, amount in ITEMS:
        item = {"code": code, "title": title, "kind": "客户活动", "theme": "邻里同行", "goal": "到访 500 组"}
        add_row(page, "plan_items", {**item, "start_on": start, "end_on": end, "budget": amount}, "李娜")
    return address


def send_plan(page: Page, plan: str) -> None:
    """The page that sends it names the approvers and finds nothing in the way."""
    page.goto(f"{plan}submit/")
    for name in ("黄志成", "何雅"):
        expect(page.locator("main")).to_contain_text(name)
    expect(page.locator("#missing, #blocking")).to_have_count(0)
    page.locator("main").get_by_role("button", name="提交审批").click()
    expect(page.locator(".status-dial, .badge").filter(has_text="审批中").first).to_be_visible()


def break_down(page: Page, plan: str) -> None:
    """One click lays out the quarters, each with its items."""
    page.goto(plan)
    page.get_by_role("link", name="分解", exact=True).first.click()
    page.get_by_role("button", name="一键生成缺少的计划").click()
    expect(page.locator("main")).to_contain_text("2025年第1季度活动计划")


def make_campaign(page: Page, plan: str) -> Campaign:
    """From the item in the monitor, one click; what the plan says is in the form."""
    page.goto(f"{plan}monitor/")
    page.get_by_role("row").filter(has_text="春季邻里节").get_by_role("link", name="创建活动").click()
    form = page.locator("form.card")
    expect(form.get_by_label("名称")).to_have_value("春季邻里节")
    form.get_by_role("button", name="创建草稿").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+/$"))
    page.goto(f"{page.url}proposal/")
    expect(page.locator("#sheet-overview")).to_contain_text("华南区域2025年度客户活动计划 1 春季邻里节")
    page.goto(f"{plan}monitor/")
    expect(
        page.get_by_role("row").filter(has_text="春季邻里节").get_by_role("link", name="春季邻里节")
    ).to_be_visible()
    campaign = Campaign.objects.get(name="春季邻里节")
    assert not campaign.out_of_plan
    return campaign


def approve_proposal(campaign: Campaign, company: DemoCompany) -> None:
    """What the campaign journey walks through: written, sent, agreed to."""
    li = company["li"]
    state_purpose(campaign=campaign, actor=li, purposes=["促进销售"], scene="stage:复购")
    goal = ("参与度", "让业主到场", "到场家庭数", "≥500户", "签到系统", "吴芳", "活动结束后3个工作日")
    fill(campaign, "goals", "dimension description metrics targets data_sources owner due", [goal], actor=li)
    rows = [(*line, "李娜", "黄志成") for line in LINES]
    fill(campaign, "budget", "category item amount owner approver", rows, actor=li)
    send(campaign, "", actor=campaign.owner)
    agree_all(campaign.subject)


# -- buying ------------------------------------------------------------------------------------------------------------


def ask_to_buy(page: Page, activity: Subject) -> Purchase:
    """Asked for out of a budget line; while the amount is typed the page shows what would be left."""
    page.goto(f"/s/{activity.pk}/purchases/")
    page.get_by_role("link", name="申请采购").first.click()
    form = page.locator("form.card")
    form.get_by_label("采购内容").fill("邻里节伴手礼")
    choose(form.get_by_label("供应类别"), "礼品")
    form.get_by_label("采购用途").fill("到场家庭每户一份。")
    form.get_by_role("button", name="下一步").click()
    page.wait_for_url(re.compile(r"/purchases/\d+/$"))
    page.locator("#lines").get_by_role("button").first.click()
    box = dialog(page)
    box.get_by_label("采购内容").fill("帆布袋套装")
    choose(box.get_by_label("预算明细"), "B1")
    box.get_by_label("数量").fill("600")
    box.get_by_label("含税上限").fill("15000")
    expect(box.locator("#outlook")).to_contain_text("伴手礼")
    box.get_by_role("button", name="保存").click()
    expect(page.locator("#lines")).to_contain_text("帆布袋套装")
    page.get_by_role("button", name="提交审批").click()
    dialog(page).get_by_role("button", name="提交").click()
    expect(page.locator(".badge").filter(has_text="审批中").first).to_be_visible()
    return Purchase.objects.select_related("subject").get()


def compare(page: Page, purchase: Purchase) -> None:
    """Three quotes side by side; the lowest is marked."""
    page.goto(purchase.get_absolute_url())
    for count, (name, _body, price) in enumerate(SUPPLIERS, 1):
        page.get_by_role("button", name="录入报价").click()
        box = dialog(page)
        pick(box, "供应商", name)
        box.get_by_label(re.compile("^帆布袋套装")).fill(price)
        box.get_by_role("button", name="保存").click()
        expect(page.locator("#comparison thead th")).to_have_count(count + 2)
    expect(page.locator("#comparison")).to_contain_text("最低")


def award(page: Page, purchase: Purchase) -> None:
    """Not the lowest, so the reason says why."""
    page.goto(purchase.get_absolute_url())
    page.get_by_role("button", name="选定供应商").click()
    box = dialog(page)
    choose(box.get_by_label("全部由一家供应"), "广州礼遇")
    box.get_by_label("选定理由").fill("现货，三日到仓；比最低价高 300 元，可保首场。")
    box.get_by_role("button", name="选定").click()
    expect(page.locator("#comparison")).to_contain_text("现货，三日到仓")


def write_contract(page: Page, purchase: Purchase) -> Contract:
    """Drafted from the choice, with an advance and the rest, and sent."""
    page.goto(purchase.get_absolute_url())
    page.get_by_role("button", name="拟定合同").click()
    box = dialog(page)
    box.get_by_label("到期日期").fill("2025-05-31")
    box.get_by_label("约定内容").fill("按封样交货，预付 30%，余款验收后付清。")
    box.get_by_role("button", name="拟定").click()
    page.wait_for_url(re.compile(r"/contracts/\d+/$"))
    for name, amount, day, is_advance in INSTALMENTS:
        page.get_by_role("button", name="约定分期款").click()
        box = dialog(page)
        box.get_by_label("款项内容").fill(name)
        box.get_by_label("金额").fill(amount)
        box.get_by_label("应付日期").fill(day)
        if is_advance:
            box.get_by_label("预付款").check()
        box.get_by_role("button", name="保存").click()
        expect(page.locator("#instalments")).to_contain_text(name)
    page.get_by_role("button", name="提交审批").click()
    dialog(page).get_by_role("button", name="提交").click()
    expect(page.locator(".badge").filter(has_text="审批中").first).to_be_visible()
    return Contract.objects.select_related("subject").get()


def sign(page: Page, contract: Contract) -> None:
    """With the signed paper its amount is bound on the line."""
    page.goto(contract.get_absolute_url())
    page.get_by_role("button", name="签订").click()
    box = dialog(page)
    box.get_by_label("签订日期").fill(clock.today().isoformat())
    box.locator("input[type=file]").set_input_files({**PICTURE, "name": "合同（盖章）.pdf"})
    box.get_by_role("button", name="签订").click()
    expect(page.locator(".badge").filter(has_text="履行中").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("壹万肆仟壹佰元整")


# -- claims ------------------------------------------------------------------------------------------------------------


def begin_claim(page: Page, activity: Subject, supplier: str = "") -> str:
    """A claim for the activity that pays whoever writes it, or a supplier; returns its address."""
    page.goto(f"/s/{activity.pk}/expenses/")
    page.get_by_role("link", name="填写报销单").first.click()
    if supplier:
        pick(page.locator("form.card"), "收款供应商", supplier)
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url(re.compile(r"/expenses/\d+/$"))
    return page.url


def enter(page: Page, line: str, item: str, amount: str, *, contract: str = "") -> None:
    """An amount on a line, out of a contract where one is named."""
    page.get_by_role("button", name="填报金额").click()
    box = dialog(page)
    choose(box.get_by_label("预算明细"), line)
    choose(box.get_by_label("费用项目"), item)
    box.get_by_label("金额").fill(amount)
    if contract:
        choose(box.get_by_label("从合同占用中支付"), contract)
    expect(box.locator("#outlook table")).to_be_visible()
    box.get_by_role("button", name="保存").click()
    expect(page.locator("#amounts")).to_contain_text(f"{Decimal(amount):,.2f}")


def choose(select: Locator, words: str) -> None:
    """The option that contains these words."""
    select.select_option(select.locator("option").filter(has_text=words).first.get_attribute("value"))


def file_voucher(page: Page, number: str, payee: str, amount: str) -> None:
    page.get_by_role("button", name="登记票据").click()
    box = dialog(page)
    box.locator("input[type=file]").set_input_files(PICTURE)
    box.get_by_label("票据号码").fill(number)
    box.get_by_label("收款方").fill(payee)
    box.get_by_label("金额").fill(amount)
    box.get_by_label("票据日期").fill(clock.today().isoformat())
    box.get_by_role("button", name="保存").click()
    expect(page.locator("#vouchers")).to_contain_text(number)


def write_texts(page: Page, *texts: str) -> None:
    """The four texts are kept while they are typed."""
    for label, text in zip(("活动背景", "用途", "参与人员", "预期效果"), texts, strict=True):
        page.locator("#claim-texts").get_by_label(label).fill(text)
    with page.expect_response(re.compile("/texts/")):
        page.locator("#claim-texts").get_by_label("预期效果").press("End")


def send_claim(page: Page) -> None:
    page.get_by_role("button", name="提交审批").first.click()
    expect(page.locator(".badge").filter(has_text="审批中").first).to_be_visible()


def pay(page: Page, claim: str, amount: str) -> None:
    """The cashier sees to whom and how much, in words too."""
    page.goto("/expenses/")
    page.goto(claim)
    page.get_by_role("button", name="付款").click()
    box = dialog(page)
    expect(box).to_contain_text(amount)
    box.get_by_role("button", name="付款").click()
    expect(page.locator(".badge").filter(has_text="已付款").first).to_be_visible()


# -- the three ways out ------------------------------------------------------------------------------------------------


def short_of(page: Page, amount: str) -> Locator:
    """What the claim says of its lack, with the ways out of it."""
    finding = page.locator("#claim-check .finding").filter(has_text="超出预算")
    expect(finding).to_contain_text(amount)
    expect(finding).to_contain_text("R-BUD-06")  # sent as it is, it goes to the special review
    for way in ("动用备用金", "申请预算调整"):
        expect(finding.get_by_role("link", name=way)).to_be_visible()
    return finding


def take_way(page: Page, claim: str, way: str, *, lack: str, amount: str, giver: str = "") -> None:
    """Follow a link of the message: a request that knows line and lack already, sent for less than all of it."""
    page.goto(claim)
    short_of(page, lack).get_by_role("link", name=way).click()
    box = dialog(page)
    expect(box.get_by_label("金额")).to_have_value(re.compile(lack.replace(",", "")))
    if giver:
        choose(box.locator("[name=source]"), giver)
        box.locator("[name=effect]").fill("场地少用半天，不影响到场人数。")
    box.get_by_label("金额").fill(amount)
    box.locator("[name=reason]").fill("展架加急制作，数量由 10 个增至 16 个。")
    box.get_by_role("button", name="提交审批").click()
    expect(box.locator("form")).to_have_count(0)


# -- the month ---------------------------------------------------------------------------------------------------------


def report_month(page: Page) -> str:
    """Finance opens the report of the month that is over, verifies, analyses and sends it; returns its address."""
    page.goto("/expenses/reports/")
    form = page.locator("form.card")
    choose(form.get_by_label("组织"), "华南区域")
    form.get_by_label("月份").fill("2025-03")
    form.get_by_role("button", name="打开报表").click()
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    page.get_by_role("button", name="核对账目").click()
    expect(page.locator("ol.rows").first).to_contain_text("陈思远")
    texts = page.locator("#report-texts")
    texts.get_by_label("费用分析").fill("预付款与展架加急费，均为春季邻里节；加急费已按三种途径补足。")
    texts.get_by_label("改进措施").fill("展架数量在方案中按点位数核定（李娜，下次活动）。")
    page.get_by_role("button", name="报管理层审批").click()
    expect(page.locator(".badge").filter(has_text="审批中").first).to_be_visible()
    return page.url


def close_month(page: Page, report: str) -> None:
    """Approved, it closes the month for good."""
    page.goto(report)
    page.get_by_role("button", name="结账").click()
    page.locator("dialog[open]").get_by_role("button", name="结账").click()
    expect(page.locator("body")).to_contain_text("已结账")


@pytest.fixture
def company(transactional_db: None) -> DemoCompany:
    """The demo company with its routes, three suppliers, and a draft of the group's plan that the region's hangs below."""
    with clock.at("2024-12-02T09:00"):
        made = make_company()
        install_definitions(actor=made["admin"])
    with clock.at("2025-01-06T10:00"):
        create_plan(
            kind=Kind.GROUP, name="云舟集团2025年度客户活动计划", unit=made.group, year=2025, owner=made["lin"],
            budget=Decimal(3_600_000), actor=made["lin"],
        )  # fmt: skip
        for name, body, _price in SUPPLIERS:
            new_supplier(name, Supply.SUPPLIES, body, unit=made.regions["south"], actor=made["zhang"])
    return made


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def test_a_year_of_money_from_the_plan_to_the_closed_month(sign_in: SignIn, company: DemoCompany) -> None:
    with clock.shifted(SPRING):
        zhang = sign_in("zhang")
        plan = draft_plan(zhang)
        send_plan(zhang, plan)
        huang = sign_in("huang", size=PHONE)
        decide(huang, "2025年度客户活动计划", "审核通过")
        decide(sign_in("he"), "2025年度客户活动计划")
        break_down(zhang, plan)
        campaign = make_campaign(zhang, plan)
        approve_proposal(campaign, company)

        purchase = ask_to_buy(sign_in("zhou"), campaign.subject)
        agree_all(purchase.subject)
        sun = sign_in("sun")
        compare(sun, purchase)
        award(zhang, purchase)
        contract = write_contract(sun, purchase)
        agree_all(contract.subject)
        sign(huang, contract)

        advance = begin_claim(sun, campaign.subject, SUPPLIERS[0][0])
        enter(sun, "B1", "礼品", "4230", contract="伴手礼")
        file_voucher(sun, "24417000000061830641", SUPPLIERS[0][0], "4230.00")
        write_texts(sun, "春季邻里节伴手礼合同", "支付 30% 预付款", "后勤周涛、孙磊", "三日内到货 600 份")
        send_claim(sun)
        chen = sign_in("chen")
        decide(huang, "BX-2025-0001")
        decide(chen, "BX-2025-0001", "审核通过")
        qin = sign_in("qin")
        pay(qin, advance, "4,230.00")

        li = sign_in("li")
        stands = begin_claim(li, campaign.subject)
        enter(li, "B2", "印刷品与展架", "3200")
        file_voucher(li, "24417000000061831507", "羊城印艺图文制作有限公司", "3200")
        write_texts(li, "春季邻里节现场布置", "16 个点位展架加急制作", "李娜、王强", "到访 500 组")
        take_way(li, stands, "动用备用金", lack="1,200.00", amount="500")
        decide(huang, "动用备用金")
        take_way(li, stands, "申请预算调整", lack="700.00", amount="400", giver="场地租赁")
        decide(huang, "调剂")
        li.goto(stands)
        short_of(li, "300.00")
        send_claim(li)
        decide(huang, "BX-2025-0002")
        decide(chen, "BX-2025-0002", "审核通过")
        decide(sign_in("gao"), "BX-2025-0002")
        pay(qin, stands, "3,200.00")

    with clock.shifted(APRIL):
        report = report_month(chen)
        decide(sign_in("gao"), "2025-03")
        close_month(chen, report)

        page = sign_in("xu", size=DESKTOP)
        page.goto("/money/")
        for figure in ("200,000", "7,430", "9,870"):
            expect(page.locator("main")).to_contain_text(figure)
        page.get_by_role("link", name="华南区域").first.click()
        expect(page.locator("main")).to_contain_text("2025-03")

    money = money_of(Account.objects.get(key=f"campaign:{campaign.pk}"))
    assert (money.spent, money.committed, money.reserved) == (7_430, 9_870, 0)
    assert Plan.objects.get(kind="region").children.count() == 4
    assert proved()
