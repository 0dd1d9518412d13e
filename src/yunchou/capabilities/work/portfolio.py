"""Everything that runs side by side: campaigns over the weeks, and whose days they take (TEA-08). Constant queries.

Only subjects that the viewer may see are told of, and only open tasks load anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from html import escape
from itertools import islice
from typing import NamedTuple

from django.db.models import Min
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import date_range, short_date
from yunchou.kernel.ui.signals import Signal

from .models import GanttTask
from .occasions import drafts_among
from .selectors import Judged, signals, tasks_by_subject
from .states import Phase, State

WEEK = timedelta(days=7)
MOST_WEEKS, WEEKS = 52, 12
MOST_SUBJECTS = 500
MOST_CLASHES = 200
DONE, NOT_STARTED, OVERDUE = State.DONE.value, State.NOT_STARTED.value, "overdue"


@dataclass(frozen=True)
class Window:
    """Whole weeks, from a Monday on."""

    first: date
    weeks: int

    @classmethod
    def around(cls, day: date, weeks: int = WEEKS) -> Window:
        """So many weeks from the Monday of a day on."""
        return cls(day - timedelta(days=day.weekday()), min(max(weeks, 1), MOST_WEEKS))

    @property
    def end(self) -> date:
        """The Monday behind the last week."""
        return self.first + self.weeks * WEEK

    @property
    def mondays(self) -> list[date]:
        return [self.first + n * WEEK for n in range(self.weeks)]

    def share(self, day: date) -> float:
        """How far a day lies into the window, in percent, from 0 to 100."""
        return round(100 * min(max((day - self.first).days / (7 * self.weeks), 0.0), 1.0), 2)


# ---------------------------------------------------------------- campaigns


class Stretch(NamedTuple):
    """The tasks of one phase as a bar; `left` and `width` in percent of the window."""

    phase: Phase
    called: str
    start_on: date
    end_on: date
    left: float
    width: float

    @property
    def place(self) -> str:
        """Where it lies, as CSS."""
        return f"left:{self.left}%;width:{self.width}%"

    @property
    def words(self) -> str:
        """The phase and its days."""
        return f"{self.called} {date_range(self.start_on, self.end_on)}"


class Milestone(NamedTuple):
    """A milestone in the window; `left` in percent of the window, `level` a signal for what is passed or missed."""

    name: str
    day: date
    left: float
    level: str
    standing: str

    @property
    def place(self) -> str:
        """Where it lies, as CSS."""
        return f"left:{self.left}%"

    @property
    def words(self) -> str:
        """What it is called, its day, and its state."""
        return f"{self.name} {short_date(self.day)} {self.standing}"


BAR = '<span class="weeks-bar" data-phase="{}" style="{}" title="{}"></span>'
MARK = '<span class="weeks-milestone" data-level="{}" style="{}" role="img" title="{}"></span>'


@dataclass
class Running:
    """One subject in the window."""

    subject: Subject
    stretches: list[Stretch] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    signal: Signal | None = None
    tasks: int = 0
    done: int = 0
    overdue: int = 0
    start_on: date | None = None
    end_on: date | None = None

    @property
    def drawn(self) -> SafeString:
        """Its bars and milestones: a page has a thousand, for which a template would take as long as for all the rest."""
        bars = [BAR.format(bar.phase.value, bar.place, escape(bar.words)) for bar in self.stretches]
        marks = [MARK.format(mark.level, mark.place, escape(mark.words)) for mark in self.milestones]
        return mark_safe("".join(bars + marks))  # noqa: S308 (words are escaped, all else is our own)

    @property
    def address(self) -> str:
        """Its schedule."""
        return _schedule_address(self.subject.pk)

    @property
    def days(self) -> str:
        """From when to when its tasks run."""
        return date_range(self.start_on, self.end_on)

    @property
    def tally(self) -> str:
        """How many of its tasks are done: `3/12`."""
        return f"{self.done}/{self.tasks}"

    @property
    def overdue_words(self) -> str:
        """How many of its tasks are overdue; nothing for none."""
        return _("overdue %(count)s") % {"count": self.overdue} if self.overdue else ""

    @property
    def percent(self) -> int:
        """How many of its tasks are done."""
        return round(100 * self.done / self.tasks) if self.tasks else 0


@lru_cache(maxsize=4096)  # a page asks for hundreds
def _schedule_address(subject_id: int) -> str:
    return reverse("work:schedule_detail", args=[subject_id])


def running(viewer: User, window: Window) -> list[Running]:
    """The subjects whose tasks touch the window, the earliest first; a fixed number of queries. Nothing of a draft is late."""
    here = GanttTask.objects.filter(
        subject__in=visible_subjects(viewer).order_by(), start_on__lt=window.end, end_on__gte=window.first
    )
    earliest = here.order_by().values("subject").annotate(first=Min("start_on")).order_by("first", "subject")
    shown = list(earliest.values_list("subject", flat=True)[:MOST_SUBJECTS])
    subjects = Subject.objects.only("kind", "title").in_bulk(shown)
    tasks, today = tasks_by_subject(shown), clock.today()
    states, drafts = signals(shown, clock.now(), tasks), drafts_among(subjects.values())
    said = {each.value: str(each.label) for each in (*Phase, *State)} | {OVERDUE: _("Overdue")}
    campaigns = []
    for pk in shown:
        one = _running(subjects[pk], tasks[pk], window, date.min if pk in drafts else today, said)
        one.signal = None if pk in drafts else states.get(pk)
        campaigns.append(one)
    return sorted(campaigns, key=lambda one: (one.start_on or date.max, one.subject.pk))


def _running(
    subject: Subject, tasks: Iterable[Judged], window: Window, today: date, said: Mapping[str, str]
) -> Running:
    """One subject by its dated tasks; `said` is what phases and states are called."""
    one = Running(subject)
    spans: dict[str, tuple[date, date]] = {}
    for task in tasks:
        start, end, phase = task.start_on, task.end_on, task.phase
        if start is None or end is None:
            continue
        if phase in spans:
            first, last = spans[phase]
            spans[phase] = (start if start < first else first), (end if end > last else last)
        else:
            spans[phase] = start, end
        one.tasks += 1
        level, standing = "", task.state or NOT_STARTED
        if standing == DONE:
            level = "fine"
            one.done += 1
        elif end < today:
            level, standing = "act", OVERDUE
            one.overdue += 1
        if task.is_milestone and window.first <= end < window.end:
            one.milestones.append(Milestone(task.name, end, window.share(end), level, said[standing]))
    one.start_on = min((first for first, _last in spans.values()), default=None)
    one.end_on = max((last for _first, last in spans.values()), default=None)
    one.milestones.sort(key=lambda each: each.day)
    for phase, (first, last) in sorted(spans.items(), key=lambda each: each[1]):
        left, right = window.share(first), window.share(last + timedelta(days=1))
        if right > left:
            width = round(right - left, 2)
            one.stretches.append(Stretch(Phase(phase), said[phase], first, last, left, width))
    return one


# ---------------------------------------------------------------- people


@dataclass(frozen=True)
class Cell:
    """A week of one person: working days with a task, and days on which tasks of two campaigns fall together."""

    busy: int
    clashes: int

    @property
    def level(self) -> str:
        """A signal: clashes, a full week, room."""
        return "act" if self.clashes > 1 else "watch" if self.clashes else ""


@dataclass(frozen=True)
class Clash:
    """Two open tasks of one person in two campaigns on the same days; the day on which a task ends is free."""

    first_on: date
    last_on: date
    task: GanttTask
    other: GanttTask

    @property
    def sides(self) -> tuple[tuple[str, GanttTask], tuple[str, GanttTask]]:
        """Both tasks, each with the address of its schedule."""
        return (_schedule_address(self.task.subject_id), self.task), (
            _schedule_address(self.other.subject_id),
            self.other,
        )


@dataclass(frozen=True)
class Load:
    """One person over the weeks."""

    user: User
    cells: tuple[Cell, ...]
    clashes: tuple[Clash, ...]

    @property
    def clash_days(self) -> int:
        return sum(cell.clashes for cell in self.cells)


def loads(viewer: User, window: Window) -> list[Load]:
    """The people with open tasks in the window, those with most clashes first; two queries whatever their number."""
    tasks = (
        GanttTask.objects.filter(
            subject__in=visible_subjects(viewer).order_by(), owner__isnull=False, start_on__lt=window.end
        )
        .filter(end_on__gt=window.first)
        .exclude(state=State.DONE)
        .select_related("owner", "subject")
        .only("name", "position", "start_on", "end_on", "state", "subject__title", "subject__address",
              "owner__name", "owner__username")
        .order_by("start_on", "pk")
    )  # fmt: skip
    by_owner: dict[int, list[GanttTask]] = {}
    for task in tasks:
        by_owner.setdefault(task.owner_id or 0, []).append(task)
    is_working = working_calendar().is_working_day
    worked = [
        [day for n in range(7) if is_working(day := monday + timedelta(days=n))] for monday in window.mondays
    ]
    found = [_load(own, window, worked) for own in by_owner.values()]
    return sorted(
        found, key=lambda one: (-one.clash_days, -sum(cell.busy for cell in one.cells), one.user.pk)
    )


def _load(tasks: Sequence[GanttTask], window: Window, worked: Sequence[Sequence[date]]) -> Load:
    days: dict[date, set[int]] = {}
    for task in tasks:
        for day in _days(task, window):
            days.setdefault(day, set()).add(task.subject_id)
    cells = tuple(
        Cell(
            sum(day in days for day in week),
            sum(len(days.get(day, ())) > 1 for day in week),
        )
        for week in worked
    )
    owner = tasks[0].owner
    assert owner is not None
    return Load(
        owner,
        cells,
        tuple(islice(_clashes(tasks, window), MOST_CLASHES)) if any(cell.clashes for cell in cells) else (),
    )


def _days(task: GanttTask, window: Window) -> Iterable[date]:
    """The days that a task takes within the window; the day on which it ends belongs to the next one."""
    assert task.start_on is not None
    assert task.end_on is not None
    first, last = max(task.start_on, window.first), min(max(task.end_on, task.start_on), window.end)
    return (first + timedelta(days=n) for n in range((last - first).days))


def _clashes(tasks: Sequence[GanttTask], window: Window) -> Iterable[Clash]:
    """Pairs of different campaigns that overlap, by their first day; a sweep over tasks in the order of their starts."""
    running_tasks = list[GanttTask]()
    for task in tasks:
        assert task.start_on is not None
        assert task.end_on is not None
        first, end = max(task.start_on, window.first), min(task.end_on, window.end)
        running_tasks = [one for one in running_tasks if one.end_on and one.end_on > task.start_on]
        for other in running_tasks:
            last = min(end, other.end_on or end)
            if other.subject_id != task.subject_id and first < last:
                yield Clash(first, last - timedelta(days=1), other, task)
        running_tasks.append(task)
