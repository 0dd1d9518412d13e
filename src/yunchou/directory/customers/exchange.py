"""Lists of customers: which column is what, what a line says, what is wrong with it. No database here."""

from __future__ import annotations

import codecs
import csv
import io
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.sheets.cells import clean, shown
from yunchou.kernel.sheets.xlsx import flow_workbook

from . import mails, phones
from .ages import is_child
from .models import Identity, Nature, Stage

MAX_CSV: Final = 200 * 2**20
MAX_XLSX: Final = 20 * 2**20
PIECE: Final = 3 * 2**18
"""Bytes of content in one encrypted piece; a multiple of three, so that base 64 pads only the last."""
MAX_COLUMNS: Final = 60


@dataclass(frozen=True)
class Column:
    """Something that a list may say of a customer, and the headings by which it is known."""

    key: str
    label: Text
    headings: tuple[str, ...]
    most: int = 200


COLUMNS: Final = (
    Column("name", pgettext_lazy("customer", "Name"), ("姓名", "名称", "客户名称", "客户姓名", "客户", "name"), 80),
    Column("phone", pgettext_lazy("customer", "Phone"), ("手机", "手机号", "手机号码", "电话", "联系电话",
        "联系方式", "phone", "mobile"), 40),
    Column("email", pgettext_lazy("customer", "E-mail"), ("邮箱", "电子邮箱", "邮件", "电子邮件", "email", "e-mail", "mail")),
    Column("organisation", pgettext_lazy("customer", "Organisation"), (
        "单位", "公司", "单位名称", "公司名称", "所在单位", "organisation", "organization", "company"), 120),
    Column("title", pgettext_lazy("customer", "Title"), ("职务", "职位", "头衔", "title", "position"), 60),
    Column("identities", pgettext_lazy("customer", "Identities"), ("身份", "客户身份", "客户类型", "类型", "identity"), 60),
    Column("nature", pgettext_lazy("customer", "Nature"), ("性质", "客户性质", "nature"), 10),
    Column("stage", gettext_lazy("Sales stage"), ("销售阶段", "阶段", "stage"), 20),
    Column("city", gettext_lazy("City"), ("城市", "所在城市", "city"), 40),
    Column("wechat", pgettext_lazy("customer", "WeChat"), ("微信", "微信号", "wechat"), 60),
    Column("address", pgettext_lazy("customer", "Address"), ("地址", "通讯地址", "联系地址", "address")),
    Column("gender", pgettext_lazy("customer", "Gender"), ("性别", "gender"), 6),
    Column("born_on", gettext_lazy("Date of birth"), ("出生日期", "生日", "birthday", "date of birth"), 30),
    Column("occupation", gettext_lazy("Occupation"), ("职业", "occupation"), 40),
    Column("income", gettext_lazy("Income band"), ("收入", "收入区间", "income"), 20),
    Column("interests", gettext_lazy("Interests"), ("兴趣", "爱好", "兴趣爱好", "interests")),
    Column("preferences", gettext_lazy("Preferences"), ("偏好", "客户偏好", "preferences"), 2000),
)  # fmt: skip
BY_KEY: Final = {one.key: one for one in COLUMNS}
_HEADINGS: Final = {heading: one.key for one in COLUMNS for heading in one.headings}
_SIGNS: Final = re.compile(r"[\s*（）()：:【】\[\]_]+")
_MANY: Final = re.compile(r"[、，,;；/\s]+")
_DAY: Final = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D(\d{1,2})\D*")
IDENTITY_WORDS: Final = {
    "客户": Identity.CUSTOMER, "会员": Identity.MEMBER, "业主": Identity.OWNER, "潜客": Identity.PROSPECT,
    "潜在客户": Identity.PROSPECT, "意向客户": Identity.PROSPECT, "准业主": Identity.PROSPECTIVE_OWNER,
    "员工": Identity.EMPLOYEE, "媒体": Identity.MEDIA, "供应商": Identity.SUPPLIER, "合作伙伴": Identity.PARTNER,
    "伙伴": Identity.PARTNER,
}  # fmt: skip
STAGE_WORDS: Final = {
    "初次接触": Stage.CONTACTED, "有意向": Stage.INTERESTED, "意向": Stage.INTERESTED, "洽谈": Stage.NEGOTIATING,
    "洽谈中": Stage.NEGOTIATING, "已签约": Stage.SIGNED, "签约": Stage.SIGNED, "流失": Stage.LOST,
}  # fmt: skip
GENDER_WORDS: Final = {
    "男": "m",
    "女": "f",
    "m": "m",
    "f": "f",
    "male": "m",
    "female": "f",
    "先生": "m",
    "女士": "f",
}
NATURE_WORDS: Final = {
    "个人": Nature.PERSON,
    "企业": Nature.COMPANY,
    "公司": Nature.COMPANY,
    "person": Nature.PERSON,
    "company": Nature.COMPANY,
}


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Which column (from 0) is what, by its heading: the same word first, then a word in it. Nobody's column twice."""
    plain = [_SIGNS.sub("", heading).lower() for heading in headings]
    found: dict[str, int] = {}
    for exact in (True, False):
        for n, heading in enumerate(plain):
            if n in found.values() or not heading:
                continue
            key = _HEADINGS.get(heading) if exact else _within(heading)
            if key and key not in found:
                found[key] = n
    return found


