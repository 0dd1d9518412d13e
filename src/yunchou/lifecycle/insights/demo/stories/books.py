"""What finance has to do: claims of both regions in every state, a month that was reported on and closed, one that is open."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from yunchou.capabilities.budgets.actions import request_adjustment
from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Claim
from yunchou.capabilities.expenses.selectors import report_facts
from yunchou.kernel.approvals.actions import approve, return_case
from yunchou.kernel.approvals.models import Task
from yunchou.lifecycle.campaigns.models import Campaign

from ..buying import Bill, claim, line_of, pay
from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import agree_all
from . import campus, gifts, past

PAID_FROM: Final = past.PROMOTION.start
"""The promotion's first bill is paid on this day: its month is the one that is closed."""
MESSAGES: Final = Bill(
    "短信与小程序推广", "platform", "9280", "24312000000083410027", "沪信通信技术有限公司", "e_invoice"
)
COUPONS: Final = Bill("会员礼券", "gifts", "15340", "24312000000083410956", "上海汇礼商贸有限公司")
SHOPS: Final = Bill("门店加班费", "overtime", "6000", "JB-HD-017", "云舟集团华东区域", "other")
COURIER: Final = Bill(
    "同城派送", "platform", "1320", "24312000000083422781", "上海闪送达物流有限公司", "e_invoice"
)
SHELTER: Final = Bill("场地租赁", "venue", "600", "24417000000061833094", "岭南高校后勤服务有限公司")
OVERTIME: Final = Bill("内部团队加班费", "overtime", "2400", "JB-0730", "云舟集团华南区域", "other")
DRIVERS: Final = Bill("内部团队加班费", "overtime", "1600", "JB-0731", "云舟集团华南区域", "other")


def east_books(company: DemoCompany, days: Days) -> Story:
    """华东 has a finance of its own: its promotion is paid by claims, the month of it closed by an approved report."""
    zhu, guo, ma, shi, fan = (company[name] for name in ("zhu", "guo", "ma", "shi", "fan"))
    yield days.at(PAID_FROM - 2, "10:20")
    promotion = Campaign.objects.select_related("subject__unit").get(name=past.PROMOTION.name)
    told = (
        "会员焕新促销周",
        "短信触达与小程序活动页",
        "市场部朱颖、客服部郭婷",
        "触达会员 4.2 万人，登记新会员 300 名",
    )
    messages = claim(promotion.subject, MESSAGES, told, actor=zhu)
    yield days.at(PAID_FROM - 1, "11:00")
    agree_all(messages.subject)
    yield days.at(PAID_FROM, "10:40")
    pay(messages, actor=fan)
    yield days.at(PAID_FROM, "14:00")
    told = ("会员焕新促销周", "会员到店核销礼券", "门店 6 家，客服部郭婷", "核销率 95% 以上，带动复购 600 单")
    coupons = claim(promotion.subject, COUPONS, told, actor=guo)
    yield days.at(PAID_FROM + 1, "09:30")
    agree_all(coupons.subject)
    yield days.at(PAID_FROM + 1, "11:20")
    pay(coupons, actor=fan)
    yield days.at(PAID_FROM + 1, "14:30")
    told = (
        "会员焕新促销周",
        "六家门店促销期加班费",
        "门店 6 人，客服部郭婷",
        "高峰时段核销排队不超过 5 分钟",
    )
    shops = claim(promotion.subject, SHOPS, told, actor=guo)
    yield days.at(PAID_FROM + 2, "09:40")
    agree_all(shops.subject)
    yield days.at(PAID_FROM + 2, "11:10")
    pay(shops, actor=fan)

    last = _month_end(days, PAID_FROM)
    month = f"{days.day(last):%Y-%m}"
    yield days.at(last + 1, "09:30")
    report = actions.open_report(unit=company.regions["east"], month=month, actor=shi)
    yield days.at(last + 2, "15:00")
    actions.verify_month(report=report, actor=shi)
    for one in report_facts(report).variances:
        if one.is_settled and one.amount and not one.note.strip():
            actions.write_note(report=report, account=one.key, text="按实际数量结算", actor=shi)
    actions.write_report(
        report=report, actor=shi,
        analysis="促销周短信按实际到达结算、礼券退回 33 份，均低于预算；人力成本与预算一致。",
        improvements="短信改为分批发送并按到达率结算（马晓琳，下月起）；礼券按核销数分两次领用（郭婷，下次促销）。",
    )  # fmt: skip
    actions.send_report(report=report, actor=shi)
    yield days.at(last + 4, "10:10")
    agree_all(report.subject, "同意。礼券领用办法请同步其他区域。")
    yield days.at(last + 5, "09:00")
    actions.close_month(report=report, actor=shi)
    yield days.at(last + 6, "14:20")
    actions.report_execution(
        unit=promotion.subject.unit, period=month, actor=ma,
        analysis="促销周预算执行率 85%，节余来自备用金未动用与短信按到达结算。",
        lessons="礼券印制量按上次核销率的 1.05 倍申报；短信单价以框架协议为准，不再单独询价。",
    )  # fmt: skip

    yield days.at(-6, "10:10")
    targeted = Campaign.objects.select_related("subject__unit").get(name=gifts.NAME)
    told = ("老客户感恩定向礼遇", "前两个片区礼盒派送", "销售部胡军与派送公司 4 人", "700 户签收，签收率 98%")
    courier = claim(targeted.subject, COURIER, told, actor=company["hu"])
    yield days.at(-5, "09:40")
    agree_all(courier.subject)
    yield days.at(-4, "15:30")
    pay(courier, actor=fan)


