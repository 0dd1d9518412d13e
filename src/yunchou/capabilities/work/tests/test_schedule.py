"""The arithmetic, against brute force: every path of small random networks is walked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from threading import Barrier
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.work.schedule import Job, Link, Schedule, Span, WorkingDays, duration

DAY0 = date(2024, 7, 15)


def job(key: int, start: int = 0, days: int = 1, **more: object) -> Job:
    return Job(key, DAY0 + timedelta(start), DAY0 + timedelta(start + days), **more)


@st.composite
def networks(draw: st.DrawFn) -> Schedule:
    """Up to eight tasks without loops; links only lead from lower to higher keys, written in any order."""
    count = draw(st.integers(1, 8))
    jobs = [job(n, draw(st.integers(0, 10)), draw(st.integers(0, 6))) for n in range(count)]
    pairs = [Link(a, b) for b in range(count) for a in range(b)]
    links = draw(st.lists(st.sampled_from(pairs), max_size=12)) if pairs else []
    return Schedule(tuple(draw(st.permutations(jobs))), tuple(links))


def days(schedule: Schedule, key: int) -> int:
    return schedule.days[schedule.network.place[key]]


def paths(schedule: Schedule) -> list[list[int]]:
    """Every chain of tasks, from any task on."""
    after = schedule.successors

    def walk(path: list[int]) -> list[list[int]]:
        return [path, *(found for key in after[path[-1]] for found in walk([*path, key]))]

    return [path for each in schedule.jobs for path in walk([each.key])]


@pytest.mark.rule("R-SCH-01")
@pytest.mark.req("SCH-03")
@pytest.mark.parametrize(
    ("start", "end", "short", "full"),
    [
        ("2024-07-15", "2024-07-20", 5, 6),
        ("2024-07-25", "2024-07-28", 3, 4),
        ("2024-07-28", "2024-08-01", 4, 5),
        ("2024-08-06", "2024-08-10", 4, 5),
        ("2024-08-06", "2024-08-06", 0, 1),
    ],
)
def test_duration_leaves_out_the_end_day_unless_switched(start: str, end: str, short: int, full: int) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert duration(first, last) == short
    assert duration(first, last, counts_end_day=True) == full


@given(networks())
def test_length_is_the_longest_path(schedule: Schedule) -> None:
    longest = max(sum(days(schedule, key) for key in path) for path in paths(schedule))
    assert schedule.length == longest


@given(networks())
def test_critical_path_is_every_task_of_a_longest_path(schedule: Schedule) -> None:
    on_longest = {
        key
        for path in paths(schedule)
        if sum(days(schedule, one) for one in path) == schedule.length
        for key in path
    }
    assert schedule.critical == (on_longest if schedule.length else set())


@given(networks(), st.integers(1, 5))
def test_a_longer_critical_task_makes_the_whole_longer_by_as_much(schedule: Schedule, more: int) -> None:
    for key in schedule.critical:
        assert stretched(schedule, key, more).length == schedule.length + more


@given(networks())
def test_a_task_may_grow_by_its_float_and_no_more(schedule: Schedule) -> None:
    for each in schedule.jobs:
        room = schedule.float_of(each.key)
        assert stretched(schedule, each.key, room).length == schedule.length
        assert stretched(schedule, each.key, room + 1).length == schedule.length + 1


def stretched(schedule: Schedule, key: int, days: int) -> Schedule:
    jobs = tuple(
        each._replace(end_on=each.end_on + timedelta(days)) if each.key == key and each.end_on else each
        for each in schedule.jobs
    )
    return replace(schedule, jobs=jobs)


@given(networks())
def test_forecast_ends_with_the_longest_dated_chain(schedule: Schedule) -> None:
    """Nothing begun: each chain begins at its first task's date, and the latest of all chains is the end."""
    ends = [
        schedule.by_key[path[0]].start_on + timedelta(sum(days(schedule, key) for key in path))
        for path in paths(schedule)
    ]
    assert max(span.end_on for span in schedule.forecast().values()) == max(ends)


@given(networks(), st.randoms())
def test_results_do_not_depend_on_the_order_of_tasks_and_links(schedule: Schedule, random: object) -> None:
    jobs, links = list(schedule.jobs), list(schedule.links)
    random.shuffle(jobs)  # type: ignore[attr-defined]
    random.shuffle(links)  # type: ignore[attr-defined]
    other = Schedule(tuple(jobs), tuple(links))
    assert other.forecast() == schedule.forecast()
    assert (other.critical, other.length) == (schedule.critical, schedule.length)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=20))
