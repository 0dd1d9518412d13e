"""Goals that are suggested while a proposal is written: dimensions with indicators of the catalogue, by kind (GOA-04)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from yunchou.capabilities.metrics.catalogue import BY_KEY, Indicator
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.values import CHANGE_WORD, SIGN, DueRule

from .models import Kind
from .rules.proposal import deadlines_follow_the_end
from .tables import DIMENSIONS

BRAND, LEADS, SALES, SATISFACTION, PARTICIPATION, LOYALTY = DIMENSIONS


@dataclass(frozen=True)
class Suggestion:
    """A goal that is complete but for its numbers and its owner; `due` names the parameter of R-GOA-02 it follows."""

    dimension: str
    description: str
    keys: tuple[str, ...]
    due: str

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(BY_KEY[key] for key in self.keys)

    def cells(self, day: date | None = None) -> dict[str, str]:
        """The row as somebody would type it, with the deadline that is usual on a day. Numbers are for people to set."""
        days = params_on([deadlines_follow_the_end], day)[deadlines_follow_the_end.id][self.due]
        sources = dict.fromkeys(one.source for one in self.indicators)
        return {
            "dimension": self.dimension,
            "description": self.description,
            "metrics": "\n".join(one.name for one in self.indicators),
            "data_sources": "\n".join(sources),
            "due": str(DueRule(days)),
        }


def example_of(indicator: Indicator) -> str:
    """How a target of it is written, `增长≥…%`."""
    return f"{CHANGE_WORD[indicator.change]}{SIGN[indicator.comparator]}…{indicator.unit}"


# The first three with 004 二(一); the source gives no days for the others, which are measured as the brand is (a).
GENERAL: Final = {
    one.dimension: one
    for one in (
        Suggestion(BRAND, "提升目标人群对品牌和产品的认知", ("topic_reads", "search_index"), "brand"),
        Suggestion(LEADS, "收集目标人群的有效线索", ("leads", "valid_leads"), "leads"),
        Suggestion(SALES, "推动线索成交", ("conversion", "sales"), "sales"),
        Suggestion(SATISFACTION, "让参加的客户满意", ("satisfaction",), "brand"),
        Suggestion(PARTICIPATION, "让目标人群参与进来", ("participants", "interaction"), "brand"),
        Suggestion(LOYALTY, "巩固与老客户的关系", ("repurchase", "activity"), "brand"),
    )
}
EVENT: Final = Suggestion(PARTICIPATION, "邀请的客户到场并参与", ("participants", "attendance"), "brand")

# What is suggested first for each kind, otherwise than in general where that kind measures otherwise.
BY_KIND: Final[dict[str, tuple[Suggestion, ...]]] = {
    Kind.MARKETING: (GENERAL[BRAND], GENERAL[LEADS], GENERAL[SALES]),
    Kind.PROMOTION: (
        Suggestion(SALES, "拉动促销期销售", ("sales", "coupon_use"), "sales"),
        GENERAL[LEADS],
        Suggestion(BRAND, "让目标人群知道促销", ("exposure",), "brand"),
    ),
    Kind.CUSTOMER: (EVENT, GENERAL[SATISFACTION], GENERAL[LOYALTY]),
    Kind.HIGH_END: (
        Suggestion(SATISFACTION, "让高端客户满意", ("satisfaction", "complaints"), "brand"),
        EVENT,
        Suggestion(LOYALTY, "让老客户推荐新客户", ("referrals",), "brand"),
        Suggestion(SALES, "推动意向客户签约", ("signed",), "sales"),
    ),
    Kind.PR: (
        Suggestion(BRAND, "让媒体正面报道", ("media_reports", "exposure"), "brand"),
        GENERAL[PARTICIPATION],
    ),
    Kind.TARGETED: (EVENT, GENERAL[SATISFACTION], GENERAL[LOYALTY], GENERAL[SALES]),
}


def suggested_for(kind: str, there: Collection[str] = ()) -> tuple[Suggestion, ...]:
    """All six dimensions but those that are there already, the ones that suit the kind first."""
    first = {one.dimension: one for one in BY_KIND.get(kind, ())}
    return tuple(one for dimension, one in {**first, **_others(first)}.items() if dimension not in there)


def _others(first: Collection[str]) -> dict[str, Suggestion]:
    return {dimension: one for dimension, one in GENERAL.items() if dimension not in first}


def is_usual(kind: str, suggestion: Suggestion) -> bool:
    """Whether the kind itself calls for it."""
    return suggestion in BY_KIND.get(kind, ())
