"""How figures stand in narrow cells: `350 万`, `1,800`, `12.5%`, `≥10%`."""

from __future__ import annotations

from decimal import Decimal

from yunchou.kernel.sheets.values import SIGN, Figure, decimal_text
from yunchou.kernel.ui import formats

LARGE = Decimal(100_000)


def shown(figure: Figure | None, *, sign: bool = False) -> str:
    """The figure with its unit, large ones in 万; a comparator only where asked for, or where less is meant."""
    if figure is None or figure.value is None:
        return figure.label if figure and figure.label else "—"
    number = formats.wan(figure.value) if abs(figure.value) >= LARGE else _grouped(figure.value)
    mark = SIGN[figure.comparator] if sign or figure.comparator in ("<", "<=") else ""
    gap = " " if figure.unit and figure.unit != "%" else ""
    return f"{mark}{number}{gap}{figure.unit}"


def _grouped(value: Decimal) -> str:
    """`1,800`, `9.4`: with thousands, and only the decimals there are."""
    whole, _point, rest = decimal_text(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")
