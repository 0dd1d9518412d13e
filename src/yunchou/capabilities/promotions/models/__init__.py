"""Coupons and prizes out of a limited stock, forwarding tasks with what each brought, live streams."""

from .coupons import Coupon, CouponSeries, SeriesKind
from .forwarding import Forward, ForwardTask, Promoter, RewardBy
from .streams import Stream

__all__ = [
    "Coupon",
    "CouponSeries",
    "Forward",
    "ForwardTask",
    "Promoter",
    "RewardBy",
    "SeriesKind",
    "Stream",
]
