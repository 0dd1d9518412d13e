"""A sheet of a workbook as the import page draws it: letters, line numbers, and the findings at their cells. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from yunchou.kernel.core.text import Say
from yunchou.kernel.sheets.cells import address, letters, shown
from yunchou.kernel.sheets.dossier import OWN_SHEETS
from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook
from yunchou.kernel.sheets.xlsx.sheet import position_of

from .import_findings import Item, Weight
from .import_page_choices import OPEN, Choice, Decided, changed_cells, decided, merged
from .import_page_spots import Spot

FIRST_LINES = 60
MOST_LINES = 240
"""Of a long sheet its first lines are drawn, and then those with findings, so many in all."""
LISTED = 200
DONE = "done"
"""How something weighs that is dealt with."""
MOST_COLUMNS = 30


@dataclass(frozen=True)
class Numbered:
    """An item with its number on the sheet that is shown; 0 where it has none there."""

    item: Item
    number: int = 0
    sheet: str = ""
    decided: Decided | None = None

    @property
    def weight(self) -> str:
        """How much it weighs now: nothing any more once it is dealt with."""
        return DONE if self.decided and self.decided.is_dealt_with else self.item.weight.value

    @property
    def chosen(self) -> str:
        """What was chosen about it."""
        return self.decided.choice.choice if self.decided else OPEN

    @property
    def here(self) -> tuple[str, ...]:
        """Its cells on the sheet shown."""
        return tuple(spot.cell for spot in self.item.spots if spot.sheet == self.sheet and spot.cell)

    @property
    def first(self) -> Spot:
        """Where to look first: on the sheet shown if it is there, else where it is."""
        on_sheet = [spot for spot in self.item.spots if spot.sheet == self.sheet and spot.cell]
        return next(iter((*on_sheet, *self.item.spots)), Spot())

    @property
    def more(self) -> int:
        """How many further cells it speaks of."""
        return max(len(self.item.spots) - 1, 0)


@dataclass(frozen=True)
class GridCell:
    """One cell: its text, and the finding that weighs most of those at it. `was` is the file's text where it was changed."""

    name: str
    text: str = ""
    was: str | None = None
    weight: str = ""
    numbers: tuple[int, ...] = ()
    note: Say | None = None
    is_number: bool = False

    @property
    def badge(self) -> str:
        """The numbers of the findings at the cell, short."""
        return (
            f"{self.numbers[0]}+" if len(self.numbers) > 1 else str(self.numbers[0]) if self.numbers else ""
        )


@dataclass(frozen=True)
class GridLine:
    """One line of a sheet; `skipped` lines before it are not drawn."""

    number: int
    cells: tuple[GridCell, ...]
    skipped: int = 0
    is_heading: bool = False


@dataclass(frozen=True)
class SheetTab:
    """A sheet to be opened, with how many findings it has and how much the worst weighs."""

    index: int
    name: str
    count: int
    weight: str
    is_shown: bool


