"""Columns of numbers: amounts in yuan, figures with a unit, days, plain numbers."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_yuan, yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.core.text import Text as AnyText

from ..cells import Cell, Percent, clean, plain, shown
from ..findings import Finding, error, warn
from ..grammar import find_money, fold, read_figure, read_figures, read_money
from ..values import Context, Figure, decimal_text
from .base import NOWHERE, Column, Parsed
from .text import split_lines

LIMIT = Decimal(10) ** 12


def number_cell(value: Decimal) -> Cell:
    """A number as a cell: whole numbers as int. Exact for what the columns allow (15 digits)."""
    return int(value) if value == value.to_integral_value() else float(value)


def _plain_text(cell: Cell) -> str | None:
    """The cell as text to read a number from; None where it is a date, a time, a truth or a percentage."""
    if isinstance(cell, (bool, date, time, Percent)):
        return None
    return plain(cell) if isinstance(cell, float) else str(cell)


@dataclass(frozen=True)
class Money(Column[Decimal | None]):
    """Yuan with two places. Reads `12,000`, `¥12,000.00`, `1.2万`, `50万元`, full-width digits; at most 10^12."""

    _: KW_ONLY
    signed: bool = False

    widget: ClassVar[str] = "money"

    def write(self, value: Decimal | None) -> Cell:
        return None if value is None else number_cell(value)

    def display(self, value: Decimal | None, ctx: Context = NOWHERE) -> AnyText:
        return "" if value is None else format_yuan(value)

    def to_json(self, value: Decimal | None) -> Any:
        return None if value is None else str(yuan(value))

    def from_json(self, data: Any) -> Decimal | None:
        return None if data is None else yuan(data)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[Decimal | None]:
        text = _plain_text(cell)
        amount = None if text is None else read_money(text)
        if amount is None:
            near = find_money(text or "")
            suggestion = "" if near is None else decimal_text(near)
            return self._refuse("not_money", say(_("This is not an amount in yuan.")), suggestion=suggestion)
        if abs(amount) >= LIMIT:
            return self._refuse("too_large", say(_("The number is too large.")))
        if amount < 0 and not self.signed:
            return self._refuse(
                "negative", say(_("The amount is below zero.")), suggestion=decimal_text(-amount)
            )
        rounded = yuan(amount)
        if rounded == amount:
            return Parsed(rounded)
        message = say(_("Rounded to whole fen: {amount}."), amount=format_yuan(rounded))
        return Parsed(rounded, (warn("rounded", message, suggestion=decimal_text(rounded)),))


@dataclass(frozen=True)
class Number(Column[Decimal | None]):
    """A plain number of at most 15 digits; `whole` allows no fraction, `places` so many decimals, `least` and `most` bound it."""

    _: KW_ONLY
    whole: bool = False
    places: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    widget: ClassVar[str] = "number"

    def write(self, value: Decimal | None) -> Cell:
        return None if value is None else number_cell(value)

    def to_json(self, value: Decimal | None) -> Any:
        return None if value is None else decimal_text(value)

    def from_json(self, data: Any) -> Decimal | None:
        return None if data is None else Decimal(data)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[Decimal | None]:
        text = _plain_text(cell)
        figure = None if text is None else read_figure(text)
        if figure is None or figure.value is None or figure != Figure(figure.value):
            suggestion = figure.number if figure else ""
            return self._refuse("not_number", say(_("This is not a plain number.")), suggestion=suggestion)
        value = figure.value
        if len(value.as_tuple().digits) > 15 or abs(value) >= LIMIT:
            return self._refuse("too_large", say(_("The number is too large.")))
        if self.whole and value != value.to_integral_value():
            return self._refuse("not_whole", say(_("This must be a whole number.")))
        if self.places is not None and value != round(value, self.places):
            return self._refuse("too_fine", say(_("At most {limit} decimal places."), limit=self.places))
        if self.least is not None and value < self.least:
            return self._refuse("too_small", say(_("At least {limit}."), limit=decimal_text(self.least)))
        if self.most is not None and value > self.most:
            return self._refuse("too_large", say(_("At most {limit}."), limit=decimal_text(self.most)))
        return Parsed(value)


@dataclass(frozen=True)
class Days(Column[int | None]):
    """A duration in days, written `5天`."""

    _PATTERN: ClassVar[re.Pattern[str]] = re.compile(r"(?P<days>[0-9]{1,4})(?:天|日|[dD])?")

    def write(self, value: int | None) -> Cell:
        return None if value is None else f"{value}天"

    def _read(self, cell: Cell, ctx: Context) -> Parsed[int | None]:
        text = _plain_text(cell)
        found = self._PATTERN.fullmatch(fold(text or ""))
        if found is None:
            number = re.search("[0-9]{1,4}", text or "")
            suggestion = f"{int(number[0])}天" if number else ""
            return self._refuse("not_days", say(_("This is not a number of days.")), suggestion=suggestion)
        return Parsed(int(found["days"]))


_SPOKEN = {
    ">=": _("at least {figure}"),
    "<=": _("at most {figure}"),
    ">": _("more than {figure}"),
    "<": _("less than {figure}"),
    "=": _("exactly {figure}"),
    "up": _("up by {figure}"),
    "down": _("down by {figure}"),
}


def spoken(figure: Figure) -> Say | str:
    """A figure in words, `话题阅读量 at least 5,000,000`."""
    if figure.value is None:
        return figure.label
    number = f"{figure.value:,f}"
    words: Say | str = (number.rstrip("0").rstrip(".") if "." in number else number) + figure.unit
    for part in (figure.comparator, figure.change):
        words = say(_SPOKEN[part], figure=words) if part else words
    if figure.base:
        words = say(_("{figure} against {base}"), figure=words, base=_base(figure))
    return say(_("{label} {figure}"), label=figure.label, figure=words) if figure.label else words


def _base(figure: Figure) -> str:
    """`2023年Q3(12,000)`."""
    return figure.base if figure.base_value is None else f"{figure.base}({figure.base_value:,f})"


def _figures_of(text: str) -> tuple[tuple[Figure, ...], tuple[Finding, ...]]:
    """The figures of one line, which may have several with commas between."""
    if found := read_figures(text):
        return found, ()
    figure, findings = _figure_of(text)
    return (figure,), findings


def _figure_of(text: str) -> tuple[Figure, tuple[Finding, ...]]:
    """The figure of one line; words without a number stay words, with an error."""
    figure = read_figure(text)
    if figure is not None:
        return figure, ()
    message = say(_("No single number can be read from “{given}”."), given=text[:60])
    return Figure(None, label=text), (error("not_figure", message),)


@dataclass(frozen=True)
class Measure(Column[Figure | None]):
    """A number with what goes with it: `500万+`, `≥15%`, `92分`, `5000人`, `80万`, `搜索量增长30%`; 70% as a cell."""

    def write(self, value: Figure | None) -> Cell:
        return str(value) if value else None

    def display(self, value: Figure | None, ctx: Context = NOWHERE) -> AnyText:
        return spoken(value) if value else ""

    def to_json(self, value: Figure | None) -> Any:
        return value.to_json() if value else None

    def from_json(self, data: Any) -> Figure | None:
        return Figure.from_json(data) if data else None

    def _read(self, cell: Cell, ctx: Context) -> Parsed[Figure | None]:
        figure, findings = _figure_of(clean(shown(cell)))
        return Parsed(None if findings else figure, findings)

    def _is_notable(self, cell: Cell, value: Figure | None) -> bool:
        return super()._is_notable(cell, value) or bool(value and value.comparator)


@dataclass(frozen=True)
class Measures(Column[tuple[Figure, ...]]):
    """One figure a line, also read with commas between. A line without a number stays in its place as words, with an error."""

    widget: ClassVar[str] = "textarea"
    empty: ClassVar[tuple[Figure, ...]] = ()

    def write(self, value: tuple[Figure, ...]) -> Cell:
        return "\n".join(map(str, value)) or None

    def display(self, value: tuple[Figure, ...], ctx: Context = NOWHERE) -> AnyText:
        words: Say | str = ""
        for figure in reversed(value):
            words = say(_("{first}; {rest}"), first=spoken(figure), rest=words) if words else spoken(figure)
        return words

    def to_json(self, value: tuple[Figure, ...]) -> Any:
        return [figure.to_json() for figure in value]

    def from_json(self, data: Any) -> tuple[Figure, ...]:
        return tuple(map(Figure.from_json, data))

    def _read(self, cell: Cell, ctx: Context) -> Parsed[tuple[Figure, ...]]:
        read = [_figures_of(line) for line in split_lines(cell)]
        return Parsed(
            tuple(figure for figures, _f in read for figure in figures),
            tuple(f for _figures, findings in read for f in findings),
        )

    def _is_notable(self, cell: Cell, value: tuple[Figure, ...]) -> bool:
        return super()._is_notable(cell, value) or any(figure.comparator for figure in value)
