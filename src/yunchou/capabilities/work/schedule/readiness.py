"""How likely a plan is to be ready by a day, and which tasks decide it: the schedule played through many times.

Every run draws a duration for each open task and works the schedule out with it. The same plan and seed give the same answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate
from math import sqrt
from random import Random
from typing import NamedTuple

from .network import Key, Wire
from .plan import Schedule

SHAPE = 4.0
"""How much the likeliest duration counts against the two extremes (PERT)."""
SLICES, GRID = 1_000, 2_000
"""Into how many values of the same weight a distribution is cut, and how finely it is summed up for that."""
PROGRESS_EVERY = 50
Z95 = 1.959964
NEARLY = 1e-9
NOBODY = -1
"""The place of what holds a task that nothing holds."""


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

    @property
    def spread(self) -> tuple[float, float, Sequence[float]]:
        """`low, width, shares`: it lasts `low + width * share`, each share as likely as any other."""
        if self.lasted:
            return 0.0, 1.0, self.lasted
        width = self.high - self.low
        return self.low, width, pert_shares((self.likely - self.low) / width) if width else (0.0,)


@lru_cache(maxsize=512)
def pert_shares(likely: float) -> tuple[float, ...]:
    """The PERT distribution from 0 to 1 with this likeliest value, as so many values that are equally likely.

    Each stands in the middle of a slice that weighs as much as the others; drawing one of them takes a tenth of the time
    that the distribution itself takes. 1,000 runs leave the chance uncertain by 3 %, the slices by less than 0.1 %.
    """
    alpha, beta = SHAPE * likely, SHAPE * (1 - likely)
    middles = [(n + 0.5) / GRID for n in range(GRID)]
    weights = [0.0, *accumulate(x**alpha * (1 - x) ** beta for x in middles)]
    shares = []
    for n in range(SLICES):
        wanted = weights[-1] * (n + 0.5) / SLICES
        cell = bisect_right(weights, wanted) - 1
        within = (wanted - weights[cell]) / (weights[cell + 1] - weights[cell])
        shares.append((cell + within) / GRID)
    return tuple(shares)


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
    stage = _Stage(schedule, estimates, target, needed, today, seed)
    due = schedule.axis.at(target) + NEARLY
    ends: list[float] = []
    for run in range(1, runs + 1):
        ends.append(stage.play())
        if tell and not run % PROGRESS_EVERY:
            tell(run)
    drivers = [
        Driver(schedule.network.keys[n], count / runs, _correlation(stage.drawn[n], ends))
        for n, count in stage.blamed.items()
    ]
    return Readiness(
        target=target,
        runs=runs,
        in_time=sum(end <= due for end in ends),
        ends=tuple(sorted(ends)),
        days=stage.day,
        drivers=tuple(sorted(drivers, key=lambda one: (-one.critical, -one.sway, one.key))),
    )


class _Step(NamedTuple):
    """An open task as a run sees it: where it stands, the day from which it may start, and what holds it."""

    place: int
    low: float
    width: float
    shares: Sequence[float]
    least: float
    floor: float
    is_started: bool
    holds: tuple[Wire, ...]


class _Stage:
    """Everything that is the same in every run, laid out once in lists by place, and what the runs leave behind.

    `drawn` has the durations drawn of each open task, `blamed` how often it was on the chain that led to the end.
    """

    def __init__(
        self,
        schedule: Schedule,
        estimates: Mapping[Key, Estimate],
        target: date,
        needed: Collection[Key] | None,
        today: date | None,
        seed: int,
    ) -> None:
        self.schedule, self.axis, self.estimates = schedule, schedule.axis, estimates
        network = schedule.network
        self.random = Random(seed).random  # noqa: S311  reproducible on purpose, guards no secret
        self.now = None if today is None else self.axis.at(today)
        self.begin: float = self.axis.at(today or target)
        self.starts, self.ends = [0.0] * len(network.keys), [0.0] * len(network.keys)
        self.cause = [NOBODY] * len(network.keys)
        self.drawn: dict[int, list[float]] = {}
        self.blamed: Counter[int] = Counter()
        dated = [n for n in network.order if schedule.lined[n].start_on and schedule.lined[n].end_on]
        known = set(dated)
        self.steps = [step for n in dated if (step := self._step(n, known))]
        self.drawn = {step.place: [] for step in self.steps}
        wanted = set(network.keys) if needed is None else set(needed)
        self.needed = [n for n in dated if network.keys[n] in wanted]

    def _step(self, n: int, known: Collection[int]) -> _Step | None:
        """An open task; one that is done takes its place for all runs and needs no step."""
        job = self.schedule.lined[n]
        assert job.start_on is not None
        assert job.end_on is not None
        floor: float = self.axis.at(job.start_on)
        if job.is_done:
            self.ends[n] = self.axis.at(job.done_on or job.end_on)
            self.starts[n] = min(floor, self.ends[n])
            return None
        least = 0.0
        if self.now is not None and job.is_started:
            least = max(0, self.now - floor)
        elif self.now is not None:
            floor = max(floor, self.now)
        holds = tuple(
            wire
            for wire in self.schedule.network.before[n]
            if wire.place in known and (wire.to_end or not job.is_started)
        )
        estimate = self.estimates.get(job.key) or _certain(self.schedule.days[n])
        return _Step(n, *estimate.spread, least, floor, job.is_started, holds)

    def play(self) -> float:
        """One run: the position at which everything needed has ended; what was drawn and who was to blame is noted."""
        starts, ends, cause, drawn, random = self.starts, self.ends, self.cause, self.drawn, self.random
        for n, low, width, shares, least, floor, is_started, holds in self.steps:
            days = max(low + width * shares[int(random() * len(shares))], least)
            drawn[n].append(days)
            start, holder = floor, NOBODY
            for place, from_end, to_end, lag in holds:
                limit = (ends[place] if from_end else starts[place]) + lag
                if to_end:
                    limit -= days
                if limit > start:
                    start, holder = limit, place
            starts[n] = floor if is_started else start
            ends[n] = start + days
            cause[n] = holder
        if not self.needed:
            return self.begin
        last = max(self.needed, key=ends.__getitem__)
        self._blame(last)
        return ends[last]

    def _blame(self, n: int) -> None:
        """Everything open on the chain that led to the end."""
        while n in self.drawn:
            self.blamed[n] += 1
            n = self.cause[n]

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
