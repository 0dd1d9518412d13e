"""Snapshots and what changed between two of them; findings and frames as JSON; declarations that cannot work."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from ..columns import Text
from ..dossier import Dossier, difference, read_dossier
from ..findings import Finding
from ..layout import Part
from ..raw import RawSheet, RawWorkbook
from ..registry import Workbook
from ..table import Row, Table
from ..values import Person
from .sample import CONTEXT, GOALS, LINES, STAFF, TASKS, Line, Status, Task

A = Task(name="方案确认", owner=STAFF["张"], start=date(2024, 7, 15))
B = Task(name="物料设计", owner=STAFF["李"])
C = Task(name="物料到位", owner=STAFF["周"])


def tasks(*rows: Task) -> Dossier:
    return Dossier((Part(TASKS, rows),))


def changes(old: Dossier, new: Dossier) -> list[tuple[str, ...]]:
    found = difference(old.snapshot(), new.snapshot(), [part.table for part in old.parts], CONTEXT)
    return [(c.kind, c.row_label, c.column, str(c.before), str(c.after)) for c in found]


def test_difference_names_row_column_before_and_after():
    later = replace(B, owner=STAFF["王"], status=Status.DONE)
    assert changes(tasks(A, B), tasks(A, later)) == [
        ("changed", "物料设计", "owner", "李", "王"),
        ("changed", "物料设计", "status", "", "Done"),
    ]


def test_difference_knows_rows_that_came_went_and_moved():
    assert changes(tasks(A, B), tasks(A)) == [("removed", "物料设计", "", "", "")]
    assert changes(tasks(A), tasks(B, A)) == [("added", "物料设计", "", "", "")]
    assert changes(tasks(A, B, C), tasks(C, A, B)) == [("moved", "物料到位", "", "3", "1")]


def test_difference_takes_a_renamed_row_for_the_one_in_its_place():
    renamed = replace(B, name="物料设计定稿")
    assert changes(tasks(A, B, C), tasks(A, renamed, C)) == [
        ("changed", "物料设计定稿", "name", "物料设计", "物料设计定稿")
    ]


def test_difference_shows_stated_totals_and_extras():
    old = Dossier((Part(LINES, (Line(item="礼品", extra={"区域": "东"}),), Line(amount=Decimal(77000))),))
    new = Dossier((Part(LINES, (Line(item="礼品", extra={"区域": "西"}),), Line(amount=Decimal(68000))),))
    assert changes(old, new) == [
        ("changed", "礼品", "+区域", "东", "西"),
        ("changed", "合计", "amount", "77,000", "68,000"),
    ]


rows = st.lists(
    st.builds(
        Task,
        name=st.sampled_from("甲乙丙"),
        days=st.none() | st.integers(0, 2),
        owner=st.none() | st.just(STAFF["张"]),
    ),
    max_size=5,
)


@given(old=rows, new=rows)
def test_difference_is_empty_exactly_when_the_snapshots_are_equal(old, new):
    found = changes(tasks(*old), tasks(*new))
    assert (found == []) == (tasks(*old).snapshot() == tasks(*new).snapshot())


def test_snapshot_is_json_without_empty_values_and_knows_people_by_id():
    row = replace(A, given={"start": "7.15"}, pk=7, line=2)
    assert tasks(row).snapshot() == tasks(A).snapshot()
    assert json.loads(json.dumps(tasks(A).snapshot())) == {
        "tables": {"tasks": {"rows": [{"name": "方案确认", "owner": {"id": 1}, "start": "2024-07-15"}]}}
    }


def test_person_is_the_same_by_id_whatever_the_name():
    assert Person("张", 1) == Person("张伟", 1) != Person("张", 2)
    assert Person("张") == Person("张") != Person("张", 1)
    assert CONTEXT.named(Person("", 2)).name == "李"


def test_findings_survive_json():
    raw = RawWorkbook((RawSheet("目标拆解表", {1: {1: "负责人", 2: "其它"}, 2: {1: "陈", 2: "x"}}),))
    findings = read_dossier(raw, (GOALS, LINES), CONTEXT).findings
    assert findings
    assert tuple(Finding.from_json(json.loads(json.dumps(f.to_json()))) for f in findings) == findings


def test_rows_that_say_nothing_are_no_rows():
    assert Part(TASKS, (Task(), A, Task(extra={"x": " "}))).rows == (A,)


def test_table_refuses_columns_its_row_does_not_have_and_doubles():
    with pytest.raises(ImproperlyConfigured):
        Table(key="x", sheet="x", title="x", row=Row, columns=(Text("name", "名称", "Name"),))
    name = Text("name", "名称", "Name")
    with pytest.raises(ImproperlyConfigured):
        Table(key="x", sheet="x", title="x", row=Task, columns=(name, name))


def test_workbook_loads_and_saves_its_tables_in_order():
    kept: dict[str, object] = {"tasks": (A,), "lines": (Line(item="礼品"),), "total": Line(amount=Decimal(5))}
    book = Workbook()

    def save(key):
        return lambda subject, rows, *, actor: kept.__setitem__(key, (actor, rows))

    book.register(TASKS, load=lambda subject: kept["tasks"], save=save("tasks"), order=2)
    book.register(
        LINES, load=lambda subject: kept["lines"], save=save("lines"), order=1,
        load_footer=lambda subject: kept["total"], save_footer=save("total"),
    )  # fmt: skip
    with pytest.raises(ImproperlyConfigured):
        book.register(TASKS, load=lambda subject: (), save=save("tasks"), order=3)
    assert book.tables == (LINES, TASKS)
    dossier = book.load(None)
    assert book.read(book.export(dossier, CONTEXT), CONTEXT).dossier == dossier
    book.save(None, dossier, actor="me")
    assert kept == {
        "tasks": ("me", (A,)),
        "lines": ("me", (Line(item="礼品"),)),
        "total": ("me", Line(amount=Decimal(5))),
    }
