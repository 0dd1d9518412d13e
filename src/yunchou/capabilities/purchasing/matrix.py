"""Offers side by side: vendor x line, with tax, the lowest marked, and how price and value come together. Pure.

Amounts are in yuan with tax, rounded half up per line. The price earns lowest / own x 100 points, the value is given
from 0 to 100; weighted they make the score by which offers are ranked (003 四(三)2: several quotes, price and value).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Final

from yunchou.kernel.core.money import ZERO, yuan
from yunchou.kernel.core.text import Say

POINT: Final = Decimal("0.01")
FULL: Final = Decimal(100)


@dataclass(frozen=True)
class Want:
    """A line of the purchase: how many, and what it may cost at most."""

    pk: int
    name: str
    quantity: Decimal
    estimate: Decimal
    measure: str = ""
    specification: str = ""


@dataclass(frozen=True)
class Offered:
    """An offer; `obstacle` says why it does not count: run out, withdrawn, its supplier may not be chosen."""

    pk: int
    supplier: str
    prices: Mapping[int, Decimal]
    tax_rate: Decimal = Decimal(0)
    is_taxed: bool = True
    value: Decimal | None = None
    obstacle: Say | None = None


def with_tax(net: Decimal, rate: Decimal, *, is_taxed: bool) -> Decimal:
    """An amount with its tax, in yuan; `rate` in percent."""
    return yuan(net) if is_taxed else yuan(yuan(net) * (FULL + rate) / FULL)


def amount_of(want: Want, offered: Offered) -> Decimal | None:
    """What an offer asks for a line, with tax; None where it does not offer it."""
    price = offered.prices.get(want.pk)
    if price is None:
        return None
    return with_tax(price * want.quantity, offered.tax_rate, is_taxed=offered.is_taxed)


@dataclass(frozen=True)
class Cell:
    """One offer for one line: the price as quoted, and the amount with tax."""

    price: Decimal | None
    amount: Decimal | None
    is_lowest: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class Column:
    """An offer as a column: its cells in the order of the lines."""

    offered: Offered
    cells: tuple[Cell, ...]
    price_points: Decimal | None = None
    score: Decimal | None = None
    rank: int | None = None
    is_lowest: bool = False
    is_best: bool = False

    @property
    def total(self) -> Decimal:
        """What it asks for everything that it offers."""
        return sum((cell.amount for cell in self.cells if cell.amount is not None), ZERO)

    @property
    def missing(self) -> int:
        """How many lines it does not offer."""
        return sum(cell.amount is None for cell in self.cells)

    @property
    def counts(self) -> bool:
        """Whether it may be chosen for everything."""
        return self.offered.obstacle is None and not self.missing

    @property
    def is_chosen(self) -> bool:
        return any(cell.is_chosen for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """The comparison of a purchase."""

    wants: tuple[Want, ...]
    columns: tuple[Column, ...]
    chosen: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def lowest_total(self) -> Decimal | None:
        """The least that somebody asks for everything."""
        return min((column.total for column in self.columns if column.counts), default=None)

    @cached_property
    def lowest_by_line(self) -> Decimal | None:
        """What it would cost to buy each line where it is cheapest; None while a line has no offer."""
        lowest = [
            min((cell.amount for cell in row if cell.amount is not None), default=None)
            for row in self._rows()
        ]
        return (
            sum((one for one in lowest if one is not None), ZERO) if None not in lowest and lowest else None
        )

    @property
    def is_price_only(self) -> bool:
        """Whether the score is the price's alone, as long as not every offer that counts has points for its value."""
        counted = [column for column in self.columns if column.score is not None]
        return any(column.offered.value is None for column in counted)

    @property
    def valid(self) -> int:
        """How many offers count for everything (R-BUD-09)."""
        return sum(column.counts for column in self.columns)

    @property
    def valid_per_line(self) -> int:
        """The offers for the line that has the fewest of them."""
        return min((sum(cell.amount is not None for cell in row) for row in self._rows()), default=0)

    @property
    def estimate(self) -> Decimal:
        return sum((want.estimate for want in self.wants), ZERO)

    @cached_property
    def chosen_total(self) -> Decimal:
        """What the chosen offers come to."""
        return sum(
            (cell.amount or ZERO for column in self.columns for cell in column.cells if cell.is_chosen), ZERO
        )

    @cached_property
    def above_lowest(self) -> Decimal:
        """By how much the choice passes the lowest offers, line by line; the reason has to carry it."""
        chosen_rows = [row for row in self._rows() if any(cell.is_chosen for cell in row)]
        lowest = sum(
            (min(cell.amount for cell in row if cell.amount is not None) for row in chosen_rows), ZERO
        )
        return max(ZERO, self.chosen_total - lowest) if chosen_rows else ZERO

    @property
    def rows(self) -> list[tuple[Want, list[Cell]]]:
        """Line by line, with the cells of every offer."""
        return [(want, [column.cells[n] for column in self.columns]) for n, want in enumerate(self.wants)]

    def _rows(self) -> list[list[Cell]]:
        """Line by line, the cells of the offers that may be chosen, and of those that were."""
        return [
            [
                column.cells[n]
                for column in self.columns
                if column.offered.obstacle is None or column.cells[n].is_chosen
            ]
            for n in range(len(self.wants))
        ]


def compare(
    wants: Sequence[Want],
    offers: Sequence[Offered],
    *,
    price_weight: int = 60,
    chosen: Mapping[int, int] | None = None,
) -> Matrix:
    """The comparison of offers; `chosen` maps a line to the offer it was awarded to."""
    picked = chosen or {}
    amounts = {(w.pk, o.pk): amount_of(w, o) for w in wants for o in offers}
    lowest = {
        want.pk: min(
            (a for o in offers if o.obstacle is None and (a := amounts[want.pk, o.pk]) is not None),
            default=None,
        )
        for want in wants
    }
    columns = [
        Column(
            one,
            tuple(
                Cell(
                    one.prices.get(want.pk),
                    amount := amounts[want.pk, one.pk],
                    amount is not None and one.obstacle is None and amount == lowest[want.pk],
                    picked.get(want.pk) == one.pk,
                )
                for want in wants
            ),
        )
        for one in offers
    ]
    return Matrix(tuple(wants), _ranked(columns, price_weight), dict(picked))


def _ranked(columns: Sequence[Column], price_weight: int) -> tuple[Column, ...]:
    """The same with points, ranks and the lowest of those that offer everything. Without a value the price alone counts."""
    complete = [column for column in columns if column.counts and column.total > 0]
    lowest = min((column.total for column in complete), default=None)
    values_known = bool(complete) and all(column.offered.value is not None for column in complete)
    weight = price_weight if values_known else 100
    scores: dict[int, tuple[Decimal, Decimal]] = {}
    for column in complete:
        assert lowest is not None
        points = _points(lowest * FULL / column.total)
        value = column.offered.value or Decimal(0)
        scores[column.offered.pk] = points, _points((points * weight + value * (100 - weight)) / FULL)
    order = sorted({score for _points_, score in scores.values()}, reverse=True)
    return tuple(
        column
        if column.offered.pk not in scores
        else Column(
            column.offered,
            column.cells,
            scores[column.offered.pk][0],
            scores[column.offered.pk][1],
            order.index(scores[column.offered.pk][1]) + 1,
            column.total == lowest,
            scores[column.offered.pk][1] == order[0],
        )
        for column in columns
    )


def _points(value: Decimal) -> Decimal:
    return value.quantize(POINT, ROUND_HALF_UP)
