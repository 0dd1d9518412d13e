"""Reading workbooks (.xlsx) straight from their XML, within limits, without losing a row and without computing.

Own reader because libraries hide what must be seen here: formulas, links, hidden and merged cells, and ranges that
are declared wrong (one popular reader silently drops the rows outside).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from ..findings import remark
from ..raw import Line, RawSheet, RawWorkbook
from .archive import MAX_STREAMED, Archive, WorkbookRefused, read_bytes
from .parts import read_book
from .sheet import MAX_ROWS, flow_lines, read_sheet

__all__ = ["WorkbookRefused", "flow_workbook", "read_workbook"]

_KEPT_OUT = {
    "drawings": _("The workbook holds drawings; they are not taken in."),
    "charts": _("The workbook holds charts; they are not taken in."),
    "pictures": _("The workbook holds pictures; they are not taken in."),
    "comments": _("The workbook holds comments on cells; they are not taken in."),
}


def read_workbook(source: str | Path | bytes) -> RawWorkbook:
    """The sheets of a workbook with what was noticed. Raises `WorkbookRefused` (422) and reads nothing otherwise."""
    archive = Archive(read_bytes(source))
    book = read_book(archive)
    sheets: list[RawSheet] = []
    rows_left = MAX_ROWS
    for entry in book.sheets:
        sheet = read_sheet(entry, archive.chunks(entry.path), book, rows_left)
        rows_left -= len(sheet.lines)
        sheets.append(sheet)
    findings = tuple(remark(f"has_{what}", say(_KEPT_OUT[what])) for what in book.kept_out)
    return RawWorkbook(tuple(sheets), findings)


def flow_workbook(source: str | Path | bytes) -> Iterator[tuple[int, Line]]:
    """The lines of the first sheet that has any, one after the other: for lists as long as a sheet can be.

    Refuses as `read_workbook`, but on the way: whoever reads keeps nothing until the end has come.
    """
    archive = Archive(read_bytes(source), MAX_STREAMED)
    book = read_book(archive)
    for entry in book.sheets:
        lines = flow_lines(entry, archive.chunks(entry.path, is_streamed=True), book)
        first = next(lines, None)
        if first is not None:
            yield first
            yield from lines
            return
