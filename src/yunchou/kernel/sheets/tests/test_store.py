"""Rows kept in a model: loaded, replaced, edited one by one, moved; never those of another subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, models

from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..cells import Percent
from ..dossier import write_sheets
from ..models import TableRow
from ..raw import RawSheet, RawWorkbook
from ..registry import Workbook
from ..store import ModelStore, as_json
from ..values import TEAM, Person
from .sample import CONTEXT, STATUS, TASKS, Task


class KeptTask(TableRow):
    """A table of its own, made by the fixture below; the product knows nothing of it."""

    title = models.TextField(blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    owner_name = models.CharField(max_length=40, blank=True)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    days = models.PositiveIntegerField(null=True)
    after = models.JSONField(default=list)
    status = models.CharField(max_length=8, blank=True)
    milestone = models.TextField(blank=True)
    notes = models.TextField(default="kept")

    class Meta(TableRow.Meta):
        app_label = "sheets_tests"


def get_owner(kept: KeptTask) -> Person | None:
    return Person(kept.owner_name, kept.owner_id) if kept.owner_name or kept.owner_id else None


def set_owner(kept: KeptTask, person: Person | None) -> None:
    kept.owner_id, kept.owner_name = (person.id, person.name) if person else (None, "")


STORE = ModelStore(
    KeptTask,
    TASKS,
    fields={
        "name": "title",
        "owner": (get_owner, set_owner),
        "after": as_json(TASKS, "after"),
        "status": (
            lambda kept: next((word for word in STATUS.values() if word == kept.status), None),
            lambda kept, status: setattr(kept, "status", status or ""),
        ),
    },
    select_related=("owner",),
)


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(KeptTask)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(KeptTask)


@pytest.fixture
def unit(db):
    return Unit.objects.create(kind="department", code="mkt", name="市场部")


@pytest.fixture
def subject(unit):
    return Subject.objects.create(kind="campaign", unit=unit, title="开学季")


@pytest.fixture
def other(unit):
    return Subject.objects.create(kind="campaign", unit=unit, title="别的")


ROWS = (
    Task(
        name="方案确认",
        owner=Person("张"),
        start=date(2024, 7, 15),
        given={"start": "7.15"},
        extra={"占比": Percent(0.5)},
    ),
    Task(name="物料设计", owner=TEAM, days=5, after=("方案确认",), status=STATUS["已完成"]),
    Task(name="物料到位"),
)


def names(subject: Subject) -> list[str]:
    return [row.name for row in STORE.load(subject)]


def test_save_then_load_gives_equal_rows_with_what_was_given(subject):
    STORE.save(subject, ROWS, actor=None)
    loaded = STORE.load(subject)
    assert loaded == ROWS
    assert loaded[0].given == {"start": "7.15"}
    assert isinstance(loaded[0].extra["占比"], Percent)
    assert [row.line for row in loaded] == [1, 2, 3]


def test_save_updates_known_rows_in_place_and_drops_the_rest(subject, other):
    STORE.save(subject, ROWS)
    STORE.save(other, ROWS)
    KeptTask.objects.filter(title="物料设计").update(notes="mine")
    first, second, _third = STORE.load(subject)
    STORE.save(subject, [replace(second, days=6), first, Task(name="新")])
    assert names(subject) == ["物料设计", "方案确认", "新"]
    assert STORE.load(subject)[0].pk == second.pk
    assert KeptTask.objects.get(pk=second.pk).notes == "mine"
    assert len(STORE.load(other)) == 3


def test_save_never_takes_a_row_of_another_subject(subject, other):
    STORE.save(subject, ROWS)
    STORE.save(other, STORE.load(subject))
    assert len(STORE.load(subject)) == len(STORE.load(other)) == 3
    with pytest.raises(KeptTask.DoesNotExist):
        STORE.save_row(other, STORE.load(subject)[0])
    with pytest.raises(KeptTask.DoesNotExist):
        STORE.delete_row(other, STORE.load(subject)[0].pk)
    with pytest.raises(KeptTask.DoesNotExist):
        STORE.move(other, STORE.load(subject)[0].pk, 1)


def test_save_row_edits_in_place_or_adds_at_the_end(subject):
    STORE.save(subject, ROWS)
    second = STORE.load(subject)[1]
    edited, _findings = TASKS.edit(second, "days", "６天", CONTEXT)
    STORE.save_row(subject, edited)
    STORE.save_row(subject, Task(name="收尾"))
    assert STORE.load(subject)[1].days == 6
    assert STORE.load(subject)[1].given == {"days": "６天"}
    assert names(subject)[-1] == "收尾"


def test_delete_and_move_close_the_gaps(subject):
    STORE.save(subject, ROWS)
    first, _second, third = STORE.load(subject)
    STORE.move(subject, third.pk, 1)
    assert names(subject) == ["物料到位", "方案确认", "物料设计"]
    assert STORE.delete_row(subject, first.pk) == ROWS[0]
    assert [(row.line, row.name) for row in STORE.load(subject)] == [(1, "物料到位"), (2, "物料设计")]


def test_load_takes_one_query_and_save_a_few(
    subject, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):  # SQLite splits a long insert
        STORE.save(subject, [Task(name=f"任务{n}", days=n) for n in range(300)])
    with django_assert_num_queries(1):
        rows = STORE.load(subject)
    assert len(rows) == 300
    with django_assert_num_queries(1):
        STORE.save(subject, rows)  # nothing changed, nothing written


@pytest.mark.req("GEN-08")
def test_workbook_comes_back_from_the_database_cell_for_cell(subject):
    book = Workbook()
    book.register(TASKS, load=STORE.load, save=STORE.save, order=1)
    headings = {1: "任务名称", 2: "负责人", 3: "开始时间", 4: "区域"}
    raw = RawWorkbook((RawSheet("执行甘特图", {1: headings, 2: {1: "布置", 2: "全团队", 3: "7.31", 4: 3}}),))
    reading = book.read(raw, CONTEXT)
    book.save(subject, reading.dossier, actor=None)
    assert write_sheets(book.load(subject, reading.dossier.frame()), reading.context) == raw
