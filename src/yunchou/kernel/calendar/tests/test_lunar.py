"""Lunar dates, solar terms and festivals against an almanac."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from yunchou.kernel.calendar.days import WorkingCalendar
from yunchou.kernel.calendar.lunar import lunar_day, lunar_new_year_eve, lunar_to_solar

calendar = WorkingCalendar()


@pytest.mark.req("GEN-07")
@pytest.mark.parametrize(
    ("day", "mark"),
    [
        (date(2024, 8, 1), "建军节"),
        (date(2024, 8, 2), "廿八"),
        (date(2024, 8, 4), "七月"),
        (date(2024, 8, 7), "立秋"),
        (date(2024, 8, 10), "七夕"),
        (date(2024, 9, 17), "中秋"),
        (date(2024, 2, 9), "除夕"),
        (date(2025, 1, 28), "除夕"),
        (date(2025, 7, 25), "闰六月"),
        (date(2024, 5, 12), "母亲节"),
        (date(2024, 6, 16), "父亲节"),
        (date(2025, 9, 3), "十二"),
    ],
)
def test_the_small_line_under_a_date(day: date, mark: str) -> None:
    with translation.override("zh-hans"):
        assert calendar.day_info(day).mark == mark


def test_the_example_day_in_full() -> None:
    with translation.override("zh-hans"):
        assert lunar_day(date(2024, 8, 2)).full_label == "六月廿八"
        assert lunar_day(date(2025, 7, 26)).full_label == "闰六月初二"
    with translation.override("en"):
        assert lunar_day(date(2024, 8, 2)).full_label == "6/28"
        assert calendar.day_info(date(2024, 8, 7)).mark == "Start of Autumn"


def test_a_leap_month_repeats_no_festival() -> None:
    assert lunar_day(date(2023, 3, 23)).is_leap  # 闰二月初二
    assert not lunar_day(date(2023, 3, 23)).festival


@pytest.mark.req("PLN-14")
@pytest.mark.parametrize(
    ("lunar", "civil"),
    [
        ((2024, 1, 1), date(2024, 2, 10)),
        ((2024, 7, 7), date(2024, 8, 10)),
        ((2024, 8, 15), date(2024, 9, 17)),
        ((2026, 1, 1), date(2026, 2, 17)),
        ((2026, 8, 15), date(2026, 9, 25)),
    ],
)
def test_lunar_occasions_have_civil_dates(lunar: tuple[int, int, int], civil: date) -> None:
    assert lunar_to_solar(*lunar) == civil


def test_lunar_days_that_do_not_exist() -> None:
    assert lunar_to_solar(2025, 6, 1, is_leap=True) == date(2025, 7, 25)
    with pytest.raises(ValueError, match="2024"):
        lunar_to_solar(2024, 6, 1, is_leap=True)
    with pytest.raises(ValueError, match="29 days"):
        lunar_to_solar(2024, 1, 30)


def test_new_years_eve_is_the_29th_or_the_30th() -> None:
    assert lunar_new_year_eve(2023) == date(2024, 2, 9)
    assert lunar_new_year_eve(2024) == date(2025, 1, 28)
