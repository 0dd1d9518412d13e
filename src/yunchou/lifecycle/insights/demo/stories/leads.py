"""Leads and orders of the campus campaign: from stands, a live stream and the desk; one is late, one came twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.actions import LeadFacts, OrderFacts, Person
from yunchou.capabilities.sales.models import Lead, LeadChannel, OrderChannel, Outcome, Way
from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from .campus import NAME

SHOP, STREAM, DESK = "线下快闪店·大学城", "抖音直播间", "迎新咨询台"
#: Day, hour, name, number, channel, place, need, high intent.
LEADS: Final = (
    (-6, "10:20", "黎嘉怡", "13826012301", LeadChannel.SCAN, SHOP, "给孩子选开学平板，预算三千以内", False),
    (-6, "11:05", "邓梓轩", "13926012302", LeadChannel.SCAN, SHOP, "想了解教育优惠认证", False),
    (-6, "15:40", "梁咏诗", "13726012303", LeadChannel.DESK, DESK, "宿舍四人团购耳机，问团购价", True),
    (-5, "09:50", "伍俊杰", "13626012304", LeadChannel.STREAM, STREAM, "直播间同款键盘，什么时候补货", False),
    (-5, "20:15", "关晓彤", "13526012305", LeadChannel.STREAM, STREAM, "", False),
    (-5, "20:40", "麦伟明", "13426012306", LeadChannel.STREAM, STREAM, "以旧换新，旧机能抵多少", True),
    (-4, "10:10", "冼美玲", "", LeadChannel.DESK, DESK, "问学生证过期怎么认证", False),
    (-4, "16:30", "区志强", "13326012308", LeadChannel.FORM, "校园公众号", "社团活动赞助合作", False),
    (-3, "11:20", "温雅婷", "13126012309", LeadChannel.SCAN, SHOP, "笔记本电脑保修延长两年的价格", True),
    (-2, "14:00", "侯子豪", "13026012310", LeadChannel.DOOR, "新生报到处", "套餐带不带流量卡", False),
    (-1, "10:45", "卢思敏", "15826012311", LeadChannel.FORM, "校园公众号", "开学礼包怎么领", False),
    (-1, "13:30", "潘浩然", "15926012312", LeadChannel.SCAN, SHOP, "显示器和支架一起买有没有优惠", False),
)
#: Whose lead, so many hours later, number, channel, amount.
ORDERS: Final = (
    ("梁咏诗", 26, "DD-240728-0116", OrderChannel.SHOP, "1196.00"),
    ("麦伟明", 40, "TM-240729-5521", OrderChannel.ECOMMERCE, "4288.00"),
    ("温雅婷", 20, "DD-240731-0203", OrderChannel.SHOP, "6799.00"),
    ("黎嘉怡", 70, "WD-240730-0087", OrderChannel.SOCIAL, "2899.00"),
)


def _moments(days: Days) -> Iterator[tuple[datetime, tuple[Any, ...], bool]]:
    """When each left a lead, and when most of them were called back."""
    for line in LEADS:
        captured = days.at(line[0], line[1])
        yield captured, line, False
        if line[2] not in ("潘浩然", "卢思敏", "区志强"):
            yield captured + timedelta(minutes=95), line, True


def leads(company: DemoCompany, days: Days) -> Story:
    """A week of leads, most of them called back in time."""
    zhang = User.objects.get(pk=company["zhang"].pk)
    yield days.at(-7, "17:00")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    forms = {
        place: actions.open_form(subject=subject, place=place, keeper=zhang, actor=zhang, asks=asks)
        for place, asks in ((SHOP, "您想看哪一款？"), ("新生报到处", ""))
    }
    told: dict[str, Lead] = {}
    orders = {name: (hours, *rest) for name, hours, *rest in ORDERS}
    for moment, line, is_call in sorted(_moments(days), key=lambda one: one[0]):
        yield moment
        _day, _hour, name, phone, channel, place, need, is_keen = line
        if is_call:
            reached = Outcome.MISSED if name == "侯子豪" else Outcome.REACHED
            actions.record_contact(lead=told[name], outcome=reached, actor=zhang)
            continue
        form = forms.get(place)
        agreed = [Agreed(Purpose.SERVICE, basis=Basis.FORM if form else Basis.SPOKEN, proof=place)]
        told[name] = actions.capture_lead(
            subject=subject, facts=LeadFacts(channel, place, need, is_keen), person=Person(name, phone), consents=agreed,
            actor=None if form else zhang, way=Way.PUBLIC if form else Way.PAGE, owner=zhang, form=form,
        ).lead  # fmt: skip
    yield days.at(-1, "15:10")
    # The same person scans at the stand what she had asked at the desk.
    actions.capture_lead(
        subject=subject, facts=LeadFacts(LeadChannel.SCAN, SHOP, "耳机团购加一副"), person=Person("梁同学", "13726012303"),
        actor=None, way=Way.PUBLIC, form=forms[SHOP],
    )  # fmt: skip
    for name, move in (("温雅婷", "interest"), ("麦伟明", "negotiate"), ("伍俊杰", "interest")):
        actions.move_lead(lead=told[name], move=move, actor=zhang)
    actions.move_lead(lead=told["邓梓轩"], move="lose", reason="已在其他门店购买", actor=zhang)
    yield days.at(0, "09:30")
    for name, (hours, number, sold_by, amount) in orders.items():
        lead = Lead.objects.select_related("customer", "subject__unit").get(pk=told[name].pk)
        facts = OrderFacts(
            str(number),
            str(sold_by),
            Decimal(str(amount)),
            lead.captured_at + timedelta(hours=int(str(hours))),
        )
        order, _new = actions.enter_order(
            facts=facts, customer=lead.customer, subject=subject, lead=lead, actor=zhang
        )
        if name == "黎嘉怡":
            actions.cancel_order(order=order, reason="七天无理由退货", actor=zhang)
