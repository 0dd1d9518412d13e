"""Workbooks that leave: the empty template, the exported lists, and the file as it came with its faults marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import zip_longest
from tempfile import TemporaryFile
from typing import IO, Any, Final

import xlsxwriter

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.sheets.cells import RISKY, letters
from yunchou.kernel.sheets.findings import Finding, Level
from yunchou.kernel.sheets.write import marked_copy
from yunchou.kernel.sheets.xlsx import read_workbook

from .applying import Line
from .layout import SHEETS, Column, Sheet
from .reading import pages_of

MADE_AT: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same content gives the same bytes
TEMPLATE_LINES: Final = 300
WORDS: Final = "words"

Rows = Iterable[Mapping[str, str | date | None]]


def write_lists(rows: Mapping[str, Rows]) -> IO[bytes]:
    """The three sheets with these lines as an open file; without lines this is the template. Text never becomes a formula.

    Each line goes to disk as it comes; the file has no name and is gone once it is closed.
    """
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": MADE_AT})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        "risky": book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
    }
    pages = [(sheet, book.add_worksheet(str(sheet.label))) for sheet in SHEETS]
    words = book.add_worksheet(WORDS)
    words.hide()
    lists: list[list[str]] = []
    for sheet, page in pages:
        for position, column in enumerate(sheet.columns):
            _head(page, lists, looks, position, column)
        for number, row in enumerate(rows.get(sheet.key, ()), 1):
            _line(page, looks, sheet, number, row)
        page.freeze_panes(1, 0)
    # Line by line, since what is above the last line written is on disk already.
    for number, choices in enumerate(zip_longest(*lists, fillvalue="")):
        words.write_row(number, 0, choices)
    book.close()
    file.seek(0)
    return file


def _head(page: Any, lists: list[list[str]], looks: Mapping[str, Any], position: int, column: Column) -> None:
    """Heading, note, width and drop-down of a column; its words join `lists`, each of which becomes a hidden column."""
    page.write_string(0, position, f"{column.label}{' *' if column.is_needed else ''}", looks["head"])
    # People type long numbers and codes with leading zeros: the whole column is text.
    page.set_column(position, position, column.width, looks["text"])
    if column.hint:
        note = {"validate": "any", "input_message": str(column.hint)[:255]}
        page.data_validation(0, position, 0, position, note)
    if column.words is None:
        return
    choices = [str(label) for label in column.words().values()]
    lists.append(choices)
    name = letters(len(lists))
    page.data_validation(
        1,
        position,
        TEMPLATE_LINES,
        position,
        {
            "validate": "list",
            "source": f"={WORDS}!${name}$1:${name}${len(choices)}",
            "error_type": "information",
        },
    )


def _line(
    page: Any, looks: Mapping[str, Any], sheet: Sheet, number: int, row: Mapping[str, str | date | None]
) -> None:
    for position, column in enumerate(sheet.columns):
        match row.get(column.key):
            case date() as day:
                page.write_datetime(number, position, datetime(day.year, day.month, day.day), looks["day"])  # noqa: DTZ001 - a day
            case str() as text if text:
                look = looks["risky" if text.startswith(RISKY) else "text"]
                page.write_string(number, position, text, look)


def write_marked(original: bytes, lines: Iterable[Line]) -> bytes:
    """The workbook as it came, the faulty cells marked with their reason and listed on a last sheet."""
    pages = pages_of(read_workbook(original))
    findings = [
        Finding(
            level=Level.ERROR,
            code=line.result,
            message=text if isinstance(text, Say) else say(str(text).replace("{", "{{").replace("}", "}}")),
            sheet=pages[line.sheet][0].name,
            line=line.number,
            cell=f"{letters(pages[line.sheet][1].get(key, 1))}{line.number}",
        )
        for line in lines
        for key, text in line.faults
    ]
    return marked_copy(original, findings)
