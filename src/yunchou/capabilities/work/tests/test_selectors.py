"""What is read: the health signal, overlaps of people, a person's day; and how many queries that takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.selectors import (
    assignments_of,
    lines_of,
    overlaps_of,
    owners_of,
    plan_of,
    signals,
    tasks_of,
)
from yunchou.capabilities.work.states import State
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from . import toy

pytestmark = pytest.mark.django_db
START = date(2024, 8, 1)


def spec(start: int, days: int, **more: Any) -> dict[str, Any]:
    return {"start_on": START + timedelta(start), "end_on": START + timedelta(start + days), **more}


@pytest.mark.rule("R-SCH-05")
def test_the_example_is_three_days_late_by_its_worst_task(firm: Firm, subject: Subject) -> None:
    toy.load_example(subject)
    actions.keep_baseline(subject=subject, actor=firm.owner)
    signal = signals([subject.pk], clock.now())[subject.pk]
    assert signal.level == Level.ACT
    assert dict(signal.value.params) == {"days": 3}
    assert str(signal.part) == "T6 线上渠道素材准备"


@pytest.mark.parametrize(
    ("late", "level"), [(0, Level.FINE), (1, Level.WATCH), (2, Level.WATCH), (3, Level.ACT)]
)
def test_signal_levels(subject: Subject, late: int, level: Level) -> None:
    end = clock.today() - timedelta(late)
    task = spec(-10, 5, state=State.IN_PROGRESS)
    toy.make_tasks(subject, {**task, "end_on": end, "baseline_end_on": end})
    assert signals([subject.pk], clock.now())[subject.pk].level == level


def test_a_late_predecessor_makes_its_successor_late(subject: Subject) -> None:
    toy.make_tasks(
        subject,
        spec(-6, 5, baseline_end_on=START - timedelta(1), state=State.IN_PROGRESS),
        spec(-1, 3, baseline_end_on=START + timedelta(2), after=[1]),
    )
    signal = signals([subject.pk], clock.now())[subject.pk]
    assert (signal.level, signal.reason.params["count"]) == (Level.WATCH, 2)


def test_without_tasks_or_before_anything_was_approved_or_begun_it_is_unknown(
    firm: Firm, subject: Subject
) -> None:
    assert signals([subject.pk], clock.now())[subject.pk].level == Level.UNKNOWN
    toy.make_tasks(subject, spec(-10, 2))
    assert signals([subject.pk], clock.now())[subject.pk].level == Level.UNKNOWN


def test_signals_take_the_same_queries_for_two_subjects_and_for_twenty(
    firm: Firm, django_assert_num_queries: Any
) -> None:
    subjects = [toy.make_subject(firm.department(), title=f"活动{n}") for n in range(20)]
    for each in subjects:
        toy.make_tasks(each, spec(-5, 3, baseline_end_on=START), spec(0, 3, after=[1]))
    for count in (2, 20):
        with django_assert_num_queries(5):
            signals([each.pk for each in subjects[:count]], clock.now())


def test_a_plan_takes_the_same_queries_whatever_its_size(firm: Firm, django_assert_num_queries: Any) -> None:
    for count in (2, 40):
        subject = toy.make_subject(firm.department(), lead=firm.owner)
        toy.make_tasks(subject, *(spec(n, 1, after=[n] if n else []) for n in range(count)))
        with django_assert_num_queries(4):
            assert len(plan_of(subject).links) == count - 1


def test_lines_tell_forecast_lateness_and_critical_path(firm: Firm, subject: Subject) -> None:
    toy.load_example(subject)
    actions.keep_baseline(subject=subject, actor=firm.owner)
    plan = plan_of(subject)
    lines = lines_of(plan, owners_of(plan))
    assert [line.code for line in lines if line.is_critical] == ["T1", "T2", "T3", "T4", "T8"]
    assert {line.code: line.days_late for line in lines if line.days_late} == {"T4": 1, "T6": 3}
    assert lines[5].span is not None
    assert lines[5].span.end_on == date(2024, 8, 2)
    assert lines[7].waits_for == ("T4",)


@pytest.mark.req("TEA-08")
def test_tasks_of_one_person_in_two_subjects_on_the_same_days_are_shown(firm: Firm, subject: Subject) -> None:
    other = toy.make_subject(firm.department(), title="七夕音乐会")
    hidden = toy.make_subject(firm.department("south"), title="华南活动")
    toy.make_tasks(subject, spec(0, 5, owner=firm.colleague), spec(0, 5, owner=firm.owner))
    toy.make_tasks(
        other,
        spec(3, 5, owner=firm.colleague),
        spec(5, 2, owner=firm.colleague),
        spec(0, 5, owner=firm.colleague, state=State.DONE),
    )
    toy.make_tasks(hidden, spec(0, 5, owner=firm.colleague))
    (found,) = overlaps_of(subject, firm.owner)
    assert (found.user, found.other.subject) == (firm.colleague, other)
    assert (found.first_on, found.last_on) == (START + timedelta(3), START + timedelta(4))


@pytest.mark.req("TEA-04")
def test_my_day_lists_open_tasks_and_assignments_with_their_standard(firm: Firm, subject: Subject) -> None:
    toy.load_example(subject)
    GanttTask.objects.filter(position__in=[1, 6, 8]).update(owner=firm.owner)
    subject_rows = tasks_of(firm.owner, until=clock.today())
    assert [str(task) for task in subject_rows] == ["T6 线上渠道素材准备"]
    from yunchou.capabilities.work.models import Assignment

    Assignment.objects.filter(position__in=[1, 2]).update(owner=firm.owner)
    assert [row.standard for row in assignments_of(firm.owner, clock.today())] == ["每日17:00前提交进度表"]
    assert list(tasks_of(firm.outsider)) == []
