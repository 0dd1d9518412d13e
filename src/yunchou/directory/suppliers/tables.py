"""The sheet of suppliers, declared once: it is read, written and offered as a template. Headings are data of the source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.sheets.columns import Choice, Choices, Number, Text
from yunchou.kernel.sheets.table import Row, Table

from .models import Grade, Supply

WORDS = {
    "物资礼品": Supply.SUPPLIES,
    "餐饮": Supply.CATERING,
    "场地": Supply.VENUE,
    "媒体广告": Supply.MEDIA,
    "印刷制作": Supply.PRINT,
    "讲师": Supply.SPEAKERS,
    "物流": Supply.LOGISTICS,
    "市场调研": Supply.RESEARCH,
    "其他": Supply.OTHER,
}
SYNONYMS = {
    "物资": Supply.SUPPLIES,
    "礼品": Supply.SUPPLIES,
    "场地租赁": Supply.VENUE,
    "媒体": Supply.MEDIA,
    "广告": Supply.MEDIA,
    "印刷": Supply.PRINT,
    "调研": Supply.RESEARCH,
}


@dataclass(frozen=True, kw_only=True)
class SupplierLine(Row):
    """One line of the list."""

    name: str = ""
    credit_code: str = ""
    kinds: tuple[Supply, ...] = field(default=())
    unit: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    address: str = ""
    bank_name: str = ""
    account: str = ""
    tax_rate: Decimal | None = None
    grade: Grade | None = None
    note: str = ""
    score: Decimal | None = None


SUPPLIERS = Table(
    key="suppliers",
    sheet="供应商名录",
    title=_("Suppliers"),
    row=SupplierLine,
    columns=(
        Text("name", "供应商名称", _("name of the supplier"), required=True, width=32, max_length=120),
        Text("credit_code", "统一社会信用代码", _("unified social credit code"), width=24),
        Choices("kinds", "供应类别", _("kinds of supply"), words=WORDS, synonyms=SYNONYMS, width=18),
        Text(
            "unit",
            "归属公司",
            _("company"),
            hint=_("Name or code of the group or of a regional company."),
            width=16,
        ),
        Text("contact_name", "联系人", _("contact"), max_length=60),
        Text("contact_phone", "联系电话", _("phone"), width=18, max_length=30),
        Text("address", "地址", _("address"), width=28, max_length=160),
        Text("bank_name", "开户银行", _("bank"), width=28, max_length=80),
        Text(
            "account", "银行账号", _("bank account"), hint=_("Empty: the account stays as it is."), width=26
        ),
        Number(
            "tax_rate", "税率（%）", _("tax rate"), least=Decimal(0), most=Decimal("99.99"), aliases=("税率",)
        ),
        Choice("grade", "等级", _("grade"), words={str(grade.value): grade for grade in Grade}, width=8),
        Text("note", "备注", _("note"), multiline=True, width=32),
    ),
    identity=("name",),
    is_required=True,
)

#: What leaves the house tells the score too. It is computed, so the list that comes back does not know the column.
EXPORTED = replace(
    SUPPLIERS,
    columns=(*SUPPLIERS.columns, Number("score", "履约评分", pgettext_lazy("scorecard", "score"), width=12)),
)
