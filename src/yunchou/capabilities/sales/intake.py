"""Leads and orders from an uploaded or pasted table, read line by line before anything is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.selectors.tree import company_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.sheets.columns import Choice, Money
from yunchou.kernel.sheets.columns import Text as TextColumn
from yunchou.kernel.sheets.findings import Level
from yunchou.kernel.sheets.layout import read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.texts import as_text, sheet_of, text_sheet
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject

from .actions.capture import MOST_IMPORTED, LeadFacts, Person, known_customer, tidied
from .actions.orders import OrderFacts
from .actions.shared import FIRST_DAY
from .models import Lead, LeadChannel, Order, OrderChannel

F = TypeVar("F")


@dataclass(frozen=True, kw_only=True)
class LeadRow(Row):
    """Somebody who left contact data."""

    name: str = ""
    phone: str = ""
    email: str = ""
    organisation: str = ""
    channel: LeadChannel | None = None
    place: str = ""
    need: str = ""
    at: str = ""
    gift: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderRow(Row):
    """An order with whoever placed it."""

    number: str = ""
    channel: OrderChannel | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    amount: Decimal | None = None
    at: str = ""
    note: str = ""


LEADS: Final = Table(
    key="sales_leads",
    sheet="线索",
    title=pgettext_lazy("sales", "Leads"),
    row=LeadRow,
    identity=("name", "phone", "email"),
    columns=(
        TextColumn("name", "姓名", pgettext_lazy("customer", "Name"), required=True, max_length=80, aliases=("客户", "客户姓名")),
        TextColumn("phone", "手机", pgettext_lazy("customer", "Phone"), max_length=40, aliases=("电话", "手机号", "联系电话")),
        TextColumn("email", "邮箱", pgettext_lazy("customer", "E-mail"), max_length=200),
        TextColumn("organisation", "单位", pgettext_lazy("customer", "Organisation"), max_length=120, aliases=("公司",)),
        Choice(
            "channel", "渠道", pgettext_lazy("lead", "Channel"),
            words={
                "扫码": LeadChannel.SCAN, "表单": LeadChannel.FORM, "咨询台": LeadChannel.DESK, "直播": LeadChannel.STREAM,
                "电话": LeadChannel.PHONE, "签到": LeadChannel.DOOR, "转发": LeadChannel.SHARE,
                "其他": LeadChannel.OTHER,
            },
        ),
        TextColumn("place", "地点", pgettext_lazy("lead", "Place"), max_length=40, aliases=("场地", "平台")),
        TextColumn("need", "需求", pgettext_lazy("lead", "Need"), max_length=500, aliases=("意向", "需求说明")),
        TextColumn("at", "留资时间", _("Left at"), max_length=40, aliases=("时间", "日期")),
        TextColumn("gift", "礼品", _("Gift handed out"), max_length=80),
    ),
)  # fmt: skip
ORDERS: Final = Table(
    key="sales_orders",
    sheet="订单",
    title=pgettext_lazy("sales", "Orders"),
    row=OrderRow,
    identity=("number",),
    columns=(
        TextColumn("number", "订单号", pgettext_lazy("order", "Number"), required=True, max_length=40, aliases=("合同号",)),
        Choice(
            "channel", "渠道", pgettext_lazy("order", "Channel"),
            words={
                "门店": OrderChannel.SHOP, "实体店": OrderChannel.SHOP, "电商": OrderChannel.ECOMMERCE,
                "电商平台": OrderChannel.ECOMMERCE, "社交媒体": OrderChannel.SOCIAL, "社群": OrderChannel.SOCIAL,
                "合同": OrderChannel.CONTRACT, "销售合同": OrderChannel.CONTRACT,
            },
        ),
        TextColumn("name", "客户姓名", pgettext_lazy("customer", "Name"), required=True, max_length=80, aliases=("客户", "姓名")),
        TextColumn("phone", "手机", pgettext_lazy("customer", "Phone"), max_length=40, aliases=("电话", "手机号")),
        TextColumn("email", "邮箱", pgettext_lazy("customer", "E-mail"), max_length=200),
        Money("amount", "金额", pgettext_lazy("order", "Amount"), required=True, aliases=("金额（元）", "成交金额")),
        TextColumn("at", "下单时间", pgettext_lazy("order", "Ordered at"), max_length=40, aliases=("时间", "日期")),
        TextColumn("note", "备注", pgettext_lazy("order", "Note"), max_length=200),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Line(Generic[F]):
    """One line as it was read: who, what, and whether it is known already; or why it cannot be used."""

    number: int
    person: Person
    facts: F | None = None
    known: str = ""
    faults: tuple[Text, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.faults and self.facts is not None


@dataclass(frozen=True)
class Intake(Generic[F]):
    """The lines of a table, and the table itself as text, which the page carries until it is confirmed."""

    lines: tuple[Line[F], ...]
    kept: str

    @property
    def good(self) -> list[Line[F]]:
        return [line for line in self.lines if line.is_good]

    @property
    def bad(self) -> list[Line[F]]:
        return [line for line in self.lines if not line.is_good]

    @property
    def new(self) -> int:
        return sum(not line.known for line in self.good)

    @property
    def rows(self) -> list[tuple[Person, F]]:
        return [(line.person, line.facts) for line in self.good if line.facts is not None]


def sheet_from(table: Table[Any], data: bytes | None, text: str) -> RawSheet:
    """What was uploaded, else what was pasted. Raises `Invalid` where there is neither."""
    if data:
        return sheet_of(data, table.sheet)
    if text.strip():
        return text_sheet(text, table.sheet)
    raise Invalid(say(gettext_noop("Choose a file or paste cells.")))


def read_leads(subject: Subject, sheet: RawSheet, *, channel: str) -> Intake[LeadFacts]:
    """The leads of a table; rows without a channel came by `channel`."""
    rows, faults = _rows(LEADS, sheet)
    lines: list[Line[LeadFacts]] = []
    for row in rows:
        person = Person(row.name, row.phone, row.email, row.organisation)
        told = [*faults.get(row.line, ())]
        at = _moment(row.at, told)
        known = _known(subject, person, told)
        facts = LeadFacts(
            channel=row.channel or channel, place=row.place, need=row.need, captured_at=at, gift=row.gift
        )
        words = ""
        if known and Lead.objects.heads().filter(subject=subject, customer=known).exists():
            words = str(say(gettext_noop("left a lead already")))
        lines.append(Line(row.line, person, facts, words, tuple(told)))
    return _intake(lines, rows, faults, sheet)


def read_orders(subject: Subject, sheet: RawSheet, *, channel: str) -> Intake[OrderFacts]:
    """The orders of a table; rows without a channel came by `channel`, rows without a time are of now."""
    rows, faults = _rows(ORDERS, sheet)
    company = company_of(subject.unit)
    numbers = [row.number for row in rows]
    known = set(Order.objects.filter(unit=company, number__in=numbers).values_list("number", flat=True))
    lines: list[Line[OrderFacts]] = []
    seen: set[str] = set()
    for row in rows:
        person = Person(row.name, row.phone, row.email)
        told = [*faults.get(row.line, ())]
        at = _moment(row.at, told)
        is_there = row.number in known
        if not is_there and not (row.phone or row.email):
            told.append(
                say(gettext_noop("Give a number or an address, so that the customer is known again."))
            )
        _known(subject, person, told)
        if row.amount is None or row.amount <= 0:
            told.append(say(gettext_noop("The amount is more than zero.")))
        if row.number in seen:
            told.append(say(gettext_noop("This number stands in the table twice.")))
        seen.add(row.number)
        facts = OrderFacts(
            number=row.number, channel=row.channel or channel, amount=row.amount or Decimal(0),
            ordered_at=at or clock.now(), note=row.note,
        )  # fmt: skip
        words = str(say(gettext_noop("entered already"))) if is_there else ""
        lines.append(Line(row.line, person, facts, words, tuple(told)))
    return _intake(lines, rows, faults, sheet)


def _rows(table: Table[Any], sheet: RawSheet) -> tuple[Sequence[Any], dict[int, list[Text]]]:
    """The rows of a table, and what could not be read by line."""
    today = clock.today()
    part, findings = read_part(table, sheet, Context(year=today.year, end=today))
    if len(part.rows) > MOST_IMPORTED:
        raise Invalid(say(gettext_noop("At most {limit} lines at once."), limit=MOST_IMPORTED))
    faults: dict[int, list[Text]] = {}
    for finding in [*sheet.findings, *findings]:
        if finding.level == Level.ERROR:
            faults.setdefault(finding.line, []).append(finding.message)
    return part.rows, faults


def _intake(
    lines: list[Line[F]], rows: Sequence[Any], faults: dict[int, list[Text]], sheet: RawSheet
) -> Intake[F]:
    """With the faults of lines that became no row, and of the whole table."""
    own = {row.line for row in rows}
    lines += [
        Line(number, Person(""), None, "", tuple(told))
        for number, told in faults.items()
        if number not in own
    ]
    return Intake(tuple(sorted(lines, key=lambda line: line.number)), as_text(sheet))


def _known(subject: Subject, person: Person, told: list[Text]) -> Customer | None:
    try:
        phone, email = tidied(person)
    except Refused as refused:
        told.extend(refused.fields.values())
        return None
    return known_customer(subject.unit, phone, email)


def _moment(text: str, told: list[Text]) -> datetime | None:
    """`2024-08-02 15:20`, `2024/8/2`, `2024年8月2日`; nothing for nothing. What cannot be read or lies ahead is told."""
    plain = text.strip()
    if not plain:
        return None
    for sign, mark in (("年", "-"), ("月", "-"), ("日", " "), ("/", "-"), (".", "-"), ("T", " ")):
        plain = plain.replace(sign, mark)
    found = None
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            found = datetime.strptime(" ".join(plain.split()), form)  # noqa: DTZ007 -- local time, as people write it
            break
        except ValueError:
            continue
    if found is None or found.year < FIRST_DAY.year:
        told.append(say(gettext_noop("This is no time: write it as 2024-08-02 15:20.")))
        return None
    at = clock.moment(found.date(), found.hour, found.minute)
    if at > clock.now():
        told.append(say(gettext_noop("This time lies ahead.")))
    return at


def template_of(table: Table[Any]) -> str:
    """A table to fill in (CSV that Excel opens): its headings."""
    return "\ufeff" + ",".join(column.header for column in table.columns) + "\r\n"
