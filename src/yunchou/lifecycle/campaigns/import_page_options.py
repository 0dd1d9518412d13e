"""What may be done about a finding of a workbook: cells with other values, computed and never applied unasked. Pure.

The rule's own smallest change is one option. Where two tables say the same thing differently, following either table is
one, as far as a value of one side can stand in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.tables import SCHEDULE
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.verdicts import Place, Verdict
from yunchou.kernel.sheets.cells import clean, shown
from yunchou.kernel.sheets.columns import Choice
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.findings import has_errors
from yunchou.kernel.sheets.values import Context, Person

from .import_page_spots import Spot, spot_of
from .rules.consistency import span
from .tables import CREATIVE, PHASE, phases_in

FIX = "fix"
"""The option that is the rule's smallest change; every other is called by the table that it follows."""
PERIOD = ("start_on", "end_on")


@dataclass(frozen=True)
class Edit:
    """One cell that an option changes. `value` is JSON as its column writes it, `before` and `after` are what people read."""

    place: Place
    value: Any
    spot: Spot
    header: str
    before: str
    after: str

    def to_json(self) -> list[Any]:
        """The edit as kept with its import."""
        place, spot = self.place, self.spot
        where = [place.table, place.row, place.column, spot.sheet, spot.cell]
        return [*where, self.value, self.header, self.before, self.after]

    @classmethod
    def from_json(cls, data: list[Any]) -> Edit:
        """The edit that `to_json` wrote."""
        table, row, column, sheet, cell, value, header, before, after = data
        return cls(Place(table, row, column), value, Spot(sheet, cell), header, before, after)


@dataclass(frozen=True)
class Option:
    """One way to solve a finding; `follows` is the sheet whose word then stands, where two are compared."""

    key: str
    label: Say
    edits: tuple[Edit, ...]
    follows: str = ""

    @property
    def is_smallest(self) -> bool:
        """Is it the rule's own smallest change?"""
        return self.key == FIX

    def to_json(self) -> dict[str, Any]:
        """The option as kept with its import."""
        edits = [edit.to_json() for edit in self.edits]
        return {"key": self.key, "label": self.label.to_json(), "edits": edits, "follows": self.follows}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Option:
        """The option that `to_json` wrote."""
        edits = tuple(map(Edit.from_json, data["edits"]))
        return cls(data["key"], Say.from_json(data["label"]), edits, data["follows"])


def options_of(verdict: Verdict, dossier: Dossier, ctx: Context) -> tuple[Option, ...]:
    """Every way to solve a finding by values that can be computed; empty where only a person knows."""
    found = [*_smallest(verdict, dossier, ctx), *_sides(verdict, dossier, ctx)]
    once: dict[frozenset[tuple[Place, str]], Option] = {}
    for option in found:
        once.setdefault(frozenset((edit.place, str(edit.value)) for edit in option.edits), option)
    return tuple(once.values())


def _smallest(verdict: Verdict, dossier: Dossier, ctx: Context) -> Iterator[Option]:
    if verdict.fix and verdict.fix.changes and (edits := _edits(verdict.fix.changes, dossier, ctx)):
        touched = {edit.place.table for edit in edits}
        left = [place.table for place in verdict.at if place.table not in touched]
        follows = _sheet(dossier, left[0]) if len(set(left)) == 1 and len(touched) == 1 else ""
        yield Option(FIX, verdict.fix.text, edits, follows)


def _edits(changes: Mapping[Place, Any], dossier: Dossier, ctx: Context) -> tuple[Edit, ...]:
    """The cells to change; none at all where one of them cannot be read, or nothing would change."""
    edits = []
    for place, value in changes.items():
        column = dossier.part(place.table).table.by_key[place.column]
        # Words of a fix are read like a cell; the values of enumerations are strings too, but values already.
        if type(value) is str and not isinstance(column.empty, str):
            parsed = column.parse(value, ctx)
            if has_errors(parsed.findings):
                return ()
            value = parsed.value
        if value != dossier.value_at(place):
            edits.append(_edit(place, value, dossier, ctx))
    return tuple(edits)


def _edit(place: Place, value: Any, dossier: Dossier, ctx: Context) -> Edit:
    part = dossier.part(place.table)
    column, row = part.table.by_key[place.column], dossier.row_at(place)
    before = clean(shown(part.table.cell(row, place.column, ctx)))
    after = clean(shown(column.write(value)))
    return Edit(place, column.to_json(value), spot_of(dossier, place), column.header, before, after)


