"""When something that can wait may go out to a person: at once or in a digest, never in quiet hours. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from yunchou.kernel.core import clock

MORNING = time(8, 30)
QUIET_FROM, QUIET_UNTIL = time(22), time(7, 30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Pace(StrEnum):
    """How often what can wait is sent."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True)
class Hours:
    """One person's wishes. Times are those of Shanghai; with equal ends no hours are quiet."""

    pace: Pace = Pace.HOURLY
    daily_at: time = MORNING
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    only_working_days: bool = False

    def is_quiet(self, at: time) -> bool:
        """Whether a time of day lies in the quiet hours, which may pass midnight; their end does not."""
        first, end = self.quiet_from, self.quiet_until
        return first <= at < end if first <= end else at >= first or at < end

    def next_moment(self, now: datetime, is_working_day: Callable[[date], bool]) -> datetime:
        """The first moment from `now` on at which something that can wait may be sent; aware in and out, in UTC."""
        at = self._next_turn(clock.local(now))
        while True:
            if self.only_working_days and not is_working_day(at.date()):
                at = self._at(at.date() + DAY, self.daily_at if self.pace is Pace.DAILY else time.min)
            elif self.is_quiet(at.time()):
                day = at.date() if at.time() < self.quiet_until else at.date() + DAY
                at = self._at(day, self.quiet_until)
            else:
                return at.astimezone(now.tzinfo)

    def _next_turn(self, at: datetime) -> datetime:
        if self.pace is Pace.AT_ONCE:
            return at
        if self.pace is Pace.HOURLY:
            return at.replace(minute=0, second=0, microsecond=0) + HOUR
        today = self._at(at.date(), self.daily_at)
        return today if today > at else today + DAY

    @staticmethod
    def _at(day: date, at: time) -> datetime:
        return datetime.combine(day, at, clock.SHANGHAI)


USUAL = Hours()
"""What holds for people who have not said anything."""
