"""What coupons, forwarding and live streams come to, as readings of the dashboard beside leads and orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.sales.models import Lead
from yunchou.capabilities.sales.telling import Teller, declare
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject

from .models import CouponSeries, ForwardTask, Promoter, Stream
from .selectors.coupons import used_in
from .selectors.streams import together

#: Words of workbooks -> our figure; the first that fits.
NAMES: Final = (
    (("优惠核销率", "优惠券核销率", "礼券核销率", "卡券核销率"), "coupon_rate"),
    (("优惠券核销", "礼券核销"), "coupons_redeemed"),
    (("优惠券发放", "优惠券领取", "礼券发放"), "coupons_issued"),
    (("直播互动率",), "interaction"),
    (("观看人数", "观看人次"), "viewers"),
    (("直播场次",), "streams"),
    (("裂变邀请", "邀请人数"), "invited"),
)


#: What others have of their own, such as forwards of an account: only the bare word is ours.
EXACT: Final = {"互动率": "interaction", "转发量": "forwards", "转发次数": "forwards"}


def named(name: str) -> str:
    """Which of our figures an indicator names."""
    if name in EXACT:
        return EXACT[name]
    return next((figure for words, figure in NAMES if any(word in name for word in words)), "")


def has_any(subject: Subject) -> bool:
    """Whether an activity has coupons, forwarding tasks or live streams."""
    return any(
        model.objects.filter(subject=subject).exists() for model in (CouponSeries, ForwardTask, Stream)
    )


def values(subject: Subject) -> dict[str, tuple[Decimal | None, Say]]:
    """The figures of an activity; one that nothing was written down for is left to people."""
    found: dict[str, tuple[Decimal | None, Say]] = {}
    used = used_in(subject)
    if used.issued:
        words = say(_("{part} of {whole}"), part=used.redeemed, whole=used.issued)
        found["coupon_rate"] = (used.rate, words)
        found["coupons_redeemed"] = (Decimal(used.redeemed), say(_("coupons redeemed")))
        found["coupons_issued"] = (Decimal(used.issued), say(_("coupons issued")))
    every = list(Stream.objects.filter(subject=subject, removed_at=None))
    streams = together(every)
    if streams.held:
        found["streams"] = (Decimal(streams.held), say(_("live streams held")))
    if streams.viewers is not None:
        found["viewers"] = (Decimal(streams.viewers), say(_("viewers of live streams")))
    if streams.rate is not None:
        found["interaction"] = (streams.rate, say(_("interactions of viewers of live streams")))
    promoters = Promoter.objects.filter(task__subject=subject)
    if forwards := promoters.aggregate(n=Sum("forwards"))["n"]:
        found["forwards"] = (Decimal(forwards), say(_("forwards reported for the forwarding tasks")))
    if invited := Lead.objects.heads().filter(form__promoter__task__subject=subject).count():
        found["invited"] = (Decimal(invited), say(_("people who came by a forwarded link")))
    return found


declare(Teller("promotions", named=named, has_any=has_any, values=values))
