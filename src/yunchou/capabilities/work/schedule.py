"""The arithmetic of a schedule: durations, loops, the critical path, forecasts and what a delay moves. Pure.

Everything is computed in one pass over tasks and links, O(V + E), so that thousands of tasks stay instant. The end day
is not counted (R-SCH-01): a task from 20 to 25 July lasts five days, and its successor may start on the 25th.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

Key = int
DAY = timedelta(days=1)


class Link(NamedTuple):
    """`predecessor` must have ended before `task` starts."""

    predecessor: Key
    task: Key


def duration(start_on: date, end_on: date, *, counts_end_day: bool = False) -> int:
    """Days from start to end (R-SCH-01, 004 三(二)); with `counts_end_day` a task of one date lasts one day."""
    return (end_on - start_on).days + int(counts_end_day)


@dataclass(frozen=True)
class Job:
    """One task as the arithmetic sees it. Without both dates it takes no time and is forecast nowhere."""

    key: Key
    start_on: date | None = None
    end_on: date | None = None
    is_started: bool = False
    is_done: bool = False
    done_on: date | None = None
    baseline_end_on: date | None = None

    @property
    def days(self) -> int:
        """The planned duration, at least 0."""
        return max(0, duration(self.start_on, self.end_on)) if self.start_on and self.end_on else 0

    def is_overdue(self, today: date) -> bool:
        """Its end has passed and it is not done (R-SCH-04)."""
        return not self.is_done and self.end_on is not None and self.end_on < today


@dataclass(frozen=True)
class Span:
    """From when to when a task is expected to run."""

    start_on: date
    end_on: date


@dataclass(frozen=True)
class Shift:
    """A task that another one pushes: where it was expected, and its new earliest dates."""

    key: Key
    before: Span
    after: Span

    @property
    def days(self) -> int:
        """By how many days its end moves; never 0 in an effect unless only its start moves."""
        return (self.after.end_on - self.before.end_on).days


@dataclass(frozen=True)
class Effect:
    """What a change of one task does: the successors it moves, and the ends of the whole before and after (SCH-06)."""

    shifts: tuple[Shift, ...]
    start_before: date | None
    start_after: date | None
    end_before: date | None
    end_after: date | None

    @property
    def end_days(self) -> int:
        """By how many days the end of the whole moves."""
        return (self.end_after - self.end_before).days if self.end_after and self.end_before else 0

    @property
    def start_days(self) -> int:
        """By how many days the start of the whole moves."""
        return (self.start_after - self.start_before).days if self.start_after and self.start_before else 0


@dataclass(frozen=True)
class _Place:
    """Where a task stands in the shortest possible run, in days from its beginning."""

    earliest_end: int
    latest_end: int

    @property
    def float_days(self) -> int:
        return self.latest_end - self.earliest_end


@dataclass(frozen=True)
class Schedule:
    """Tasks and their links. Links that name no task are `unknown`, those inside a loop are left out of every sum."""

    jobs: tuple[Job, ...]
    links: tuple[Link, ...] = ()
    by_key: Mapping[Key, Job] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {job.key: job for job in self.jobs})

    @cached_property
    def unknown(self) -> tuple[Link, ...]:
        """Links one end of which is no task of this schedule."""
        return tuple(link for link in self.links if not self._is_known(link))

    @cached_property
    def loops(self) -> tuple[tuple[Key, ...], ...]:
        """Groups of tasks each of which waits for itself, in the order of the tasks."""
        rank = {job.key: n for n, job in enumerate(self.jobs)}
        own = {link.task for link in self.links if link.task == link.predecessor}
        found = [group for group in self._groups if len(group) > 1 or group[0] in own]
        return tuple(
            sorted((tuple(sorted(group, key=rank.__getitem__)) for group in found), key=lambda g: rank[g[0]])
        )

    @cached_property
    def order(self) -> tuple[Key, ...]:
        """The tasks, each behind its predecessors."""
        return tuple(key for group in self._groups for key in group)

    @cached_property
    def predecessors(self) -> Mapping[Key, tuple[Key, ...]]:
        """What each task waits for, loops left out."""
        return self._sides(Link._fields.index("task"))

    @cached_property
    def successors(self) -> Mapping[Key, tuple[Key, ...]]:
        """What waits for each task, loops left out."""
        return self._sides(Link._fields.index("predecessor"))

    # ------------------------------------------------------------ the shortest possible run

    @property
    def length(self) -> int:
        """The days the whole takes when every task starts as soon as its predecessors have ended."""
        return max((place.earliest_end for place in self._places.values()), default=0)

    @cached_property
    def critical(self) -> frozenset[Key]:
        """The critical path: tasks that cannot take a day longer without the shortest possible run doing so.

        Tasks without a duration or a link to others lie on it only when they make up the whole length.
        """
        if not self.length:
            return frozenset()
        return frozenset(key for key, place in self._places.items() if place.float_days == 0)

    def float_of(self, key: Key) -> int:
        """By how many days a task may take longer before the shortest possible run does."""
        return self._places[key].float_days

    # ------------------------------------------------------------ forecast

    def forecast(self, today: date | None = None) -> dict[Key, Span]:
        """When each dated task will run, given what is done and how late it is on `today`.

        A task that has begun keeps its start; one that has not begins at its planned date, when its last predecessor
        ends, or today, whichever is latest. What has begun and should have ended ends today at the earliest. Without
        `today` only the plan and the links speak.
        """
        spans: dict[Key, Span] = {}
        for key in self.order:
            job = self.by_key[key]
            if job.start_on is None or job.end_on is None:
                continue
            ends = [spans[other].end_on for other in self.predecessors[key] if other in spans]
            spans[key] = _expected(job, ends, today)
        return spans

    def lateness(self, today: date | None = None) -> dict[Key, int]:
        """Days by which each open task is expected to end after its baseline; early and unbaselined ones left out."""
        late = {}
        for key, span in self.forecast(today).items():
            job = self.by_key[key]
            if job.baseline_end_on and not job.is_done and span.end_on > job.baseline_end_on:
                late[key] = (span.end_on - job.baseline_end_on).days
        return late

    def effect_of(self, changed: Job, today: date | None = None) -> Effect:
        """What happens to the others when one task gets other dates."""
        other = replace(self, jobs=tuple(changed if job.key == changed.key else job for job in self.jobs))
        before, after = self.forecast(today), other.forecast(today)
        shifts = tuple(
            Shift(key, before[key], after[key])
            for key in self.order
            if key != changed.key and key in before and key in after and before[key] != after[key]
        )
        return Effect(shifts, _first(before), _first(after), _last(before), _last(after))

    # ------------------------------------------------------------ links

    def conflicts(self, lag: int = 0) -> tuple[Link, ...]:
        """Links whose task starts before its predecessor ends, `lag` days apart; the same day is allowed (R-SCH-02)."""
        return tuple(link for link in self.links if self.overlap(link, lag) > 0)

    def overlap(self, link: Link, lag: int = 0) -> int:
        """By how many days a task starts too early for its predecessor; 0 when it does not, or a date is missing."""
        first, second = self.by_key.get(link.predecessor), self.by_key.get(link.task)
        if first is None or second is None or first.end_on is None or second.start_on is None:
            return 0
        return max(0, (first.end_on + lag * DAY - second.start_on).days)

    def would_loop(self, link: Link) -> bool:
        """Would this link make a task wait for itself?"""
        return link.predecessor in self.followers(link.task) or link.predecessor == link.task

    def followers(self, key: Key) -> set[Key]:
        """All tasks that wait for `key`, directly or not."""
        found: set[Key] = set()
        waiting = [key]
        while waiting:
            fresh = [one for one in self._all_successors[waiting.pop()] if one not in found]
            found.update(fresh)
            waiting.extend(fresh)
        return found

    # ------------------------------------------------------------ inside

    def _is_known(self, link: Link) -> bool:
        return link.task in self.by_key and link.predecessor in self.by_key

    def _sides(self, of: int) -> Mapping[Key, tuple[Key, ...]]:
        """Per task what stands at the other end of its links, loops left out, each once."""
        group = {key: n for n, members in enumerate(self._groups) for key in members}
        sides: dict[Key, dict[Key, None]] = {job.key: {} for job in self.jobs}
        for link in self.links:
            if self._is_known(link) and group[link.task] != group[link.predecessor]:
                sides[link[of]][link[1 - of]] = None
        return {key: tuple(others) for key, others in sides.items()}

    @cached_property
    def _all_successors(self) -> Mapping[Key, list[Key]]:
        found: dict[Key, list[Key]] = {job.key: [] for job in self.jobs}
        for link in self.links:
            if self._is_known(link):
                found[link.predecessor].append(link.task)
        return found

    @cached_property
    def _groups(self) -> tuple[tuple[Key, ...], ...]:
        """Groups of tasks that wait for one another (mostly of one), predecessors first."""
        before: dict[Key, list[Key]] = {job.key: [] for job in self.jobs}
        for link in self.links:
            if self._is_known(link):
                before[link.task].append(link.predecessor)
        return tuple(_strong_components(before))

    @cached_property
    def _places(self) -> Mapping[Key, _Place]:
        earliest: dict[Key, int] = {}
        for key in self.order:
            start = max((earliest[other] for other in self.predecessors[key]), default=0)
            earliest[key] = start + self.by_key[key].days
        length = max(earliest.values(), default=0)
        latest: dict[Key, int] = {}
        for key in reversed(self.order):
            latest[key] = min(
                (latest[other] - self.by_key[other].days for other in self.successors[key]), default=length
            )
        return {key: _Place(earliest[key], latest[key]) for key in self.order}


def _strong_components(before: Mapping[Key, Sequence[Key]]) -> Iterator[tuple[Key, ...]]:
    """Tarjan's algorithm, with a stack of visits instead of recursion: a long chain of tasks is no reason to fail."""
    number: dict[Key, int] = {}
    low: dict[Key, int] = {}
    path: dict[Key, None] = {}  # the tasks whose group is still open, in the order in which they were met
    for root in before:
        visits = [] if root in number else [_meet(root, before, number, low, path)]
        while visits:
            key, rest = visits[-1]
            for other in rest:
                if other not in number:
                    visits.append(_meet(other, before, number, low, path))
                    break
                if other in path:
                    low[key] = min(low[key], number[other])
            else:
                visits.pop()
                if visits:
                    above = visits[-1][0]
                    low[above] = min(low[above], low[key])
                if low[key] == number[key]:
                    yield tuple(_close(path, key))