def _sides(verdict: Verdict, dossier: Dossier, ctx: Context) -> Iterator[Option]:
    """Following either of two tables, where both sides are one cell (or one period) each."""
    if len(verdict.at) != 2 or not (verdict.stored and verdict.computed):
        return
    one, other = verdict.at
    if one.table == other.table or one.row is None or other.row is None:
        return
    for kept, changed in ((one, other), (other, one)):
        changes = _copied(kept, changed, dossier) or _phase(kept, changed, verdict, dossier, ctx)
        if changes and (edits := _edits(changes, dossier, ctx)):
            sheet, value = _sheet(dossier, kept.table), verdict.stored if kept is one else verdict.computed
            yield Option(
                kept.table, say(_("Follow {sheet}: {value}"), sheet=sheet, value=value), edits, sheet
            )


def _copied(kept: Place, changed: Place, dossier: Dossier) -> dict[Place, Any]:
    """What one side says, put into the other; empty where it says nothing or another kind of thing."""
    columns = [(kept.column, changed.column)]
    if kept.column == changed.column and kept.column in PERIOD:
        columns = [(key, key) for key in PERIOD]
    pairs = [(Place(kept.table, kept.row, a), Place(changed.table, changed.row, b)) for a, b in columns]
    values = {target: dossier.value_at(source) for source, target in pairs}
    return values if all(_fits(s, t, dossier) for s, t in pairs) else {}


def _fits(source: Place, target: Place, dossier: Dossier) -> bool:
    """Whether the value of one cell can stand in another of the same kind, and says something there."""
    one = dossier.part(source.table).table.by_key.get(source.column)
    other = dossier.part(target.table).table.by_key.get(target.column)
    if one is None or other is None or one.widget != other.widget:
        return False
    value = dossier.value_at(source)
    if isinstance(value, Person):
        return bool(value.name) and not value.is_team
    if isinstance(one, Choice) and isinstance(other, Choice):
        return value is not None and value in other.words.values()
    return isinstance(value, date)


def _phase(kept: Place, changed: Place, verdict: Verdict, dossier: Dossier, ctx: Context) -> dict[Place, Any]:
    """A phase is words inside a cell of the creative plan; its task has the dates in cells of their own."""
    places = {kept.table: kept, changed.table: changed}
    if set(places) != {CREATIVE.key, SCHEDULE.key} or places[CREATIVE.key].column != "content":
        return {}
    plan, task = places[CREATIVE.key], places[SCHEDULE.key]
    content: str = dossier.value_at(plan)
    row: Any = dossier.row_at(task)
    if kept == plan:
        phases = [p for p in phases_in(content, ctx) if span(p.start_on, p.end_on) == verdict.stored]
        dates = (phases[0].start_on, phases[0].end_on) if phases else ()
        return {Place(task.table, task.row, key): day for key, day in zip(PERIOD, dates, strict=False)}
    if not (row.start_on and row.end_on):
        return {}
    lines = [_moved(line, verdict.stored, row.start_on, row.end_on, ctx) for line in content.split("\n")]
    return {plan: "\n".join(lines)}


def _moved(line: str, stored: str, start: date, end: date, ctx: Context) -> str:
    """A line of the content plan with other dates, and else as it was."""
    match = PHASE.match(line)
    if not match or all(span(p.start_on, p.end_on) != stored for p in phases_in(line, ctx)):
        return line
    for group, number in (("d2", end.day), ("m2", end.month), ("d1", start.day), ("m1", start.month)):
        line = line[: match.start(group)] + str(number) + line[match.end(group) :]
    return line


def _sheet(dossier: Dossier, table: str) -> str:
    part = dossier.part(table)
    return part.frame.sheet if part.frame else part.table.sheet


def applied(dossier: Dossier, edits: Iterable[Edit], ctx: Context) -> Dossier:
    """The dossier with the cells changed, the later of two edits of one cell winning."""
    values = {}
    for edit in edits:
        column = dossier.part(edit.place.table).table.by_key[edit.place.column]
        values[edit.place] = _named(column.from_json(edit.value), ctx)
    return dossier.with_values(values)


def _named(value: Any, ctx: Context) -> Any:
    """People are kept as ids, whose names are looked up; of a mere name somebody may have said since whom it means."""
    if isinstance(value, Person):
        meant = ctx.people(value.name).candidates if value.id is None and ctx.people else ()
        return meant[0] if len(meant) == 1 else ctx.named(value)
    if isinstance(value, tuple):
        return tuple(_named(each, ctx) for each in value)
    return value
