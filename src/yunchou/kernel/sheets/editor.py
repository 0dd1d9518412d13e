"""Editing tables on pages: one row at a time, read like a cell of a workbook, guarded, journalled.

Every action locks the subject, asks for the table's right and whether the table may be changed now, and writes one
entry. Nothing is written when a cell cannot be read: `Invalid` says where, and the form keeps what was typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.actions import rule_on
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.verdicts import Place, Verdict
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from . import journal
from .layout import Part
from .persons import context_for
from .registry import Kept, RowStore, Workbook, is_workbook, workbook
from .selectors import open_verdict
from .typed import Change, Typed, changes_between, digest, with_cells
from .values import Context

BOOK = "campaign"
"""The workbook of subjects whose kind has none of its own."""


class Stale(WrongState):
    """Somebody else changed or deleted the row meanwhile; `row` is how it stands now, None where it is gone."""

    code = "stale"

    def __init__(self, row: Any) -> None:
        words = (
            say(_("Somebody changed this row while you were typing. Look at both and save again."))
            if row is not None
            else say(_("Somebody deleted this row while you were typing."))
        )
        super().__init__(words)
        self.row = row


@dataclass(frozen=True)
class Whole:
    """A row store for tables that are only saved as a whole."""

    kept: Kept[Any]

    def save_row(self, subject: Subject, row: Any, *, actor: Any) -> None:
        rows = list(self.kept.load(subject))
        place = next(
            (n for n, each in enumerate(rows) if row.pk is not None and each.pk == row.pk), len(rows)
        )
        rows[place : place + 1] = [row]
        self.kept.save(subject, rows, actor=actor)

    def delete_row(self, subject: Subject, pk: int, *, actor: Any) -> None:
        rows = [each for each in self.kept.load(subject) if each.pk != pk]
        self.kept.save(subject, rows, actor=actor)

    def move(self, subject: Subject, pk: int, position: int, *, actor: Any) -> None:
        rows = list(self.kept.load(subject))
        moved = next(each for each in rows if each.pk == pk)
        rows.remove(moved)
        rows.insert(max(0, position - 1), moved)
        self.kept.save(subject, rows, actor=actor)


def book(subject: Subject | None = None) -> Workbook:
    """The workbook whose tables pages edit for a subject; the common one where its kind has none of its own."""
    return workbook(subject.kind if subject is not None and is_workbook(subject.kind) else BOOK)


def rows_of(kept: Kept[Any], subject: Subject) -> tuple[Any, ...]:
    """The rows that findings count from 0: all that say something."""
    return Part(kept.table, tuple(kept.load(subject))).rows


def context_of(subject: Subject) -> Context:
    """The context in which typed cells are read: people by name, and the period where a table tells one."""
    ctx = context_for(subject)
    if is_workbook(subject.kind):
        for kept in book(subject).kept:
            if kept.table.informs:
                ctx = kept.table.informs(tuple(kept.load(subject)), ctx)
    return ctx


def may_edit(kept: Kept[Any], subject: Subject, user: User) -> bool:
    """Whether the person holds the table's right on the subject."""
    return bool(kept.edit_perm) and holds(user, kept.edit_perm, subject)


def check_open(kept: Kept[Any], subject: Subject, actor: User) -> None:
    """Raise `NotAllowed` without the table's right, `WrongState` while the table is locked or is not edited on pages."""
    if not kept.edit_perm:
        raise WrongState(say(_("This table is not changed here.")))
    require(actor, kept.edit_perm, subject)
    if reason := lock_on(subject, kept.table.key):
        raise WrongState(reason)


def _open(subject: Subject, kept: Kept[Any], actor: User) -> Subject:
    locked = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    check_open(kept, locked, actor)
    return locked


def _store(kept: Kept[Any]) -> RowStore:
    return kept.store or Whole(kept)


def _find(kept: Kept[Any], subject: Subject, pk: int, seen: str = "") -> Any:
    """The row as it stands, which must be as it was `seen`; raises `Stale`."""
    row = next((each for each in kept.load(subject) if each.pk == pk), None)
    if row is None or (seen and seen != digest(kept.table, row)):
        raise Stale(row)
    return row


