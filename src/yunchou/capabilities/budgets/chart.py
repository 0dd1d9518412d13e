"""The one chart of cost items, and the four views that the regulations take of them (X-19). Pure.

A budget line is recognised by the words of its name, an expense names its item; categories (004), headings (003),
accounting groups (002 9.2) and expense kinds (002 9.1) follow from it, so that a yuan is never told twice in different words.
003 names no heading for what is no part of an event: such items stand outside its view. Codes are stored, so they stay;
002 9.1 counts three kinds without naming their items (a).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class View(models.TextChoices):
    """By what expenses are summed up."""

    CATEGORY = "category", pgettext_lazy("cost chart", "4 categories")
    HEADING = "heading", pgettext_lazy("cost chart", "7 headings")
    GROUP = "group", pgettext_lazy("cost chart", "5 accounting groups")
    KIND = "kind", pgettext_lazy("cost chart", "3 expense kinds")


CLAUSES: Final[Mapping[View, str]] = {
    View.CATEGORY: "004 二(三)",
    View.HEADING: "003 四(一)1",
    View.GROUP: "002 9.2 三",
    View.KIND: "002 9.1(2)",
}


class Category(models.TextChoices):
    """The categories of an activity budget, as budget lines write them (004 二(三))."""

    PEOPLE = "人力成本", pgettext_lazy("cost chart", "People")
    MATERIALS = "物料成本", pgettext_lazy("cost chart", "Materials")
    CHANNELS = "渠道成本", pgettext_lazy("cost chart", "Channels")
    OTHER = "其他成本", pgettext_lazy("cost chart", "Other costs")


class Heading(models.TextChoices):
    """The headings of a high-end event (003 四(一)1)."""

    VENUE = "venue", pgettext_lazy("cost chart", "Venue hire")
    GUESTS = "guests", pgettext_lazy("cost chart", "Guest invitation")
    SUPPLIES = "supplies", pgettext_lazy("cost chart", "Supplies")
    CATERING = "catering", pgettext_lazy("cost chart", "Catering")
    TRANSPORT = "transport", pgettext_lazy("cost chart", "Transport")
    STAFF = "staff", pgettext_lazy("cost chart", "Staff")
    PUBLICITY = "publicity", pgettext_lazy("cost chart", "Publicity")
    NONE = "none", pgettext_lazy("cost chart", "Not part of an event")


class Group(models.TextChoices):
    """The groups under which expenses are booked (002 9.2 三)."""

    PERSONNEL = "personnel", pgettext_lazy("cost chart", "Personnel")
    PROMOTION = "promotion", pgettext_lazy("cost chart", "Market promotion")
    ENTERTAINMENT = "entertainment", pgettext_lazy("cost chart", "Business entertainment")
    COMMISSION = "commission", pgettext_lazy("cost chart", "Sales commission")
    OTHER = "other", pgettext_lazy("cost chart", "Other expenses")


class Kind(models.TextChoices):
    """The kinds by which a period budget is divided (002 9.1(2)) (a)."""

    PEOPLE = "people", pgettext_lazy("cost chart", "People and administration")
    ADVERTISING = "advertising", pgettext_lazy("cost chart", "Advertising and publicity")
    ACTIVITIES = "activities", pgettext_lazy("cost chart", "Activities and promotion")


CHOICES: Final[Mapping[View, type[models.TextChoices]]] = {
    View.CATEGORY: Category,
    View.HEADING: Heading,
    View.GROUP: Group,
    View.KIND: Kind,
}


@dataclass(frozen=True)
class CostItem:
    """One item of the chart with its place in each view; `words` are those by which a budget line is recognised."""

    code: str
    label: str | Promise
    category: Category
    heading: Heading
    group: Group
    kind: Kind
    words: tuple[str, ...] = ()

    def place(self, view: View) -> str:
        """The value of the item in a view."""
        return str(getattr(self, view.value))


_C, _H, _G, _K = Category, Heading, Group, Kind

ITEMS: Final = (
    CostItem("overtime", _("Overtime of own staff"), _C.PEOPLE, _H.STAFF, _G.PERSONNEL, _K.PEOPLE,
             ("加班", "人员")),
    CostItem("bonus", _("Bonuses and allowances"), _C.PEOPLE, _H.STAFF, _G.PERSONNEL, _K.PEOPLE,
             ("奖金", "补贴", "津贴")),
    CostItem("temps", _("Temporary staff"), _C.PEOPLE, _H.STAFF, _G.PERSONNEL, _K.PEOPLE, ("兼职", "临时", "志愿")),
    CostItem("speakers", _("Speakers and hosts"), _C.PEOPLE, _H.GUESTS, _G.PROMOTION, _K.ACTIVITIES,
             ("讲师", "主持", "嘉宾", "邀请")),
    CostItem("commission", _("Sales commission"), _C.PEOPLE, _H.NONE, _G.COMMISSION, _K.PEOPLE, ("佣金", "提成")),
    CostItem("training", _("Training"), _C.PEOPLE, _H.STAFF, _G.OTHER, _K.PEOPLE, ("培训",)),
    CostItem("print", _("Print, stands and signs"), _C.MATERIALS, _H.SUPPLIES, _G.PROMOTION, _K.ACTIVITIES,
             ("印", "展架", "海报", "易拉宝", "物资")),
    CostItem("gifts", _("Gifts"), _C.MATERIALS, _H.SUPPLIES, _G.ENTERTAINMENT, _K.ACTIVITIES,
             ("礼品", "礼物", "伴手礼")),
    CostItem("samples", _("Samples and trial goods"), _C.MATERIALS, _H.SUPPLIES, _G.PROMOTION, _K.ACTIVITIES,
             ("样品", "试用")),
    CostItem("online_assets", _("Online material"), _C.MATERIALS, _H.PUBLICITY, _G.PROMOTION, _K.ADVERTISING,
             ("素材", "视频", "拍摄", "设计")),
    CostItem("advertising", _("Advertising"), _C.CHANNELS, _H.PUBLICITY, _G.PROMOTION, _K.ADVERTISING,
             ("投放", "广告", "推广", "宣传", "媒体", "直播")),
    CostItem("posts", _("Articles and public accounts"), _C.CHANNELS, _H.PUBLICITY, _G.PROMOTION, _K.ADVERTISING,
             ("推文", "公众号", "软文")),
    CostItem("platform", _("Platform fees"), _C.CHANNELS, _H.PUBLICITY, _G.PROMOTION, _K.ADVERTISING,
             ("平台", "技术服务")),
    CostItem("partners", _("Shares of partners"), _C.CHANNELS, _H.NONE, _G.COMMISSION, _K.ACTIVITIES,
             ("分成", "返佣", "合作")),
    CostItem("venue", _("Venue"), _C.OTHER, _H.VENUE, _G.PROMOTION, _K.ACTIVITIES, ("场地", "会场")),
    CostItem("catering", _("Catering and hospitality"), _C.OTHER, _H.CATERING, _G.ENTERTAINMENT, _K.ACTIVITIES,
             ("餐", "茶歇", "招待")),
    CostItem("transport", _("Transport and logistics"), _C.OTHER, _H.TRANSPORT, _G.PROMOTION, _K.ACTIVITIES,
             ("物流", "交通", "运输", "用车")),
    CostItem("travel", _("Travel and lodging"), _C.OTHER, _H.TRANSPORT, _G.OTHER, _K.PEOPLE,
             ("差旅", "住宿", "机票")),
    CostItem("research", _("Market research"), _C.OTHER, _H.NONE, _G.OTHER, _K.PEOPLE, ("调研", "问卷")),
    CostItem("software", _("Software and data"), _C.OTHER, _H.NONE, _G.OTHER, _K.PEOPLE, ("软件", "系统", "数据")),
    CostItem("contingency", _("Unforeseen costs"), _C.OTHER, _H.NONE, _G.OTHER, _K.ACTIVITIES, ("应急", "备用金")),
    CostItem("other", pgettext_lazy("cost chart", "Other"), _C.OTHER, _H.NONE, _G.OTHER, _K.ACTIVITIES),
)  # fmt: skip
BY_CODE: Final[Mapping[str, CostItem]] = {item.code: item for item in ITEMS}
CODES: Final = [(item.code, item.label) for item in ITEMS]


def suggested(line: str, category: str = "") -> CostItem | None:
    """The item that a budget line most likely is: by a word of its name, among those of its category."""
    return next(
        (item for item in items_in(category) if any(word in line for word in item.words)),
        None,
    )


SUB_ITEMS: Final[Mapping[Category, tuple[str, ...]]] = {
    Category.PEOPLE: ("内部团队加班费", "外部讲师费用"),
    Category.MATERIALS: ("印刷物料", "定制礼品", "试用样品", "线上素材制作"),
    Category.CHANNELS: ("广告投放", "平台费用", "合作方分成"),
    Category.OTHER: ("场地租赁", "物流运输", "应急备用金"),
}
"""What the source lists in each category (004 二(三)), as a line may be named."""

HEADINGS: Final = tuple(one for one in Heading if one != Heading.NONE)
"""The seven that a high-end event considers, in the order of the source (003 四(一)1)."""


def category_of(line: str, category: str = "") -> Category:
    """The category a line counts in: its own, else that of the item it is recognised as, else the other costs (BUD-04)."""
    if category in Category.values:
        return Category(category)
    item = next((item for item in ITEMS if any(word in line for word in item.words)), None)
    return item.category if item else Category.OTHER


def heading_of(line: str, category: str = "") -> Heading:
    """The heading of an event that a line pays for; NONE where it is no part of one."""
    item = suggested(line, category) or suggested(line)
    return item.heading if item else Heading.NONE


def items_in(category: str) -> tuple[CostItem, ...]:
    """The items of a category; all of them where a line names a category of its own."""
    found = tuple(item for item in ITEMS if item.category == category)
    return found or ITEMS
