"""What readings come to, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.metrics.rollup import Standing, Taken, by_day, standing, totals_by_day

D = Decimal
FIRST = date(2024, 8, 1)


def taken(kind: str, day: int, hour: int, value: int | str) -> Taken:
    """A reading for a day of August, read at `hour` of 2 August (the numbering keeps them apart)."""
    at = datetime(2024, 8, 2, hour, tzinfo=UTC)
    return Taken(date(2024, 8, day), at, hour, kind, D(value))


def test_days_are_added_to_the_last_total() -> None:
    readings = [taken("cumulative", 1, 1, 215), taken("daily", 1, 1, 50), taken("daily", 2, 9, 65)]
    assert standing(readings) == Standing(D(65), date(2024, 8, 2), D(280), date(2024, 8, 2))


def test_a_day_that_grows_after_its_total_was_read_makes_the_total_grow() -> None:
    readings = [taken("daily", 2, 9, 65), taken("cumulative", 2, 9, 280), taken("daily", 2, 15, 85)]
    assert standing(readings).cumulative == D(300)


@pytest.mark.req("RPT-07")
def test_of_two_readings_of_a_day_the_later_counts() -> None:
    readings = [taken("daily", 2, 15, 60), taken("daily", 2, 9, 65)]
    assert standing(readings).today == D(60)
    assert standing([*readings, taken("cumulative", 2, 16, 275)]).cumulative == D(275)


def test_a_late_total_for_an_earlier_day_does_not_count() -> None:
    assert standing([taken("cumulative", 2, 9, 280), taken("cumulative", 1, 15, 220)]).cumulative == D(280)


def test_a_day_is_told_by_two_totals() -> None:
    readings = [taken("cumulative", 1, 1, 215), taken("cumulative", 2, 9, 280)]
    assert by_day(readings) == {date(2024, 8, 2): D(65)}
    assert totals_by_day(readings) == {date(2024, 8, 1): D(215), date(2024, 8, 2): D(280)}


@pytest.mark.req("DSH-02")
def test_a_rate_is_never_added() -> None:
    readings = [taken("cumulative", 1, 1, "12.5"), taken("daily", 1, 1, 12), taken("daily", 2, 9, 11)]
    assert standing(readings, is_rate=True) == Standing(D(11), date(2024, 8, 2), D("12.5"), FIRST)


READINGS = st.builds(
    Taken,
    day=st.dates(FIRST, FIRST + timedelta(days=6)),
    at=st.datetimes(datetime(2024, 8, 1), datetime(2024, 8, 9), timezones=st.just(UTC)),
    pk=st.integers(1, 10**6),
    kind=st.sampled_from(["daily", "cumulative"]),
    value=st.decimals(0, 10**6, places=2),
)


@given(st.lists(READINGS, unique_by=lambda one: one.pk))
def test_the_last_day_of_the_totals_is_the_standing(readings: list[Taken]) -> None:
    """The chart's thinned history ends where the roll-up stands, however the readings came in."""
    now, totals = standing(readings), totals_by_day(readings)
    assert (totals[max(totals)] if totals else None) == now.cumulative


@given(st.lists(READINGS, unique_by=lambda one: one.pk), st.randoms())
def test_the_order_of_arrival_does_not_matter(readings: list[Taken], random: object) -> None:
    shuffled = list(readings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled) == standing(readings)