def _within(heading: str) -> str:
    fitting = [word for word in _HEADINGS if len(word) > 1 and word in heading]
    return _HEADINGS[max(fitting, key=len)] if fitting else ""


@dataclass(slots=True)
class LineRead:
    """What one line says: values as text ready to be kept, and what is wrong by column."""

    values: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Say]] = field(default_factory=list)


Reader = Callable[[Sequence[str]], LineRead]


def reader_of(mapping: dict[str, int]) -> Reader:
    """What reads lines under one mapping: every value checked and in the form in which it is kept, words joined by commas."""
    plan = [(key, n, BY_KEY[key].most, _READERS.get(key)) for key, n in mapping.items()]
    nameless = say(_("Give the name."))

    def read(cells: Sequence[str]) -> LineRead:
        found = LineRead()
        values, width = found.values, len(cells)
        for key, n, most, reader in plan:
            text = cells[n].strip() if n < width else ""
            if not text:
                continue
            if len(text) > most:
                found.faults.append((key, say(_("At most {count} characters."), count=most)))
                continue
            try:
                values[key] = reader(text) if reader else text
            except phones.Unusable as unusable:
                found.faults.append((key, unusable.message))
        if "name" not in values and not any(key == "name" for key, _message in found.faults):
            found.faults.append(("name", nameless))
        return found

    return read


def read_line(cells: Sequence[str], mapping: dict[str, int]) -> LineRead:
    """One line."""
    return reader_of(mapping)(cells)


@lru_cache(maxsize=512)
def _words(text: str) -> str:
    found = []
    for word in _MANY.split(text):
        if not word:
            continue
        if word not in IDENTITY_WORDS and word not in Identity.values:
            raise phones.Unusable(say(_("Say one of: {words}."), words="、".join(IDENTITY_WORDS)))
        found.append(str(IDENTITY_WORDS.get(word, word)))
    return ",".join(dict.fromkeys(found))


def _one_of(words: dict[str, Any]) -> Any:
    def read(text: str) -> str:
        if text in words.values():
            return text
        if text.lower() not in words:
            raise phones.Unusable(say(_("Say one of: {words}."), words="、".join(words)))
        return str(words[text.lower()])

    return read


def _day(text: str) -> str:
    found = _DAY.fullmatch(text[:20]) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year < 1900 or day > date(2100, 1, 1):
        raise phones.Unusable(say(_("Write the day as 1990-05-20.")))
    if day > clock.today():
        raise phones.Unusable(say(_("This day has not come yet.")))
    if is_child(day):
        raise phones.Unusable(say(_("Data of children below 14 are not kept here.")))
    return day.isoformat()


_READERS: Final = {
    "phone": phones.tidy,
    "email": mails.tidy,
    "identities": _words,
    "stage": _one_of(STAGE_WORDS),
    "gender": _one_of(GENDER_WORDS),
    "nature": _one_of(NATURE_WORDS),
    "born_on": _day,
}


# ---------------------------------------------------------------- content


class Pieces(io.RawIOBase):
    """The content of a list, read piece by piece."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = b64decode(piece)
        some, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(some)] = some
        return len(some)


def encoding_of(start: bytes) -> str:
    """UTF-8, or what Excel in China writes."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def csv_lines(pieces: Iterable[str], encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a text file with their numbers, the first being the headings; empty ones are passed over."""
    text = io.TextIOWrapper(io.BufferedReader(Pieces(pieces), 2**17), encoding, errors="replace", newline="")
    csv.field_size_limit(2**17)
    try:
        for number, cells in enumerate(csv.reader(text), 1):
            if any(cells):
                if len(cells) > MAX_COLUMNS:
                    raise Invalid(say(_("A line has more than {count} columns."), count=MAX_COLUMNS))
                yield (
                    number,
                    [cell.replace("\x00", "") for cell in cells] if "\x00" in "".join(cells) else cells,
                )
    except csv.Error:
        raise Invalid(say(_("This is not a text file with columns divided by commas."))) from None


def xlsx_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet that has any, as text, read as a stream."""
    for number, cells in flow_workbook(data):
        last = min(max(cells, default=0), MAX_COLUMNS)
        yield number, [_shown(cells.get(n)) for n in range(1, last + 1)]


def _shown(cell: Any) -> str:
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a phone number that somebody typed as a number
    return clean(shown(cell)) if cell is not None else ""
