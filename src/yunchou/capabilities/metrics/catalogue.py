"""The catalogue of indicators: what usual ones are called, what they count, and where their figures come from (GOA-04).

Whoever sets a goal takes an indicator from here with its unit and its source, so that goal, dashboard and evaluation speak
of the same number. Names and sources are the words of workbooks; any other may be written beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.sheets.values import Change, Comparator

from .models import Kind


@dataclass(frozen=True)
class Indicator:
    """An indicator as goals name it. `comparator` says whether much or little is wanted, `change` that growth is."""

    key: str
    name: str
    unit: str
    source: str
    meaning: str | Promise
    comparator: Comparator = ">="
    change: Change = ""
    kind: str = Kind.VOLUME


CATALOGUE: Final = (
    Indicator("exposure", "曝光量", "次", "各平台后台数据", _("how often content was shown")),
    Indicator("topic_reads", "社交媒体话题阅读量", "次", "社交媒体平台后台数据", _("how often posts on the topic were read")),
    Indicator(
        "search_index", "品牌搜索指数", "%", "搜索指数平台", _("growth of searches for the brand"), change="up"
    ),
    Indicator("media_reports", "媒体报道数", "篇", "媒体监测", _("reports that media published")),
    Indicator("media_reach", "媒体报道触达", "人", "媒体监测", _("people whom reports of media reached")),
    Indicator("shares", "转发量", "次", "各平台后台数据", _("how often content was passed on")),
    Indicator("leads", "线索留资量", "条", "CRM系统", _("people who left contact data")),
    Indicator(
        "valid_leads", "有效线索率", "%", "CRM系统", _("leads with complete contact data and a need"), kind=Kind.RATE
    ),
    Indicator("conversion", "线索转化率", "%", "CRM系统", _("leads that ordered within the conversion window"), kind=Kind.RATE),
    Indicator("sales", "活动期销售额", "元", "销售系统", _("sales of the campaign's days")),
    Indicator("signed", "签约数", "个", "销售系统", _("contracts signed by people of the audience")),
    Indicator("coupon_use", "优惠核销率", "%", "销售系统", _("coupons that were redeemed, of those issued"), kind=Kind.RATE),
    Indicator("satisfaction", "活动满意度", "分", "活动后问卷", _("mean mark of the survey after the event")),
    Indicator("complaints", "投诉数", "件", "客户服务部", _("complaints about the campaign"), "<="),
    Indicator("site_loss", "现场物资损耗", "元", "库存台账", _("cost of what was lost or wasted on site"), "<="),
    Indicator("report_reach", "活动报道触达", "人", "各平台后台数据", _("people whom reports after the event reached")),
    Indicator("participants", "参与人数", "人", "签到记录", _("people who came")),
    Indicator("attendance", "到场率", "%", "签到记录", _("people who came, of those invited"), kind=Kind.RATE),
    Indicator("interaction", "互动率", "%", "各平台后台数据", _("people who took part, of those reached"), kind=Kind.RATE),
    Indicator("repurchase", "复购率", "%", "会员系统", _("customers who bought again"), kind=Kind.RATE),
    Indicator("activity", "会员活跃度", "%", "会员系统", _("members who did something in the period"), kind=Kind.RATE),
    Indicator("referrals", "老客户推荐数", "人", "会员系统", _("customers whom other customers brought")),
)  # fmt: skip
BY_KEY: Final = {one.key: one for one in CATALOGUE}


def find(name: str) -> Indicator | None:
    """The indicator of that name, if the catalogue has it."""
    return next((one for one in CATALOGUE if one.name == name), None)
