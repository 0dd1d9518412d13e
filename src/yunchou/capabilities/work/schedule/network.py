"""Tasks and their links: which waits for which, in what order they are worked out, and which wait for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from operator import add
from typing import NamedTuple

Key = int


class Kind(StrEnum):
    """Which end of the predecessor holds which end of the task."""

    FINISH_START = "FS"
    START_START = "SS"
    FINISH_FINISH = "FF"
    START_FINISH = "SF"

    from_end: bool
    """Does the predecessor's end count, not its start?"""
    to_end: bool
    """Is the task's end held, not its start?"""

    def __init__(self, ends: str) -> None:
        self.from_end, self.to_end = (end == "F" for end in ends)


class Link(NamedTuple):
    """`task` is held by `predecessor`: as a rule it starts at the earliest when the other has ended, `lag` days apart.

    A negative lag lets the two overlap by so many days. Days are those of the schedule's axis.
    """

    predecessor: Key
    task: Key
    kind: Kind = Kind.FINISH_START
    lag: int = 0


def duration(start_on: date, end_on: date, *, counts_end_day: bool = False) -> int:
    """Days from start to end (R-SCH-01, 004 三(二)); with `counts_end_day` a task of one date lasts one day."""
    return (end_on - start_on).days + int(counts_end_day)


class Job(NamedTuple):
    """One task as the arithmetic sees it. Without both dates it takes no time and is forecast nowhere."""

    key: Key
    start_on: date | None = None
    end_on: date | None = None
    is_started: bool = False
    is_done: bool = False
    done_on: date | None = None
    baseline_end_on: date | None = None

    def is_overdue(self, today: date) -> bool:
        """Its end has passed and it is not done (R-SCH-04)."""
        return not self.is_done and self.end_on is not None and self.end_on < today


class Wire(NamedTuple):
    """What a link asks of the task at its end: an end of the one at `place`, and `lag` days, hold an end of it."""

    place: int
    from_end: bool
    to_end: bool
    lag: int


class Tie(NamedTuple):
    """What a link asks of the task at `place` that is more than to wait for an end: ends and lag, and the gap of starts."""

    place: int
    from_end: bool
    to_end: bool
    lag: int
    gap: int


