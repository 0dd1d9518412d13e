"""A table as it stands on a page: heads, rows in groups, totals, and what rules say at each cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import people_by_id
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import glyphs

from .cells import shown
from .columns import Choice, Column, DateText, DueText, Lines, Measure, Measures, Money, Number
from .columns import Text as Words
from .editor import book, context_of, may_edit
from .layout import Part
from .registry import BESIDE, Kept, workbook
from .selectors import Shown, findings_in
from .typed import digest
from .values import TEAM, Context, Person


@dataclass(frozen=True)
class Look:
    """How a page wants a table: grouped by a column, without some columns, findings below their rows or elsewhere."""

    group_by: str = ""
    hide: tuple[str, ...] = ()
    aside: bool = False

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Look:
        """The look that `query` wrote into an address."""
        hide = tuple(key for key in str(query.get("hide", "")).split(",") if key)
        return cls(str(query.get("group_by", "")), hide, bool(query.get("aside")))

    def width(self, kept: Kept[Any]) -> int:
        """How many cells a row of the table has, the one with its buttons counted."""
        shown_keys = [key for key in kept.table.by_key if key not in self.hide and key != self.group_by]
        return kept.width or len(shown_keys) + 1

    @property
    def query(self) -> str:
        parts = {"group_by": self.group_by, "hide": ",".join(self.hide), "aside": "1" if self.aside else ""}
        said = {name: part for name, part in parts.items() if part}
        return f"?{urlencode(said)}" if said else ""


@dataclass(frozen=True)
class GridCell:
    """One cell: `kind` says how it is drawn (money, number, person, people, date, words, lines)."""

    key: str
    label: Any
    kind: str
    value: Any
    level: str = ""

    @property
    def css(self) -> str:
        classes = {
            "money": "num",
            "number": "num",
            "date": "nowrap",
            "lines": "phone-full",
            "words": "phone-full",
        }
        return classes.get(self.kind, "")


@dataclass(frozen=True)
class GridRow:
    """One row with its findings; `data` is the row itself, `place` counts from 1."""

    pk: int | None
    place: int
    data: Any
    label: str
    cells: tuple[GridCell, ...]
    findings: tuple[Shown, ...]
    digest: str

    @property
    def by_key(self) -> Mapping[str, GridCell]:
        """The cells by column, for templates that draw them one by one."""
        return {cell.key: cell for cell in self.cells}


@dataclass(frozen=True)
class Group:
    """Rows under one heading, with the sums of their amounts by column."""

    name: str
    rows: tuple[GridRow, ...]
    sums: Mapping[str, Decimal]


@dataclass(frozen=True)
class Total:
    """The sum of a column beside the total that is stated for it (None where none is)."""

    key: str
    label: Any
    computed: Decimal
    stated: Decimal | None
    level: str = ""

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.computed


@dataclass(frozen=True)
class Grid:
    """Everything `sheets/table.html` draws."""

    kept: Kept[Any]
    subject: Subject
    look: Look
    heads: tuple[GridCell, ...]
    groups: tuple[Group, ...]
    totals: Mapping[str, Total]
    lock: Say | None
    may_edit: bool
    findings: tuple[Shown, ...] = field(default=())

    @property
    def key(self) -> str:
        return self.kept.table.key

    @property
    def title(self) -> Any:
        return self.kept.table.title

    @property
    def is_open(self) -> bool:
        """Whether this person may change the table now."""
        return self.may_edit and self.lock is None

    @property
    def rows(self) -> tuple[GridRow, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def is_pairs(self) -> bool:
        return self.kept.table.layout == "pairs"

    @property
    def can_state_totals(self) -> bool:
        return self.is_open and self.kept.save_footer is not None and self.kept.table.footer is not None

    @property
    def width(self) -> int:
        """How many cells a row has, the one with its buttons counted."""
        return self.look.width(self.kept)

    @property
    def is_grouped(self) -> bool:
        return bool(self.look.group_by)

    @property
    def url(self) -> str:
        return reverse("sheets:table", args=[self.subject.pk, self.key]) + self.look.query

    @property
    def foot(self) -> tuple[Total | None, ...]:
        """One for each head, None where nothing is added up."""
        return tuple(self.totals.get(head.key) for head in self.heads)


def grid_of(request: Any, subject: Subject, kept: Kept[Any], look: Look, user: User | None) -> Grid:
    """The table of a subject for one person; findings are read once a request."""
    table = kept.table
    part = Part(table, tuple(kept.load(subject)), kept.load_footer(subject))
    ctx = context_of(subject)
    found = findings_in(request, subject, [table.key])
    levels = _levels(found)
    columns = [column for column in table.columns if column.key not in look.hide]
    people = people_by_id({person.id for row in part.rows for person in _people(columns, row)})
    rows = tuple(
        GridRow(
            pk=row.pk,
            place=n + 1,
            data=row,
            label=table.label(row, ctx),
            cells=tuple(
                _cell(kept, row, column, ctx, people, levels.get((n, column.key), "")) for column in columns
            ),
            findings=tuple(
                f for f in found if any(p.table == table.key and p.row == n for p in f.verdict.at)
            ),
            digest=digest(table, row),
        )
        for n, row in enumerate(part.rows)
    )
    shown_columns = [column for column in columns if column.key != look.group_by]
    return Grid(
        kept=kept,
        subject=subject,
        look=look,
        heads=tuple(GridCell(column.key, column.label, _kind(column), None) for column in shown_columns),
        groups=tuple(_groups(kept, look, rows, columns)),
        totals={total.key: total for total in _totals(kept, part, columns, levels)},
        lock=lock_on(subject, table.key),
        may_edit=user is not None and may_edit(kept, subject, user),
        findings=tuple(found),
    )


def table_context(request: Any, subject: Subject, kept: Kept[Any], look: Look) -> dict[str, Any]:
    """The context of a table's template."""
    grid = grid_of(request, subject, kept, look, request.user)
    more = kept.extend(request, subject, grid) if kept.extend else {}
    return {"grid": grid, "subject": subject, **more}


