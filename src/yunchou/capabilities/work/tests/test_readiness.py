"""The simulation against results that can be worked out: one task, a chain, two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from math import sqrt

import pytest

from yunchou.capabilities.work.schedule import Estimate, Job, Link, Readiness, Schedule, readiness_of
from yunchou.capabilities.work.schedule.readiness import pert_shares

DAY0 = date(2024, 7, 15)
RUNS = 4_000
SPREAD = Estimate(0, 5, 10)
"""With the likeliest in the middle PERT is the beta distribution with 3 and 3, whose share below x is a polynomial."""
DIE = Estimate(1, 1, 1, lasted=(1, 2, 3, 4, 5, 6))


def after(days: int) -> date:
    return DAY0 + timedelta(days)


def below(x: float) -> float:
    """The share of `SPREAD` at or below x days."""
    u = x / 10
    return u**3 * (10 - 15 * u + 6 * u * u)


def plan(*links: tuple[int, int], count: int = 1) -> Schedule:
    return Schedule(
        tuple(Job(n, DAY0, after(5)) for n in range(1, count + 1)), tuple(Link(a, b) for a, b in links)
    )


def played(schedule: Schedule, estimate: Estimate, days: int, runs: int = RUNS, **more: object) -> Readiness:
    estimates = {job.key: estimate for job in schedule.jobs}
    return readiness_of(schedule, estimates, after(days), runs=runs, **more)  # type: ignore[arg-type]


def agrees(found: Readiness, expected: float) -> bool:
    """Within four standard errors: one wrong alarm in 16,000, and the seed is fixed."""
    return abs(found.chance - expected) <= 4 * sqrt(expected * (1 - expected) / found.runs)


@pytest.mark.parametrize("days", [2, 4, 5, 7, 9])
def test_one_task_is_in_time_as_often_as_its_distribution_says(days: int) -> None:
    found = played(plan(), SPREAD, days)
    assert agrees(found, below(days))
    assert found.interval[0] < found.chance < found.interval[1]


@pytest.mark.parametrize("likely", [0.0, 0.1, 0.5, 1.0])
def test_the_values_drawn_from_are_the_pert_distribution(likely: float) -> None:
    """Mean and spread are those of the beta distribution, and with 0.5 the share below x is that of the polynomial."""
    shares = pert_shares(likely)
    mean = sum(shares) / len(shares)
    assert mean == pytest.approx((1 + 4 * likely) / 6, abs=1e-3)
    assert sum((x - mean) ** 2 for x in shares) / len(shares) == pytest.approx(
        mean * (1 - mean) / 7, abs=1e-3
    )
    if likely == 0.5:
        for tenth in range(11):
            assert sum(x <= tenth / 10 for x in shares) / len(shares) == pytest.approx(below(tenth), abs=2e-3)


@pytest.mark.parametrize("days", [4, 6, 8])
def test_tasks_side_by_side_must_all_be_in_time(days: int) -> None:
    assert agrees(played(plan(count=2), SPREAD, days), below(days) ** 2)


@pytest.mark.parametrize("days", [4, 7, 11])
def test_a_chain_adds_up(days: int) -> None:
    dice = list(product(range(1, 7), repeat=2))
    expected = sum(a + b <= days for a, b in dice) / len(dice)
    assert agrees(played(plan((1, 2), count=2), DIE, days), expected)


def test_a_chain_beside_one_task() -> None:
    """The sum of two dice and a third one beside: ready by day 5 with the product of both shares."""
    expected = (10 / 36) * (5 / 6)
    assert agrees(played(plan((1, 2), count=3), DIE, 5), expected)


def test_the_stated_interval_covers_the_truth_as_often_as_it_says() -> None:
    hits = [played(plan(), SPREAD, 5, runs=200, seed=seed).interval for seed in range(200)]
    covered = sum(low <= below(5) <= high for low, high in hits)
    assert 180 <= covered <= 199


def test_the_same_plan_and_seed_give_the_same_answer() -> None:
    one, other = (played(plan((1, 2), count=2), SPREAD, 9, runs=200, seed=7) for _each in range(2))
    assert (one.ends, one.drivers) == (other.ends, other.drivers)


def test_what_decides_the_day_is_named_first() -> None:
    """A long task and a short one lead to the third; the short one never holds anything up."""
    schedule = plan((1, 3), (2, 3), count=3)
    estimates = {1: Estimate(4, 8, 14), 2: Estimate(1, 1, 2), 3: Estimate(1, 2, 3)}
    found = readiness_of(schedule, estimates, after(12), runs=500)
    assert [driver.key for driver in found.drivers] == [1, 3]
    assert [driver.critical for driver in found.drivers] == [1.0, 1.0]
    assert found.drivers[0].sway > 0.9


def test_what_is_done_is_certain_and_what_has_begun_takes_what_it_took() -> None:
    today = after(6)
    done = Job(1, DAY0, after(2), is_started=True, is_done=True, done_on=after(3))
    begun = Job(2, after(3), after(5), is_started=True)
    schedule = Schedule((done, begun), (Link(1, 2),))
    found = readiness_of(schedule, {1: SPREAD, 2: Estimate(1, 1, 1)}, today, today=today, runs=50)
    assert (found.chance, found.day_by(0.5)) == (1.0, today)
    assert [driver.key for driver in found.drivers] == [2]
    late = readiness_of(schedule, {2: Estimate(1, 1, 1)}, after(5), today=today, runs=50)
    assert late.chance == 0.0


def test_days_by_share_and_certain_plans() -> None:
    told: list[int] = []
    found = played(plan((1, 2), count=2), Estimate(2, 2, 2), 4, runs=100, tell=told.append)
    assert (found.chance, found.day_by(0.1), found.day_by(0.9)) == (1.0, after(4), after(4))
    assert told == [50, 100]
    dice = played(plan(), DIE, 3)
    assert [dice.day_by(share) for share in (0.1, 0.45, 0.95)] == [after(1), after(3), after(6)]


def test_only_what_is_needed_counts_and_nothing_is_ready_at_once() -> None:
    schedule = plan(count=2)
    estimates = {1: Estimate(2, 2, 2), 2: Estimate(9, 9, 9)}
    assert readiness_of(schedule, estimates, after(3), needed={1}, runs=20).chance == 1.0
    assert readiness_of(schedule, estimates, after(3), runs=20).chance == 0.0
    assert readiness_of(schedule, estimates, after(3), needed=(), today=DAY0, runs=20).chance == 1.0


@pytest.mark.parametrize("points", [(3, 2, 4), (1, 5, 4), (-1, 0, 1)])
def test_points_out_of_order_are_refused(points: Sequence[float]) -> None:
    with pytest.raises(ValueError, match="low <= likely <= high"):
        Estimate(*points)