def test_any_links_are_taken_loops_and_unknown_tasks_reported(pairs: list[tuple[int, int]]) -> None:
    schedule = Schedule(tuple(job(n) for n in range(6)), tuple(Link(*pair) for pair in pairs))
    assert set(schedule.unknown) == {link for link in schedule.links if link.task > 5}
    looped = {key for loop in schedule.loops for key in loop}
    assert looped == {key for key in range(6) if key in schedule.followers(key)}
    assert len(schedule.forecast()) == 6
    assert set(schedule.order) == set(range(6))


@given(networks(), st.integers(0, 7), st.integers(0, 7))
def test_would_loop_says_whether_the_link_makes_a_loop(schedule: Schedule, a: int, b: int) -> None:
    keys = set(schedule.by_key)
    if a in keys and b in keys:
        linked = replace(schedule, links=(*schedule.links, Link(a, b)))
        assert schedule.would_loop(Link(a, b)) == bool(linked.loops)


@pytest.mark.req("SCH-06")
def test_a_delay_names_the_successors_it_moves_and_the_end_of_the_whole() -> None:
    schedule = Schedule((job(1, 0, 5), job(2, 5, 5), job(3, 12, 2), job(4, 0, 3)), (Link(1, 2), Link(2, 3)))
    effect = schedule.effect_of(job(1, 0, 8))
    assert [(shift.key, shift.days) for shift in effect.shifts] == [(2, 3), (3, 1)]
    assert effect.shifts[0].after == Span(DAY0 + timedelta(8), DAY0 + timedelta(13))
    assert (effect.start_days, effect.end_days) == (0, 1)


def test_a_delay_within_the_gap_moves_nobody() -> None:
    schedule = Schedule((job(1, 0, 5), job(2, 8, 2)), (Link(1, 2),))
    assert schedule.effect_of(job(1, 0, 8)).shifts == ()


@pytest.mark.rule("R-SCH-04")
def test_what_has_begun_and_should_have_ended_ends_today_at_the_earliest() -> None:
    today = DAY0 + timedelta(8)
    open_task, waiting, done = (
        job(1, 0, 5, is_started=True, baseline_end_on=DAY0 + timedelta(5)),
        job(2, 5, 2, baseline_end_on=DAY0 + timedelta(7)),
        job(3, 0, 2, is_started=True, is_done=True, baseline_end_on=DAY0 + timedelta(1)),
    )
    schedule = Schedule((open_task, waiting, done), (Link(1, 2),))
    assert schedule.forecast(today)[1].end_on == today
    assert schedule.forecast(today)[2] == Span(today, today + timedelta(2))
    assert schedule.lateness(today) == {1: 3, 2: 3}
    assert open_task.is_overdue(today)
    assert not open_task.is_overdue(DAY0 + timedelta(5))


def test_tasks_without_dates_are_in_nobodys_way() -> None:
    schedule = Schedule(
        (Job(1), job(2, 3, 2), Job(3, start_on=DAY0 + timedelta(9))), (Link(1, 2), Link(2, 3))
    )
    assert schedule.forecast() == {2: Span(DAY0 + timedelta(3), DAY0 + timedelta(5))}
    assert schedule.conflicts() == ()
    assert schedule.critical == {1, 2, 3}


def test_no_tasks_have_no_critical_path() -> None:
    assert Schedule(()).critical == frozenset()
    assert Schedule(()).length == 0


def test_a_chain_of_twenty_thousand_tasks_is_no_matter_of_recursion() -> None:
    count = 20_000
    schedule = Schedule(tuple(job(n) for n in range(count)), tuple(Link(n, n + 1) for n in range(count - 1)))
    assert schedule.length == count
    assert len(schedule.forecast()) == count


def test_a_table_of_days_that_threads_lay_down_together_gives_each_day_one_position() -> None:
    """Threads meet in the same empty table; whoever counts alone must find the same distances."""
    firsts = [date(year, 3, 1) for year in (2024, 2026, 2025, 2022, 2024, 2026, 2023, 2025)]
    for _ in range(20):
        shared, start = WorkingDays(slowly_worked), Barrier(len(firsts))

        def ask(day: date, days: WorkingDays = shared, together: Barrier = start) -> None:
            together.wait()
            days.at(day)

        with ThreadPoolExecutor(len(firsts)) as pool:
            list(pool.map(ask, firsts))
        alone = WorkingDays(slowly_worked)
        for one, other in pairwise(sorted(set(firsts))):
            assert shared.at(other) - shared.at(one) == alone.at(other) - alone.at(one)
            assert shared.start(shared.at(one)) == alone.start(alone.at(one))


def slowly_worked(day: date) -> bool:
    if day.day == 1:
        sleep(0)
    return day.weekday() < 5
