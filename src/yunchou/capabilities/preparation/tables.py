"""The tables of a preparation, in the words of 003 二(三) and 004 三."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.sheets.columns import Choice, DateText, Money, Number, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Person as Someone

from .models import PartyKind, PublicityChannel, SpeakerKind, SupplyKind, TripPart

ZERO: Final = Decimal(0)
MOST: Final = Decimal(1_000_000_000)
MEASURES: Final = ("件", "份", "套", "台", "辆")
OWNER: Final = Person("owner", "负责人", pgettext_lazy("preparation", "Owner"))


def due(label: object = None, header: str = "到位日期") -> DateText:
    return DateText("due_on", header, label or pgettext_lazy("preparation", "Due"))  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class AgreementRow(Row):
    """A resource from outside and what it is needed for."""

    kind: PartyKind | None = None
    party: str = ""
    need: str = ""
    needed_on: date | None = None
    owner: Someone | None = None


AGREEMENTS: Final = Table(
    key="agreements",
    sheet="书面协议",
    title=_("Written agreements"),
    row=AgreementRow,
    identity=("party", "need"),
    columns=(
        Text("party", "对方", _("With whom"), required=True, max_length=80),
        Choice(
            "kind", "类别", pgettext_lazy("preparation", "Kind"),
            words={"供应商": PartyKind.SUPPLIER, "渠道": PartyKind.CHANNEL, "合作方": PartyKind.PARTNER},
        ),
        Text("need", "需求", _("What is needed"), required=True, max_length=200),
        DateText("needed_on", "时间", _("Needed on"), required=True),
        OWNER,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SupplyRow(Row):
    """One thing that has to be there, and how good it has to be."""

    kind: SupplyKind | None = None
    name: str = ""
    quantity: Decimal | None = None
    measure: str = ""
    quality: str = ""
    supplier: str = ""
    due_on: date | None = None
    owner: Someone | None = None


SUPPLIES: Final = Table(
    key="supplies",
    sheet="物资清单",
    title=pgettext_lazy("preparation", "Supplies"),
    row=SupplyRow,
    identity=("name",),
    columns=(
        Text("name", "物资", pgettext_lazy("preparation", "Item"), required=True, max_length=80),
        Choice(
            "kind", "类别", pgettext_lazy("preparation", "Kind"),
            words={
                "礼品": SupplyKind.GIFT, "资料": SupplyKind.DOCUMENT, "餐饮": SupplyKind.CATERING,
                "音响设备": SupplyKind.EQUIPMENT, "车辆": SupplyKind.VEHICLE, "其他": SupplyKind.OTHER,
            },
        ),
        Number("quantity", "数量", pgettext_lazy("preparation", "Quantity"), required=True, least=Decimal("0.01"), most=MOST),
        Text("measure", "单位", pgettext_lazy("preparation", "Measure"), max_length=12, suggestions=MEASURES),
        Text("quality", "质量要求", _("Quality required"), max_length=300),
        Text("supplier", "供应商", pgettext_lazy("preparation", "Supplier"), max_length=80),
        due(),
        Person("owner", "负责人", pgettext_lazy("preparation", "Owner"), hint=_("Left empty: administration.")),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PrintRow(Row):
    """Something that is printed."""

    name: str = ""
    quantity: Decimal | None = None
    printer: str = ""
    due_on: date | None = None
    owner: Someone | None = None


PRINTS: Final = Table(
    key="prints",
    sheet="物料印刷",
    title=_("Printed matter"),
    row=PrintRow,
    identity=("name",),
    columns=(
        Text("name", "印刷品", _("Printed matter"), required=True, max_length=80),
        Number("quantity", "数量", pgettext_lazy("preparation", "Quantity"), least=Decimal(1), most=MOST),
        Text("printer", "印刷商", _("Printer"), max_length=80),
        due(_("Required on")),
        OWNER,
    ),
)


@dataclass(frozen=True, kw_only=True)
class PublicityRow(Row):
    """What is published where and when, and whom it is to reach."""

    channel: PublicityChannel | None = None
    content: str = ""
    due_on: date | None = None
    owner: Someone | None = None
    wanted_reach: Decimal | None = None


PUBLICITY: Final = Table(
    key="publicity",
    sheet="活动宣传",
    title=_("Publicity plan"),
    row=PublicityRow,
    identity=("channel", "content"),
    columns=(
        Choice(
            "channel", "渠道", pgettext_lazy("publicity", "Channel"), required=True,
            words={
                "官网": PublicityChannel.WEBSITE, "社交媒体": PublicityChannel.SOCIAL, "电子邮件": PublicityChannel.EMAIL,
                "短信": PublicityChannel.MESSAGE, "其他": PublicityChannel.OTHER,
            },
        ),
        Text("content", "内容", pgettext_lazy("publicity", "Content"), required=True, multiline=True, max_length=1000),
        due(pgettext_lazy("publicity", "Planned for"), "发布日期"),
        OWNER,
        Number("wanted_reach", "目标触达", _("To be reached"), whole=True, least=ZERO, most=MOST),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SpeakerRow(Row):
    """Who speaks about what."""

    kind: SpeakerKind | None = None
    name: str = ""
    organisation: str = ""
    topic: str = ""
    fee: Decimal | None = None
    due_on: date | None = None
    owner: Someone | None = None


SPEAKERS: Final = Table(
    key="speakers",
    sheet="讲师专家",
    title=pgettext_lazy("readiness", "Speakers"),
    row=SpeakerRow,
    identity=("name",),
    columns=(
        Text("name", "姓名", pgettext_lazy("speaker", "Name"), required=True, max_length=60),
        Choice(
            "kind", "类别", pgettext_lazy("preparation", "Kind"), required=True,
            words={"外部专家": SpeakerKind.EXPERT, "公司高管": SpeakerKind.SENIOR},
        ),
        Text("organisation", "单位职务", _("Organisation and title"), max_length=120),
        Text("topic", "主题", pgettext_lazy("speaker", "Topic"), required=True, max_length=200),
        Money("fee", "费用", pgettext_lazy("speaker", "Fee")),
        due(_("Material due"), "材料提交"),
        OWNER,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TripRow(Row):
    """A part of a visit or trip."""

    on: date | None = None
    times: str = ""
    kind: TripPart | None = None
    what: str = ""
    people: Decimal | None = None
    provider: str = ""
    due_on: date | None = None
    owner: Someone | None = None


TRIPS: Final = Table(
    key="trips",
    sheet="考察行程",
    title=_("Visits and trips"),
    row=TripRow,
    identity=("on", "what"),
    columns=(
        Text("what", "安排", _("Arrangement"), required=True, max_length=200),
        DateText("on", "日期", pgettext_lazy("trip", "Day"), required=True),
        Text("times", "时间", pgettext_lazy("trip", "Time"), max_length=40),
        Choice(
            "kind", "类别", pgettext_lazy("preparation", "Kind"), required=True,
            words={"交通": TripPart.TRANSPORT, "餐饮": TripPart.MEAL, "考察": TripPart.VISIT, "住宿": TripPart.LODGING},
        ),
        Number("people", "人数", pgettext_lazy("trip", "People"), whole=True, least=Decimal(1), most=Decimal(100_000)),
        Text("provider", "服务方", _("Provider"), max_length=80),
        due(_("Confirm by"), "确认期限"),
        OWNER,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PostRow(Row):
    """A duty on site and who has it."""

    post: str = ""
    person: Someone | None = None
    on: date | None = None
    note: str = ""


POSTS: Final = Table(
    key="posts",
    sheet="现场人员",
    title=_("Staff on site"),
    row=PostRow,
    identity=("post", "person"),
    columns=(
        Text("post", "岗位", _("Duty on site"), required=True, max_length=80),
        Person("person", "人员", pgettext_lazy("preparation", "Person"), required=True),
        DateText("on", "日期", pgettext_lazy("preparation", "Day")),
        Text("note", "说明", pgettext_lazy("preparation", "Note"), max_length=200),
    ),
)


@dataclass(frozen=True, kw_only=True)
class CheckRow(Row):
    """Something that a person looks at before it begins."""

    name: str = ""
    owner: Someone | None = None
    due_on: date | None = None


CHECKS: Final = Table(
    key="checks",
    sheet="准备清单",
    title=_("Own checklist"),
    row=CheckRow,
    identity=("name",),
    columns=(
        Text("name", "检查项", _("To be checked"), required=True, max_length=120),
        Person("owner", "负责人", pgettext_lazy("preparation", "Owner"), required=True),
        DateText("due_on", "完成日期", pgettext_lazy("preparation", "Due"), required=True),
    ),
)
