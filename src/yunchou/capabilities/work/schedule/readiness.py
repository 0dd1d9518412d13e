"""How likely a plan is to be ready by a day, and which tasks decide it: the schedule played through many times.

Every run draws a duration for each open task and works the schedule out with it. The same plan and seed give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import sqrt
from random import Random

from .network import Key
from .plan import Schedule

SHAPE = 4.0
"""How much the likeliest duration counts against the two extremes (PERT)."""
PROGRESS_EVERY = 50
Z95 = 1.959964
NEARLY = 1e-9


@dataclass(frozen=True)
class Estimate:
    """How long a task may take, in days of the schedule's axis.

    Either three points, or in `lasted` the durations of tasks like it, of which one is drawn. With equal points it is certain.
    """

    low: float
    likely: float
    high: float
    lasted: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError("an estimate needs 0 <= low <= likely <= high")

    @property
    def is_certain(self) -> bool:
        return not self.lasted and self.low == self.high

    def draw(self, random: Random) -> float:
        """A duration: one of those seen, or one of the PERT distribution over the three points."""
        if self.lasted:
            return random.choice(self.lasted)
        width = self.high - self.low
        if not width:
            return self.low
        alpha = 1 + SHAPE * (self.likely - self.low) / width
        return self.low + width * random.betavariate(alpha, 2 + SHAPE - alpha)


@dataclass(frozen=True)
class Driver:
    """A task that decides the day: in what share of the runs it held everything up, and how its duration moves the end."""

    key: Key
    critical: float
    sway: float


@dataclass(frozen=True)
class Readiness:
    """What the runs gave. `ends` are the positions at which everything was ready, in order; `drivers` the worst first."""

    target: date
    runs: int
    in_time: int
    ends: tuple[float, ...]
    days: Callable[[float], date]
    drivers: tuple[Driver, ...]

    @property
    def chance(self) -> float:
        """The share of runs in which everything was ready by the target, from 0 to 1."""
        return self.in_time / self.runs

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Between what the true chance lies with 95 % (Wilson)."""
        n, p, zz = self.runs, self.chance, Z95 * Z95
        middle = (p + zz / (2 * n)) / (1 + zz / n)
        half = Z95 * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def day_by(self, share: float) -> date:
        """The day by which everything is ready in this share of the runs (0.8: eight times of ten)."""
        return self.days(self.ends[min(self.runs - 1, max(0, int(share * self.runs + 0.5) - 1))])


def readiness_of(
    schedule: Schedule,
    estimates: Mapping[Key, Estimate],
    target: date,
    *,
    needed: Collection[Key] | None = None,
    today: date | None = None,
    runs: int = 1_000,
    seed: int = 0,
    tell: Callable[[int], None] | None = None,
) -> Readiness:
    """Play the schedule through `runs` times. Ready is when all `needed` tasks (default: all) have ended.

    A task without an estimate takes its planned days. One that has begun keeps its start, takes at least the days it has
    taken and ends today at the earliest; one that has not begins at its planned date, when its links allow, or today.
    `tell` is called with the number of runs done.
    """
    stage = _Stage(schedule, estimates, target, needed, today)
    random = Random(seed)  # noqa: S311  reproducible on purpose, guards no secret
    due = schedule.axis.at(target) + NEARLY
    ends: list[float] = []
    drawn: list[list[float]] = [[] for _each in stage.open]
    blamed = [0] * len(stage.open)
    for run in range(runs):
        end = stage.play(random, drawn, blamed)
        ends.append(end)
        if tell and run % PROGRESS_EVERY == PROGRESS_EVERY - 1:
            tell(run + 1)
    drivers = [
        Driver(schedule.network.keys[n], blamed[m] / runs, _correlation(drawn[m], ends))
        for m, n in enumerate(stage.open)
    ]
    drivers = [one for one in drivers if one.critical]
    return Readiness(
        target=target,
        runs=runs,
        in_time=sum(end <= due for end in ends),
        ends=tuple(sorted(ends)),
        days=stage.day,
        drivers=tuple(sorted(drivers, key=lambda one: (-one.critical, -one.sway, one.key))),
    )


