"""Tables that come as text: a file that some program wrote, or cells copied out of a table."""

from __future__ import annotations

import csv
import io
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say

from .raw import RawSheet
from .xlsx import read_workbook
from .xlsx.sheet import MAX_COLUMNS, MAX_ROWS

MAX_BYTES: Final = 5 * 1024 * 1024
MOST_CELLS: Final = 200_000
"""Of a table that a page carries as text, empty ones before the last of a line included."""
ZIP: Final = b"PK"


def sheet_of(data: bytes, name: str) -> RawSheet:
    """A file as a sheet called `name`: of a workbook the one of that name or the first, of anything else its text.

    Raises `Invalid` for files that are too large or no table, and `WorkbookRefused` for workbooks that cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise Invalid(say(_("The file is larger than {limit} MB."), limit=MAX_BYTES // 1024 // 1024))
    if not data.startswith(ZIP):
        return text_sheet(decoded(data), name)
    sheets = list(read_workbook(data).sheets)
    found = next((sheet for sheet in sheets if sheet.name == name), sheets[0])
    return RawSheet(name, found.lines, found.findings)


def decoded(data: bytes) -> str:
    """UTF-8, or GB18030 as Chinese Excel writes it. Raises `Invalid` for what is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(say(_("This file is neither a workbook nor a table in text.")))


def text_sheet(text: str, name: str) -> RawSheet:
    """Comma, semicolon or tab between the cells, whichever the first line has most of.

    Raises `Invalid` for what has more lines or columns than a sheet of a workbook may have.
    """
    text = text.strip("\r\n\ufeff ")
    first = text.split("\n", 1)[0]
    mark = max("\t,;，", key=first.count)
    rows = csv.reader(
        io.StringIO(text.replace("，", ",") if mark == "，" else text),
        delimiter="," if mark == "，" else mark,
    )
    lines = {
        n: {column: cell for column, cell in enumerate(row, 1) if cell.strip()}
        for n, row in enumerate(rows, 1)
    }
    if len(lines) > MAX_ROWS:
        raise Invalid(say(_("The table has more than {limit} lines; nothing was read."), limit=MAX_ROWS))
    if any(max(line, default=0) > MAX_COLUMNS for line in lines.values()):
        raise Invalid(say(_("The table has more than {limit} columns; nothing was read."), limit=MAX_COLUMNS))
    return RawSheet(name, {n: line for n, line in lines.items() if line})


def as_text(sheet: RawSheet) -> str:
    """The sheet as text with tabs between its cells, which `text_sheet` reads again; empty lines are left out.

    Raises `Invalid` for a sheet whose cells lie so far apart that the text would be endless.
    """
    widths = {n: max(line, default=0) for n, line in sheet}
    if sum(widths.values()) > MOST_CELLS:
        raise Invalid(say(_("The table has more than {limit} cells; nothing was read."), limit=MOST_CELLS))
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t")
    for n, line in sheet:
        if widths[n]:
            writer.writerow([str(line.get(column, "") or "") for column in range(1, widths[n] + 1)])
    return out.getvalue()
