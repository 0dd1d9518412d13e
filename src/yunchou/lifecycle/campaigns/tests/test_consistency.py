"""Every contradiction that the worked example is known to hold is found, at its cells, with both of its values."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from django.utils import translation

from yunchou.capabilities.budgets.tables import BUDGET as BUDGET_TABLE
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.metrics.tables import SeriesRow
from yunchou.capabilities.operations.tables import IssueRow, ReportRow, RiskRow
from yunchou.capabilities.work.states import State
from yunchou.capabilities.work.tables import AssignmentRow, TaskRow
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.findings import warn
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.values import Context, DueRule, Figure, Person
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.import_findings import Item, _of_reading, difference_of
from yunchou.lifecycle.campaigns.rules import book
from yunchou.lifecycle.campaigns.rules.likeness import Wording, in_place_deadlines, shared_words
from yunchou.lifecycle.campaigns.tables import GoalRow, ModuleRow, OverviewRow
from yunchou.lifecycle.reviews.tables import EvaluationRow, RetroRow, RoiRow

from . import example_workbook as example

pytestmark = pytest.mark.django_db

OVERVIEW, GOALS, CREATIVE, BUDGET, DIVISION, GANTT, RISKS, REPORTS, BOARD, ISSUES, EVALUATION, ROI, RETRO = (
    table.sheet for table in example.TABLES
)

# comment, rule, clause, stored, computed, cells
EXPECTED: list[tuple[str, str, str, str, str, str]] = [
    ("A1", "R-BUD-02", "004 二(三)", "77,000.00", "68,000.00", f"{BUDGET}!C10"),
    ("A2", "R-BUD-03", "004 二(三)", "5,000.00", "7,000.00–11,117.65", f"{BUDGET}!C9"),
    ("A3", "R-EVA-01", "004 五(一)", "549.35%", "635.29%", f"{ROI}!B3 {BUDGET}!D1"),
    ("A4", "R-EVA-01", "004 五(一)", "500,000.00", "—", f"{ROI}!B4 {GOALS}!D4"),
    ("A5", "K-A5", "004 二(三)、三(三)、四(三)", "5,000.00", "6,000.00", f"{RISKS}!D4 {ISSUES}!F2 {BUDGET}!C9"),
    (
        "A8", "K-A8", "002 9.2 五", "刘", f"{DIVISION}\n{RISKS}\n{BOARD}\n{EVALUATION}",
        " ".join(f"{BUDGET}!G{line}" for line in range(2, 10))
        + f" {DIVISION}!F4 {RISKS}!E5 {BOARD}!I6 {EVALUATION}!G5",
    ),
    ("A9", "K-A9", "004 三(一)", "赵", "周", f"{BUDGET}!F5 {DIVISION}!E6"),
    ("B2", "K-B2", "004 四(二)", "正常", "预警", f"{BOARD}!G3"),
    ("B2", "K-B2", "004 四(二)", "预警", "正常", f"{BOARD}!G4"),
    ("B2", "K-B2", "004 四(二)", "正常", "预警", f"{BOARD}!G5"),
    ("B2", "K-B2", "004 四(二)", "预警", "正常", f"{BOARD}!G6"),
    ("B3", "R-DSH-06", "004 四(二)", "2000", "2500", f"{GOALS}!D3 {BOARD}!E3 {BOARD}!E5"),
    ("B4", "K-B4", "004 二(一)、四(二)", "社交媒体话题阅读量", "曝光量", f"{GOALS}!C2 {BOARD}!B2"),
    ("B5", "K-B5", "004 四(二)、五(一)", "搜索量增长30%", "—", f"{GOALS}!C2"),
    ("B5", "K-B5", "004 四(二)、五(一)", "线索量≥2000", "—", f"{GOALS}!C3"),
    ("B5", "K-B5", "004 四(二)、五(一)", "有效率≥60%", "—", f"{GOALS}!C3"),
    ("B5", "K-B5", "004 四(二)、五(一)", "销售额500000元", "—", f"{GOALS}!C4"),
    ("B5", "K-B5", "004 四(二)、五(一)", "549%", "—", f"{EVALUATION}!B5"),
    ("B5", "K-B5", "004 四(二)、五(一)", "92分", "—", f"{EVALUATION}!B6"),
    (
        "B5", "K-B5", "004 四(二)、五(一)",
        "2024年Q3通过“开学季”校园活动,实现区域内高校新生用户渗透率提升15%,带动产品销量增长20%", "—", f"{OVERVIEW}!B8",
    ),
    ("B6", "K-B6", "004 二(一)、五(一)", "李", "赵", f"{GOALS}!F3 {EVALUATION}!G3"),
    ("B6", "K-B6", "004 二(一)、五(一)", "王", "李", f"{GOALS}!F4 {EVALUATION}!G4"),
    ("B7", "K-B7", "004 二(一)", "15%", "300 / 180", f"{GOALS}!D4"),
    ("B8", "R-EVA-06", "004 二(一)、五(一)", "2024-08-16", "2024-09-09", f"{GOALS}!G4"),
    ("B9", "K-B9", "004 二(一)、五(二)", "2024-08-15", "2024-08-16", f"{RETRO}!E6"),
    ("C1", "R-SCH-06", "004 二(二)、三", "07-20 — 07-25", "07-31 — 08-05", f"{CREATIVE}!C5 {GANTT}!C8"),
    ("C2", "R-SCH-06", "004 二(二)、三", "07-25 — 08-05", "08-06 — 08-10", f"{DIVISION}!G4 {GANTT}!C9"),
    (
        "C3", "R-SCH-06", "004 二(二)、三", "执行分工表 07-30\n执行甘特图 08-01\n风险预案表 08-01", "2024-08-01",
        f"{DIVISION}!D4 {GANTT}!H5 {RISKS}!F3",
    ),
    (
        "C4", "R-SCH-06", "004 二(二)、三", "07-22 — 07-28", "07-20 — 07-28",
        f"{DIVISION}!G3 {GANTT}!C3 {GANTT}!C4",
    ),
    (
        "C4", "R-SCH-06", "004 二(二)、三", "07-22 — 07-28 已完成", "07-28 — 08-01 进行中",
        f"{DIVISION}!I3 {GANTT}!G5",
    ),
    ("C5", "R-SCH-06", "004 二(二)、三", "2024-07-25", "2024-07-20", f"{CREATIVE}!F4 {GANTT}!D2"),
    ("C5", "R-SCH-06", "004 二(二)、三", "2024-07-30", "2024-07-20", f"{CREATIVE}!F5 {GANTT}!D2"),
    (
        "C6", "R-SCH-01", "004 三(二)", "5, 5, 3, 4, 4, 4, 5, 4", "6, 6, 4, 5, 5, 5, 6, 5",
        " ".join(f"{GANTT}!E{line}" for line in range(2, 10)),
    ),
    ("C7", "R-SCH-02", "004 三(二)", "方案确认", "T1 方案最终确认", f"{GANTT}!F3"),
    ("C7", "R-SCH-02", "004 三(二)", "物料设计", "T2 物料设计启动、T4 物料印刷/采购", f"{GANTT}!F4"),
    ("C7", "R-SCH-02", "004 三(二)", "设计定稿", "T3 物料设计定稿、T2 物料设计启动", f"{GANTT}!F5"),
    ("C7", "R-SCH-02", "004 三(二)", "方案确认", "T1 方案最终确认", f"{GANTT}!F6"),
    (
        "C7", "R-SCH-02", "004 三(二)", "物料设计", "T2 物料设计启动、T3 物料设计定稿、T4 物料印刷/采购",
        f"{GANTT}!F7",
    ),
    ("C7", "R-SCH-02", "004 三(二)", "渠道素材", "T6 线上渠道素材准备", f"{GANTT}!F8"),
    (
        "C7", "R-SCH-02", "004 三(二)", "物料到位", "T4 物料印刷/采购、T3 物料设计定稿、T2 物料设计启动",
        f"{GANTT}!F9",
    ),
    ("C8", "R-SCH-03", "004 三(二)", "进行中", "未开始", f"{GANTT}!G8 {GANTT}!G7"),
    (
        "C8", "R-SCH-06", "004 二(二)、三", "07-28 — 08-01 已完成", "07-28 — 08-01 进行中",
        f"{DIVISION}!I6 {GANTT}!G5",
    ),
    ("C8", "R-SCH-06", "004 二(二)、三", "物料全部到货并入库", "进行中", f"{REPORTS}!B3 {GANTT}!G5"),
]  # fmt: skip
ASKED = {
    *(f"A{n}" for n in (1, 2, 3, 4, 5, 8, 9)), *(f"B{n}" for n in range(2, 10)), *(f"C{n}" for n in range(1, 9))
}  # fmt: skip
# What the rules also say of the example, which no comment lists. Each is right: no plan item, a task that is everybody's,
# two tasks over their end on 2 August, and two counts of leads below 80% of their targets.
BESIDE = {
    ("R-TYP-02", OVERVIEW): 1, ("R-TEA-01", GANTT): 1, ("R-SCH-04", GANTT): 2, ("R-DSH-02", BOARD): 2,
}  # fmt: skip


def _told(item: Item) -> tuple[str, str, str, str, str, str]:
    spots = " ".join(f"{spot.sheet}!{spot.cell}" for spot in item.spots)
    return item.comment, item.code, item.clause, item.stored, item.computed, spots


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: Any) -> tuple[Item, ...]:
    with django_db_blocker.unblock():
        return example.items(example.read())


@pytest.mark.req("GEN-08")
@pytest.mark.rule("R-SCH-06")
@pytest.mark.parametrize("comment", sorted(ASKED))
def test_contradiction_is_found_at_its_cells_with_both_values(comment: str, found: tuple[Item, ...]) -> None:
    told = [_told(item) for item in found if item.comment == comment]
    assert sorted(told) == sorted(row for row in EXPECTED if row[0] == comment)
    assert told


def test_example_has_no_findings_beside_those(found: tuple[Item, ...]) -> None:
    beside = Counter((item.code, item.spots[0].sheet) for item in found if item.is_rule and not item.comment)
    assert beside == BESIDE
    assert {item.comment for item in found if item.comment} == ASKED


def test_reading_the_example_stops_nothing_and_says_how_cells_were_read(found: tuple[Item, ...]) -> None:
    of_reading = Counter(item.code for item in found if not item.is_rule)
    assert of_reading == {"read_as": 50, "missing_column": 1}
    assert not any(item.stops for item in found)


def test_items_survive_being_kept(found: tuple[Item, ...]) -> None:
    assert tuple(Item.from_json(item.to_json()) for item in found) == found


def test_what_is_listed_is_joined_as_the_reader_writes(found: tuple[Item, ...]) -> None:
    """Also where it was found and kept by somebody who reads another language, and for headings told together."""
    days, roles = (next(item for item in found if item.comment == comment) for comment in ("C3", "A8"))
    kept = Item.from_json(days.to_json())
    tables = [DIVISION, RISKS, BOARD, EVALUATION]
    missing = [
        warn("missing_column", say("No column “{heading}”.", heading=heading)).at(sheet=GANTT)
        for heading in ("A", "B", "C")
    ]
    [together] = _of_reading(missing)
    for language, comma in (("en", ", "), ("zh-hans", "、")):
        with translation.override(language):
            told = comma.join(("执行分工表 07-30", "执行甘特图 08-01", "风险预案表 08-01"))
            assert told in str(kept.message)
            assert str(kept.stored_words) == told
            assert str(roles.computed_words) == comma.join(tables)
            assert comma.join("ABC") in str(together.message)


def test_roi_names_what_it_would_be_with_other_costs() -> None:
    reading = example.read()
    [verdict] = [v for v in example.failures(example.facts_of(reading.dossier, reading)) if v.comment == "A3"]
    assert (verdict.values["corrected"], verdict.values["with_measures"]) == ("635.29", "624.64")


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("07-20 — 07-25", "07-31 — 08-05", "11 days later"),
        ("07-25 — 08-05", "08-06 — 08-10", "no overlap"),
        ("07-22 — 07-28", "07-20 — 07-28", "2 days earlier"),
        ("2024-07-30", "2024-07-20", "10 days earlier"),
        ("2000", "2500", "500 more"),
        ("77,000.00", "68,000.00", "9,000 less"),
        ("赵", "周", "different"),
        ("07-28 — 08-01 已完成", "07-28 — 08-01 进行中", "different"),
    ],
)
def test_difference_between_two_tables_is_put_in_words(one: str, other: str, words: str) -> None:
    with translation.override("en"):
        assert str(difference_of(one, other)) == words


# ---------------------------------------------------------------- a sound campaign


LI, WANG, ZHOU = Person("李明"), Person("王芳"), Person("周全")


def _sound() -> CampaignFacts:
    """The example, put right in every place that contradicts another."""
    reading = example.read()
    dossier = reading.dossier
    [overview] = dossier.rows(OverviewRow)
    overview = replace(overview, plan_item="2024 年度计划 3.2", value="活动期销售额增长20%", given={})
    dossier = dossier.with_rows(OverviewRow, [overview])
    goals = [
        GoalRow(
            dimension="线索获取", metrics=("有效线索量",), targets=(Figure(Decimal(1200), "条", ">="),),
            data_sources=("CRM系统",), owner=LI, due=DueRule(1),
        ),
        GoalRow(
            dimension="销售转化", metrics=("活动期销售额",), targets=(Figure(Decimal(500_000), "元", ">="),),
            data_sources=("订单系统",), owner=WANG, due=DueRule(5),
        ),
    ]  # fmt: skip
    modules = [
        ModuleRow(module="活动主题", content="青春焕新", alternative="新生专享", owner=LI, due_on=date(2024, 7, 15)),
        ModuleRow(module="活动形式", content="快闪店", alternative="社群裂变", owner=LI, due_on=date(2024, 7, 16)),
        ModuleRow(module="渠道组合", content="抖音", alternative="B站", owner=LI, due_on=date(2024, 7, 17)),
        ModuleRow(
            module="内容规划", content="预热期(7.20-7.25):海报\n爆发期(7.26-8.5):直播\n收尾期(8.6-8.10):反馈",
            alternative="短视频", owner=LI, due_on=date(2024, 7, 18),
        ),
    ]  # fmt: skip
    boss = Person("孙总")
    lines = [
        LineRow(
            category="物料成本",
            item="定制礼品(1000份×15元/份)",
            amount=Decimal(15_000),
            owner=ZHOU,
            approver=boss,
        ),
        LineRow(category="渠道成本", item="抖音同城投放", amount=Decimal(20_000), owner=LI, approver=boss),
        LineRow(category="其他成本", item="应急备用金", amount=Decimal(5_000), owner=LI, approver=boss),
    ]
    tasks = [
        _task("方案最终确认", LI, 15, 20, State.DONE),
        _task("物料设计", LI, 20, 25, State.DONE, "方案最终确认"),
        _task("活动预热", WANG, 20, 25, State.DONE, "方案最终确认"),
        replace(
            _task("线下快闪", WANG, 26, 26, State.NOT_STARTED, "物料设计"), end_on=date(2024, 8, 10), days=15
        ),
        _task("礼品采购", ZHOU, 25, 31, State.DONE, "物料设计"),
    ]
    rows = [
        _assignment("策划统筹", "整体进度把控", LI, date(2024, 7, 15), date(2024, 8, 10), State.IN_PROGRESS),
        _assignment("设计执行", "海报和物料设计", LI, date(2024, 7, 20), date(2024, 7, 25), State.DONE),
        _assignment("线下执行", "快闪店落地", WANG, date(2024, 7, 26), date(2024, 8, 10), State.NOT_STARTED),
        _assignment(
            "数据跟踪", "数据采集与监控", LI, date(2024, 7, 26), date(2024, 8, 10), State.IN_PROGRESS
        ),
        _assignment("后勤保障", "礼品采购与物流", ZHOU, date(2024, 7, 25), date(2024, 7, 31), State.DONE),
    ]
    series = [
        SeriesRow(
            channel="抖音", indicator="有效线索量", cumulative=_count(660), target=_count(800), owner=LI
        ),
        SeriesRow(
            channel="快闪店", indicator="有效线索量", cumulative=_count(330), target=_count(400), owner=WANG
        ),
    ]
    evaluation = [
        EvaluationRow(
            dimension="线索获取", indicator="有效线索量", target=_count(1200), actual=_count(1530), owner=LI
        ),
        EvaluationRow(
            dimension="销售转化",
            indicator="活动期销售额",
            target=_count(500_000),
            actual=_count(520_000),
            owner=WANG,
        ),
    ]
    for row_type, rows_of_it in {
        GoalRow: goals, ModuleRow: modules, TaskRow: tasks, AssignmentRow: rows, SeriesRow: series,
        EvaluationRow: evaluation, RoiRow: [], RetroRow: [], IssueRow: [], ReportRow: [],
        RiskRow: [_risk()],
    }.items():  # fmt: skip
        dossier = dossier.with_rows(row_type, rows_of_it)
    total = LineRow(amount=Decimal(40_000))
    dossier = dossier.with_part(Part(BUDGET_TABLE, tuple(lines), total))
    return example.facts_of(dossier, reading)


def _risk() -> RiskRow:
    return RiskRow(
        scenario="线下遇雨",
        likelihood=2,
        impact=3,
        responses=("备用场地", "雨棚"),
        owner=WANG,
        trigger="降雨概率≥60%",
    )


def _count(number: int) -> Figure:
    return Figure(Decimal(number))


def _task(name: str, owner: Person, first: int, last: int, state: State, *after: str) -> TaskRow:
    return TaskRow(
        name=name, owner=owner, start_on=date(2024, 7, first), end_on=date(2024, 7, last), days=last - first,
        predecessors=after, state=state,
    )  # fmt: skip


def _assignment(module: str, task: str, owner: Person, start: date, end: date, state: State) -> AssignmentRow:
    return AssignmentRow(
        module=module,
        task=task,
        owner=owner,
        start_on=start,
        end_on=end,
        state=state,
        standard="按时完成并通过验收",
    )


def test_sound_campaign_gives_no_finding() -> None:
    told = [f"{v.rule_id} {v.comment} {v.reason}" for v in example.failures(_sound()) if v.comment != "C6"]
    assert told == []


def test_detection_does_not_hang_on_the_words_of_the_example() -> None:
    """Another event: a concert whose stage is booked before it is confirmed, and whose hall is owned by two."""
    sound = _sound()
    tasks = [
        TaskRow(
            name="音乐厅租用",
            owner=WANG,
            start_on=date(2024, 8, 1),
            end_on=date(2024, 8, 3),
            state=State.IN_PROGRESS,
        )
    ]
    rows = [
        _assignment("线下执行", "音乐厅布置", ZHOU, date(2024, 7, 20), date(2024, 7, 22), State.IN_PROGRESS),
        _assignment("后勤保障", "乐手接待", WANG, date(2024, 8, 9), date(2024, 8, 9), State.NOT_STARTED),
    ]
    lines = [LineRow(category="其他成本", item="音乐厅", amount=Decimal(100), owner=LI, approver=WANG)]
    dossier = sound.dossier.with_rows(TaskRow, tasks).with_rows(AssignmentRow, rows).with_rows(LineRow, lines)
    facts = replace(sound, dossier=dossier)
    verdicts = {v.comment: v for v in example.failures(facts, book.CONSISTENCY)}
    assert set(verdicts) == {"C2", "A8", "A9"}
    assert (verdicts["C2"].stored, verdicts["C2"].computed) == ("07-20 — 07-22", "08-01 — 08-03")
    assert (verdicts["A9"].stored, verdicts["A9"].computed) == ("李明", "周全")
    assert verdicts["A8"].stored == "王芳"
    assert {"执行分工表", "执行甘特图", "效果评估表"} <= set(verdicts["A8"].computed.split("\n"))


def test_rules_stay_near_linear_with_thousands_of_tasks() -> None:
    reading = example.read()
    [first, *_rest] = reading.dossier.rows(TaskRow)
    start = date(2024, 7, 15)
    tasks = [
        replace(
            first, name=f"任务{n}号准备", start_on=start, end_on=start + timedelta(days=5),
            predecessors=(f"任务{n - 1}号准备",) if n % 7 else (),
        )
        for n in range(5_000)
    ]  # fmt: skip
    facts = example.facts_of(reading.dossier.with_rows(TaskRow, tasks), reading)
    begun = perf_counter()
    example.failures(facts, book.CONSISTENCY)
    assert perf_counter() - begun < 3


# ---------------------------------------------------------------- likeness


def test_shared_words_are_the_longest_telling_runs() -> None:
    assert shared_words("高校快闪店落地", "线下快闪执行") == ("快闪",)
    assert shared_words("线上线下物料设计", "物料设计启动") == ("物料设计",)
    assert shared_words("活动整体进度把控", "活动预热启动") == ()


def test_most_like_takes_every_text_with_the_most_telling_run() -> None:
    wording = Wording(
        ["物料设计启动", "物料设计定稿", "物料印刷/采购", "高校场地对接"], ["高校公众号", "高校社群"]
    )
    like = wording.most_like("线上线下物料设计")
    assert like is not None
    assert (like.word, like.positions) == ("物料设计", (0, 1))
    assert wording.most_like("直播话术") is None


def test_deadlines_for_being_in_place_are_read_in_several_shapes() -> None:
    ctx = Context(year=2024, start=date(2024, 7, 15), end=date(2024, 8, 10))
    assert in_place_deadlines("场地合同签订,物料7.30前到位", ctx) == [("物料", date(2024, 7, 30))]
    assert in_place_deadlines("物料未在8月1日前到位", ctx)[0][1] == date(2024, 8, 1)
    assert in_place_deadlines("按时到位", ctx) == []
