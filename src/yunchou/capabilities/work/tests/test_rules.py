"""The rules on the worked example, whose contradictions C6, C7 and C8 they must find, and on mended copies of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from yunchou.capabilities.work import rules
from yunchou.capabilities.work.matching import Named, candidates, exact
from yunchou.capabilities.work.rules import WorkFacts, facts_of
from yunchou.capabilities.work.schedule import Schedule
from yunchou.capabilities.work.states import Phase, State, phase_of
from yunchou.capabilities.work.tables import NamedLink, TaskRow
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Place, Verdict
from yunchou.kernel.sheets.values import TEAM, Person

from .example import PREDECESSORS, assignment_part, task_part

TODAY = date(2024, 8, 2)


def example(*, linked: bool = False, tasks: tuple[TaskRow, ...] | None = None, **more: Any) -> WorkFacts:
    rows = task_part().rows if tasks is None else tasks
    links = None
    if linked:
        links = [NamedLink(p - 1, t - 1, rows[t - 1].predecessors[0]) for t, p in PREDECESSORS.items()]
    return facts_of(assignment_part().rows, rows, links=links, **{"leads": 1, **more})


def changed(position: int, **values: Any) -> tuple[TaskRow, ...]:
    rows = task_part().rows
    return tuple(replace(row, **values) if n == position else row for n, row in enumerate(rows))


def failures(rule: Any, facts: WorkFacts, **params: Any) -> list[Verdict]:
    return rule.failures(facts, Params({**rule.params, **params}))


@pytest.mark.rule("R-SCH-01")
@pytest.mark.req("SCH-03")
@pytest.mark.vector("C6")
def test_stated_durations_follow_one_convention_which_is_remarked_once() -> None:
    (remark,) = failures(rules.durations_are_computed, example())
    assert (remark.comment, remark.severity) == ("C6", REMIND)
    assert remark.stored == "5, 5, 3, 4, 4, 4, 5, 4"
    assert remark.computed == "6, 6, 4, 5, 5, 5, 6, 5"
    assert remark.values["same_day"] == 3


@pytest.mark.rule("R-SCH-01")
def test_a_wrong_duration_is_shown_beside_the_computed_one() -> None:
    (found,) = failures(rules.durations_are_computed, example(tasks=changed(3, days=9)))
    assert (found.stored, found.computed, found.severity) == ("9", "4", WARN)
    assert found.fix is not None
    assert found.fix.changes == {Place("schedule", 3, "days"): "4天"}


@pytest.mark.rule("R-SCH-01")
def test_counting_the_end_day_is_a_switch() -> None:
    found = failures(rules.durations_are_computed, example(), counts_end_day=True)
    assert [each.computed for each in found] == ["6", "6", "4", "5", "5", "5", "6", "5"]


@pytest.mark.rule("R-SCH-02")
@pytest.mark.req("SCH-04")
@pytest.mark.vector("C7")
def test_predecessors_that_are_no_tasks_are_named_with_the_task_they_may_mean() -> None:
    found = failures(rules.predecessors_come_first, example())
    assert [(v.values["task"] + 1, v.values["predecessor"] + 1) for v in found] == list(PREDECESSORS.items())
    assert {v.comment for v in found} == {"C7"}
    assert {v.severity for v in found} == {BLOCK}
    assert [v.stored for v in found] == [
        "方案确认",
        "物料设计",
        "设计定稿",
        "方案确认",
        "物料设计",
        "渠道素材",
        "物料到位",
    ]


@pytest.mark.rule("R-SCH-02")
def test_an_exact_name_or_code_is_a_predecessor() -> None:
    for written in ("方案最终确认", "T1", "t1", " 方案最终确认 "):
        found = failures(rules.predecessors_come_first, example(tasks=changed(1, predecessors=(written,))))
        assert 1 not in {v.values["task"] for v in found}


@pytest.mark.rule("R-SCH-02")
@pytest.mark.req("SCH-04")
def test_the_example_with_its_predecessors_chosen_has_no_conflict() -> None:
    assert failures(rules.predecessors_come_first, example(linked=True)) == []


@pytest.mark.rule("R-SCH-02", whole=True)
def test_a_start_before_the_predecessors_end_is_refused_the_same_day_is_not() -> None:
    early = example(linked=True, tasks=changed(3, start_on=date(2024, 7, 26)))
    (found,) = failures(rules.predecessors_come_first, early)
    assert found.values["days"] == 2
    assert found.fix is not None
    assert found.fix.changes[Place("schedule", 3, "start_on")] == "2024-07-28"
    assert failures(rules.predecessors_come_first, example(linked=True), lag=1) != []


@pytest.mark.rule("R-SCH-02")
@pytest.mark.req("SCH-04")
def test_a_loop_is_named() -> None:
    rows = changed(0, predecessors=("物料设计定稿",))
    facts = example(tasks=rows)
    linked = facts_of((), rows, links=[*example(linked=True).links, NamedLink(2, 0, "物料设计定稿")])
    found = [v for v in failures(rules.predecessors_come_first, linked) if v.values.get("tasks") == 3]
    assert len(found) == 1
    assert {place.row for place in found[0].at} == {0, 1, 2}
    assert facts.schedule.loops == ()


@pytest.mark.rule("R-SCH-03")
@pytest.mark.req("SCH-07")
@pytest.mark.vector("C8")
def test_a_task_begun_before_its_predecessor_is_done_blocks_when_the_link_is_certain() -> None:
    (found,) = failures(rules.nothing_starts_early, example(linked=True))
    assert (found.comment, found.severity, found.exception_allowed) == ("C8", BLOCK, True)
    assert (found.values["task"], found.values["predecessor"]) == (6, 5)
    (likely,) = failures(rules.nothing_starts_early, example())
    assert likely.severity == WARN


@pytest.mark.rule("R-SCH-03")
def test_an_override_by_the_lead_is_accepted() -> None:
    assert (
        failures(rules.nothing_starts_early, example(linked=True, tasks=changed(6, is_overridden=True))) == []
    )
    assert (
        failures(rules.nothing_starts_early, example(linked=True, tasks=changed(5, state=State.DONE))) == []
    )


@pytest.mark.rule("R-SCH-04")
@pytest.mark.req("SCH-08")
def test_overdue_tasks_are_listed_with_their_successors() -> None:
    found = failures(rules.nothing_is_overdue, example(linked=True, today=TODAY))
    assert [(v.at[0].row, v.values["days"]) for v in found] == [(3, 1), (5, 3)]
    assert "T8" in str(found[0].reason)
    assert "T7" in str(found[1].reason)
    assert failures(rules.nothing_is_overdue, example(linked=True)) == []


@pytest.mark.rule("R-SCH-04")
@pytest.mark.parametrize(("today", "count"), [("2024-07-30", 0), ("2024-07-31", 1), ("2024-08-01", 1)])
def test_the_end_day_itself_is_not_overdue(today: str, count: int) -> None:
    facts = example(linked=True, today=date.fromisoformat(today))
    assert len(failures(rules.nothing_is_overdue, facts)) == count


@pytest.mark.rule("R-SCH-05")
@pytest.mark.req("SCH-08")
def test_more_than_two_days_behind_the_baseline_is_a_major_deviation() -> None:
    rows = tuple(replace(row, baseline_end_on=row.end_on) for row in task_part().rows)
    found = failures(rules.nothing_deviates_much, example(linked=True, tasks=rows, today=TODAY))
    assert [(v.at[0].row, v.values["days"]) for v in found] == [(5, 3)]
    assert (
        failures(rules.nothing_deviates_much, example(linked=True, tasks=rows, today=date(2024, 8, 1))) == []
    )
    assert (
        len(failures(rules.nothing_deviates_much, example(linked=True, tasks=rows, today=TODAY), days=0)) == 2
    )


@pytest.mark.rule("R-TEA-01")
@pytest.mark.req("TEA-03")
def test_a_task_of_the_whole_team_has_no_owner() -> None:
    (found,) = failures(rules.somebody_answers, example())
    assert found.at == (Place("schedule", 6, "owner"),)
    assert found.severity == BLOCK
    assert failures(rules.somebody_answers, example(tasks=changed(6, owner=Person("张")))) == []


@pytest.mark.rule("R-TEA-01")
@pytest.mark.req("TEA-01")
@pytest.mark.parametrize(("leads", "count"), [(0, 1), (1, 0), (2, 1), (None, 0)])
def test_there_is_exactly_one_overall_lead(leads: int | None, count: int) -> None:
    facts = example(tasks=changed(6, owner=Person("张")), leads=leads)
    assert len(failures(rules.somebody_answers, facts)) == count


@pytest.mark.rule("R-TEA-01")
def test_a_module_without_owner_is_found() -> None:
    rows = tuple(
        replace(row, owner=TEAM if n == 2 else row.owner) for n, row in enumerate(assignment_part().rows)
    )
    (found,) = failures(rules.somebody_answers, facts_of(rows, (), leads=1))
    assert found.at == (Place("division", 2, "owner"),)


@pytest.mark.req("TEA-02")
def test_the_five_modules_are_covered_and_no_task_stands_in_two() -> None:
    assert failures(rules.modules_are_covered, example()) == []
    rows = assignment_part().rows
    (missing,) = failures(rules.modules_are_covered, facts_of(rows[:4], ()))
    assert "后勤" in str(missing.reason)
    double = (*rows, replace(rows[0], module="数据跟踪"))
    (found,) = failures(rules.modules_are_covered, facts_of(double, ()))
    assert {place.row for place in found.at} == {0, 5}
    assert failures(rules.modules_are_covered, facts_of((), ())) == []


def test_the_task_that_ends_in_time_is_proposed_before_a_later_one() -> None:
    """物料设计 may be T2 or T3; T6 begins on 07-26, when only T2 has ended."""
    tasks = [row.named for row in task_part().rows]
    schedule = Schedule(tuple(row.job(n) for n, row in enumerate(task_part().rows)))
    assert candidates("物料设计", 5, tasks, schedule)[:2] == (1, 2)
    assert candidates("完全无关", 5, tasks, schedule) == ()


def test_two_tasks_of_one_name_are_nobodys_exact_name() -> None:
    assert exact("设计", [Named("设计"), Named("设计")]) is None
    assert exact("T2", [Named("设计"), Named("印刷")]) == 1
    assert exact("T9", [Named("设计")]) is None


@pytest.mark.req("SCH-01")
@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("方案最终确认", Phase.PREPARATION),
        ("物料印刷/采购", Phase.PREPARATION),
        ("活动预热启动", Phase.EXECUTION),
        ("线下快闪执行", Phase.EXECUTION),
        ("活动复盘", Phase.CLOSING),
        ("其他", Phase.PREPARATION),
    ],
)
def test_a_name_speaks_of_a_phase(name: str, phase: Phase) -> None:
    assert phase_of(name) == phase


def test_critical_path_of_the_example_runs_over_the_materials_to_the_stands() -> None:
    assert example(linked=True).schedule.critical == {0, 1, 2, 3, 7}
    assert example(linked=True).schedule.length == 21
