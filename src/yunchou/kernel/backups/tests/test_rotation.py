"""What is kept: never without the newest, at least what the rule says, and no more than that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.backups.rotation import PERIODS, to_keep

MOMENTS = st.lists(
    st.integers(min_value=0, max_value=3 * 365 * 24).map(
        lambda h: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=h)
    ),
    max_size=60,
)
COUNT = st.integers(min_value=0, max_value=14)


@pytest.mark.once
@given(MOMENTS, st.integers(min_value=1, max_value=14), COUNT, COUNT)
def test_the_newest_stays_and_every_period_of_the_rule_has_one(
    moments: list[datetime], daily: int, weekly: int, monthly: int
) -> None:
    kept = to_keep(moments, daily=daily, weekly=weekly, monthly=monthly)
    assert kept <= set(moments)
    assert not moments or max(moments) in kept
    for (name, period), count in zip(PERIODS, (daily, weekly, monthly), strict=True):
        wanted = sorted({period(at) for at in moments}, reverse=True)[:count]
        assert {period(at) for at in kept} >= set(wanted), name
        for each in wanted:  # and it is the newest of that period that stays
            assert max(at for at in moments if period(at) == each) in kept
    assert len(kept) <= max(1, daily + weekly + monthly)


@pytest.mark.once
@given(MOMENTS)
def test_rotating_again_lets_nothing_more_go(moments: list[datetime]) -> None:
    once = to_keep(moments, daily=7, weekly=5, monthly=12)
    assert to_keep(once, daily=7, weekly=5, monthly=12) == once


@pytest.mark.once
def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months() -> None:
    nights = [datetime(2024, 1, 1, 18, 10, tzinfo=UTC) + timedelta(days=day) for day in range(400)]
    kept: set[datetime] = set()
    for night in nights:
        kept = to_keep(kept | {night}, daily=7, weekly=5, monthly=12)
    assert nights[-1] in kept
    assert 18 <= len(kept) <= 24
    assert {(at.year, at.month) for at in kept} >= {(2024, month) for month in range(3, 13)}
