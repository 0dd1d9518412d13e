"""All four kinds of links, both calendars: held against networkx, and against every day written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.work.schedule import CALENDAR_DAYS, Job, Kind, Link, Schedule, Span, WorkingDays
from yunchou.kernel.calendar.days import WorkingCalendar

DAY0 = date(2024, 9, 9)
"""A Monday; Mid-Autumn with its make-up day and the National Day lie ahead."""


def after(days: int) -> date:
    return DAY0 + timedelta(days)


@st.composite
def networks(draw: st.DrawFn) -> Schedule:
    """Up to ten tasks without loops, with links of every kind and lags either way."""
    count = draw(st.integers(1, 10))
    jobs = []
    for n in range(count):
        start = draw(st.integers(0, 30))
        jobs.append(Job(n, after(start), after(start + draw(st.integers(0, 8)))))
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=16, unique=True)) if pairs else []
    kinds, lags = st.sampled_from(list(Kind)), st.integers(-3, 4)
    links = tuple(Link(a, b, draw(kinds), draw(lags)) for a, b in chosen)
    axis = WorkingDays(WorkingCalendar().is_working_day) if draw(st.booleans()) else CALENDAR_DAYS
    return Schedule(tuple(draw(st.permutations(jobs))), links, axis)


def graph_of(schedule: Schedule) -> networkx.DiGraph:
    """The same network with two nodes a task, its start and its end, and a source; edges are least distances in days."""
    graph = networkx.DiGraph()
    days = dict(zip(schedule.network.keys, schedule.days, strict=True))
    for key, length in days.items():
        graph.add_edge("begin", (key, "start"), weight=0)
        graph.add_edge((key, "start"), (key, "end"), weight=length)
        graph.add_edge((key, "end"), (key, "start"), weight=-length)
    for link in schedule.links:
        one = (link.predecessor, "end" if link.kind.from_end else "start")
        other = (link.task, "end" if link.kind.to_end else "start")
        graph.add_edge(one, other, weight=link.lag)
    return graph


def longest(graph: networkx.DiGraph, source: object) -> dict[object, int]:
    """The longest way from a node to every node it reaches: the shortest over distances turned round."""
    turned = networkx.DiGraph()
    turned.add_weighted_edges_from((a, b, -w) for a, b, w in graph.edges(data="weight"))
    return {
        node: -way for node, way in networkx.single_source_bellman_ford_path_length(turned, source).items()
    }


@given(networks())
def test_both_passes_agree_with_an_independent_library(schedule: Schedule) -> None:
    """Issue 5, Done when 1: earliest and latest starts, length and critical path, by longest ways in a general graph."""
    graph = graph_of(schedule)
    ways = longest(graph, "begin")
    keys = schedule.network.keys
    assert schedule.network.earliest == [ways[key, "start"] for key in keys]
    assert schedule.length == max(ways[key, "end"] for key in keys)
    for key, latest in zip(keys, schedule.network.latest, strict=True):
        onward = longest(graph, (key, "start"))
        tail = max(onward[other, "end"] for other in keys if (other, "end") in onward)
        assert latest == schedule.length - tail
    slack = {
        key: late - early
        for key, late, early in zip(keys, schedule.network.latest, schedule.network.earliest, strict=True)
    }
    assert schedule.critical == ({key for key in keys if not slack[key]} if schedule.length else set())


@given(networks())
def test_the_forecast_keeps_every_link_and_moves_nothing_without_need(schedule: Schedule) -> None:
    forecast = schedule.forecast()
    moved = replace(
        schedule,
        jobs=tuple(
            job._replace(start_on=forecast[job.key].start_on, end_on=forecast[job.key].end_on)
            for job in schedule.jobs
        ),
    )
    assert moved.conflicts() == ()
    assert moved.forecast() == forecast
    assert moved.days == schedule.days
    if not schedule.conflicts():
        assert forecast == {job.key: Span(job.start_on, job.end_on) for job in schedule.jobs}


@given(st.integers(0, 3000), st.integers(-400, 400))
def test_working_days_count_as_the_calendar_does(start: int, days: int) -> None:
    calendar = WorkingCalendar()
    axis = WorkingDays(calendar.is_working_day)
    first = calendar.next_working_day(date(2022, 1, 1) + timedelta(start))
    position = axis.at(first)
    assert axis.start(position + days) == calendar.add_working_days(first, days)
    assert axis.at(axis.end(position + days)) == position + days
    assert axis.at(first) == position


def test_a_push_over_mid_autumn_ends_behind_the_holiday() -> None:
    """14 September 2024 is worked, 15 to 17 are off: three days from Friday 13 end on the 18th, the end not counted."""
    axis = WorkingDays(WorkingCalendar().is_working_day)
    print_, mount = Job(1, after(0), after(4)), Job(2, after(4), after(6))
    late = print_._replace(end_on=after(4))
    schedule = Schedule((print_, mount), (Link(1, 2, lag=1),), axis)
    assert schedule.days == [4, 2]
    assert schedule.forecast()[2] == Span(date(2024, 9, 14), date(2024, 9, 19))
    assert Schedule((late, mount), (Link(1, 2, lag=1),)).forecast()[2] == Span(after(5), after(7))


@pytest.mark.parametrize(
    ("kind", "lag", "starts", "early"),
    [
        (Kind.FINISH_START, 0, 5, 2),
        (Kind.FINISH_START, 2, 7, 4),
        (Kind.FINISH_START, -2, 3, 0),
        (Kind.START_START, 0, 3, 0),
        (Kind.START_START, 4, 4, 1),
        (Kind.FINISH_FINISH, 0, 3, 0),
        (Kind.FINISH_FINISH, 3, 6, 3),
        (Kind.START_FINISH, 6, 4, 1),
    ],
)
def test_each_kind_of_link_holds_its_own_end(kind: Kind, lag: int, starts: int, early: int) -> None:
    """A five-day task from day 0 holds a two-day task planned for day 3."""
    link = Link(1, 2, kind, lag)
    schedule = Schedule((Job(1, after(0), after(5)), Job(2, after(3), after(5))), (link,))
    assert schedule.overlap(link) == early
    assert schedule.forecast()[2] == Span(after(starts), after(starts + 2))


def test_what_has_begun_ends_later_when_its_end_is_held() -> None:
    held = Job(2, after(0), after(3), is_started=True)
    schedule = Schedule((Job(1, after(0), after(6)), held), (Link(1, 2, Kind.FINISH_FINISH, 1),))
    assert schedule.forecast()[2] == Span(after(0), after(7))
