"""Taking the tables of a plan over from a workbook: read, looked at beside what there is, and only then written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import Upload, clean_name, store_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.dossier import Change, Dossier, Reading
from yunchou.kernel.sheets.findings import Finding, Level, error, has_errors
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.xlsx import WorkbookRefused, read_workbook
from yunchou.kernel.sheets.xlsx.archive import MAX_BYTES
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import present_digest

from .. import journal
from ..facts import joined
from ..models import Item, Plan, PlanImport
from ..permissions import Perm
from ..selectors import context_of, dossier_of, lock_on
from ..tables import HEAD, ITEMS, PARTS, WORKBOOK

PERIOD_COLUMNS = ("year", "quarter", "month")


@dataclass(frozen=True)
class Taken:
    """One table of the workbook beside the plan's: what would change, what was found, and why it cannot be taken over."""

    table: Table[Any]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    lock: Say | None

    @property
    def is_takeable(self) -> bool:
        return bool(self.changes) and self.lock is None and not has_errors(self.findings)


@dataclass(frozen=True)
class Look:
    """A workbook beside the plan; nothing of it is written. `others` are findings outside its tables."""

    tables: tuple[Taken, ...]
    others: tuple[Finding, ...]
    merged: Dossier

    @property
    def changes(self) -> int:
        return sum(len(one.changes) for one in self.tables)


def read_plan(*, plan: Plan, upload: Upload, actor: User) -> PlanImport:
    """Keep a workbook that is read for a plan, with nothing of it written; records `planning.workbook_read`.

    Refuses without `planning.draft`, and every file that is not taken in (`sheets.xlsx`).
    """
    require(actor, Perm.DRAFT, plan)
    if (upload.size or 0) > MAX_BYTES:
        words = say(_("The file is larger than {limit} MB."), limit=MAX_BYTES // 2**20)
        raise WorkbookRefused("too_big", words)
    data = b"".join(upload.chunks())
    read_workbook(data)
    name = clean_name(upload.name or "")
    with transaction.atomic():
        kept = store_file(upload=SimpleUploadedFile(name, data), name=name)
        run: PlanImport = PlanImport.objects.create(
            plan=plan, actor=actor, file=kept, name=name, digest=present_digest(plan.subject)
        )
        record(journal.WORKBOOK_READ, actor=actor, subject=plan.subject, data={"file": name, "run": run.pk})
    return run


def look_at(run: PlanImport) -> Look:
    """The workbook beside the plan as it stands."""
    plan = Plan.objects.whole(run.plan_id)
    with store.open_content(run.file.sha256) as file:
        data = file.read()
    ctx = context_of(plan)
    reading = workbook(WORKBOOK).read(data, ctx)
    now = dossier_of(plan.subject)
    named = [table for table in workbook(WORKBOOK).tables if any(map(table.is_sheet, reading.dossier.order))]
    merged, own = _merged(plan, reading, now, named)
    changes = workbook(WORKBOOK).difference(now.snapshot(), merged.snapshot(), ctx)
    told = [*reading.findings, *own]
    tables = tuple(
        Taken(
            table,
            tuple(change for change in changes if change.table is table),
            tuple(one for one in told if one.table == table.key and one.code != "missing_sheet"),
            lock_on(plan.subject, table.key),
        )
        for table in named
    )
    known = {table.key for table in named}
    others = tuple(one for one in told if one.table not in known and one.level is not Level.REMARK)
    return Look(tables, tuple(one for one in others if one.code != "missing_sheet"), merged)


def _merged(
    plan: Plan, reading: Reading, now: Dossier, named: list[Table[Any]]
) -> tuple[Dossier, list[Finding]]:
    """The plan's tables with those of the workbook in their place; rows keep their key where people know them again."""
    found: list[Finding] = []
    merged = now
    for table in named:
        old, new = now.part(table.key).rows, reading.dossier.part(table.key).rows
        if table is HEAD:
            rows, faults = _head(old, new)
        elif table is PARTS:
            rows, faults = _parts(old, new)
        else:
            rows, faults = _matched(table, old, new), []
        found += faults
        if table is ITEMS:
            found += _item_faults(plan, old, rows)
        merged = merged.with_part(Part(table, rows))
    return merged, found


def _head(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Finding]]:
    """Name and budget may be written; a workbook of another period is of another plan."""
    if not old or not new:
        return old, []
    differing = [key for key in PERIOD_COLUMNS if getattr(new[0], key) not in (None, getattr(old[0], key))]
    faults = [
        error("other_period", say(_("This workbook is of another period."))).at(
            table=HEAD.key, sheet=HEAD.sheet, column=key
        )
        for key in differing
    ]
    settled = {key: getattr(old[0], key) for key in PERIOD_COLUMNS}
    return (replace(new[0], pk=old[0].pk, extra=old[0].extra, **settled),), faults