def _meet(
    key: Key,
    before: Mapping[Key, Sequence[Key]],
    number: dict[Key, int],
    low: dict[Key, int],
    path: dict[Key, None],
) -> tuple[Key, Iterator[Key]]:
    number[key] = low[key] = len(number)
    path[key] = None
    return key, iter(before[key])


def _close(path: dict[Key, None], key: Key) -> Iterator[Key]:
    """Take a finished group off the path: everything met since `key`, and `key`."""
    last = None
    while last != key:
        last, _none = path.popitem()
        yield last


def _expected(job: Job, ends: Iterable[date], today: date | None) -> Span:
    """When a dated task will run, its predecessors ending at `ends`."""
    assert job.start_on is not None
    assert job.end_on is not None
    length = job.days * DAY
    if job.is_done:
        end = job.done_on or job.end_on
        return Span(min(job.start_on, end), end)
    if job.is_started:
        end = max(job.end_on, job.start_on)
        return Span(job.start_on, max(end, today) if today else end)
    start = max([job.start_on, *ends, *([today] if today else [])])
    return Span(start, start + length)


def _first(spans: Mapping[Key, Span]) -> date | None:
    return min((span.start_on for span in spans.values()), default=None)


def _last(spans: Mapping[Key, Span]) -> date | None:
    return max((span.end_on for span in spans.values()), default=None)
