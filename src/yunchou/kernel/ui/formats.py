"""How numbers, money and dates are written; pure functions behind the template filters (look.md, section 2).

Missing values are an em dash, minus is U+2212, and a value that is not a number is shown as it came rather than
raising in the middle of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from yunchou.kernel.core import clock

MINUS = "\u2212"
NONE = "—"
CENT = Decimal("0.01")
SOON = timedelta(hours=2)
_NUMBER = re.compile(r"(?<![A-Za-z0-9_&#;.\-/])[+\u2212]?¥?\d[\d,]*(?:\.\d+)?%?(?![A-Za-z0-9_\-/])")


@dataclass(frozen=True)
class Due:
    """When something is owed, in words, and how pressing that is: "act" (late), "watch" (within two hours) or ""."""

    text: str
    level: str = ""

    def __str__(self) -> str:
        return self.text


def number(value: Any) -> Decimal | None:
    """`value` as an exact number, or None for what is missing or no number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def grouped(value: Decimal, places: int) -> str:
    """Thousands separated, rounded half up, with a true minus; never a negative zero."""
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def thousands(value: Any, places: int | str = "") -> str:
    """`52,580`; fen only where there are any, or exactly `places` of them."""
    if (amount := number(value)) is None:
        return NONE if value in (None, "") else str(value)
    if places != "":
        return grouped(amount, int(places))
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return grouped(cents, 0 if cents == cents.to_integral_value() else 2)


def money(value: Any, form: str = "") -> str:
    """`¥52,580.00`; with "whole" no fen, with "short" fen only where there are any."""
    if (amount := number(value)) is None:
        return NONE if value in (None, "") else str(value)
    digits = thousands(abs(amount)) if form == "short" else grouped(abs(amount), 0 if form == "whole" else 2)
    return f"{MINUS}¥{digits}" if amount < 0 and digits.strip("0,.") else f"¥{digits}"


def _short(value: Decimal) -> str:
    """At most two decimals, without trailing zeros."""
    text = grouped(value, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def wan(value: Any) -> str:
    """`350 万`, `1.25 万`, `980`; in English `3.5M`, `12.5K`."""
    if (amount := number(value)) is None:
        return NONE if value in (None, "") else str(value)
    if (get_language() or "").startswith("en"):
        for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (10_000, "K")):
            if abs(amount) >= size:
                return f"{_short(amount / (1_000 if unit == 'K' else size))}{unit}"
        return _short(amount)
    for size, unit in ((100_000_000, "亿"), (10_000, "万")):
        if abs(amount) >= size:
            return f"{_short(amount / size)} {unit}"
    return _short(amount)


def percent(value: Any, places: int | str = 1) -> str:
    """A fraction as percentage: 0.747 is `74.7%`; from 100 % on whole percents lose their zeros."""
    if (share := number(value)) is None:
        return NONE if value in (None, "") else str(value)
    text = grouped(share * 100, int(places))
    return f"{_trim_whole(text) if abs(share) >= 1 else text}%"


