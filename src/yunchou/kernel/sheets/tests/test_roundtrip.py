"""The two laws: import then export gives the same cells, export then import gives the same dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..cells import Cell, Percent, cell_to_json
from ..dossier import Dossier, read_dossier, write_sheets
from ..findings import Level
from ..layout import Part
from ..raw import RawSheet, RawWorkbook
from ..values import TEAM, DueRule, Figure
from ..write import write_raw, write_workbook
from ..xlsx import read_workbook
from .sample import (
    CONTEXT,
    GOALS,
    LINES,
    OVERVIEW,
    STAFF,
    TABLES,
    TASKS,
    Division,
    Goal,
    Line,
    Overview,
    Roi,
    Status,
    Task,
)
from .test_columns import values_of

EXAMPLE = Path(__file__).parent / "data" / "example-campaign.xlsx"


def exactly(raw: RawWorkbook) -> list:
    """Every cell with its type, as JSON tells them apart."""
    return [
        (sheet.name, n, position, type(cell).__name__, cell_to_json(cell))
        for sheet in raw.sheets
        for n, line in sheet
        for position, cell in line.items()
    ]


@pytest.fixture(scope="module")
def example() -> RawWorkbook:
    return read_workbook(EXAMPLE)


@pytest.mark.req("GEN-08")
def test_worked_example_comes_back_cell_for_cell(example):
    reading = read_dossier(example, TABLES, CONTEXT)
    assert [(f.code, f.column) for f in reading.findings if f.level is not Level.REMARK] == [
        ("missing_column", "weight")  # ours; the example has no such column
    ]
    written = write_workbook(reading.dossier, reading.context)
    assert exactly(read_workbook(written)) == exactly(example)
    assert write_workbook(reading.dossier, reading.context) == written


def test_worked_example_means_what_it_says(example):
    reading = read_dossier(example, TABLES, CONTEXT)
    dossier = reading.dossier
    assert dossier.rows(Overview)[0].end == reading.context.end == date(2024, 8, 10)
    assert sum(line.amount for line in dossier.rows(Line)) == 68000
    assert dossier.footer(Line).amount == 77000
    assert dossier.rows(Goal)[0].targets[0] == Figure(Decimal(5000000), "", ">=", "话题阅读量")
    assert dossier.rows(Goal)[2].due == DueRule(5)
    assert dossier.rows(Task)[6].start == date(2024, 7, 31)
    assert dossier.rows(Task)[6].owner.is_team
    assert dossier.rows(Division)[0].assistants == (TEAM,)
    assert dossier.rows(Roi)[0].cost == 77000


@pytest.mark.parametrize(
    ("sheet", "cell", "given", "suggestion"),
    [
        ("执行分工表", "G2", "7.20", "2024-07-20"),
        ("进度日报", "A3", "2024.8.01", "2024-08-01"),
        ("ROI分析", "B3", "7.7万元", "77000"),
        ("数据监控看板", "E6", "≥15%", "≥15%"),
        ("效果评估表", "C2", "500万+", "≥5000000"),
    ],
)
def test_worked_example_says_how_it_was_read(example, sheet, cell, given, suggestion):
    reading = read_dossier(example, TABLES, CONTEXT)
    (finding,) = [f for f in reading.findings if (f.sheet, f.cell) == (sheet, cell)]
    assert (finding.code, finding.level, finding.given, finding.suggestion) == (
        "read_as", Level.REMARK, given, suggestion,
    )  # fmt: skip


def test_worked_example_is_restored_from_frame_and_rows(example):
    """What a database keeps: the rows without what is derived, and the frame."""
    reading = read_dossier(example, TABLES, CONTEXT)
    bare = Dossier(tuple(replace(part, frame=None) for part in reading.dossier.parts))
    again = bare.framed(reading.dossier.frame())
    assert exactly(write_sheets(again, reading.context)) == exactly(example)


def test_changed_cell_is_written_canonically_and_the_others_as_given(example):
    reading = read_dossier(example, TABLES, CONTEXT)
    first, *rest = reading.dossier.rows(Task)
    moved = reading.dossier.with_rows(Task, [replace(first, start=date(2024, 7, 16)), *rest])
    before, after = exactly(example), exactly(write_sheets(moved, reading.context))
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        ("执行甘特图", 2, 3, "str", "2024-07-16")
    ]


texts = st.text("开学季活动Ab =+-@0123456789.%万元, 　\n", min_size=1, max_size=10)
numbers = st.integers(-(10**14), 10**14) | st.floats(-1e9, 1e9).map(lambda x: float(f"{x:.12g}"))
seconds = st.datetimes(datetime(1901, 1, 1), datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
cells = st.one_of(
    texts,
    numbers.map(lambda x: int(x) if isinstance(x, float) and x.is_integer() else x),
    st.booleans(),
    st.integers(-999, 9999).map(lambda n: Percent(n / 1000)),
    st.dates(date(1901, 1, 1), date(2099, 1, 1)),
    seconds.filter(lambda moment: moment.time() != time()),
    seconds.map(lambda moment: moment.time()),
    st.sampled_from(
        ["7.31", "8.05", "50万", "≥15%", "500万+", "张", "全团队", "陈", "合计", "项目", "负责人", "已完成"]
    ),
)


@st.composite
def sheets(draw, table):
    """A sheet as somebody may have made it: columns moved, missing, doubled or new, lines left empty, notes around."""
    headings: list[Cell] = draw(st.permutations([column.header for column in table.columns]))
    headings = headings[: draw(st.integers(0, len(headings)))]
    headings += draw(st.lists(texts | st.sampled_from(headings or ["备注"]) | st.none(), max_size=2))
    if table.layout == "pairs":
        lines = [[heading, draw(st.none() | cells)] for heading in headings]
        lines = [["项目", "内容"], *lines] if draw(st.booleans()) else lines
    else:
        above = draw(st.lists(st.lists(st.none() | cells, max_size=3), max_size=2))
        body = draw(st.lists(st.lists(st.none() | cells, max_size=len(headings) + 1), max_size=5))
        lines = [*above, headings, *body]
    filled = {
        n: kept
        for n, line in enumerate(lines, 1)
        if (kept := {position: cell for position, cell in enumerate(line, 1) if cell is not None})
    }
    return RawSheet(draw(st.sampled_from((table.sheet, *table.aliases))), filled)


@st.composite
def workbooks(draw):
    chosen = draw(st.permutations(TABLES))[: draw(st.integers(1, 4))]
    made = [draw(sheets(table)) for table in chosen]
    if draw(st.booleans()):
        made.insert(0, RawSheet("随手记", {3: {2: draw(cells)}}))
    return RawWorkbook(tuple(made))


@pytest.mark.req("GEN-08")
@given(raw=workbooks())
def test_import_then_export_gives_the_same_cells(raw):
    reading = read_dossier(raw, TABLES, CONTEXT)
    assert exactly(write_sheets(reading.dossier, reading.context)) == exactly(raw)
    kept = Dossier(tuple(replace(part, frame=None) for part in reading.dossier.parts))
    assert exactly(write_sheets(kept.framed(reading.dossier.frame()), reading.context)) == exactly(raw)


@given(raw=workbooks())
def test_sheets_survive_the_file(raw):
    assert exactly(read_workbook(write_raw(raw))) == exactly(raw)


@st.composite
def parts(draw, table):
    def row():
        return table.row(
            **{column.key: draw(values_of(column)) for column in table.columns}, extra=draw(extras)
        )

    extras = st.dictionaries(
        st.sampled_from(["区域", "编号"]), st.sampled_from(["甲", 7, Percent(0.5)]), max_size=2
    )
    rows = [row() for _n in range(draw(st.integers(0, 1 if table.layout == "pairs" else 3)))]
    stated = draw(st.none() | st.decimals(1, 10**6, places=2)) if table.footer else None
    return Part(table, tuple(rows), table.row(amount=stated) if stated else None)


@pytest.mark.req("GEN-08")
@given(data=st.data())
def test_export_then_import_gives_the_same_dossier(data):
    chosen = [OVERVIEW, *data.draw(st.permutations(TABLES[1:]))[:3]]
    dossier = Dossier(tuple(data.draw(parts(table)) for table in chosen))
    reading = read_dossier(read_workbook(write_workbook(dossier, CONTEXT)), chosen, CONTEXT)
    assert reading.dossier == dossier
    assert reading.dossier.snapshot() == dossier.snapshot()
    assert Dossier.restore(dossier.snapshot(), chosen) == dossier


def test_edited_cell_keeps_what_was_typed():
    row, findings = LINES.edit(Line(item="礼品"), "amount", "1.5万", CONTEXT)
    assert (row.amount, row.given) == (15000, {"amount": "1.5万"})
    assert [f.code for f in findings] == ["read_as"]
    assert LINES.cell(row, "amount", CONTEXT) == "1.5万"
    row, findings = LINES.edit(row, "amount", "15000元左右", CONTEXT)
    assert (row.amount, LINES.cell(row, "amount", CONTEXT)) == (None, "15000元左右")
    assert [f.suggestion for f in findings] == ["15000"]
    row, _findings = LINES.edit(row, "amount", None, CONTEXT)
    assert LINES.cell(row, "amount", CONTEXT) is None


def test_person_chosen_on_a_page_is_exported_by_their_own_name():
    row, _findings = TASKS.edit(Task(name="布置"), "owner", "陈", CONTEXT)
    assert row.owner.id is None
    chosen = replace(row, owner=STAFF["李"])
    assert TASKS.cell(chosen, "owner", CONTEXT) == "李"


def test_sheet_that_is_not_as_expected_is_told():
    raw = RawWorkbook((
        RawSheet("预算明细表", {
            1: {1: "2024年预算"},
            2: {1: "明细项目", 2: "成本类别", 3: "金额", 4: "负责人", 5: "负责人"},
            3: {1: "礼品", 2: "物料成本", 3: 5000, 4: "张"},
            5: {1: "场地", 2: "其他", 3: 2000, 7: "待谈"},
            6: {1: "合计", 3: 7000},
            7: {1: "以上含税"},
        }),
        RawSheet("预算明细表 ", {1: {1: "明细项目"}}),
        RawSheet("随手记", {1: {1: "买水"}}),
    ))  # fmt: skip
    reading = read_dossier(raw, (OVERVIEW, LINES), CONTEXT)
    found = {(f.sheet, f.cell, f.code, f.level.value) for f in reading.findings}
    assert {
        ("活动概况", "", "missing_sheet", "error"),
        ("预算明细表", "A1", "not_used", "warn"),
        ("预算明细表", "C2", "extra_column", "warn"),
        ("预算明细表", "E2", "double_column", "error"),
        ("预算明细表", "G2", "extra_column", "warn"),
        ("预算明细表", "", "missing_column", "error"),
        ("预算明细表", "", "reordered", "remark"),
        ("预算明细表", "", "blank_line", "remark"),
        ("预算明细表", "B5", "unknown_word", "error"),
        ("预算明细表", "A7", "not_used", "warn"),
        ("预算明细表 ", "", "double_sheet", "error"),
        ("随手记", "", "extra_sheet", "warn"),
    } <= found
    assert exactly(write_sheets(reading.dossier, reading.context)) == exactly(raw)


def test_goals_without_headings_are_kept_and_told():
    raw = RawWorkbook((RawSheet("目标拆解表", {1: {1: "品牌曝光", 2: "张"}}),))
    reading = read_dossier(raw, (GOALS,), CONTEXT)
    assert [f.code for f in reading.findings] == ["no_headings"]
    with_rows = reading.dossier.with_rows(Goal, [Goal(dimension="线索获取")])
    again = read_dossier(write_sheets(with_rows, CONTEXT), (GOALS,), CONTEXT)
    assert again.dossier == with_rows


def test_status_is_shown_by_its_label():
    assert TASKS.by_key["status"].display(Status.DONE) == "Done"
