"""When something that can wait goes out. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.calendar.days import WorkingCalendar
from yunchou.kernel.core import clock
from yunchou.kernel.notify.rhythm import Hours, Pace

is_working_day = WorkingCalendar().is_working_day
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 30)).map(lambda at: at.replace(tzinfo=UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    return Hours(
        draw(st.sampled_from(Pace)),
        draw(times),
        draw(times),
        draw(times),
        only_working_days=draw(st.booleans()),
    )


@given(hours(), moments)
def test_nothing_goes_out_early_in_quiet_hours_or_on_a_day_off(wish: Hours, now: datetime) -> None:
    moment = wish.next_moment(now, is_working_day)
    local = clock.local(moment)
    assert moment >= now
    assert not wish.is_quiet(local.time())
    assert is_working_day(local.date()) or not wish.only_working_days
    longest = timedelta(days=12) if wish.only_working_days else timedelta(days=2)
    assert moment - now <= longest, "the longest holidays are nine days"
    assert wish.next_moment(moment, is_working_day) >= moment


@given(moments)
def test_at_once_and_never_quiet_is_now(now: datetime) -> None:
    always = Hours(Pace.AT_ONCE, quiet_from=time(3), quiet_until=time(3))
    assert always.next_moment(now, is_working_day) == now


@pytest.mark.parametrize(
    ("wish", "now", "expected"),
    [
        (Hours(Pace.HOURLY), "2024-08-02T10:20", "2024-08-02T11:00"),
        (Hours(Pace.HOURLY), "2024-08-02T21:40", "2024-08-03T07:30"),
        (Hours(Pace.AT_ONCE), "2024-08-02T23:10", "2024-08-03T07:30"),
        (Hours(Pace.AT_ONCE), "2024-08-03T02:00", "2024-08-03T07:30"),
        (Hours(Pace.DAILY), "2024-08-02T08:30", "2024-08-03T08:30"),
        (Hours(Pace.DAILY, only_working_days=True), "2024-08-02T09:00", "2024-08-05T08:30"),
        (Hours(Pace.AT_ONCE, only_working_days=True), "2024-09-15T12:00", "2024-09-18T07:30"),
        (Hours(Pace.AT_ONCE, only_working_days=True), "2024-09-14T12:00", "2024-09-14T12:00"),
    ],
)
def test_hours_by_example(wish: Hours, now: str, expected: str) -> None:
    """14 September 2024 is a make-up workday, 15 to 17 are Mid-Autumn."""
    assert wish.next_moment(at(now), is_working_day) == at(expected)


def test_quiet_hours_may_pass_midnight_or_not() -> None:
    night, noon = Hours(), Hours(quiet_from=time(12), quiet_until=time(14))
    assert [night.is_quiet(time(hour)) for hour in (21, 22, 3, 8)] == [False, True, True, False]
    assert [noon.is_quiet(time(hour)) for hour in (11, 12, 13, 14)] == [False, True, True, False]