def _trim_whole(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text and not text.split(".")[1].strip("0") else text


def signed(value: Any, places: int | str = "") -> str:
    """`+2,000`, `−20`, `0`: a difference."""
    text = thousands(value, places)
    amount = number(value)
    return f"+{text}" if amount is not None and amount > 0 and text.strip("0,.") else text


def bold_numbers(text: Any) -> SafeString:
    """The sentence, escaped, with its numbers in bold; codes such as R-BUD-03 and dates stay as they are."""
    marked = _NUMBER.sub(lambda found: f"<b>{found.group()}</b>", str(conditional_escape(text)))
    return mark_safe(marked)  # noqa: S308 (escaped in the line above)


def as_day(value: Any) -> date | None:
    """The Shanghai day of a date or an aware moment."""
    if isinstance(value, datetime):
        return clock.local(value).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def weekday(day: date) -> str:
    """周五 / Fri."""
    return str(_WEEKDAYS[day.weekday()])


def short_date(value: Any) -> str:
    """`08-02`, for tables; with the year when it is not this one."""
    if (day := as_day(value)) is None:
        return NONE
    return _dated(day, is_this_year=day.year == clock.today().year)


@lru_cache(maxsize=4096)  # tables say the same days again and again
def _dated(day: date, *, is_this_year: bool) -> str:
    return f"{day:%m-%d}" if is_this_year else f"{day:%Y-%m-%d}"


def long_date(value: Any) -> str:
    """`8月2日 周五` / `Fri 2 Aug`, for sentences."""
    if (day := as_day(value)) is None:
        return NONE
    this_year = day.year == clock.today().year
    if (get_language() or "").startswith("zh"):
        return f"{'' if this_year else f'{day.year}年'}{day.month}月{day.day}日 {weekday(day)}"
    return f"{weekday(day)} {day.day} {day:%b}{'' if this_year else f' {day.year}'}"


def short_time(value: datetime | None) -> str:
    """`14:36` in Shanghai."""
    return f"{clock.local(value):%H:%M}" if value else NONE


def date_range(start: Any, end: Any) -> str:
    """`07-15 — 08-10`; one day is written once."""
    first, last = as_day(start), as_day(end)
    if first is None or last is None or first == last:
        return short_date(first or last)
    return f"{short_date(first)} — {short_date(last)}"


def moment_text(value: datetime | None) -> str:
    """`今天 14:36`, `昨天 18:12`, `08-05 周一 14:36`: a moment in words."""
    if value is None:
        return NONE
    day = as_day(value)
    assert day is not None
    return f"{_day_word(day)} {short_time(value)}"


def _day_word(day: date) -> str:
    match (day - clock.today()).days:
        case 0:
            return gettext("Today")
        case 1:
            return gettext("Tomorrow")
        case -1:
            return gettext("Yesterday")
        case _:
            return f"{short_date(day)} {weekday(day)}"


def span_text(length: timedelta) -> str:
    """`12 分`, `1 小时 38 分`, `3 天`: a length of time, cut to its two largest parts."""
    minutes = max(0, int(length.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 24:
        days = hours // 24
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if not hours:
        return ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes}
    text = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return text if not rest else f"{text} {ngettext('%(n)s min', '%(n)s min', rest) % {'n': rest}}"


def ago(value: datetime | None) -> str:
    """`刚刚`, `12 分前`, `3 小时前`, `2 天前`; in the future `12 分后`."""
    if value is None:
        return NONE
    passed = clock.now() - value
    if abs(passed) < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(0):
        return gettext("in %(span)s") % {"span": span_text(-passed)}
    coarse = timedelta(hours=passed.total_seconds() // 3600) if passed >= timedelta(hours=1) else passed
    return gettext("%(span)s ago") % {"span": span_text(coarse)}


def due(value: Any) -> Due:
    """When something is owed: `今天 17:00`, `超时 12 分`, `晚 3 天`, `08-05 周一`, with its level.

    A day without a time is owed until it ends. Moments within two hours are "watch", past ones "act".
    """
    if value is None:
        return Due(NONE)
    if isinstance(value, datetime):
        return _due_moment(value)
    if isinstance(value, date):
        late = (clock.today() - value).days
        return _late_days(late) if late > 0 else Due(_day_word(value))
    return Due(str(value))


def _due_moment(value: datetime) -> Due:
    left = value - clock.now()
    if left < timedelta(0):
        over = -left
        if over >= timedelta(days=1):
            return _late_days(over.days)
        coarse = timedelta(hours=over.total_seconds() // 3600) if over >= timedelta(hours=1) else over
        return Due(gettext("%(span)s over") % {"span": span_text(coarse)}, "act")
    day = as_day(value)
    assert day is not None
    if (day - clock.today()).days > 1:
        return Due(_day_word(day))
    return Due(f"{_day_word(day)} {short_time(value)}", "watch" if left <= SOON else "")


def _late_days(days: int) -> Due:
    return Due(ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}, "act")
