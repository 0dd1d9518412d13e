"""A large event out of the region's quarter plan, whose stage is tendered: the bids are in, and sealed until the opening."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Method, Purchase
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.actions import start_preparation
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.campaigns.planning import create_from_plan
from yunchou.lifecycle.planning.models import IN_FORCE, Item

from ..buying import line_of, new_supplier, offer_of, supplier_named
from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import again, agree, agree_all, divide, fill, gather, plan, send, work_on

START, EVENT = -13, 22
NAME: Final = "岁月同舟邻里晚会"
TOTAL: Final = Decimal(156_000)
BIDDERS: Final = (
    ("广州盛世会展服务有限公司", "91440104MA59H8Q23", "105600", 6),
    ("深圳光合舞美技术有限公司", "91440300MA5EKX7W9", "99800", 8),
    ("佛山锦程文化活动有限公司", "91440605MA4W2N6R1", "103000", 5),
)
HANDED_IN: Final = ("10:15", "14:40", "16:05")


def item_for(region: str, days: Days, budget: Decimal) -> Item | None:
    """What the quarter plans in force still have to come that would bear so much; None where there is nothing."""
    items = Item.objects.filter(
        subject__plan__status__in=IN_FORCE, subject__plan__kind="quarter", subject__unit__code=region,
        budget__gte=budget, end_on__gte=days.day(EVENT), started_on=None,
    )  # fmt: skip
    return items.order_by("start_on", "pk").first()


def gala(company: DemoCompany, days: Days) -> Story:
    """Planned and approved as a large event; then its stage is asked for, tendered, and three bids come."""
    zhang, li, wu = (company[name] for name in ("zhang", "li", "wu"))
    yield days.at(-30, "10:00")
    item = item_for("south", days, TOTAL)
    campaign = create_from_plan(
        name=NAME,
        kind=Kind.CUSTOMER,
        unit=zhang.appointments.get().unit,
        owner=li,
        actor=li,
        plan_item_ref=item,
        plan_item="" if item else "华南年度计划 4.2 业主答谢",
        start_on=days.day(START),
        end_on=days.day(EVENT + 3),
        forms=["线下"],
        audience_note="华南三个社区的业主与会员",
        purposes=["提升项目品牌", "老客复购"],
        scene="社区",
        value_statement="邀请420人到场，满意度92分，新增会员260名",
        expected_people=420,
    )
    gather(campaign, (wu, "会员邀约"), (company["wang"], "舞台与现场"), (company["zhou"], "物资"))
    yield days.at(-28, "15:20")
    _write(campaign, company, days)
    yield days.at(-26, "09:10")
    send(campaign, "舞台部分超过十万元，批准后招标。", actor=li)
    yield days.at(-25, "10:30")
    agree(campaign, company["huang"], "同意。舞台务必公开招标。")
    yield days.at(-23, "14:10")
    agree(campaign, company["lin"], "同意，会员专席请预留 120 个。")
    yield days.at(-21, "16:30")
    agree(campaign, company["xu"], "同意。消防与疏散方案在开标前补齐。")
    yield days.at(START, "09:00")
    start_preparation(campaign=again(campaign), actor=li)
    work_on(campaign, 1, "in_progress")
    yield from _tender(campaign, company, days)


def _tender(campaign: Campaign, company: DemoCompany, days: Days) -> Story:
    zhang, sun, wang = (company[name] for name in ("zhang", "sun", "wang"))
    yield days.at(-12, "10:40")
    purchase = actions.create_purchase(
        title="晚会舞台灯光音响与执行", kind=Supply.VENUE, method=Method.TENDER, activity=campaign.subject, actor=wang,
        purpose="含舞台搭建、灯光音响、彩排与撤场，现场两套备用电源。", needed_on=days.day(EVENT - 1), price_weight=50,
    )  # fmt: skip
    actions.put_line(
        purchase=purchase, name="舞台灯光音响整包服务", specification="主舞台 12×8 m，两侧屏，含彩排一天", measure="项",
        quantity=Decimal(1), estimate=Decimal(108_000), budget_line=line_of(campaign.subject, "舞台灯光音响"), actor=wang,
    )  # fmt: skip
    actions.submit_purchase(purchase=purchase, note="金额超过十万元，按规定招标。", actor=wang)
    yield days.at(-11, "15:30")
    agree_all(purchase.subject)
    for name, body, _price, _delivery in BIDDERS:
        new_supplier(name, Supply.VENUE, body, unit=company.regions["south"], actor=zhang)
    yield days.at(-10, "09:20")
    purchase = Purchase.objects.select_related("subject__unit").get(pk=purchase.pk)
    tender = actions.announce_tender(
        purchase=purchase,
        suppliers=[supplier_named(name) for name, *_rest in BIDDERS],
        terms="资质：近三年同等规模活动不少于 5 场。\n评审：价格 50%，方案与安全 50%。\n履约：中标后三日内签约。",
        closes_at=days.at(1, "17:00"),
        opens_at=days.at(2, "10:00"),
        actor=sun,
    )
    yield days.at(-9, "11:00")
    actions.name_jury(tender=tender, people=[company[name] for name in ("wu", "liu", "zhou")], actor=zhang)
    for number, (name, _body, price, delivery) in enumerate(BIDDERS):
        yield days.at(number - 4, HANDED_IN[number])
        offer = offer_of(purchase, price, delivery, days)
        actions.receive_bid(tender=tender, supplier=supplier_named(name), offer=offer, actor=sun)


def _write(campaign: Campaign, company: DemoCompany, days: Days) -> None:
    li, wu, wang, zhou = (company[name] for name in ("li", "wu", "wang", "zhou"))
    fill(
        campaign,
        "goals",
        "dimension description metrics targets data_sources owner due remark",
        [
            ("参与度", "让业主与会员到场", "到场人数\n活动满意度", "≥420人\n≥92分", "签到系统\n现场问卷", "吴芳",
             "活动结束后3个工作日", ""),
            ("忠诚度", "现场招募会员", "新增会员", "≥260名", "会员系统", "吴芳", "活动结束后5个工作日", "验证手机并同意章程"),
        ],
        actor=li,
    )  # fmt: skip
    fill(
        campaign,
        "creative",
        "module design_point content alternative",
        [
            ("活动主题", "感谢同行的邻里", "岁月同舟：业主自编节目与名家演出各半", "邻里百家宴"),
            ("活动形式", "线下晚会", "会员专席、亲子区、现场抽奖", "分社区三场小型晚会"),
        ],
        actor=li,
    )
    fill(
        campaign,
        "budget",
        "category item amount owner approver",
        [
            ("其他成本", "舞台灯光音响与执行", "108000", "王强", "黄志成"),
            ("物料成本", "伴手礼(420份×40元/份)", "16800", "周涛", "黄志成"),
            ("人力成本", "主持与业主节目排练补贴", "9600", "李娜", "黄志成"),
            ("渠道成本", "社区海报与公众号推文", "5600", "李娜", "黄志成"),
            ("其他成本", "应急备用金", "16000", "李娜", "黄志成"),
        ],
        actor=li,
    )
    modules: tuple[tuple[str, str, str, str, User, list[User], int, int], ...] = (
        ("策划统筹", "节目与流程", "节目单、流程、主持稿", "提前一周联排", li, [], START, EVENT),
        ("设计执行", "邀请函与现场视觉", "邀请函、背景板、座位图", "设计稿审核通过", li, [], -6, 8),
        ("线下执行", "舞台与现场", "舞台、动线、安保、疏散", "提前一天彩排", wang, [], -12, EVENT),
        ("数据跟踪", "报名与签到数据", "报名、签到、问卷", "每日更新报名数", wu, [], 2, EVENT),
        ("后勤保障", "伴手礼与物资", "采购、验收、发放", "数量与到场人数相符", zhou, [], 2, EVENT),
    )
    divide(campaign, modules, days, actor=li)
    tasks = (
        ("节目征集与定稿", li, START, 6, "", "业主节目不少于 6 个"),
        ("舞台招标与签约", wang, -12, 8, "", "开标后三日内签约"),
        ("会员与业主邀约", wu, 2, 16, "", "会员专席 120 个"),
        ("联排与彩排准备", li, 14, EVENT - 1, "1 2", ""),
        ("晚会现场执行", wang, EVENT, EVENT, "3 4", "19:30 开场"),
        ("满意度回访与总结", wu, EVENT + 1, EVENT + 3, "5", ""),
    )
    plan(campaign, tasks, days, actor=li)
    risks = [
        ("人员拥挤", "中", "高", "分区入场\n增加安保 8 人", "王强", "报名人数>480人"),
        ("停电", "低", "高", "启用备用电源\n主持人控场 5 分钟", "王强", "电压异常或跳闸"),
    ]
    fill(campaign, "risks", "scenario likelihood impact responses owner trigger", risks, actor=li)
    rows = [("社区邀约", "报名人数", "420人", "吴芳"), ("现场", "新增会员", "260名", "吴芳")]
    fill(campaign, "dashboard", "channel indicator target owner", rows, actor=li)
