"""Every column reads what it writes, never raises, and says how it read what was written otherwise."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..cells import Cell, Percent, cell_from_json, cell_to_json, clean, same
from ..columns import Column
from ..columns.numbers import number_cell
from ..findings import Level
from ..values import TEAM, Context, DueRule, Figure
from ..values import Person as Someone
from .sample import CONTEXT, STAFF, TABLES, Form, Status

CTX = Context(start=date(2024, 7, 15), end=date(2024, 8, 10), people=CONTEXT.people)
ALL = {f"{table.key}.{column.key}": (table, column) for table in TABLES for column in table.columns}

texts = st.text(max_size=40).map(clean)
lines = texts.map(lambda text: text.replace("\n", " ").strip())
names = st.text("甲乙丙丁任务设计物料/()", min_size=1, max_size=10)


def _based(figure: Figure, base: str, value: Decimal | None) -> Figure:
    """Only what changes has a base, and only a base has a value."""
    return replace(figure, base=base, base_value=value if base else None) if figure.change else figure


plain_figures = st.builds(
    Figure,
    value=st.decimals(0, 10**9, places=2),
    unit=st.sampled_from(["", "%", "‰", "人", "次", "条", "分", "元", "天", "倍", "人/天", "kg"]),
    comparator=st.sampled_from(["", ">=", "<=", ">", "<", "="]),
    label=st.text("话题阅读量满意度线索", max_size=8),
    change=st.sampled_from(["", "up", "down"]),
)
money = st.decimals(0, Decimal("999999999999.99"), places=2)
figures = st.builds(
    _based, plain_figures, st.sampled_from(["", "2023年Q3", "上月", "同比"]), st.none() | money
)
dates = st.dates(date(1990, 1, 1), date(2099, 12, 31))
people = st.sampled_from([TEAM, *STAFF.values()])
cells = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.text(string.digits + ".,-+%≥<>万千亿元年月日天前个工作日活动结束后 　１２，。¥\n", max_size=24),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.floats(-10, 10).map(Percent),
    st.dates(),
    st.datetimes(),
    st.times(),
)

VALUES = {
    "Text": texts,
    "Lines": st.lists(lines.filter(bool), max_size=4).map(tuple),
    "Money": st.none() | money,
    "Measure": st.none() | figures,
    "Measures": st.lists(figures, max_size=4).map(tuple),
    "DateText": st.none() | dates,
    "DueText": st.none() | dates | st.integers(1, 999).map(DueRule),
    "Days": st.none() | st.integers(0, 9999),
    "Number": st.none() | st.decimals(0, 10**9, places=3),
    "Person": st.none() | people,
    "People": st.lists(people, max_size=3).map(tuple),
    "TaskRefs": st.lists(names, max_size=3).map(tuple),
}


def values_of(column: Column) -> st.SearchStrategy:
    if type(column).__name__ == "Choice":
        return st.none() | st.sampled_from(list(column.words.values()))
    if type(column).__name__ == "Choices":
        return st.lists(st.sampled_from(list(column.words.values())), max_size=3).map(tuple)
    if type(column).__name__ == "Text":
        # A column holds no more than it says; blanks left at the cut would be read as none.
        return texts.map(lambda text: text[: column.max_length].strip())
    return VALUES[type(column).__name__]


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_column_reads_what_it_writes(name, data):
    _table, column = ALL[name]
    value = data.draw(values_of(column))
    parsed = column.parse(column.write(value), CTX)
    assert parsed.value == value
    graver = [f for f in parsed.findings if f.level is not Level.REMARK]
    assert not graver or (value == column.empty and column.required)


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_column_keeps_values_as_json(name, data):
    _table, column = ALL[name]
    value = data.draw(values_of(column))
    assert column.from_json(column.to_json(value)) == value


@pytest.mark.parametrize("name", ALL)
@given(cell=cells)
def test_column_never_raises(name, cell):
    _table, column = ALL[name]
    for ctx in (CTX, Context()):
        parsed = column.parse(cell, ctx)
        assert column.parse(column.write(parsed.value), ctx).value == parsed.value
        assert all(str(finding.message) for finding in parsed.findings)


@given(cell=cells)
def test_cells_survive_json(cell):
    assert same(cell_from_json(cell_to_json(cell)), cell)


def read(column: str, cell: Cell, ctx: Context = CTX):
    return ALL[column][1].parse(cell, ctx)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (12000, "12000"), ("12,000", "12000"), ("¥12,000.00", "12000"), ("1.2万", "12000"), ("50万", "500000"),
        ("7.7万元", "77000"), ("１２，０００", "12000"), ("￥５００", "500"), (0.1, "0.10"), ("3百万", "3000000"),
        ("2千元", "2000"), ("1.5亿", "150000000"), (" 88 元 ", "88"),
    ],
)  # fmt: skip
def test_money_reads_amounts_as_people_write_them(cell, amount):
    parsed = read("lines.amount", cell)
    assert parsed.value == Decimal(amount)
    assert [f.code for f in parsed.findings] == (["read_as"] if isinstance(cell, str) else [])


@pytest.mark.parametrize(
    "cell", ["1,2", "abc", "12.000,5", "约5000元", "", True, date(2024, 1, 1), Percent(0.5), -5, "9" * 15]
)
def test_money_refuses_what_is_no_amount(cell):
    parsed = read("lines.amount", cell)
    assert parsed.value is None
    assert parsed.findings[0].level is Level.ERROR


def test_money_rounds_to_fen_and_says_so():
    parsed = read("lines.amount", 12.345)
    assert parsed.value == Decimal("12.35")
    assert [f.code for f in parsed.findings] == ["rounded"]


def test_money_suggests_the_amount_it_found():
    assert read("lines.amount", "约5000元").findings[0].suggestion == "5000"


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        ("500万+", Figure(Decimal(5000000), comparator=">=")),
        ("≥15%", Figure(Decimal(15), "%", ">=")),
        ("1200+", Figure(Decimal(1200), comparator=">=")),
        ("92分", Figure(Decimal(92), "分")),
        ("5000人", Figure(Decimal(5000), "人")),
        ("80万", Figure(Decimal(800000))),
        ("120", Figure(Decimal(120))),
        (120, Figure(Decimal(120))),
        ("124%", Figure(Decimal(124), "%")),
        (Percent(0.425), Figure(Decimal("42.5"), "%")),
        ("话题阅读量500万+", Figure(Decimal(5000000), "", ">=", "话题阅读量")),
        ("搜索量增长30%", Figure(Decimal(30), "%", "", "搜索量", "up")),
        ("销售额50万元", Figure(Decimal(500000), "元", "", "销售额")),
        ("满意度不低于８５分", Figure(Decimal(85), "分", ">=", "满意度")),
        ("<10%", Figure(Decimal(10), "%", "<")),
        ("3000人以上", Figure(Decimal(3000), "人", ">=")),
        ("满意度等于90分", Figure(Decimal(90), "分", "=", "满意度")),
        ("销售额同比增长20%", Figure(Decimal(20), "%", "", "销售额", "up", "同比")),
        (
            "搜索量较2023年Q3(1.2万)增长≥30%",
            Figure(Decimal(30), "%", ">=", "搜索量", "up", "2023年Q3", Decimal(12000)),
        ),
    ],
)  # fmt: skip
def test_measure_reads_numbers_with_what_goes_with_them(cell, figure):
    parsed = read("readings.today", cell)
    assert parsed.value == figure
    assert all(f.level is Level.REMARK for f in parsed.findings)


@pytest.mark.parametrize("cell", ["≥15%", "500万+", "80万"])
def test_measure_says_how_it_read_comparisons_and_scales(cell):
    assert [f.code for f in read("readings.today", cell).findings] == ["read_as"]


def test_measures_keep_a_line_without_number_in_its_place():
    parsed = read("goals.targets", "线索量2000+\n待定")
    assert parsed.value == (Figure(Decimal(2000), "", ">=", "线索量"), Figure(None, label="待定"))
    assert [f.code for f in parsed.findings] == ["not_figure"]
    several = read("goals.targets", "曝光量≥1,000，互动率≥3%；投诉≤5件")
    assert several.value == (
        Figure(Decimal(1000), "", ">=", "曝光量"),
        Figure(Decimal(3), "%", ">=", "互动率"),
        Figure(Decimal(5), "件", "<=", "投诉"),
    )
    assert [f.code for f in several.findings] == ["read_as"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("7.31", (2024, 7, 31)), ("7.20", (2024, 7, 20)), ("8.05", (2024, 8, 5)), ("2024.7.31", (2024, 7, 31)),
        ("2024.8.01", (2024, 8, 1)), ("2024-07-15", (2024, 7, 15)), ("7月15日", (2024, 7, 15)),
        ("8月15日前", (2024, 8, 15)), (7.31, (2024, 7, 31)), (20240731, (2024, 7, 31)), ("７．３１", (2024, 7, 31)),
        (date(2024, 7, 31), (2024, 7, 31)), (datetime(2024, 7, 31), (2024, 7, 31)), ("2024年7月31日", (2024, 7, 31)),
    ],
)  # fmt: skip
def test_date_reads_days_as_people_write_them(cell, day):
    assert read("tasks.start", cell).value == date(*day)


def test_date_without_year_lies_nearest_to_the_campaign():
    winter = Context(start=date(2024, 12, 20), end=date(2025, 1, 5))
    assert read("tasks.start", "12.25", winter).value == date(2024, 12, 25)
    assert read("tasks.start", "1.3", winter).value == date(2025, 1, 3)
    assert read("tasks.start", "7.31", Context(year=2023)).value == date(2023, 7, 31)


def test_date_without_any_year_is_an_error():
    assert [f.code for f in read("tasks.start", "7.31", Context()).findings] == ["no_year"]


def test_date_typed_as_number_may_have_lost_its_zero():
    parsed = read("tasks.start", 7.2)
    assert parsed.value is None
    assert parsed.findings[0].code == "ambiguous_date"
    assert parsed.findings[0].candidates == ("2024-07-02", "2024-07-20")
    assert parsed.findings[0].suggestion == "2024-07-20"


def test_date_given_as_serial_number_is_only_suggested():
    parsed = read("tasks.start", 45504)
    assert (parsed.value, parsed.findings[0].suggestion) == (None, "2024-07-31")


@pytest.mark.parametrize("cell", ["13.1", "2.30", "soon", True, time(9), Percent(0.1), 3, "7.31-8.5"])
def test_date_refuses_what_is_no_day(cell):
    assert read("tasks.start", cell).value is None


def test_date_with_a_time_of_day_says_that_only_the_date_is_kept():
    assert [f.code for f in read("tasks.start", datetime(2024, 7, 31, 9)).findings] == ["time_dropped"]


@pytest.mark.parametrize("text", ["活动结束后3个工作日", "活动结束后三个工作日内", "结束后 3 个工作日"])
@pytest.mark.rule("R-GOA-02")
def test_due_reads_working_days_after_the_end(text):
    assert read("goals.due", text).value == DueRule(3)
    assert read("goals.due", "8月14日").value == date(2024, 8, 14)


def test_choice_knows_words_synonyms_and_suggests_the_nearest():
    assert read("divisions.status", "完成").value is Status.DONE
    assert read("divisions.status", " 进行中 ").value is Status.DOING
    parsed = read("divisions.status", "已经完成")
    assert (parsed.value, parsed.findings[0].code, parsed.findings[0].suggestion) == (
        None,
        "unknown_word",
        "已完成",
    )


def test_choices_keep_what_they_know_and_name_the_rest():
    parsed = read("overview.forms", "线上、空中")
    assert parsed.value == (Form.ONLINE,)
    assert [f.code for f in parsed.findings] == ["unknown_word"]


def test_person_unknown_or_ambiguous_keeps_the_name():
    assert read("tasks.owner", "张").value.id == 1
    assert read("tasks.owner", "全体").value.is_team
    unknown, double = read("tasks.owner", "外人"), read("tasks.owner", "陈")
    assert unknown.value == Someone("外人")
    assert [f.code for f in unknown.findings] == ["unknown_person"]
    assert double.findings[0].candidates == ("陈一", "陈二")


def test_person_names_lose_blanks_between_characters():
    parsed = read("tasks.owner", "张　三", Context())
    assert parsed.value == Someone("张三")
    assert [f.code for f in parsed.findings] == ["read_as"]


def test_people_and_tasks_are_told_apart_by_separators():
    assert [p.id for p in read("divisions.assistants", "张，李；王/赵").value] == [1, 2, 3, 4]
    assert read("tasks.after", "物料印刷/采购、方案确认").value == ("物料印刷/采购", "方案确认")


def test_required_cell_that_is_empty_is_an_error():
    assert [f.code for f in read("lines.amount", "  ").findings] == ["missing"]
    assert read("lines.spent", None).findings == ()
    assert [f.code for f in read("lines.spent", "  ").findings] == ["blank"]


def test_text_drops_what_no_database_can_hold():
    assert read("tasks.milestone", "a\x00b\ufffe\r\nc ").value == "ab\nc"


def test_numbers_as_cells_are_exact():
    assert number_cell(Decimal("12000.00")) == 12000
    assert number_cell(Decimal("0.35")) == 0.35
