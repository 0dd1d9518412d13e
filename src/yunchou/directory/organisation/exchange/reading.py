"""From a workbook to lines: which sheet is which, which column is which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import is_blank, shown
from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook

from .layout import SHEETS, Record, Sheet, plain, spellings, words_of

MOST_LINES: Final = 2_000


def records_of(raw: RawWorkbook) -> tuple[Record, ...]:
    """Every filled line of the sheets that are known, by their names; other sheets are left alone.

    Refuses a workbook without any such sheet, a sheet without a needed column, and more than 2,000 lines.
    """
    found = [record for sheet, page in _known(raw) for record in _records(sheet, page)]
    if not any(True for _each in _known(raw)):
        names = ", ".join(str(sheet.label) for sheet in SHEETS)
        raise Invalid(say(_("The workbook has none of the sheets: {names}."), names=names))
    if len(found) > MOST_LINES:
        raise Invalid(say(_("At most {count} lines at once; divide the list."), count=MOST_LINES))
    return tuple(found)


def pages_of(raw: RawWorkbook) -> dict[str, tuple[RawSheet, dict[str, int]]]:
    """The page of each known sheet with its columns, for marking cells."""
    return {sheet.key: (page, columns_of(sheet, page)) for sheet, page in _known(raw)}


def _known(raw: RawWorkbook) -> Iterator[tuple[Sheet, RawSheet]]:
    for sheet in SHEETS:
        for page in raw.sheets:
            if plain(page.name) in spellings(sheet.label):
                yield sheet, page
                break


def columns_of(sheet: Sheet, page: RawSheet) -> dict[str, int]:
    """The position of each column by its heading in the first filled line."""
    heading = page.lines.get(min(page.lines, default=0), {})
    found = {}
    for position, cell in heading.items():
        text = plain(shown(cell))
        for column in sheet.columns:
            if text in spellings(column.label):
                found[column.key] = position
    return found


def _records(sheet: Sheet, page: RawSheet) -> Iterator[Record]:
    columns = columns_of(sheet, page)
    for column in sheet.columns:
        if column.is_needed and column.key not in columns:
            raise Invalid(
                say(
                    _("The sheet “{sheet}” has no column “{column}”."),
                    sheet=page.name,
                    column=str(column.label),
                )
            )
    first, words = min(page.lines, default=0), words_of(sheet)
    for number, line in page:
        cells = {key: line.get(position) for key, position in columns.items()}
        if number > first and not all(is_blank(cell) for cell in cells.values()):
            yield Record(sheet, number, cells, words)
