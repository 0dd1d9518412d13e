"""Teams by the standard of their kind, module leads, somebody from outside; finished work that is looked at."""

from __future__ import annotations

from typing import Final

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
from .campus import NAME
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