def south_books(company: DemoCompany, days: Days) -> Story:
    """Claims of 华南 that wait: for who pays, for whoever reviews what is beyond the budget, for who wrote one; a shift."""
    zhang, li, wang, sun, huang, chen = (
        company[name] for name in ("zhang", "li", "wang", "sun", "huang", "chen")
    )
    yield days.at(-3, "10:20")
    activity = Campaign.objects.select_related("subject__unit").get(name=campus.NAME).subject
    told = ("校园行动预热期", "三名同事周末布置快闪点位的加班费", "李娜等", "首场前完成 5 个点位布置")
    overtime = claim(activity, OVERTIME, told, actor=li)
    yield days.at(-3, "15:05")
    return_case(task=_task(overtime), actor=huang, opinion="参与人员请写全名，并附加班审批单；补齐后再报。")
    yield days.at(-2, "11:40")
    told = ("校园行动预热期", "物料搬运两天的加班费", "孙磊、王强", "印刷品与礼品按时进场")
    drivers = claim(activity, DRIVERS, told, actor=sun)
    yield days.at(-2, "15:20")
    told = ("校园行动线下快闪", "雨天备用室内场地加租", "王强与两所学校后勤", "下雨不停场，保住首场客流")
    shelter = claim(activity, SHELTER, told, actor=wang)
    yield days.at(-1, "10:00")
    agree_all(drivers.subject)
    approve(task=_task(shelter), actor=huang, opinion="同意，雨天概率高，有必要。")
    yield days.at(-1, "14:30")
    approve(task=_task(shelter), actor=chen, opinion="超预算 600 元，事由与票据属实，提请专项审核。")
    yield days.at(-1, "16:50")
    request_adjustment(
        budget=activity, way="shift", source=line_of(activity, "内部团队加班费"), target=line_of(activity, "抖音"),
        amount=Decimal(1_500), reason="线索进度落后，爆发期追加同城曝光。", effect="预计补回线索 120 条，不影响其他目标。",
        actor=zhang,
    )  # fmt: skip
    last = days.day(0).replace(day=1) - timedelta(days=1)
    yield days.at(0, "09:10")
    report = actions.open_report(unit=company.regions["south"], month=f"{last:%Y-%m}", actor=chen)
    actions.write_report(
        report=report, actor=chen, improvements="",
        analysis="费用集中在校园行动的投放与礼品，均在预算内；展架因加急超 80 元，已从备用金列支。",
    )  # fmt: skip


def _month_end(days: Days, number: int) -> int:
    """The last day of the month in which a day lies, counted from today."""
    first_after = (days.day(number).replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first_after - days.day(0)).days - 1


def _task(made: Claim) -> Task:
    """What waits to be decided on a claim."""
    waiting = Task.objects.waiting().filter(step__case__subject=made.subject)
    return waiting.select_related("step__case").get()