@transaction.atomic
def save_row(
    *,
    subject: Subject,
    kept: Kept[Any],
    pk: int | None,
    cells: Mapping[str, str],
    actor: User,
    seen: str = "",
) -> Any:
    """Write what was typed into one row, a new one where `pk` is None; records `sheets.row_added` or `row_changed`.

    `cells` are texts by column key, people by id or name; columns left out stay as they are. Refuses cells that
    cannot be read (`Invalid`, by column) and a row that is no longer as it was `seen` (`Stale`).
    """
    subject, table = _open(subject, kept, actor), kept.table
    ctx = context_of(subject)
    before = table.row() if pk is None else _find(kept, subject, pk, seen)
    typed = with_cells(table, before, _cells(kept, cells, is_new=pk is None), ctx)
    _refuse(kept, typed)
    if not typed.changes:
        return before
    saved = _store(kept).save_row(subject, typed.row, actor=actor)
    data = _told(kept, typed.row, typed.changes, ctx)
    record(journal.ROW_ADDED if pk is None else journal.ROW_CHANGED, actor=actor, subject=subject, data=data)
    _after(kept, subject, actor)
    return saved if saved is not None else typed.row


def _cells(kept: Kept[Any], cells: Mapping[str, str], *, is_new: bool) -> dict[str, str]:
    """The cells that pages may write; of a new row all of them, so that what is required is missed."""
    keys = [key for key in kept.table.by_key if key not in kept.fixed]
    return {key: cells.get(key, "") for key in keys if is_new or key in cells}


def _refuse(kept: Kept[Any], typed: Typed) -> None:
    if typed.errors:
        raise Invalid(say(_("Nothing was saved yet: mend what is marked.")), fields=typed.errors)
    if kept.table.is_blank(typed.row):
        raise Invalid(say(_("Fill in at least one cell.")))


def _told(kept: Kept[Any], row: Any, changes: Sequence[Change], ctx: Context | None = None) -> dict[str, Any]:
    """What the journal keeps of a changed row: its name, and each cell before and after."""
    return {
        "row": (ctx and kept.table.label(row, ctx)) or "—",
        "sheet": kept.table.sheet,
        "table": kept.table.key,
        "changes": _words(changes),
        "cells": {change.key: [change.before, change.after] for change in changes},
    }


def _words(changes: Sequence[Change]) -> str:
    return "; ".join(map(str, changes))


def _after(kept: Kept[Any], subject: Subject, actor: User) -> None:
    if kept.after_save:
        kept.after_save(subject, actor)


@transaction.atomic
def delete_row(*, subject: Subject, kept: Kept[Any], pk: int, actor: User, seen: str = "") -> None:
    """Delete a row that is still as it was `seen`; records `sheets.row_deleted` with everything it said."""
    subject = _open(subject, kept, actor)
    row, ctx = _find(kept, subject, pk, seen), context_of(subject)
    _store(kept).delete_row(subject, pk, actor=actor)
    gone = changes_between(kept.table, row, kept.table.row(), ctx)
    record(journal.ROW_DELETED, actor=actor, subject=subject, data=_told(kept, row, gone, ctx))
    _after(kept, subject, actor)


@transaction.atomic
def move_row(*, subject: Subject, kept: Kept[Any], pk: int, position: int, actor: User) -> None:
    """Put a row at a place counted from 1; records `sheets.row_moved`."""
    subject = _open(subject, kept, actor)
    row, ctx = _find(kept, subject, pk), context_of(subject)
    place = max(1, min(position, len(kept.load(subject))))
    _store(kept).move(subject, pk, place, actor=actor)
    data = {"row": kept.table.label(row, ctx) or "—", "sheet": kept.table.sheet, "place": place}
    record(journal.ROW_MOVED, actor=actor, subject=subject, data={**data, "table": kept.table.key})
    _after(kept, subject, actor)


@transaction.atomic
def save_footer(*, subject: Subject, kept: Kept[Any], cells: Mapping[str, str], actor: User) -> None:
    """State totals, or that none are stated (all cells empty); records `sheets.footer_changed`."""
    subject, table = _open(subject, kept, actor), kept.table
    if table.footer is None or kept.save_footer is None:
        raise WrongState(say(_("This table states no totals.")))
    ctx = context_of(subject)
    before = kept.load_footer(subject) or table.row()
    only = {key: text for key, text in cells.items() if key in table.footer.columns}
    # A total may be left out even where the cell of a row may not.
    typed = with_cells(table, before, {key: text for key, text in only.items() if text.strip()}, ctx)
    blank = {key: table.by_key[key].empty for key, text in only.items() if not text.strip()}
    kept_given = {key: cell for key, cell in typed.row.given.items() if key not in blank}
    after = replace(typed.row, given=kept_given, **blank)
    if typed.errors:
        raise Invalid(say(_("Nothing was saved yet: mend what is marked.")), fields=typed.errors)
    _write_footer(kept, subject, before, after, actor, ctx)


