"""Working days against what the State Council announced and against arithmetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from yunchou.kernel.calendar.days import (
    LAST_ANNOUNCED_YEAR,
    DayKind,
    Override,
    WorkingCalendar,
    days_from,
    official_year,
)
from yunchou.kernel.core.clock import SHANGHAI

calendar = WorkingCalendar()
days = st.dates(date(2015, 1, 1), date(2027, 12, 31))
steps = st.integers(0, 90)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_day_of_three_years_agrees_with_an_independent_library() -> None:
    """Issue 5, Done when 1: 2024, 2025 and 2026, make-up days included, and the make-up days by themselves."""
    years = list(days_from(date(2024, 1, 1), date(2026, 12, 31)))
    assert len(years) == 366 + 365 + 365
    assert [day for day in years if calendar.is_working_day(day) != chinese_calendar.is_workday(day)] == []
    makeups = {day for day in years if calendar.kind_of(day) is DayKind.MAKEUP}
    assert makeups == {day for day in years if day.weekday() >= 5 and chinese_calendar.is_workday(day)}


@given(st.dates(date(2024, 2, 1), date(2026, 11, 30)), st.dates(date(2024, 2, 1), date(2026, 11, 30)))
def test_working_days_between_agree_with_an_independent_library(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert calendar.working_days_in(first, last) == len(chinese_calendar.get_workdays(first, last))


@pytest.mark.req("GOA-06")
@pytest.mark.rule("R-GOA-02")
@pytest.mark.vector("Working days after Sat 2024-08-10")
@pytest.mark.parametrize(
    ("n", "expected"), [(1, date(2024, 8, 12)), (3, date(2024, 8, 14)), (5, date(2024, 8, 16))]
)
def test_working_days_after_the_example_campaigns_end(n: int, expected: date) -> None:
    assert calendar.add_working_days(date(2024, 8, 10), n) == expected


@pytest.mark.req("GEN-07")
def test_makeup_days_of_2026_are_the_announced_ones() -> None:
    found = [
        day
        for day in days_from(date(2026, 1, 1), date(2026, 12, 31))
        if calendar.kind_of(day) is DayKind.MAKEUP
    ]
    assert [f"{day:%m-%d}" for day in found] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_mid_autumn_2024() -> None:
    assert calendar.is_working_day(date(2024, 9, 14))
    assert not any(map(calendar.is_working_day, days_from(date(2024, 9, 15), date(2024, 9, 17))))
    assert calendar.is_working_day(date(2024, 9, 18))
    rest = calendar.rest_around(date(2024, 9, 16))
    assert rest is not None
    assert (rest.first_on, rest.last_on) == (date(2024, 9, 15), date(2024, 9, 17))
    assert calendar.day_info(date(2024, 9, 14)).name == rest.name


def test_national_day_and_mid_autumn_2025_are_one_rest() -> None:
    rest = calendar.rest_around(date(2025, 10, 4))
    assert rest is not None
    assert (rest.first_on, rest.last_on) == (date(2025, 10, 1), date(2025, 10, 8))


def test_a_new_years_notice_reaches_back_into_december() -> None:
    assert calendar.is_working_day(date(2011, 12, 31)), "the notice for 2012 made this Saturday a workday"


@pytest.mark.parametrize(("year", "workdays"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_number_of_workdays_in_a_year(year: int, workdays: int) -> None:
    assert calendar.working_days_in(date(year, 1, 1), date(year, 12, 31)) == workdays


def test_weekends_and_workdays_have_no_name() -> None:
    saturday, monday = calendar.day_info(date(2024, 8, 10)), calendar.day_info(date(2024, 8, 12))
    assert (saturday.kind, saturday.name, saturday.is_working) == (DayKind.WEEKEND, "", False)
    assert (monday.kind, monday.name, monday.is_working) == (DayKind.WORKDAY, "", True)


def test_installed_data_reach_the_last_announced_year() -> None:
    assert official_year(LAST_ANNOUNCED_YEAR).makeups, (
        "no make-up days: the year is not announced in the data"
    )
    assert not official_year(LAST_ANNOUNCED_YEAR + 1).makeups, "move LAST_ANNOUNCED_YEAR on"


def test_unannounced_years_are_provisional() -> None:
    assert not calendar.day_info(date(2026, 12, 31)).is_provisional
    assert calendar.day_info(date(2027, 2, 6)).is_provisional
    assert calendar.due_on(date(2026, 12, 30), 1).is_provisional is False
    assert calendar.due_on(date(2026, 12, 30), 5).is_provisional
    assert not WorkingCalendar(announced_until=2027).day_info(date(2027, 2, 6)).is_provisional


def test_overrides_beat_the_official_data() -> None:
    sunday, friday = date(2024, 8, 11), date(2024, 8, 16)
    ours = WorkingCalendar({sunday: Override(True, "盘点"), friday: Override(False, "司庆日")})
    assert ours.day_info(sunday).kind is DayKind.MAKEUP
    assert ours.day_info(sunday).name == "盘点"
    assert ours.day_info(friday).kind is DayKind.HOLIDAY
    assert ours.day_info(friday).name == "司庆日"
    assert ours.add_working_days(date(2024, 8, 10), 1) == sunday
    assert ours.add_working_days(date(2024, 8, 15), 1) == date(2024, 8, 19)


def test_an_override_settles_a_provisional_day() -> None:
    day = date(2027, 2, 5)
    assert not WorkingCalendar({day: Override(False)}).day_info(day).is_provisional


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("zh-hans", "下次调休 9月14日（周六）上班，中秋 9月15日 — 17日休"),
        ("en", "Next make-up workday 14 Sep (Sat), Mid-Autumn off 15 — 17 Sep"),
    ],
)
def test_next_makeup_names_the_rest_it_pays_for(language: str, label: str) -> None:
    with translation.override(language):
        notice = calendar.next_makeup(date(2024, 8, 2))
        assert notice is not None
        assert (notice.day, notice.label) == (date(2024, 9, 14), label)
    assert calendar.next_makeup(date(2024, 10, 13), within_days=30) is None


def test_due_after_working_days_ends_with_the_working_day() -> None:
    assert calendar.due_after(at("2024-08-10 22:00"), working_days=1) == at("2024-08-12 18:00")
    assert calendar.due_after(at("2024-09-13 10:00"), working_days=1) == at("2024-09-14 18:00")


def test_due_after_minutes_runs_on_any_day() -> None:
    assert calendar.due_after(at("2024-08-10 20:45"), minutes=30) == at("2024-08-10 21:15")


def test_working_time_skips_nights_and_days_off() -> None:
    assert calendar.add_working_hours(at("2024-08-09 17:00"), 2) == at("2024-08-12 10:00")
    assert calendar.add_working_hours(at("2024-08-12 08:00"), 9) == at("2024-08-12 18:00")
    assert calendar.due_after(at("2024-08-10 12:00"), working_hours=0) == at("2024-08-12 09:00")
    short = WorkingCalendar(opens_at=time(10), closes_at=time(16))
    assert short.add_working_hours(at("2024-08-12 10:00"), 7) == at("2024-08-13 11:00")


def test_due_after_wants_exactly_one_limit() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        calendar.due_after(at("2024-08-09 17:00"))
    with pytest.raises(ValueError, match="exactly one"):
        calendar.due_after(at("2024-08-09 17:00"), minutes=1, working_days=1)


@given(days, steps, steps)
@settings(max_examples=60, deadline=None)
def test_add_working_days_is_monotone_and_additive(day: date, a: int, b: int) -> None:
    one, both = calendar.add_working_days(day, a), calendar.add_working_days(day, a + b)
    assert one <= both
    assert calendar.add_working_days(one, b) == both
    assert calendar.add_working_days(day, a) <= calendar.add_working_days(day + timedelta(days=1), a)


@given(days, st.integers(-90, 90))
@settings(max_examples=60, deadline=None)
def test_counting_undoes_adding(day: date, n: int) -> None:
    found = calendar.add_working_days(day, n)
    assert calendar.working_days_between(day, found) == n
    assert n == 0 or calendar.is_working_day(found)


@given(days, days)
@settings(max_examples=40, deadline=None)
def test_counting_splits_at_any_day(a: date, b: date) -> None:
    first, last = sorted((a, b))
    middle = first + (last - first) // 2
    whole = calendar.working_days_between(first, last)
    assert whole == calendar.working_days_between(first, middle) + calendar.working_days_between(middle, last)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31)), st.integers(0, 3000), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_working_time_adds_up(start: datetime, a: int, b: int) -> None:
    moment = start.replace(tzinfo=SHANGHAI)
    halfway = calendar.add_working_time(moment, timedelta(minutes=a))
    assert halfway >= moment
    together = calendar.add_working_time(moment, timedelta(minutes=a + b))
    # Closing time and the next opening are the same amount of work; the sum may stop at either.
    assert calendar.add_working_time(halfway, timedelta(minutes=b + 1)) == calendar.add_working_time(
        moment, timedelta(minutes=a + b + 1)
    )
    assert together >= halfway