def _parts(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Finding]]:
    """The texts of the parts that the plan has; those that the workbook does not tell stay."""
    told = {(row.part, row.aspect): row for row in new}
    own = {(row.part, row.aspect) for row in old}
    faults = [
        error("no_such_part", say(_("A plan of this kind has no such part.")), given=row.text[:40]).at(
            table=PARTS.key, sheet=PARTS.sheet, line=row.line
        )
        for key, row in told.items()
        if key not in own
    ]
    rows = tuple(
        replace(row, text=told[row.part, row.aspect].text, given={})
        if (row.part, row.aspect) in told
        else row
        for row in old
    )
    return rows, faults


def _matched(table: Table[Any], old: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of the workbook, each with the key of the row that people know by the same identity."""
    waiting: dict[tuple[Any, ...], list[Row]] = {}
    for row in old:
        waiting.setdefault(_identity(table, row), []).append(row)
    found = []
    for row in new:
        same = waiting.get(_identity(table, row))
        known = same.pop(0) if same else None
        found.append(replace(row, pk=known.pk if known else None))
    return tuple(found)


def _identity(table: Table[Any], row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, key) for key in table.identity or (table.columns[0].key,))


def _item_faults(plan: Plan, old: tuple[Any, ...], rows: tuple[Any, ...]) -> list[Finding]:
    """Items that have begun do not go by being left out, and nothing ends before it begins."""
    from ..sheets import check_item, refuse_begun

    faults = []
    for row in rows:
        try:
            check_item(row)
        except Invalid as refused:
            faults.append(
                error("ends_before_start", _said(refused.message)).at(
                    table=ITEMS.key, sheet=ITEMS.sheet, line=row.line, column="end_on"
                )
            )
    kept = {row.pk for row in rows}
    gone = Item.objects.filter(subject=plan.pk, pk__in=[row.pk for row in old if row.pk not in kept])
    for item in gone:
        try:
            refuse_begun(item)
        except WrongState as begun:
            faults.append(error("item_begun", _said(begun.message)).at(table=ITEMS.key, sheet=ITEMS.sheet))
    return faults


def _said(text: Any) -> Say:
    return text if isinstance(text, Say) else say(str(text))


@transaction.atomic
def take_over(*, run: PlanImport, tables: Collection[str], actor: User) -> int:
    """Write the chosen tables of a workbook into the plan, and say how many changes they were.

    Only who read it goes on with it. Refuses without `planning.draft`, a second time, a plan that somebody changed since
    it was read, tables that are locked or could not be read, and no table at all. Records `planning.workbook_taken`.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=run.plan_id)
    require(actor, Perm.DRAFT, subject)
    locked = PlanImport.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if locked.actor_id != actor.pk:
        raise NotAllowed(say(_("Only who read the workbook in goes on with it.")))
    if locked.taken_at:
        raise WrongState(say(_("This workbook was taken over already.")))
    if present_digest(subject) != locked.digest:
        raise WrongState(
            say(_("Somebody changed the plan since this workbook was read. Read it again, and look at both."))
        )
    look = look_at(locked)
    chosen = [one for one in look.tables if one.table.key in tables]
    if not chosen:
        words = say(_("Choose at least one table."))
        raise Invalid(words, fields={"tables": words})
    for one in chosen:
        if one.lock is not None:
            raise WrongState(one.lock)
        if has_errors(one.findings):
            words = say(_("{table} cannot be taken over: mend the workbook first."), table=one.table.sheet)
            raise Invalid(words, fields={"tables": words})
    count = sum(len(one.changes) for one in chosen)
    for one in chosen:
        kept = workbook(WORKBOOK).find(one.table.key)
        if kept is not None and one.changes:
            kept.save(subject, look.merged.part(one.table.key).rows, actor=actor)
            if kept.after_save:
                kept.after_save(subject, actor)
    names = [one.table.sheet for one in chosen]
    locked.taken, locked.taken_at = [one.table.key for one in chosen], clock.now()
    locked.save(update_fields=["taken", "taken_at"])
    told = {"file": locked.name, "count": count, "tables": joined(names)}
    record(journal.WORKBOOK_TAKEN, actor=actor, subject=subject, data=told)
    return count