def _write_footer(
    kept: Kept[Any], subject: Subject, before: Any, after: Any, actor: User, ctx: Context
) -> None:
    changes = changes_between(kept.table, before, after, ctx)
    if not changes or kept.save_footer is None:
        return
    kept.save_footer(subject, None if kept.table.is_blank(after) else after, actor=actor)
    data = {**_told(kept, after, changes), "row": ""}
    record(journal.FOOTER_CHANGED, actor=actor, subject=subject, data=data)
    _after(kept, subject, actor)


@transaction.atomic
def apply_finding(*, subject: Subject, fingerprint: str, actor: User) -> Verdict:
    """Write the smallest change of a finding that a page showed, and give it back; see `apply_fix`.

    The finding is looked up under the lock, since rows may have moved since the page was drawn.
    """
    locked = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    verdict = open_verdict(locked, fingerprint)
    apply_fix(subject=locked, verdict=verdict, actor=actor)
    return verdict


@transaction.atomic
def apply_fix(*, subject: Subject, verdict: Verdict, actor: User) -> None:
    """Write the smallest change that a rule proposes; records `sheets.fix_applied`.

    Refuses a finding whose fix is not values, and tables that the person may not change now.
    """
    if not verdict.fix or not verdict.fix.changes:
        raise WrongState(
            say(_("This finding has no change that can be applied at once.")), verdicts=[verdict]
        )
    by_table: dict[str, dict[Place, Any]] = defaultdict(dict)
    for place, value in verdict.fix.changes.items():
        by_table[place.table][place] = value
    changes: list[Change] = []
    for key, values in by_table.items():
        kept = _kept(subject, key)
        subject = _open(subject, kept, actor)
        changes += _apply(kept, subject, values, actor)
    data = {"rule": verdict.rule_id, "fix": verdict.fix.text, "changes": _words(changes)}
    cells = [[change.key, change.before, change.after] for change in changes]
    record(journal.FIX_APPLIED, actor=actor, subject=subject, data={**data, "cells": cells})
    for key in by_table:
        _after(_kept(subject, key), subject, actor)


def _kept(subject: Subject, key: str) -> Kept[Any]:
    kept = book(subject).find(key)
    if kept is None:
        raise WrongState(say(_("This table is not changed here.")))
    return kept


def _apply(kept: Kept[Any], subject: Subject, values: Mapping[Place, Any], actor: User) -> list[Change]:
    """The changes of one table: cells of rows, and stated totals where a place has no row."""
    table, ctx = kept.table, context_of(subject)
    rows, footer = rows_of(kept, subject), kept.load_footer(subject) or table.row()
    changes: list[Change] = []
    places = sorted({place.row for place in values if place.row is not None})
    if any(place >= len(rows) for place in places):
        raise Stale(None)
    for place in places:
        after = _with_values(
            kept, rows[place], {p.column: v for p, v in values.items() if p.row == place}, ctx
        )
        changes += changes_between(table, rows[place], after, ctx)
        _store(kept).save_row(subject, after, actor=actor)
    if totals := {place.column: value for place, value in values.items() if place.row is None}:
        after = _with_values(kept, footer, totals, ctx)
        changes += changes_between(table, footer, after, ctx)
        if kept.save_footer:
            kept.save_footer(subject, after, actor=actor)
    return changes


def _with_values(kept: Kept[Any], row: Any, values: Mapping[str, Any], ctx: Context) -> Any:
    for key, value in values.items():
        cell = value if isinstance(value, str) else kept.table.by_key[key].write(value)
        row, _findings = kept.table.edit(row, key, cell, ctx)
    return row


@transaction.atomic
def rule_on_finding(*, subject: Subject, verdict: Verdict, reason: str, actor: User) -> Ruling:
    """Confirm a finding that only warns, or ask for an exception from one that blocks; see `rules.actions.rule_on`.

    Needs the right to change a table that the finding is about; an exception also that the table is not locked.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    keys = {place.table for place in verdict.at}
    about = [kept for kept in book(subject).kept if kept.edit_perm and (not keys or kept.table.key in keys)]
    if not about:
        raise WrongState(say(_("This finding is not ruled on here.")), verdicts=[verdict])
    held = [kept for kept in about if may_edit(kept, subject, actor)]
    if not held:
        require(actor, about[0].edit_perm, subject)
    if verdict.blocks and keys:
        for kept in held:
            check_open(kept, subject, actor)
    return rule_on(subject=subject, verdict=verdict, reason=reason, actor=actor)
