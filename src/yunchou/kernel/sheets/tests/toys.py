"""A toy kind of subject with one table that is kept in memory, for the tests of the editor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import models

from yunchou.kernel.access.registry import declare as declare_rights
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Role, Subject

from ..columns import Choice, DateText, Lines, Money, People, Person, Text
from ..registry import workbook
from ..table import Footer, Row, Table
from ..values import Person as Someone


class ToyPerm(models.TextChoices):
    VIEW = "sheettoys.view", "See toys"
    EDIT = "sheettoys.edit", "Change toys"


declare_rights(ToyPerm, relations={Role.OWNER: [ToyPerm.VIEW, ToyPerm.EDIT], Role.MEMBER: [ToyPerm.VIEW]})


@dataclass(frozen=True, kw_only=True)
class CostRow(Row):
    group: str = ""
    item: str = ""
    amount: Decimal | None = None
    owner: Someone | None = None
    helpers: tuple[Someone, ...] = ()
    due_on: Any = None
    state: str | None = None
    notes: tuple[str, ...] = ()


COSTS = Table(
    key="costs",
    sheet="费用",
    title="Costs",
    row=CostRow,
    identity=("item",),
    footer=Footer(columns=("amount",)),
    columns=(
        Text("group", "类别", "Group", suggestions=("人力", "物料")),
        Text("item", "项目", "Item", required=True),
        Money("amount", "金额", "Amount", required=True),
        Person("owner", "负责人", "Owner"),
        People("helpers", "协作", "Helpers"),
        DateText("due_on", "完成时间", "Due"),
        Choice("state", "状态", "State", words={"未开始": "open", "已完成": "done"}),
        Lines("notes", "备注", "Notes"),
    ),
)


@dataclass
class Shelf:
    """What the toy subjects hold, by primary key."""

    rows: dict[int, list[CostRow]] = field(default_factory=dict)
    footers: dict[int, CostRow | None] = field(default_factory=dict)
    findings: dict[int, list[Any]] = field(default_factory=dict)
    locks: dict[int, Say] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)

    def clear(self) -> None:
        for part in (self.rows, self.footers, self.findings, self.locks, self.told):
            part.clear()


shelf = Shelf()
_keys = count(1)


class Memory:
    """A row store without a database."""

    def load(self, subject: Subject) -> tuple[CostRow, ...]:
        return tuple(shelf.rows.get(subject.pk, ()))

    def save(self, subject: Subject, rows: Any, *, actor: Any) -> None:
        shelf.rows[subject.pk] = [replace(row, pk=row.pk or next(_keys)) for row in rows]

    def save_row(self, subject: Subject, row: CostRow, *, actor: Any) -> CostRow:
        kept = replace(row, pk=row.pk or next(_keys))
        rows = shelf.rows.setdefault(subject.pk, [])
        place = next((n for n, each in enumerate(rows) if each.pk == kept.pk), len(rows))
        rows[place : place + 1] = [kept]
        return kept

    def delete_row(self, subject: Subject, pk: int, *, actor: Any) -> None:
        shelf.rows[subject.pk] = [row for row in shelf.rows[subject.pk] if row.pk != pk]

    def move(self, subject: Subject, pk: int, position: int, *, actor: Any) -> None:
        rows = shelf.rows[subject.pk]
        moved = next(row for row in rows if row.pk == pk)
        rows.remove(moved)
        rows.insert(position - 1, moved)


def _save_footer(subject: Subject, footer: CostRow | None, *, actor: Any) -> None:
    shelf.footers[subject.pk] = footer


memory = Memory()
workbook("toys").register(
    COSTS,
    load=memory.load,
    save=memory.save,
    order=1,
    load_footer=lambda subject: shelf.footers.get(subject.pk),
    save_footer=_save_footer,
    store=memory,
    edit_perm=ToyPerm.EDIT,
    after_save=lambda subject, actor: shelf.told.append(subject.pk),
)
declare(
    SubjectKind(
        "sheettoy",
        "Toy",
        ToyPerm.VIEW,
        findings=lambda subject: shelf.findings.get(subject.pk, []),
        locked=lambda subject, table: shelf.locks.get(subject.pk),
    )
)


def make_toy(unit: Unit, owner: User, *members: User) -> Subject:
    """A toy with two rows, owned by `owner`."""
    subject = open_subject(kind="sheettoy", unit=unit, title="Toy", address="/toys/1/", actor=owner)
    add_member(subject=subject, user=owner, role=Role.OWNER)
    for member in members:
        add_member(subject=subject, user=member)
    memory.save(
        subject,
        [
            CostRow(group="人力", item="加班费", amount=Decimal("12000.00"), owner=Someone("张", owner.pk)),
            CostRow(
                group="物料",
                item="展架",
                amount=Decimal("1000.00"),
                given={"amount": "1千"},
                notes=("a", "b"),
            ),
        ],
        actor=owner,
    )
    return subject
