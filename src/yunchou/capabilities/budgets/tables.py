"""The budget as a table: one line per cost, a last line with the stated total (BUD-04, BUD-06)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import mul

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.money import ZERO, ratio, yuan
from yunchou.kernel.sheets.columns import Money, Person, Text
from yunchou.kernel.sheets.table import Footer, Row, Table
from yunchou.kernel.sheets.values import Person as Someone

from .chart import SUB_ITEMS, Category, Heading, category_of, heading_of

CATEGORIES = tuple(Category.values)
SUGGESTED = tuple(item for items in SUB_ITEMS.values() for item in items)
CONTINGENCY_WORDS = ("应急备用金", "应急资金", "备用金")

# Brackets and signs as people type them, half or full width.
_CALCULATION = re.compile(r"[(\uff08](?P<words>[^()\uff08\uff09]*[×xX*][^()\uff08\uff09]*)[)\uff09]\s*$")
_FACTOR = re.compile(r"(\d[\d,]*(?:\.\d+)?)")


@dataclass(frozen=True, kw_only=True)
class LineRow(Row):
    """A budget line. An item may end in how its amount is computed: 内部团队加班费(3人×5天×800元/天)."""

    category: str = ""
    item: str = ""
    amount: Decimal | None = None
    actual: Decimal | None = None
    variance_note: str = ""
    owner: Someone | None = None
    approver: Someone | None = None

    @cached_property
    def calculation(self) -> str:
        """`3人×5天×800元/天`, or nothing where the amount is just stated."""
        match = _CALCULATION.search(self.item)
        return match["words"] if match else ""

    @cached_property
    def item_name(self) -> str:
        """The item without its calculation."""
        return _CALCULATION.sub("", self.item).strip()

    @cached_property
    def factors(self) -> tuple[Decimal, ...]:
        """The numbers whose product is the amount, in order; () where there is no calculation.

        A part without a number (高校2天 has one, 不限 none) makes the whole not computable.
        """
        if not self.calculation:
            return ()
        parts = re.split(r"[×xX*]", self.calculation)
        numbers = [_FACTOR.search(part) for part in parts]
        if not all(numbers):
            return ()
        return tuple(Decimal(number[1].replace(",", "")) for number in numbers if number)

    @cached_property
    def product(self) -> Decimal | None:
        """The amount that the factors give, in yuan."""
        return yuan(reduce(mul, self.factors)) if self.factors else None

    @property
    def group(self) -> str:
        """The category it counts in: one of the four, the other costs where nobody knows better (BUD-04)."""
        return category_of(self.item_name, self.category).value

    @property
    def heading(self) -> Heading:
        """The heading of an event that it pays for (BUD-05)."""
        return heading_of(self.item_name, self.category)

    @property
    def is_contingency(self) -> bool:
        return self.item_name in CONTINGENCY_WORDS

    @property
    def left(self) -> Decimal | None:
        """What is not spent yet, in yuan; below zero when more was spent than planned."""
        return None if self.amount is None else self.amount - (self.actual or ZERO)

    @property
    def variance(self) -> Decimal | None:
        """Actual minus budget, in yuan (R-BUD-11); None until something was spent."""
        return None if self.actual is None or self.amount is None else self.actual - self.amount

    @property
    def variance_share(self) -> Decimal | None:
        """The variance in percent of the budget (R-BUD-11); None without one, or without a budget."""
        return None if self.variance is None or not self.amount else ratio(self.variance, self.amount)


BUDGET = Table(
    key="budget",
    sheet="预算明细表",
    title=_("Budget"),
    row=LineRow,
    identity=("item",),
    footer=Footer(columns=("amount", "actual")),
    columns=(
        Text("category", "成本类别", _("Category"), required=True, max_length=30, suggestions=CATEGORIES),
        Text(
            "item", "明细项目", _("Item"), required=True, width=36, max_length=160, suggestions=SUGGESTED,
            hint=_("A calculation in brackets is checked: 3人×5天×800元/天"),
        ),
        Money("amount", "预算金额", _("Budget"), required=True),
        Money("actual", "实际支出", _("Actual")),
        Text("variance_note", "差异说明", _("Variance note"), multiline=True, width=24),
        Person("owner", "负责人", _("Owner")),
        Person("approver", "审批人", _("Approver")),
    ),
)  # fmt: skip