class Network:
    """Tasks by their places from 0, worked out. `days` are their durations; links to unknown tasks, and those inside
    loops, are left out.

    Every kind of link is a least distance between the starts of two tasks, its gap. Most gaps are the duration of the
    first; those links are bare numbers, `waiting` by place, and only the others, the `tied`, keep what they ask. Both passes
    go along the `line`: O(V + E). `earliest` and `latest` have the starts in days from the beginning.
    """

    def __init__(self, keys: Sequence[Key], days: Sequence[int], links: Sequence[Link]) -> None:
        self.keys, self.days, self.links = keys, days, links
        self.place = dict(zip(keys, range(len(keys)), strict=True))
        self.unknown: list[Link] = []
        self.looped: tuple[tuple[int, ...], ...] = ()
        self._group: Sequence[int] = ()
        self._inside: list[list[int]] = []
        self.waiting, self.tied = self._join()
        if len(self.line) < len(keys):
            self._cut_loops()

    def _join(self) -> tuple[list[list[int]], dict[int, list[Tie]]]:
        """Who waits for whom, and for how many."""
        place, days, plain = self.place, self.days, Kind.FINISH_START
        waiting: list[list[int]] = [[] for _each in self.keys]
        tied: dict[int, list[Tie]] = {}
        self._leads_on = True
        for link in self.links:
            first, second, kind, lag = link
            try:
                one, other = place[first], place[second]
            except KeyError:
                self.unknown.append(link)
                continue
            if other <= one:
                self._leads_on = False
            if lag or kind is not plain:
                gap = _gap(kind, lag, days[one], days[other])
                tied.setdefault(one, []).append(Tie(other, kind.from_end, kind.to_end, lag, gap))
            else:
                waiting[one].append(other)
        return waiting, tied

    @cached_property
    def line(self) -> Sequence[int]:
        """The places, each behind those it waits for; as they are, where nobody waits for one further down."""
        return range(len(self.keys)) if self._leads_on else self.order

    @cached_property
    def order(self) -> list[int]:
        """The places, each behind those it waits for and as early as it may (Kahn); what waits for itself is missing."""
        after = self.after
        holders = [0] * len(after)
        for row in after:
            for other in row:
                holders[other] += 1
        order = [n for n, count in enumerate(holders) if not count]
        for n in order:
            for other in after[n]:
                left = holders[other] = holders[other] - 1
                if not left:
                    order.append(other)
        return order

    def _cut_loops(self) -> None:
        """Take the links inside groups that wait for each other out of every sum."""
        after = self.after
        group = [0] * len(after)
        found = []
        for number, members in enumerate(_strong_components(after)):
            for n in members:
                group[n] = number
            if len(members) > 1 or members[0] in after[members[0]]:
                found.append(tuple(sorted(members)))
        self.looped = tuple(sorted(found))
        self._group = group
        self._inside = [[other for other in row if group[other] == group[n]] for n, row in enumerate(after)]
        for n, row in enumerate(self._inside):
            if row:
                self.waiting[n] = [other for other in self.waiting[n] if group[other] != group[n]]
        outside = {n: [tie for tie in row if group[tie.place] != group[n]] for n, row in self.tied.items()}
        self.tied = {n: row for n, row in outside.items() if row}
        del self.after, self.order, self.line

    @cached_property
    def after(self) -> list[list[int]]:
        """Who waits for each task."""
        if not self.tied:
            return self.waiting
        tied = self.tied
        return [[*row, *(tie.place for tie in tied.get(n, ()))] for n, row in enumerate(self.waiting)]

    @cached_property
    def earliest(self) -> list[int]:
        """When each task starts at the earliest."""
        days, waiting, tied = self.days, self.waiting, self.tied
        starts = [0] * len(days)
        for n in self.line:
            end = starts[n] + days[n]
            for other in waiting[n]:
                if end > starts[other]:
                    starts[other] = end
            if n in tied:
                for tie in tied[n]:
                    starts[tie.place] = max(starts[tie.place], starts[n] + tie.gap)
        return starts

    @cached_property
    def length(self) -> int:
        """The days that the whole takes when every task starts as soon as it may."""
        return max(map(add, self.earliest, self.days), default=0)

    @cached_property
    def latest(self) -> list[int]:
        """When each task starts at the latest without making the whole longer."""
        days, waiting, tied, length = self.days, self.waiting, self.tied, self.length
        starts = [0] * len(days)
        for n in reversed(self.line):
            end = length
            for other in waiting[n]:
                if starts[other] < end:
                    end = starts[other]
            start = end - days[n]
            if n in tied:
                start = min(start, *(starts[tie.place] - tie.gap for tie in tied[n]))
            starts[n] = start
        return starts

    @cached_property
    def before(self) -> list[list[Wire]]:
        """What holds each task."""
        found: list[list[Wire]] = [[] for _each in self.keys]
        place, group = self.place, self._group
        for first, second, kind, lag in self.links:
            one, other = place.get(first), place.get(second)
            if one is None or other is None or (group and group[one] == group[other]):
                continue
            found[other].append(Wire(one, kind.from_end, kind.to_end, lag))
        return found

    def followers(self, place: int) -> set[int]:
        """Everything that waits for a place, directly or not, inside loops too."""
        found: set[int] = set()
        waiting = [place]
        while waiting:
            n = waiting.pop()
            fresh = {*self.after[n], *(self._inside[n] if self._inside else ())} - found
            found |= fresh
            waiting.extend(fresh)
        return found


def _gap(kind: Kind, lag: int, before: int, own: int) -> int:
    """How many days a task starts at the earliest after its predecessor does, by the durations of both."""
    return lag + (before if kind.from_end else 0) - (own if kind.to_end else 0)


def _strong_components(after: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Tarjan's algorithm, with a stack of visits instead of recursion: a long chain of tasks is no reason to fail."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: dict[int, None] = {}  # the places whose group is still open, in the order in which they were met

    def meet(n: int) -> tuple[int, Iterator[int]]:
        number[n] = low[n] = len(number)
        path[n] = None
        return n, iter(after[n])

    for root in range(len(after)):
        visits = [] if root in number else [meet(root)]
        while visits:
            n, rest = visits[-1]
            for other in rest:
                if other not in number:
                    visits.append(meet(other))
                    break
                if other in path:
                    low[n] = min(low[n], number[other])
            else:
                visits.pop()
                if visits:
                    above = visits[-1][0]
                    low[above] = min(low[above], low[n])
                if low[n] == number[n]:
                    yield tuple(_close(path, n))


def _close(path: dict[int, None], n: int) -> Iterator[int]:
    """Take a finished group off the path: everything met since `n`, and `n`."""
    last = None
    while last != n:
        last, _none = path.popitem()
        yield last
