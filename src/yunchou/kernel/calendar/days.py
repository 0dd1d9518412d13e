"""Chinese working days with 调休. Pure: a `WorkingCalendar` is a value, loaded once and asked without
queries.

Official data come from the State Council's yearly notices as the `holidays` library holds them. A year whose
notice is not out yet is *provisional*: its statutory holidays are computed, its make-up days are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yunchou.kernel.core.clock import SHANGHAI

from . import lunar

#: The last year whose notice is in the installed data. A stored setting moves it on between releases.
LAST_ANNOUNCED_YEAR = 2026
ONE_DAY = timedelta(days=1)
SATURDAY = 5
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
_SWAP = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
_NOTE = re.compile(r"（.*?）")
_HOLIDAYS: dict[str, Promise] = {
    "元旦": lunar.NEW_YEAR,
    "农历除夕": lunar.EVE,
    "春节": lunar.SPRING_FESTIVAL,
    "清明节": lunar.QINGMING,
    "劳动节": lunar.LABOUR_DAY,
    "端午节": lunar.DRAGON_BOAT,
    "中秋节": lunar.MID_AUTUMN,
    "国庆节": lunar.NATIONAL_DAY,
}


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class Override:
    """What an editor has laid down about one day; it beats the official data."""

    is_working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class OfficialYear:
    """One year as announced: names by day off, and the day off that each make-up workday pays for."""

    names: Mapping[date, tuple[str, ...]]
    makeups: Mapping[date, date | None]


@lru_cache(maxsize=64)
def official_year(year: int) -> OfficialYear:
    """The announced days of `year`; the next year's notice is read too, since it may reach back into
    December."""
    source = holidays.country_holidays("CN", years=[year, year + 1], language="zh_CN", expand=False)
    names: dict[date, tuple[str, ...]] = {}
    makeups: dict[date, date | None] = {day: None for day in source.weekend_workdays if day.year == year}
    for day, text in source.items():
        if swapped := _SWAP.search(text):
            makeup = date.fromisoformat(swapped[1])
            if makeup.year == year:
                makeups[makeup] = day
        if day.year == year:
            names[day] = () if swapped else tuple(_NOTE.sub("", part) for part in text.split("; "))
    return OfficialYear(names, makeups)


@dataclass(frozen=True, slots=True)
class DayInfo:
    """Everything a calendar shows about one day. `name` is the holiday whose rest or make-up this day is."""

    day: date
    kind: DayKind
    name: str
    lunar: str
    term: str
    festival: str
    is_provisional: bool

    @property
    def is_working(self) -> bool:
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)

    @property
    def is_marked(self) -> bool:
        """Whether the small line under the date is a festival or a solar term instead of the lunar day."""
        return bool(self.festival or self.term)

    @property
    def mark(self) -> str:
        """The small line under the date: festival, else solar term, else lunar day."""
        return self.festival or self.term or self.lunar


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date computed in working days; provisional while a year it crosses has not been announced."""

    on: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class RestPeriod:
    """An unbroken run of days off around a holiday, both ends included."""

    name: str
    first_on: date
    last_on: date

    @property
    def label(self) -> str:
        """中秋 9月15日 — 17日休."""
        return _("%(holiday)s off %(days)s") % {
            "holiday": self.name,
            "days": day_range(self.first_on, self.last_on),
        }


@dataclass(frozen=True, slots=True)
class YearRest:
    """One line of a year's holidays."""

    rest: RestPeriod
    makeups: tuple[date, ...]

    @property
    def days(self) -> int:
        return (self.rest.last_on - self.rest.first_on).days + 1

    @property
    def days_label(self) -> str:
        return day_range(self.rest.first_on, self.rest.last_on)

    @property
    def makeup_label(self) -> str:
        return _(", ").join(f"{short_day(day)} {WEEKDAYS[day.weekday()]}" for day in self.makeups)


