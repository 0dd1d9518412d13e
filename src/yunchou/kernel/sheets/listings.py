"""Lists that leave as files: a room declares the columns once and how a person's lines are found, in its `listings.py`.

Any number of lines: they are written as they are read. Few are written while the person waits, many in the background.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Final, Literal, TypeAlias

import xlsxwriter
from django.db import models
from django.utils.translation import gettext as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User

from .cells import MAX_TEXT, RISKY

SHEET_LINES: Final = 1_000_000
"""So many lines go on one sheet of a workbook; the rest goes on the next."""
EVERY: Final = 1000
"""After so many lines it is told how far the writing is."""
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same content gives the same bytes

Value: TypeAlias = "str | int | Decimal | date | datetime | None"
Line: TypeAlias = Sequence[Value]
Tell: TypeAlias = Callable[[int], None]


class Format(models.TextChoices):
    """The kinds of files."""

    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"


TYPES: Final[Mapping[Format, str]] = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
}


@dataclass(frozen=True)
class Column:
    """A column of a list. Amounts are yuan; what `is_summed` has its sum in the last line."""

    key: str
    label: Text
    kind: Literal["text", "day", "moment", "money", "number"] = "text"
    width: int = 14
    is_summed: bool = False


@dataclass(frozen=True)
class Lines:
    """What one person takes of a list: how many lines there are, and the lines, read as they are written."""

    title: str
    count: int
    rows: Iterable[Line]


@dataclass(frozen=True)
class Listing:
    """A declared list. `open` judges the person's right, and refuses, each time: also when a job begins at last."""

    key: str
    label: Text
    columns: tuple[Column, ...]
    open: Callable[[User, Mapping[str, str]], Lines]


listings: Registry[Listing] = Registry("listing")


def declare(listing: Listing) -> Listing:
    """Make a list known; called once at import."""
    return listings.add(listing.key, listing)


def write_listing(listing: Listing, lines: Lines, form: Format, tell: Tell | None = None) -> IO[bytes]:
    """The lines with headings and sums as an open file at its beginning; the file is gone once it is closed.

    `tell` hears every thousand lines how many are written. Text never becomes a formula.
    """
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    sums = _Sums(listing.columns)
    rows = _counted(sums.watch(lines.rows), tell) if tell else sums.watch(lines.rows)
    if form == Format.CSV:
        _write_csv(file, listing, rows, sums)
    else:
        _write_xlsx(file, listing, lines.title, rows, sums)
    file.seek(0)
    return file


class _Sums:
    """The sums of the columns that have one, taken while the lines pass."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.of: dict[int, Decimal | int] = {
            n: ZERO if column.kind == "money" else 0 for n, column in enumerate(columns) if column.is_summed
        }
        self.width = len(columns)

    def watch(self, rows: Iterable[Line]) -> Iterator[Line]:
        for row in rows:
            for n in self.of:
                if isinstance(value := row[n], Decimal | int):
                    self.of[n] += value
            yield row

    def line(self) -> list[Value]:
        """The last line, or nothing where no column is summed."""
        if not self.of:
            return []
        line: list[Value] = [None] * self.width
        line[0] = _("Total")
        return [self.of.get(n, value) for n, value in enumerate(line)]


def _counted(rows: Iterable[Line], tell: Tell) -> Iterator[Line]:
    for number, row in enumerate(rows, 1):
        yield row
        if not number % EVERY:
            tell(number)


# ---------------------------------------------------------------- text


def _write_csv(file: IO[bytes], listing: Listing, rows: Iterable[Line], sums: _Sums) -> None:
    """UTF-8 with the mark by which Excel knows it."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([str(column.label) for column in listing.columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    if last := sums.line():
        writer.writerow([_plain(value) for value in last])
    text.flush()
    text.detach()


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(RISKY) else value
        case Decimal():
            return f"{value:.2f}"
        case datetime():
            return f"{clock.local(value):%Y-%m-%d %H:%M}"
        case _:
            return str(value)


# ---------------------------------------------------------------- workbook


def _write_xlsx(file: IO[bytes], listing: Listing, title: str, rows: Iterable[Line], sums: _Sums) -> None:
    """Line by line to disk: what is above the last line written is not kept in memory."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    book.set_properties({"created": _MADE_AT, "title": title})
    pen = _Pen(book, listing.columns)
    page, n = pen.page(1), 0
    for number, row in enumerate(rows):
        n = number % SHEET_LINES + 1
        if number and n == 1:
            page = pen.page(number // SHEET_LINES + 1)
        pen.write(page, n, row)
    if last := sums.line():
        pen.write(page, n + 1, last, is_total=True)
    book.close()


class _Pen:
    """Writes lines with the looks of their columns."""

    def __init__(self, book: Any, columns: Sequence[Column]) -> None:
        self.book, self.columns = book, columns
        formats = {"money": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "text": "@"}
        made = {key: book.add_format({"num_format": code}) for key, code in formats.items()}
        self.plain = {**made, "number": book.add_format({"num_format": "0"})}
        bold = {
            key: book.add_format({"num_format": code, "bold": True, "top": 1})
            for key, code in formats.items()
        }
        self.bold = {**bold, "number": book.add_format({"bold": True, "top": 1})}
        self.risky = book.add_format({"num_format": "@", "quote_prefix": True})
        self.head = book.add_format({"bold": True, "bottom": 1})

    def page(self, number: int) -> Any:
        """A new sheet with its headings."""
        page = self.book.add_worksheet(_("List") if number == 1 else f"{_('List')} {number}")
        page.freeze_panes(1, 0)
        for n, column in enumerate(self.columns):
            page.set_column(n, n, column.width)
            page.write_string(0, n, str(column.label), self.head)
        return page

    def write(self, page: Any, line: int, row: Line, *, is_total: bool = False) -> None:
        looks = self.bold if is_total else self.plain
        for n, (column, value) in enumerate(zip(self.columns, row, strict=True)):
            look = looks[column.kind]
            match value:
                case None | "":
                    continue
                case str():
                    is_risky = value.startswith(RISKY) and not is_total
                    page.write_string(line, n, value[:MAX_TEXT], self.risky if is_risky else looks["text"])
                case datetime():
                    page.write_datetime(line, n, clock.local(value).replace(tzinfo=None), look)
                case date():
                    page.write_datetime(line, n, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day
                case _:
                    page.write_number(line, n, float(value), look)
