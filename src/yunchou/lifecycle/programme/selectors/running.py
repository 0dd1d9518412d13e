"""How the run sheet stands: what runs now, what comes next, and how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.permissions import Perm

from ..forecast import ZERO, Slot, Span, forecast
from ..models import Day, RunSheetItem


@dataclass(frozen=True)
class Running:
    """What runs now (None: nothing does), what comes after it in order, and how late it is; negative where it is early.

    `is_over` says that everything has ended or was left out; of an event without a run sheet nothing is over.
    """

    current: RunSheetItem | None
    upcoming: list[RunSheetItem]
    late: timedelta
    is_over: bool

    @property
    def next(self) -> RunSheetItem | None:
        return self.upcoming[0] if self.upcoming else None

    @property
    def late_minutes(self) -> int:
        """Whole minutes; negative where it is early."""
        return minutes_of(self.late)


def minutes_of(late: timedelta) -> int:
    """Whole minutes of a deviation, towards nothing."""
    return int(late.total_seconds() / 60)


@dataclass(frozen=True)
class Line:
    """An item of the run sheet with when it is expected; `span` is None where it was left out."""

    item: RunSheetItem
    span: Span | None

    @property
    def late_minutes(self) -> int:
        return minutes_of(self.span.late) if self.span else 0

    def waits(self, now: datetime) -> bool:
        """It could begin by now and has not: there is nothing to count down to, only how late it is."""
        return self.span is not None and self.item.is_coming and self.span.starts <= now

    @property
    def is_moved(self) -> bool:
        """It is expected at another minute than planned."""
        return self.late_minutes != 0


def items_of(subject: Subject) -> list[RunSheetItem]:
    """The run sheet in the order of play; one query."""
    found = RunSheetItem.objects.filter(subject=subject)
    return list(found.select_related("owner", "speaker", "session", "material__file").order_by("order", "pk"))


def lines_of(subject: Subject, now: datetime | None = None) -> list[Line]:
    """The run sheet with its forecast; one query."""
    items = items_of(subject)
    spans = forecast(items, now or clock.now())
    return [Line(item, span) for item, span in zip(items, spans, strict=True)]


def running(subject: Subject, now: datetime | None = None) -> Running:
    """How the run sheet stands at `now`; one query. The lateness is that of what comes next, else of what runs."""
    return running_in(lines_of(subject, now))


def running_in(lines: list[Line]) -> Running:
    """The same of lines that were read already."""
    current = next((line for line in lines if line.item.is_running), None)
    coming = [line for line in lines if line.item.is_coming]
    is_over = bool(lines) and current is None and not coming
    return Running(
        current.item if current else None,
        [line.item for line in coming],
        _late(lines, current, coming),
        is_over,
    )


def _late(lines: list[Line], current: Line | None, coming: list[Line]) -> timedelta:
    """How late what runs will end, else how late the next begins, else how late the end was."""
    if current is not None and current.span is not None:
        return current.span.ends - current.item.ends_at
    if coming:
        return coming[0].span.late if coming[0].span else ZERO
    done = [line.item for line in lines if line.item.ended_at]
    return done[-1].ended_at - done[-1].ends_at if done and done[-1].ended_at else ZERO


def slots_of(items: list[RunSheetItem]) -> list[Slot]:
    """The plan of a run sheet, for laying it out anew."""
    return [Slot(item.pk, item.starts_at, item.minutes, item.is_fixed, not item.is_coming) for item in items]


def day_of(subject: Subject) -> Day:
    """Who carries the day; an empty one where nobody is named."""
    found = Day.objects.filter(pk=subject.pk).select_related("host", "photographer").first()
    return found or Day(subject=subject)


def calls(user: User, subject: Subject, day: Day | None = None) -> bool:
    """Whether a person calls the items: the host of the day, whoever answers for an item, and who keeps the run sheet."""
    kept = day or day_of(subject)
    if user.pk in (kept.host_id,) or holds(user, Perm.EDIT, subject):
        return True
    return RunSheetItem.objects.filter(subject=subject, owner=user).exists()
