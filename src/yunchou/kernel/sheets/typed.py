"""Text that a person types into the cells of one row, and what of it can be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.core.text import Text as AnyText
from yunchou.kernel.journal.chain import canonical

from .cells import clean, shown
from .columns import Column
from .findings import Finding, Level, error
from .table import Row, Table
from .values import Context, Person, PersonMatch

PEOPLE = ("person", "people")


@dataclass(frozen=True)
class Change:
    """What one cell said before and says now, as people read it."""

    key: str
    header: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.header} {_short(self.before)} → {_short(self.after)}"


@dataclass(frozen=True)
class Typed:
    """A row with what was typed into it; `errors` are the cells that cannot be used, by column key."""

    row: Any
    errors: Mapping[str, AnyText]
    changes: tuple[Change, ...]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:39]}…" if len(line) > 40 else line or "—"


def digest(table: Table[Any], row: Row) -> str:
    """Stays the same while the row does; a form carries the one it was drawn from."""
    return hashlib.sha256(canonical(table.row_to_json(row))).hexdigest()[:16]


def form_text(table: Table[Any], row: Any, key: str, ctx: Context) -> str:
    """What the field of a column holds before anybody types: people by id where they are known."""
    column, value = table.by_key[key], getattr(row, key)
    if column.widget == "person":
        return _person_text(value) if value else _given(table, row, key, ctx)
    if column.widget == "people":
        return "、".join(map(_person_text, value)) if value else _given(table, row, key, ctx)
    if column.widget == "date" and value is not None:
        return shown(column.write(value))
    return _given(table, row, key, ctx)


def _given(table: Table[Any], row: Any, key: str, ctx: Context) -> str:
    return clean(shown(table.cell(row, key, ctx)))


def _person_text(person: Person) -> str:
    return person.name if person.id is None else str(person.id)


def cell_text(table: Table[Any], row: Any, key: str, ctx: Context) -> str:
    """What a cell says, in words that do not depend on the reader's language; for the journal."""
    column, value = table.by_key[key], getattr(row, key)
    if value == column.empty:
        return shown(row.given.get(key))
    text = column.display(value, ctx)
    return shown(table.cell(row, key, ctx)) if isinstance(text, Say | Promise) else str(text)


def with_cells(table: Table[Any], row: Any, cells: Mapping[str, str], ctx: Context) -> Typed:
    """`row` with the texts of `cells`. A text that still says what the cell said is left alone, whatever it was."""
    errors: dict[str, AnyText] = {}
    before, is_new = row, row.pk is None
    for key, typed in cells.items():
        if (column := table.by_key.get(key)) is None:
            continue
        text = clean(typed)
        if not is_new and text == form_text(table, before, key, ctx):
            continue
        row, findings = _with_text(table, row, column, text, ctx)
        if wrong := [finding for finding in findings if finding.level is Level.ERROR]:
            errors[key] = _why(wrong[0])
    return Typed(row, errors, changes_between(table, before, row, ctx))


def changes_between(table: Table[Any], before: Any, after: Any, ctx: Context) -> tuple[Change, ...]:
    """The cells in which two states of a row differ."""
    texts = (
        (column, cell_text(table, before, key, ctx), cell_text(table, after, key, ctx))
        for key, column in table.by_key.items()
        if getattr(before, key) != getattr(after, key) or before.given.get(key) != after.given.get(key)
    )
    return tuple(Change(column.key, column.header, old, new) for column, old, new in texts if old != new)


def typed_wrong(findings: Iterable[Finding]) -> Finding | None:
    """What stops a text that somebody typed. What a file says is rounded with a warning; whoever types is asked."""
    for finding in findings:
        if finding.level is Level.ERROR:
            return finding
        if finding.code == "rounded":
            return error("too_fine", say(_("An amount has at most two decimal places.")))
    return None


def _why(finding: Finding) -> AnyText:
    return finding.message


def _with_text(
    table: Table[Any], row: Any, column: Column[Any], text: str, ctx: Context
) -> tuple[Any, tuple[Finding, ...]]:
    """What was typed replaces what was given; numbers become number cells, so that exports can add them up."""
    key = column.key
    if column.widget in PEOPLE:
        return _with_people(table, row, column, text, ctx)
    parsed = column.parse(text, ctx)
    if wrong := typed_wrong(parsed.findings):
        return row, (wrong,)
    cell = column.write(parsed.value)
    is_words = cell is None or isinstance(cell, str)
    return table.edit(row, key, (text or None) if is_words else cell, ctx)


def _with_people(
    table: Table[Any], row: Any, column: Column[Any], text: str, ctx: Context
) -> tuple[Any, tuple[Finding, ...]]:
    """People are picked by id or typed by name; a person who stays is still called as the row called them."""
    key, before = column.key, getattr(row, column.key)
    picking = replace(ctx, people=lambda name: _pick(name, ctx))
    parsed = column.parse(text, picking)
    if any(finding.level is Level.ERROR for finding in parsed.findings):
        return row, parsed.findings
    kept = {person.id: person for person in (before if isinstance(before, tuple) else (before,)) if person}
    if isinstance(parsed.value, tuple):
        value: Any = tuple(_called(person, kept, ctx) for person in parsed.value)
    else:
        value = parsed.value and _called(parsed.value, kept, ctx)
    given = {other: cell for other, cell in row.given.items() if other != key}
    return replace(row, given=given, **{key: value}), ()


def _pick(name: str, ctx: Context) -> PersonMatch:
    if not name.isdecimal():
        return ctx.people(name) if ctx.people else PersonMatch((Person(name),))
    known = ctx.names(int(name)) if ctx.names else ""
    return PersonMatch((Person(known, int(name)),)) if known else PersonMatch()


def _called(person: Person, kept: Mapping[int | None, Person], ctx: Context) -> Person:
    if person.id is None:
        return person
    if person.id in kept:
        return kept[person.id]
    return Person(ctx.names(person.id), person.id) if person.name.isdecimal() and ctx.names else person
