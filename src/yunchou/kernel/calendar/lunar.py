"""The lunar calendar: lunar dates, the 24 solar terms and the festivals people plan around. Pure, no
database.

Valid for 1900-2099, the range the underlying tables are exact in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from lunar_python import Lunar, Solar

MONTHS = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"]
DAYS = [f"{tens}{unit}" for tens in "初十廿" for unit in "一二三四五六七八九十"]
DAYS[19], DAYS[29] = "二十", "三十"

EVE = _("New Year's Eve")
SPRING_FESTIVAL = _("Spring Festival")
QINGMING = _("Qingming")
DRAGON_BOAT = _("Dragon Boat Festival")
MID_AUTUMN = _("Mid-Autumn")
NEW_YEAR = _("New Year's Day")
LABOUR_DAY = _("Labour Day")
NATIONAL_DAY = _("National Day")

#: Festivals by (lunar month, day); the eve, which is the 29th or the 30th, is found from the day after it.
LUNAR_FESTIVALS: dict[tuple[int, int], Promise] = {
    (1, 1): SPRING_FESTIVAL,
    (1, 15): _("Lantern Festival"),
    (2, 2): _("Longtaitou"),
    (5, 5): DRAGON_BOAT,
    (7, 7): _("Qixi"),
    (7, 15): _("Ghost Festival"),
    (8, 15): MID_AUTUMN,
    (9, 9): _("Double Ninth"),
    (12, 8): _("Laba"),
}
#: Festivals by (month, day) of the civil year.
CIVIL_FESTIVALS: dict[tuple[int, int], Promise] = {
    (1, 1): NEW_YEAR,
    (2, 14): _("Valentine's Day"),
    (3, 8): _("Women's Day"),
    (5, 1): LABOUR_DAY,
    (5, 4): _("Youth Day"),
    (6, 1): _("Children's Day"),
    (7, 1): _("Party Day"),
    (8, 1): _("Army Day"),
    (9, 10): _("Teachers' Day"),
    (10, 1): NATIONAL_DAY,
    (12, 25): _("Christmas"),
}
#: Festivals by (month, which Sunday of it).
SUNDAY_FESTIVALS: dict[tuple[int, int], Promise] = {
    (5, 2): _("Mother's Day"),
    (6, 3): _("Father's Day"),
}
SOLAR_TERMS: dict[str, Promise] = {
    "小寒": _("Minor Cold"),
    "大寒": _("Major Cold"),
    "立春": _("Start of Spring"),
    "雨水": _("Rain Water"),
    "惊蛰": _("Awakening of Insects"),
    "春分": _("Spring Equinox"),
    "清明": QINGMING,
    "谷雨": _("Grain Rain"),
    "立夏": _("Start of Summer"),
    "小满": _("Grain Buds"),
    "芒种": _("Grain in Ear"),
    "夏至": _("Summer Solstice"),
    "小暑": _("Minor Heat"),
    "大暑": _("Major Heat"),
    "立秋": _("Start of Autumn"),
    "处暑": _("End of Heat"),
    "白露": _("White Dew"),
    "秋分": _("Autumn Equinox"),
    "寒露": _("Cold Dew"),
    "霜降": _("Frost's Descent"),
    "立冬": _("Start of Winter"),
    "小雪": _("Minor Snow"),
    "大雪": _("Major Snow"),
    "冬至": _("Winter Solstice"),
}


@dataclass(frozen=True, slots=True)
class LunarDay:
    """One day of the lunar calendar; `term` and `festival` are empty on ordinary days."""

    year: int
    month: int
    day: int
    is_leap: bool
    term: str | Promise = ""
    festival: str | Promise = ""

    @property
    def month_label(self) -> str:
        """七月, 闰六月; in other languages the number."""
        if _reads_chinese():
            return f"{'闰' if self.is_leap else ''}{MONTHS[self.month - 1]}月"
        return f"{self.month}{'+' if self.is_leap else ''}"

    @property
    def label(self) -> str:
        """What stands under a date in a calendar: 廿八, and the month's name on its first day."""
        if not _reads_chinese():
            return f"{self.month_label}/{self.day}"
        return self.month_label if self.day == 1 else DAYS[self.day - 1]

    @property
    def full_label(self) -> str:
        """Month and day: 六月廿八."""
        if not _reads_chinese():
            return f"{self.month_label}/{self.day}"
        return f"{self.month_label}{DAYS[self.day - 1]}"


def _reads_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@lru_cache(maxsize=4096)
def lunar_day(day: date) -> LunarDay:
    """The lunar day that falls on `day`, with its solar term and festival."""
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month, is_leap = abs(found.getMonth()), found.getMonth() < 0
    return LunarDay(
        year=found.getYear(),
        month=month,
        day=found.getDay(),
        is_leap=is_leap,
        term=SOLAR_TERMS.get(found.getJieQi(), ""),
        festival=_festival(day, (0, 0) if is_leap else (month, found.getDay())),
    )


def _festival(day: date, lunar: tuple[int, int]) -> str | Promise:
    """The festival of `day`: a lunar one before a civil one; `lunar` is (0, 0) in a leap month, which has
    none."""
    if name := LUNAR_FESTIVALS.get(lunar):
        return name
    if lunar[0] == 12 and lunar[1] >= 29 and _starts_lunar_year(day + timedelta(days=1)):
        return EVE
    if day.weekday() == 6 and (name := SUNDAY_FESTIVALS.get((day.month, (day.day + 6) // 7))):
        return name
    return CIVIL_FESTIVALS.get((day.month, day.day), "")


def _starts_lunar_year(day: date) -> bool:
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return (found.getMonth(), found.getDay()) == (1, 1)


def lunar_to_solar(year: int, month: int, day: int, *, is_leap: bool = False) -> date:
    """The civil date of a lunar one: 中秋 of 2024 is `lunar_to_solar(2024, 8, 15)`.

    `year` is the lunar year, named after the civil year it begins in. Raises `ValueError` for a day which
    that year does not have (a 30th in a short month, a leap month in an ordinary year).
    """
    try:
        found = Lunar.fromYmd(year, -month if is_leap else month, day).getSolar()
    except Exception as error:  # the library raises bare Exception
        raise ValueError(str(error)) from error
    return date(found.getYear(), found.getMonth(), found.getDay())


def lunar_new_year_eve(year: int) -> date:
    """The civil date of 除夕, the last day of lunar `year`."""
    return lunar_to_solar(year + 1, 1, 1) - timedelta(days=1)


@lru_cache(maxsize=512)
def term_on(year: int, term: str) -> date:
    """The civil date of a solar term, named as in `SOLAR_TERMS`: 清明 of 2024 is `term_on(2024, "清明")`.

    Raises `ValueError` for what is no term.
    """
    if term not in SOLAR_TERMS:
        raise ValueError(f"{term!r} is no solar term")
    # The table of a lunar year reaches from the winter solstice before it to the spring after it.
    table = Solar.fromYmd(year, 7, 1).getLunar().getJieQiTable()
    names = (term, _AGAIN[term]) if term in _AGAIN else (term,)
    days = [date(at.getYear(), at.getMonth(), at.getDay()) for name in names if (at := table.get(name))]
    return next(day for day in days if day.year == year)


#: What the library calls a term that the table holds a second time.
_AGAIN = {"冬至": "DONG_ZHI", "大雪": "DA_XUE", "小寒": "XIAO_HAN", "大寒": "DA_HAN"}
