"""Coupons, live streams and forwarding of the campus campaign: limited, counted, one reward due."""

from __future__ import annotations

from decimal import Decimal

from yunchou.capabilities.promotions import actions
from yunchou.capabilities.promotions.actions import SeriesFacts, StreamFacts, StreamResult, TaskFacts
from yunchou.capabilities.promotions.models import Promoter, SeriesKind
from yunchou.capabilities.sales.models import Lead
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from .campus import NAME


def promoting(company: DemoCompany, days: Days) -> Story:
    """A week of promotion; it begins once leads have come."""
    zhang = User.objects.get(pk=company["zhang"].pk)
    yield days.at(-5, "10:00")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    streams = [
        actions.plan_stream(
            subject=subject, actor=zhang,
            facts=StreamFacts(title, "抖音", days.at(day, start), days.at(day, end), aim, host),
        )
        for title, day, start, end, aim, host in (
            ("新品首播", -4, "14:00", "16:00", 5000, "小林"),
            ("晚八点加场", -1, "20:00", "22:00", 5000, "小林"),
            ("限时秒杀夜", 1, "20:00", "22:00", 8000, "阿楠"),
        )
    ]  # fmt: skip
    coupons = actions.make_series(
        subject=subject, actor=zhang,
        facts=SeriesFacts(
            "限时优惠券", "数码产品满 500 元减 50 元，每单限用一张", Decimal(50), 500, days.day(-5), days.day(8),
            stream=streams[0], is_public=True,
        ),
    )  # fmt: skip
    prizes = actions.make_series(
        subject=subject, actor=zhang,
        facts=SeriesFacts(
            "转发礼品券", "凭券领取蓝牙耳机一副", Decimal(99), 30, days.day(-5), days.day(8), kind=SeriesKind.PRIZE
        ),
    )  # fmt: skip
    task = actions.make_task(
        subject=subject, keeper=zhang, actor=zhang,
        facts=TaskFacts(
            "班级群转发", "把活动海报和您的专属链接转发到班级群、社团群", days.day(-5), days.day(5), 5, "", "forwards", 50, prizes
        ),
    )  # fmt: skip
    heads = {
        lead.customer.name: lead.customer
        for lead in Lead.objects.heads().filter(subject=subject).select_related("customer__subject")
    }
    owners = [heads[name] for name in ("黎嘉怡", "邓梓轩") if name in heads]
    actions.add_promoters(
        task=task, actor=zhang, users=[company["li"]], customers=owners, group="大学城班级群"
    )
    yield days.at(-4, "16:30")
    result = StreamResult(days.at(-4, "14:06"), days.at(-4, "16:10"), 3180, 254, 120, 36, "时段与上课冲突")
    actions.tell_stream(stream=streams[0], result=result, actor=zhang)
    given = [actions.issue_coupon(series=coupons, customer=one, actor=zhang) for one in heads.values()]
    yield days.at(-2, "11:00")
    for coupon in given[:3]:
        actions.redeem_coupon(coupon=coupon, actor=zhang, place="大学城快闪店")
    for promoter in Promoter.objects.filter(task=task).select_related("task__subject", "customer", "user"):
        count = 56 if promoter.customer == owners[0] else 22
        actions.note_forwards(promoter=promoter, count=count, proof="群聊截图，存活动群文件", actor=zhang)
    yield days.at(0, "09:10")
    result = StreamResult(
        days.at(-1, "20:01"), days.at(-1, "22:05"), 6420, 905, 260, 71, "话术调整后互动上升"
    )
    actions.tell_stream(stream=streams[1], result=result, actor=zhang)