def find_table(subject: Subject, key: str) -> Kept[Any] | None:
    """A table of the subject's workbook by key, or one that stands beside it."""
    return book(subject).find(key) or workbook(BESIDE).find(key)


def _levels(found: Iterable[Shown]) -> dict[tuple[int | None, str], str]:
    """The worst level at each cell; what somebody ruled on is no longer outlined."""
    levels: dict[tuple[int | None, str], str] = {}
    for shown_one in found:
        if not shown_one.judged.is_open:
            continue
        level = str(glyphs.level_of(shown_one.severity))
        for place in shown_one.verdict.at:
            key = (place.row, place.column)
            levels[key] = "act" if "act" in (level, levels.get(key)) else level
    return levels


def _kind(column: Column[Any]) -> str:
    if column.widget in ("person", "people"):
        return column.widget
    if isinstance(column, Money | Number):
        return "money"
    if isinstance(column, Measure):
        return "number"
    if isinstance(column, DateText | DueText):
        return "date"
    if isinstance(column, Lines | Measures) or (isinstance(column, Words) and column.multiline):
        return "lines"
    return "words" if isinstance(column, Words) else "word"


def _cell(
    kept: Kept[Any], row: Any, column: Column[Any], ctx: Context, people: Mapping[int, User], level: str
) -> GridCell:
    """The value as it is drawn; a cell that could not be read shows what was given, outlined."""
    value, kind = getattr(row, column.key), _kind(column)
    if value == column.empty and (given := shown(row.given.get(column.key))):
        return GridCell(column.key, column.label, "word", given, level or "act")
    if kind == "person":
        value = _person(value, people, ctx) if value else None
    elif kind == "people":
        value = [_person(one, people, ctx) for one in value]
    elif isinstance(column, Choice):
        value = column.display(value, ctx)
    elif kind == "date" and not hasattr(value, "isoformat"):
        kind, value = "word", value and column.display(value, ctx)
    elif kind in ("number", "lines", "word"):
        value = shown(kept.table.cell(row, column.key, ctx))
    return GridCell(column.key, column.label, kind, value, level)


def _person(person: Person, people: Mapping[int, User], ctx: Context) -> Any:
    """The user where one is meant, else the name; the whole team is a word."""
    return person.name if person == TEAM else people.get(person.id or 0) or ctx.named(person).name


def _people(columns: Sequence[Column[Any]], row: Any) -> Iterator[Person]:
    for column in columns:
        if column.widget == "people":
            yield from getattr(row, column.key)
        elif column.widget == "person" and (person := getattr(row, column.key)):
            yield person


def _groups(
    kept: Kept[Any], look: Look, rows: tuple[GridRow, ...], columns: Sequence[Column[Any]]
) -> Iterator[Group]:
    """Rows in their order, a new group where the grouping column changes."""
    sums = [column.key for column in columns if isinstance(column, Money)]
    by = look.group_by if look.group_by in kept.table.by_key else ""
    for name, members in groupby(rows, key=lambda row: str(getattr(row.data, by) or "—") if by else ""):
        inside = tuple(members)
        yield Group(name, inside, {key: _sum((row.data for row in inside), key) for key in sums})


def _sum(rows: Iterable[Any], key: str) -> Decimal:
    return sum((amount for row in rows if (amount := getattr(row, key)) is not None), Decimal("0.00"))


def _totals(
    kept: Kept[Any],
    part: Part[Any],
    columns: Sequence[Column[Any]],
    levels: Mapping[tuple[int | None, str], str],
) -> Iterator[Total]:
    if kept.table.footer is None:
        return
    for column in columns:
        if column.key in kept.table.footer.columns and isinstance(column, Money):
            stated = getattr(part.footer, column.key) if part.footer else None
            level = levels.get((None, column.key), "")
            yield Total(column.key, column.label, _sum(part.rows, column.key), stated, level)
