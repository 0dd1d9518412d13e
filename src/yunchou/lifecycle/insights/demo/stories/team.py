"""Teams by the standard of their kind, module leads and what they report, somebody from outside; finished work looked at."""

from __future__ import annotations

from typing import Final

from yunchou.capabilities.operations.actions import hand_in_report
from yunchou.capabilities.work.actions import (
    accept_delivery,
    add_task,
    hand_in,
    place_outsider,
    place_person,
    return_delivery,
)
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.actions.team import Contact, Place
from yunchou.capabilities.work.models import Assignment, Tier
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import scan
from .campus import NAME, START
from .gala import EVENT
from .gala import NAME as GALA

PLACES: Final = (
    ("zhang", Tier.LEAD, "统筹进度、资源与风险决策", "总负责人"),
    ("li", Tier.MODULE_LEAD, "策划、设计", "运营"),
    ("zhao", Tier.MODULE_LEAD, "数据", "运营"),
    ("wang", Tier.MODULE_LEAD, "执行", "销售"),
    ("zhou", Tier.MODULE_LEAD, "后勤", "后勤"),
    ("wu", Tier.EXECUTOR, "客服答复与礼品发放", "客户服务"),
    ("sun", Tier.EXECUTOR, "数据采集", ""),
)
FORGOTTEN, LATE = -8, -3
# What the module leads report, over and over: what is done, and what comes next.
DAILIES: Final = {
    "li": (("社群文案 3 条定稿", "排版明日推文"), ("海报二稿送审", "按意见修改海报"), ("H5 页面走查一遍", "补竖屏素材")),
    "zhao": (("看板数据核对一遍", "核对渠道口径"), ("导出前一日渠道曝光", "复核线索去重")),
    "wang": (("走访 1 所高校场地", "确认摊位布置"), ("与学生会对接人力", "排定志愿者班次"), ("快闪动线演练一次", "清点现场物资")),
    "zhou": (("清点礼品库存", "联系送货时间"), ("搭建供应商现场看场", "确认雨棚与用电")),
}  # fmt: skip


def team(company: DemoCompany, days: Days) -> Story:
    """The campus team takes its places; later one row is sent back and accepted, another waits."""
    zhang, li, zhou = (company[name] for name in ("zhang", "li", "zhou"))
    yield days.at(-34, "11:20")
    campus = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    for name, tier, duty, part in PLACES:
        place_person(subject=campus, actor=zhang, user=company[name], place=Place(tier, duty, part))
    place_outsider(
        subject=campus,
        actor=zhang,
        contact=Contact("何师傅", "广州彩印工坊", "020-3888 1212"),
        place=Place(Tier.EXECUTOR, "展架与海报印制、送货"),
    )
    yield days.at(-27, "10:30")
    gala = Campaign.objects.select_related("subject__unit").get(name=GALA).subject
    for name, day in (("物料到位", EVENT - 2), ("邀约渠道上线", 2), ("晚会开场", EVENT)):
        fields = Fields(name, company["li"], days.day(day), days.day(day), is_milestone=True)
        add_task(subject=gala, actor=company["li"], fields=fields)

    design = Assignment.objects.select_related("subject").get(subject=campus, module="设计执行")
    yield days.at(-5, "17:10")
    first = hand_in(work=design, actor=li, note="海报、展架、H5 均已定稿", files=[scan("设计稿一览.pdf")])
    yield days.at(-4, "09:30")
    return_delivery(delivery=first, actor=zhang, reason="缺 H5 邀请函的审核意见，请一并附上")
    yield days.at(-4, "15:40")
    files = [scan("设计稿一览.pdf"), scan("H5审核意见.pdf")]
    second = hand_in(work=design, actor=li, note="已补 H5 审核意见", files=files)
    yield days.at(-4, "17:30")
    accept_delivery(delivery=second, actor=zhang)
    yield days.at(0, "09:40")
    gifts = Assignment.objects.select_related("subject").get(subject=campus, module="后勤保障")
    hand_in(work=gifts, actor=zhou, note="礼品 950 份验收入库，清单已更新", files=[scan("礼品验收单.pdf")])


def dailies(company: DemoCompany, days: Days) -> Story:
    """Every afternoon each module lead reports; who designs forgot a day, who cares for supplies was late once."""
    campus = Campaign.objects.select_related("subject__unit")
    for number in range(START, 0):
        for place, (name, told) in enumerate(DAILIES.items()):
            if (name, number) == ("li", FORGOTTEN):
                continue
            is_late = (name, number) == ("zhou", LATE)
            yield days.at(number, "17:20" if is_late else f"16:{20 + place}")
            done, tomorrow = told[number % len(told)]
            who, subject = company[name], campus.get(name=NAME).subject
            hand_in_report(
                subject=subject, day=days.day(number), owner=who, done=done, tomorrow=tomorrow, actor=who
            )
