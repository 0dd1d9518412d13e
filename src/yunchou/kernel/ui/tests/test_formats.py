"""Numbers, money and dates as people read them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from yunchou.kernel.core import clock
from yunchou.kernel.ui import formats


@pytest.fixture(autouse=True)
def _moment() -> Any:
    with clock.at("2024-08-02T15:20"):
        yield


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (Decimal("52580"), "", "¥52,580.00"),
        (Decimal("-31600"), "whole", "−¥31,600"),
        (0, "", "¥0.00"),
        (Decimal("-0.001"), "", "¥0.00"),
        ("11117.65", "short", "¥11,117.65"),
        (68000, "short", "¥68,000"),
        (None, "", "—"),
        ("", "", "—"),
        ("未接入", "", "未接入"),
    ],
)
def test_money(value: Any, form: str, text: str) -> None:
    assert formats.money(value, form) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (68000, "68,000"),
        (Decimal("11117.650"), "11,117.65"),
        (-20, "−20"),
        (0, "0"),
        (None, "—"),
        (True, "True"),
        (float("nan"), "nan"),
    ],
)
def test_thousands(value: Any, text: str) -> None:
    assert formats.thousands(value) == text


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (3_500_000, "350 万", "3.5M"),
        (12_500, "1.25 万", "12.5K"),
        (980, "980", "980"),
        (-25_000, "−2.5 万", "−25K"),
        (123_456_789, "1.23 亿", "123.46M"),
        (None, "—", "—"),
        (0, "0", "0"),
    ],
)
def test_wan(value: Any, chinese: str, english: str) -> None:
    assert formats.wan(value) == chinese
    with translation.override("en"):
        assert formats.wan(value) == english


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("0.747"), 1, "74.7%"), (0.64, 1, "64.0%"), (1.02, 1, "102%"), (1.031, 1, "103.1%"), (0, 1, "0.0%"),
        (Decimal("0.0735"), 2, "7.35%"), (-0.05, 1, "−5.0%"), (None, 1, "—"),
    ],
)  # fmt: skip
def test_percent(value: Any, places: int, text: str) -> None:
    assert formats.percent(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2000, "+2,000"), (-20, "−20"), (0, "0"), (None, "—"), ("0.001", "0")]
)
def test_signed(value: Any, text: str) -> None:
    assert formats.signed(value) == text


def test_bold_numbers_leaves_codes_and_dates_alone_and_escapes() -> None:
    text = formats.bold_numbers("R-BUD-03 <b>: 5,000 元占 7.35%, T6 07-20")
    assert text == "R-BUD-03 &lt;b&gt;: <b>5,000</b> 元占 <b>7.35%</b>, T6 07-20"


def test_dates() -> None:
    day = date(2024, 8, 2)
    assert formats.short_date(day) == "08-02"
    assert formats.short_date(date(2023, 8, 2)) == "2023-08-02"
    assert formats.long_date(day) == "8月2日 周五"
    assert formats.date_range(date(2024, 7, 15), date(2024, 8, 10)) == "07-15 — 08-10"
    assert formats.date_range(day, day) == "08-02"
    assert formats.date_range(None, None) == formats.short_date(None) == formats.long_date("x") == "—"
    with translation.override("en"):
        assert formats.long_date(day) == "Fri 2 Aug"


def test_a_moment_late_in_the_day_in_utc_is_tomorrow_in_shanghai() -> None:
    moment = clock.now().replace(hour=17, minute=0)
    assert formats.short_date(moment) == "08-03"


@pytest.mark.parametrize(
    ("hours", "text", "level"),
    [
        (-0.2, "超时 12 分", "act"),
        (-5.5, "超时 5 小时", "act"),
        (-72, "晚 3 天", "act"),
        (1 + 40 / 60, "今天 17:00", "watch"),
        (2.5, "今天 17:50", ""),
        (20, "明天 11:20", ""),
        (72, "08-05 周一", ""),
    ],
)
def test_due_moments(hours: float, text: str, level: str) -> None:
    due = formats.due(clock.now() + timedelta(hours=hours))
    assert (str(due), due.level) == (text, level)


@pytest.mark.parametrize(
    ("days", "text", "level"),
    [(-3, "晚 3 天", "act"), (0, "今天", ""), (1, "明天", ""), (3, "08-05 周一", "")],
)
def test_due_days(days: int, text: str, level: str) -> None:
    due = formats.due(clock.today() + timedelta(days=days))
    assert (due.text, due.level) == (text, level)


def test_due_of_nothing_is_a_dash() -> None:
    assert formats.due(None) == formats.Due("—")


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0.3, "刚刚"), (12, "12 分前"), (185, "3 小时前"), (60 * 49, "2 天前"), (-12, "12 分后")],
)
def test_ago(minutes: float, text: str) -> None:
    assert formats.ago(clock.now() - timedelta(minutes=minutes)) == text
