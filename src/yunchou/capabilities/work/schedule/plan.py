"""A schedule: its shortest possible run with the critical path, its forecast, and what a delay moves.

Days come in as dates and go out as dates; in between they are positions on an axis of days (`axis`), and the two passes run
over a network of numbers (`network`), so that thousands of tasks stay instant.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import compress
from operator import eq, itemgetter
from typing import NamedTuple

from .axis import CALENDAR_DAYS, Axis
from .network import Job, Key, Kind, Link, Network

NEVER = -sys.maxsize
"""A position before all others: nothing holds a task there."""
KEY = itemgetter(Job._fields.index("key"))


class Span(NamedTuple):
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
class Schedule:
    """Tasks and their links on an axis of days. Links that name no task are `unknown`, those inside a loop do not count."""

    jobs: tuple[Job, ...]
    links: tuple[Link, ...] = ()
    axis: Axis = field(default=CALENDAR_DAYS, compare=False)

    @cached_property
    def by_key(self) -> Mapping[Key, Job]:
        """The tasks by their keys."""
        return {job.key: job for job in self.jobs}

    @cached_property
    def lined(self) -> Sequence[Job]:
        """The tasks by their places: in the order of their keys, so that those that wait for each other lie side by side."""
        return sorted(self.jobs, key=KEY)

    @cached_property
    def network(self) -> Network:
        """The tasks by their places."""
        return Network([job.key for job in self.lined], self.days, self.links)

    @property
    def unknown(self) -> tuple[Link, ...]:
        """Links one end of which is no task of this schedule."""
        return tuple(self.network.unknown)

    @property
    def loops(self) -> tuple[tuple[Key, ...], ...]:
        """Groups of tasks each of which waits for itself, in the order of the tasks."""
        keys = self.network.keys
        return tuple(tuple(keys[n] for n in loop) for loop in self.network.looped)

    @property
    def order(self) -> tuple[Key, ...]:
        """The tasks, each behind its predecessors."""
        keys = self.network.keys
        return tuple(keys[n] for n in self.network.order)

    @cached_property
    def predecessors(self) -> Mapping[Key, tuple[Key, ...]]:
        """What each task waits for, each once, loops left out."""
        return self._others([[wire.place for wire in wires] for wires in self.network.before])

    @cached_property
    def successors(self) -> Mapping[Key, tuple[Key, ...]]:
        """What waits for each task, each once, loops left out."""
        return self._others(self.network.after)

    def _others(self, sides: list[list[int]]) -> Mapping[Key, tuple[Key, ...]]:
        keys = self.network.keys
        return {
            key: tuple(dict.fromkeys(keys[n] for n in places))
            for key, places in zip(keys, sides, strict=True)
        }

    # ------------------------------------------------------------ the shortest possible run

    @cached_property
    def days(self) -> list[int]:
        """How many days of the axis each task takes, by places; at least 0."""
        at, days = self.axis.at, []
        for job in self.lined:
            start, end = job.start_on, job.end_on
            days.append(at(end) - at(start) if start and end and start < end else 0)
        return days

    @property
    def length(self) -> int:
        """The days the whole takes when every task starts as soon as it may."""
        return self.network.length

    @cached_property
    def critical(self) -> frozenset[Key]:
        """The critical path: tasks that cannot start a day later without the shortest possible run becoming longer.

        Tasks without a duration or a link to others lie on it only when they make up the whole length.
        """
        if not self.length:
            return frozenset()
        network = self.network
        return frozenset(compress(network.keys, map(eq, network.earliest, network.latest)))

    def float_of(self, key: Key) -> int:
        """By how many days a task may start later before the shortest possible run becomes longer (slack)."""
        place = self.network.place[key]
        return self.network.latest[place] - self.network.earliest[place]

    # ------------------------------------------------------------ forecast

    def forecast(self, today: date | None = None) -> dict[Key, Span]:
        """When each dated task will run, given what is done and how late it is on `today`.

        A task that has begun keeps its start; one that has not begins at its planned date, when its links allow, or
        today, whichever is latest. What has begun and should have ended ends today at the earliest. Without `today` only
        the plan and the links speak. What nothing pushes keeps its own dates, whatever days they fall on.
        """
        at, days, jobs, network = self.axis.at, self.days, self.lined, self.network
        now = NEVER if today is None else at(today)
        spans: dict[Key, Span] = {}
        # Before which positions each task can neither start nor end, for what has been found of those it waits for.
        starts, ends = [NEVER] * len(days), [NEVER] * len(days)
        for n in network.line:
            job = jobs[n]
            if job.start_on is None or job.end_on is None:
                continue
            spans[job.key] = span = self._expected(job, starts[n], ends[n], days[n], today, now)
            end = at(span.end_on)
            for other in network.waiting[n]:
                if end > starts[other]:
                    starts[other] = end
            for place, from_end, to_end, lag, _gap in network.tied.get(n, ()):
                limits = ends if to_end else starts
                limits[place] = max(limits[place], (end if from_end else at(span.start_on)) + lag)
        return spans

    def _expected(self, job: Job, start: int, end: int, days: int, today: date | None, now: int) -> Span:
        """When a dated task will run that can start and end at the earliest at these positions, for its links."""
        assert job.start_on is not None
        assert job.end_on is not None
        if job.is_done:
            done_on = job.done_on or job.end_on
            return Span(min(job.start_on, done_on), done_on)
        if job.is_started:
            last = max(job.end_on, job.start_on, today or job.end_on)
            return Span(job.start_on, last if end == NEVER else max(last, self.axis.end(end)))
        planned = self.axis.at(job.start_on)
        begin = max(planned, start, end - days, now)
        if begin == planned:
            return Span(job.start_on, max(job.start_on, job.end_on))
        start_on = self.axis.start(begin)
        return Span(start_on, self.axis.end(begin + days) if days else start_on)

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
        starts = (min((span.start_on for span in spans.values()), default=None) for spans in (before, after))
        ends = (max((span.end_on for span in spans.values()), default=None) for spans in (before, after))
        return Effect(shifts, *starts, *ends)

    # ------------------------------------------------------------ links

    def conflicts(self, lag: int = 0) -> tuple[Link, ...]:
        """Links that the planned dates do not keep; the same day is allowed. `lag` days are the least (R-SCH-02)."""
        return tuple(link for link in self.links if self.overlap(link, lag) > 0)

    def overlap(self, link: Link, lag: int = 0) -> int:
        """By how many days a task is too early for its predecessor; 0 when it is not, or a date is missing.

        `lag` is the least distance of a task from its predecessor's end where the link names none.
        """
        first, second = self.by_key.get(link.predecessor), self.by_key.get(link.task)
        if first is None or second is None:
            return 0
        held = first.end_on if link.kind.from_end else first.start_on
        holds = second.end_on if link.kind.to_end else second.start_on
        if held is None or holds is None:
            return 0
        apart = link.lag or (lag if link.kind is Kind.FINISH_START else 0)
        return max(0, self.axis.at(held) + apart - self.axis.at(holds))

    def later(self, day: date, days: int, *, is_end: bool = False) -> date:
        """The day so many days of the axis after another; of an end, the end date."""
        position = self.axis.at(day) + days
        return self.axis.end(position) if is_end else self.axis.start(position)

    def would_loop(self, link: Link) -> bool:
        """Would this link make a task wait for itself?"""
        return link.predecessor == link.task or link.predecessor in self.followers(link.task)

    def followers(self, key: Key) -> set[Key]:
        """All tasks that wait for `key`, directly or not."""
        network = self.network
        return {network.keys[n] for n in network.followers(network.place[key])}