@dataclass(frozen=True, slots=True)
class MakeupNotice:
    """The next weekend day that is worked, and the rest that it pays for."""

    day: date
    rest: RestPeriod | None

    @property
    def label(self) -> str:
        """下次调休 9月14日（周六）上班，中秋 9月15日 — 17日休."""
        words = {"day": short_day(self.day), "weekday": str(WEEKDAYS[self.day.weekday()])}
        if self.rest is None:
            return _("Next make-up workday %(day)s (%(weekday)s)") % words
        return _("Next make-up workday %(day)s (%(weekday)s), %(rest)s") % {**words, "rest": self.rest.label}


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked, and from when to when. Times are Asia/Shanghai; moments in and out are aware."""

    overrides: Mapping[date, Override] = field(default_factory=dict)
    announced_until: int = LAST_ANNOUNCED_YEAR
    opens_at: time = time(9)
    closes_at: time = time(18)

    # -- days ------------------------------------------------------------------------------------------------
    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked: an override says so, else a make-up day, else a weekday that is no
        holiday."""
        if ruling := self.overrides.get(day):
            return ruling.is_working
        official = official_year(day.year)
        if day in official.makeups:
            return True
        return day.weekday() < SATURDAY and day not in official.names

    def is_provisional(self, *days: date) -> bool:
        """Whether the year of any of these days has not been announced and no override settles the day
        itself."""
        return any(day.year > self.announced_until and day not in self.overrides for day in days)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`; before it when n is negative; `day` itself when n is
        0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _unused in range(abs(n)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def due_on(self, day: date, n: int) -> DueDate:
        """`add_working_days`, together with whether the answer may still move."""
        found = self.add_working_days(day, n)
        return DueDate(found, max(day, found).year > self.announced_until)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`: undoes `add_working_days(a, n)`.

        Negative when `b` lies before `a`: the working days from `b` up to, but not including, `a`.
        """
        if b < a:
            return -self.working_days_in(b, a - ONE_DAY)
        return self.working_days_in(a + ONE_DAY, b)

    def working_days_in(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both included; 0 when `last` lies before `first`."""
        return sum(map(self.is_working_day, days_from(first, last)))

    def next_working_day(self, day: date) -> date:
        """`day` itself if it is worked, else the first working day after it."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    # -- moments ---------------------------------------------------------------------------------------------
    def add_working_time(self, moment: datetime, amount: timedelta) -> datetime:
        """The moment at which `amount` of working time has passed since `moment`, in UTC.

        A moment outside working hours counts from the next opening. `amount` must not be negative.
        """
        if amount < timedelta(0):
            raise ValueError("working time cannot run backwards")
        at = self._next_open(moment.astimezone(SHANGHAI))
        while (left := self._moment(at.date(), self.closes_at) - at) < amount:
            amount -= left
            at = self._moment(self.add_working_days(at.date(), 1), self.opens_at)
        return (at + amount).astimezone(UTC)

    def add_working_hours(self, moment: datetime, hours: float) -> datetime:
        """`add_working_time` in hours."""
        return self.add_working_time(moment, timedelta(hours=hours))

    def due_after(
        self,
        moment: datetime,
        *,
        working_days: int | None = None,
        working_hours: float | None = None,
        minutes: float | None = None,
    ) -> datetime:
        """When a limit that starts at `moment` runs out, in UTC. Give exactly one limit.

        `working_days`: closing time of the n-th working day after. `working_hours`: that much working time.
        `minutes`: clock time, for limits that run on an event's evening too (30 minutes for an alert).
        """
        match (working_days, working_hours, minutes):
            case (int(), None, None):
                day = self.add_working_days(moment.astimezone(SHANGHAI).date(), working_days)
                return self._moment(day, self.closes_at).astimezone(UTC)
            case (None, float() | int(), None):
                return self.add_working_hours(moment, working_hours)
            case (None, None, float() | int()):
                return moment.astimezone(UTC) + timedelta(minutes=minutes)
        raise ValueError("give exactly one of working_days, working_hours and minutes")

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, SHANGHAI)

    def _next_open(self, moment: datetime) -> datetime:
        """`moment` itself inside working hours, else the next opening."""
        day = moment.date()
        if not self.is_working_day(day) or moment.time() >= self.closes_at:
            return self._moment(self.add_working_days(day, 1), self.opens_at)
        return max(moment, self._moment(day, self.opens_at))

    # -- what a person sees ----------------------------------------------------------------------------------
    def kind_of(self, day: date) -> DayKind:
        """How a calendar colours the day."""
        is_weekend = day.weekday() >= SATURDAY
        if self.is_working_day(day):
            return DayKind.MAKEUP if is_weekend else DayKind.WORKDAY
        ruling = self.overrides.get(day)
        is_named = bool(ruling.name) if ruling else day in official_year(day.year).names
        return DayKind.HOLIDAY if is_named or not is_weekend else DayKind.WEEKEND

    def day_info(self, day: date) -> DayInfo:
        """What kind of day it is and what it is called, in the reader's language."""
        moon = lunar.lunar_day(day)
        return DayInfo(
            day=day,
            kind=self.kind_of(day),
            name=self._name(day),
            lunar=moon.label,
            term=str(moon.term),
            festival=str(moon.festival),
            is_provisional=self.is_provisional(day),
        )

    def _name(self, day: date) -> str:
        if (ruling := self.overrides.get(day)) and ruling.name:
            return ruling.name
        if not self.is_working_day(day):
            rest = self.rest_around(day)
            return rest.name if rest else ""
        paid_for = official_year(day.year).makeups.get(day)
        rest = self.rest_around(paid_for) if paid_for else None
        return rest.name if rest else ""

    def rest_around(self, day: date) -> RestPeriod | None:
        """The run of days off that `day` lies in, if a holiday is part of it; None on a working day."""
        if self.is_working_day(day):
            return None
        first = last = day
        while not self.is_working_day(first - ONE_DAY):
            first -= ONE_DAY
        while not self.is_working_day(last + ONE_DAY):
            last += ONE_DAY
        names = list(dict.fromkeys(name for each in days_from(first, last) for name in self._names_on(each)))
        if lunar.SPRING_FESTIVAL in names and lunar.EVE in names:
            names.remove(lunar.EVE)
        return RestPeriod(_(", ").join(map(str, names)), first, last) if names else None

    def _names_on(self, day: date) -> Iterable[str | Promise]:
        if ruling := self.overrides.get(day):
            return [ruling.name] if ruling.name else []
        return [_HOLIDAYS.get(name, name) for name in official_year(day.year).names.get(day, ())]

    def rests_in(self, year: int) -> list[YearRest]:
        """The holidays of a year in order: their days off and the make-up workdays that pay for them."""
        found: list[YearRest] = []
        day, last = date(year, 1, 1), date(year, 12, 31)
        while day <= last:
            if rest := self.rest_around(day):
                found.append(YearRest(rest, self._makeups_for(rest)))
                day = rest.last_on
            day += ONE_DAY
        return found

    def _makeups_for(self, rest: RestPeriod) -> tuple[date, ...]:
        around = {**official_year(rest.first_on.year).makeups, **official_year(rest.last_on.year).makeups}
        return tuple(
            sorted(
                makeup
                for makeup, pays_for in around.items()
                if pays_for and rest.first_on <= pays_for <= rest.last_on and self.is_working_day(makeup)
            )
        )

    def next_makeup(self, day: date, *, within_days: int = 120) -> MakeupNotice | None:
        """The first make-up workday from `day` on, `day` included, with the rest it pays for; None if none is
        near."""
        for each in days_from(day, day + timedelta(days=within_days)):
            if self.kind_of(each) is DayKind.MAKEUP:
                paid_for = official_year(each.year).makeups.get(each)
                return MakeupNotice(each, self.rest_around(paid_for) if paid_for else None)
        return None


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def short_day(day: date) -> str:
    """9月14日; in English 14 Sept."""
    return date_format(day, pgettext("date format", "j M"))


def day_range(first: date, last: date) -> str:
    """9月15日 — 17日; one day alone stands alone."""
    if first == last:
        return short_day(first)
    if (first.year, first.month) != (last.year, last.month):
        return f"{short_day(first)} — {short_day(last)}"
    start = date_format(first, pgettext("date format, start of a range in one month", "j"))
    end = date_format(last, pgettext("date format, end of a range in one month", "j M"))
    return f"{start} — {end}"
