"""Attainment, pace and what is due by when: arithmetic without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.metrics.pace import Pace, attainment, expected_share
from yunchou.capabilities.metrics.rules import due_by

D = Decimal
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.rule("R-DSH-01")
@pytest.mark.req("DSH-02")
@pytest.mark.parametrize(
    ("value", "target", "percent"),
    [
        (3_500_000, 5_000_000, "70.0"),
        (850, 2000, "42.5"),
        (1800, 3000, "60.0"),
        (280, 500, "56.0"),
        ("12.5", 15, "83.3"),
        ("11", 15, "73.3"),
    ],
)
def test_attainment_of_the_example(value: str, target: int, percent: str) -> None:
    assert attainment(D(value), D(target)) == D(percent)


@pytest.mark.rule("R-DSH-01")
def test_attainment_is_inverted_where_lower_is_better() -> None:
    assert attainment(D(20), D(10), lower_is_better=True) == D("50.0")
    assert attainment(D(0), D(10), lower_is_better=True) is None
    assert attainment(None, D(10)) is None
    assert attainment(D(5), D(0)) is None


@pytest.mark.rule("R-DSH-02")
def test_what_is_due_at_the_moment_of_the_mockups() -> None:
    """Both ends of a window count: day 8 of 16 is half, day 9 of 12 three quarters."""
    today = date(2024, 8, 2)
    assert due_by(date(2024, 7, 26), date(2024, 8, 10), today) == D("0.5")
    assert due_by(date(2024, 7, 25), date(2024, 8, 5), today) == D("0.75")
    assert Pace.of(D(280), D(500), D("0.75")) == Pace(D("375.00"), D("74.7"))


@given(MOMENTS, MOMENTS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_the_share_due_grows_from_nothing_to_all(
    start: datetime, end: datetime, now: datetime, later: timedelta
) -> None:
    share, then = expected_share(start, end, now), expected_share(start, end, now + later)
    assert 0 <= share <= then <= 1
    assert expected_share(start, end, end) == 1
    if end > start:
        assert expected_share(start, end, start) == 0


@given(DAYS, st.integers(0, 400), st.integers(-10, 500))
def test_days_of_a_window_weigh_the_same(start: date, length: int, passed: int) -> None:
    end, day = start + timedelta(days=length), start + timedelta(days=passed)
    due = due_by(start, end, day)
    whole = min(max(passed + 1, 0), length + 1)
    assert abs(due - D(whole) / D(length + 1)) < D("1e-20")


@given(st.decimals(0, 10**9, places=2), st.decimals(D("0.01"), 10**9, places=2))
def test_who_has_what_is_due_is_at_a_hundred_percent(value: Decimal, target: Decimal) -> None:
    assert Pace.of(target, target, D(1)).share == D("100.0")
    less = Pace.of(value, target, D(1)).share
    more = Pace.of(value + 1, target, D(1)).share
    assert less is not None
    assert more is not None
    assert less <= more