@dataclass(frozen=True)
class Page:
    """Everything the page shows of a workbook while one of its sheets is open."""

    raw: RawWorkbook
    items: tuple[Item, ...]
    wanted: int | None = None
    all_listed: bool = False
    choices: tuple[Choice, ...] = ()
    _own: tuple[RawSheet, ...] = field(init=False)

    def __post_init__(self) -> None:
        own = tuple(sheet for sheet in self.raw.sheets if sheet.name not in OWN_SHEETS)
        object.__setattr__(self, "_own", own)

    @cached_property
    def told(self) -> tuple[Item, ...]:
        """What people should look at, or dealt with; notes on how cells were read stand only in the grid."""
        items = merged(self.items, self.choices)
        return tuple(item for item in items if item.weight is not Weight.NOTE)

    @cached_property
    def decided(self) -> Mapping[str, Decided]:
        """What became of every choice, by the key of its finding."""
        return decided(self.choices, self.items)

    @cached_property
    def left(self) -> tuple[Item, ...]:
        """What nobody has dealt with yet."""
        done = {key for key, each in self.decided.items() if each.is_dealt_with}
        return tuple(item for item in self.told if not item.key or item.key not in done)

    @property
    def dealt_with(self) -> int:
        """How many findings were dealt with."""
        return len(self.told) - len(self.left)

    @cached_property
    def index(self) -> int:
        """Which sheet is shown: the one asked for, else the first with something to be dealt with at a cell."""
        if self.wanted is not None and 0 <= self.wanted < len(self._own):
            return self.wanted
        stopping = [item for item in self.told if item.stops]
        acting = [item for item in self.left if item.weight is Weight.ACT]
        for items in (stopping, acting, self.told):
            named = {spot.sheet for item in items for spot in item.spots if spot.cell}
            found = [n for n, sheet in enumerate(self._own) if sheet.name in named]
            if found:
                return found[0]
        return 0

    @property
    def sheet(self) -> RawSheet:
        """The sheet that is shown."""
        return self._own[self.index]

    @cached_property
    def tabs(self) -> tuple[SheetTab, ...]:
        """All sheets with the number of their findings."""
        counts: Counter[str] = Counter(name for item in self.left for name in item.sheets)
        worst = {name for item in self.left if item.weight is Weight.ACT for name in item.sheets}
        return tuple(
            SheetTab(
                n, sheet.name, counts[sheet.name], "act" if sheet.name in worst else "watch", n == self.index
            )
            for n, sheet in enumerate(self._own)
        )

    @cached_property
    def here(self) -> tuple[Numbered, ...]:
        """The findings of the sheet shown, numbered as at its cells; those of the whole workbook last."""
        mine = [item for item in self.told if self.sheet.name in item.sheets]
        whole = [item for item in self.told if not item.sheets]
        return tuple(self._numbered(item, n) for n, item in enumerate([*mine, *whole], 1))

    def _numbered(self, item: Item, number: int = 0) -> Numbered:
        return Numbered(item, number, self.sheet.name, self.decided.get(item.key) if item.key else None)

    @property
    def listed(self) -> tuple[Numbered, ...]:
        """The findings in the column beside the sheet."""
        if not self.all_listed:
            return self.here[:LISTED]
        numbers = {id(each.item): each.number for each in self.here}
        return tuple(self._numbered(item, numbers.get(id(item), 0)) for item in self.told[:LISTED])

    @property
    def unlisted(self) -> int:
        """How many findings the list leaves out because there are too many."""
        return (len(self.told) if self.all_listed else len(self.here)) - len(self.listed)

    @cached_property
    def across(self) -> tuple[Numbered, ...]:
        """Facts that differ between tables."""
        return tuple(self._numbered(item) for item in self.told if item.is_across)[:LISTED]

    def count(self, weight: str) -> int:
        """How many findings of the sheet weigh so much."""
        return sum(each.weight == weight for each in self.here)

    @property
    def act(self) -> int:
        return self.count(Weight.ACT)

    @property
    def watch(self) -> int:
        return self.count(Weight.WATCH)

    def address_of(self, spot: Spot) -> str:
        """The address, on this page, of a cell of any sheet."""
        found = [n for n, sheet in enumerate(self._own) if sheet.name == spot.sheet]
        return f"?sheet={found[0]}#{spot.cell}" if found else ""

    # ------------------------------------------------------------ the grid

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The letters of the columns."""
        return tuple(letters(n) for n in range(1, self._width + 1))

    @cached_property
    def _width(self) -> int:
        used = max((max(line, default=1) for _n, line in self.sheet), default=1)
        marked = max((position_of(cell)[1] for cell in (*self._at, *self._changed_here)), default=1)
        return min(max(used, marked), MOST_COLUMNS)

    @cached_property
    def _at(self) -> Mapping[str, list[Numbered]]:
        """The findings by cell, worst first."""
        found: dict[str, list[Numbered]] = defaultdict(list)
        for each in self.here:
            for cell in each.here:
                found[cell].append(each)
        return found

    @cached_property
    def _changed(self) -> Mapping[Spot, str]:
        """What changed cells say now."""
        return changed_cells(self.choices)

    @cached_property
    def _changed_here(self) -> tuple[str, ...]:
        return tuple(spot.cell for spot in self._changed if spot.sheet == self.sheet.name)

    @cached_property
    def _notes(self) -> Mapping[str, Say]:
        """How cells were read, by cell."""
        notes = (item for item in self.items if item.weight is Weight.NOTE)
        return {
            spot.cell: item.message for item in notes for spot in item.spots if spot.sheet == self.sheet.name
        }

    @cached_property
    def lines(self) -> tuple[GridLine, ...]:
        """The lines that are drawn."""
        heading = min(self.sheet.lines, default=1)
        drawn: list[GridLine] = []
        previous = 0
        for n in self._drawn(heading):
            cells = tuple(self._cell(n, column) for column in range(1, self._width + 1))
            drawn.append(GridLine(n, cells, skipped=max(n - previous - 1, 0), is_heading=n == heading))
            previous = n
        return tuple(drawn)

    def _drawn(self, heading: int) -> Sequence[int]:
        filled = list(self.sheet.lines)
        marked = {position_of(cell)[0] for cell in (*self._at, *self._changed_here)}
        if len(filled) <= MOST_LINES:
            return sorted({*filled, *marked})
        chosen = {heading, *filled[:FIRST_LINES]}
        rest = sorted(marked - chosen)[: MOST_LINES - len(chosen)]
        return sorted(chosen | set(rest))

    def _cell(self, line: int, column: int) -> GridCell:
        name = address(line, column)
        value = self.sheet.lines.get(line, {}).get(column)
        at = self._at.get(name, ())
        text, changed = shown(value), self._changed.get(Spot(self.sheet.name, name))
        return GridCell(
            name,
            text if changed is None else changed,
            was=None if changed is None else text,
            weight=_worst(each.weight for each in at) or (DONE if changed is not None else ""),
            numbers=tuple(each.number for each in at),
            note=self._notes.get(name),
            is_number=isinstance(value, int | float) and not isinstance(value, bool),
        )


_ORDER = (*(weight.value for weight in Weight), DONE)


def _worst(weights: Iterable[str]) -> str:
    return min(weights, key=_ORDER.index, default="")
