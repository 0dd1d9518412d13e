"""Reading workbooks (.xlsx) straight from their XML, within limits, without losing a row and without computing.

Own reader because libraries hide what must be seen here: formulas, links, hidden and merged cells, and ranges that
are declared wrong (one popular reader silently drops the rows outside).
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from ..findings import remark
from ..raw import RawSheet, RawWorkbook
from .archive import Archive, WorkbookRefused, read_bytes
from .parts import read_book
from .sheet import MAX_ROWS, read_sheet

__all__ = ["WorkbookRefused", "read_workbook"]

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
