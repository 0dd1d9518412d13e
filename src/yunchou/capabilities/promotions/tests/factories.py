"""Coupons, tasks and streams for tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from yunchou.capabilities.promotions import actions
from yunchou.capabilities.promotions.actions import SeriesFacts, StreamFacts, TaskFacts
from yunchou.capabilities.promotions.models import CouponSeries, ForwardTask, Stream
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

_n = count(1)
FIRST, LAST = date(2024, 7, 26), date(2024, 8, 10)


def facts_of(**told: Any) -> SeriesFacts:
    usual: dict[str, Any] = {
        "title": f"限时优惠券{next(_n)}", "terms": "满 500 减 50", "value": Decimal(50), "stock": 100, "starts_on": FIRST,
        "ends_on": LAST,
    }  # fmt: skip
    return SeriesFacts(**usual | told)


def make_series(subject: Subject, actor: User, **told: Any) -> CouponSeries:
    return actions.make_series(subject=subject, facts=facts_of(**told), actor=actor)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return clock.moment(date(2024, 8, day), hour, minute)


def make_stream(subject: Subject, actor: User, **told: Any) -> Stream:
    usual: dict[str, Any] = {
        "title": f"晚八点专场{next(_n)}", "platform": "抖音", "planned_from": at(1, 20), "planned_until": at(1, 22),
        "viewers_target": 5000,
    }  # fmt: skip
    return actions.plan_stream(subject=subject, facts=StreamFacts(**usual | told), actor=actor)


def make_task(subject: Subject, actor: User, **told: Any) -> ForwardTask:
    usual: dict[str, Any] = {
        "title": f"社群转发{next(_n)}", "text": "转发海报到班级群", "starts_on": FIRST, "ends_on": LAST, "quota": 5,
        "reward": "耳机一副", "reward_from": 50,
    }  # fmt: skip
    return actions.make_task(subject=subject, facts=TaskFacts(**usual | told), keeper=actor, actor=actor)
