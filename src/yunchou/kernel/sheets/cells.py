"""What a cell of a sheet can hold, how it is addressed, and how it is kept as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeAlias

MAX_TEXT = 32_767
"""The longest text one cell of a workbook can hold."""
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet would begin a formula (trust P14); the wide ones are read as the narrow ones where Chinese is set."""


class Percent(float):
    """A number that its cell shows as a percentage: `Percent(0.7)` is shown as 70%."""


Cell: TypeAlias = str | int | float | date | time | None
"""Text, number (bool, Percent), date (datetime) or nothing. A formula is never a cell: it arrives as its own text."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")


def same(one: Cell, other: Cell) -> bool:
    """Are two cells the same, type included? (In Python `1 == True` and `0.7 == Percent(0.7)`.)"""
    return type(one) is type(other) and one == other


def clean(text: str) -> str:
    """`text` without surrounding blanks and without what neither a workbook nor a database can hold."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text)).strip()


def is_blank(cell: Cell) -> bool:
    """Does the cell hold nothing, or only blanks?"""
    return cell is None or (isinstance(cell, str) and not clean(cell))


def shown(cell: Cell) -> str:
    """The cell as a person reads it in a spreadsheet program, e.g. `70%`, `2024-07-31`, `12000`."""
    match cell:
        case None:
            return ""
        case Percent():
            return f"{plain(cell * 100)}%"
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return plain(cell)
        case datetime():
            return cell.isoformat(" ", "minutes" if not cell.second else "seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def plain(number: float) -> str:
    """A number without exponent and without the noise beyond 15 digits, as spreadsheet programs show it."""
    text = f"{number:.15g}"
    return text if "e" not in text else f"{number:.15f}".rstrip("0").rstrip(".")


def letters(column: int) -> str:
    """The letters of a column counted from 1: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(line: int, column: int) -> str:
    """`D10` for line 10, column 4."""
    return f"{letters(column)}{line}"


def cell_to_json(cell: Cell) -> Any:
    """The cell as JSON: text, number and nothing as they are, the rest as `{kind: text}`."""
    match cell:
        case Percent():
            return {"percent": float(cell)}
        case datetime():
            return {"datetime": cell.isoformat()}
        case date():
            return {"date": cell.isoformat()}
        case time():
            return {"time": cell.isoformat()}
        case _:
            return cell


_FROM_JSON: dict[str, Callable[[Any], Cell]] = {
    "percent": Percent,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def cell_from_json(data: Any) -> Cell:
    """The cell that `cell_to_json` wrote."""
    if not isinstance(data, dict):
        return data  # type: ignore[no-any-return]
    ((kind, value),) = data.items()
    return _FROM_JSON[kind](value)


def cells_to_json(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Named cells as JSON."""
    return {key: cell_to_json(cell) for key, cell in cells.items()}


def cells_from_json(data: Mapping[str, Any]) -> dict[str, Cell]:
    """Named cells from `cells_to_json`."""
    return {key: cell_from_json(value) for key, value in data.items()}
