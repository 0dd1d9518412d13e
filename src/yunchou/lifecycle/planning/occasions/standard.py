"""The occasions every company in the country knows. They are computed for any year; a company may do without some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models.occasions import Promotion, RuleKind
from .rules import Rule

SUNDAY = 6


@dataclass(frozen=True)
class Standard:
    """One of them: `before` and `after` are the days around it on which shops promote."""

    key: str
    label: str | Promise
    rule: Rule
    before: int = 0
    after: int = 0
    promotion: str = Promotion.HOLIDAY


def _fixed(month: int, day: int) -> Rule:
    return Rule(RuleKind.FIXED, month=month, day=day)


def _lunar(month: int, day: int) -> Rule:
    return Rule(RuleKind.LUNAR, month=month, day=day)


STANDARD: Final = (
    Standard("new_year", _("New Year"), _fixed(1, 1), 1, 2),
    Standard("spring_festival", _("Spring Festival"), _lunar(1, 1), 14, 6),
    Standard("lantern", _("Lantern Festival"), _lunar(1, 15), 2),
    # Universities open after the Lantern Festival; the term of autumn begins on 1 September.
    Standard("spring_term", _("Start of the spring term"), _lunar(1, 16), 3, 14),
    Standard("women", _("Women's Day (8 March)"), _fixed(3, 8), 3),
    Standard("qingming", _("Qingming"), Rule(RuleKind.TERM, term="清明"), 1, 2),
    # The fairs at which the country's trade meets; their stretch is that of all phases.
    Standard("spring_fair", _("Canton Fair (spring)"), _fixed(4, 15), 0, 20, Promotion.FAIR),
    Standard("labour", _("Labour Day"), _fixed(5, 1), 2, 4),
    Standard("mother", _("Mother's Day"), Rule(RuleKind.WEEKDAY, month=5, nth=2, weekday=SUNDAY), 3),
    Standard("dragon_boat", _("Dragon Boat Festival"), _lunar(5, 5), 3, 2),
    Standard("618", _("6.18 shopping festival"), _fixed(6, 18), 17, 2, Promotion.LIMITED),
    Standard("autumn_term", _("Start of the autumn term"), _fixed(9, 1), 10, 14),
    Standard("teachers", _("Teachers' Day"), _fixed(9, 10), 3),
    Standard("mid_autumn", _("Mid-Autumn"), _lunar(8, 15), 10, 2),
    Standard("national", _("National Day"), _fixed(10, 1), 2, 6),
    Standard("double_ninth", _("Double Ninth"), _lunar(9, 9), 2),
    Standard("autumn_fair", _("Canton Fair (autumn)"), _fixed(10, 15), 0, 20, Promotion.FAIR),
    Standard("double_11", _("11.11 shopping festival"), _fixed(11, 11), 10, 1, Promotion.LIMITED),
    Standard("double_12", _("12.12 shopping festival"), _fixed(12, 12), 3, 1, Promotion.LIMITED),
    Standard("christmas", _("Christmas"), _fixed(12, 25), 7),
    Standard("member_day", _("Member day"), Rule(RuleKind.MONTHLY, day=18), promotion=Promotion.MEMBER),
)
BY_KEY: Final = {one.key: one for one in STANDARD}