class _Stage:
    """Everything that is the same in every run, in lists by place."""

    def __init__(
        self,
        schedule: Schedule,
        estimates: Mapping[Key, Estimate],
        target: date,
        needed: Collection[Key] | None,
        today: date | None,
    ) -> None:
        self.axis = schedule.axis
        network = schedule.network
        self.now = None if today is None else self.axis.at(today)
        self.begin: float = self.axis.at(today or target)
        self.floor: list[float] = [0.0] * len(network.keys)
        self.elapsed = [0.0] * len(network.keys)
        self.is_started = [False] * len(network.keys)
        self.fixed: dict[int, tuple[float, float]] = {}
        self.order: list[int] = []
        self.estimate: list[Estimate] = [_certain(each) for each in schedule.days]
        for n in network.order:
            job = schedule.jobs[n]
            if job.start_on is None or job.end_on is None:
                continue
            self.order.append(n)
            self.floor[n] = self.axis.at(job.start_on)
            self.is_started[n] = job.is_started
            if job.is_done:
                end = self.axis.at(job.done_on or job.end_on)
                self.fixed[n] = min(self.floor[n], end), end
            elif job.key in estimates:
                self.estimate[n] = estimates[job.key]
            if self.now is not None and job.is_started:
                self.elapsed[n] = max(0, self.now - self.floor[n])
            elif self.now is not None:
                self.floor[n] = max(self.floor[n], self.now)
        self.open = [n for n in self.order if n not in self.fixed]
        self.slot = {n: m for m, n in enumerate(self.open)}
        dated = set(self.order)
        self.before = [[wire for wire in wires if wire.place in dated] for wires in network.before]
        wanted = set(network.keys) if needed is None else set(needed)
        self.needed = [n for n in self.order if network.keys[n] in wanted]

    def play(self, random: Random, drawn: list[list[float]], blamed: list[int]) -> float:
        """One run: the position at which everything needed has ended; what was drawn and who was to blame is noted."""
        starts: dict[int, float] = {}
        ends: dict[int, float] = {}
        cause: dict[int, int] = {}
        for n in self.order:
            if n in self.fixed:
                starts[n], ends[n] = self.fixed[n]
                continue
            days = max(self.estimate[n].draw(random), self.elapsed[n])
            drawn[self.slot[n]].append(days)
            start = self.floor[n]
            for place, kind, lag in self.before[n]:
                limit = (ends[place] if kind.from_end else starts[place]) + lag
                if kind.to_end:
                    limit -= days
                if limit > start:
                    if self.is_started[n] and not kind.to_end:
                        continue
                    start, cause[n] = limit, place
            starts[n] = self.floor[n] if self.is_started[n] else start
            ends[n] = start + days
        if not self.needed:
            return self.begin
        last = max(self.needed, key=ends.__getitem__)
        self._blame(last, cause, blamed)
        return ends[last]

    def _blame(self, n: int, cause: Mapping[int, int], blamed: list[int]) -> None:
        """Everything on the chain that led to the end."""
        while n in self.slot:
            blamed[self.slot[n]] += 1
            if n not in cause:
                return
            n = cause[n]

    def day(self, position: float) -> date:
        """The end date of what is ready at a position; a part of a day takes the whole of it."""
        whole = int(position)
        return self.axis.end(whole if position - whole < NEARLY else whole + 1)


def _certain(days: float) -> Estimate:
    return Estimate(days, days, days)


def _correlation(one: list[float], other: list[float]) -> float:
    """How much two series move together, from -1 to 1; 0 where one does not move."""
    n = len(one)
    mean_one, mean_other = sum(one) / n, sum(other) / n
    var_one = sum((x - mean_one) ** 2 for x in one)
    var_other = sum((y - mean_other) ** 2 for y in other)
    if var_one <= NEARLY or var_other <= NEARLY:
        return 0.0
    both = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True))
    return both / sqrt(var_one * var_other)
