"""Scorecards 履约评分: what suppliers did, counted by measures that rooms above register. Pure but for their registry.

    # purchasing/supplier_measures.py, found at start
    @measure("purchasing.price", pgettext_lazy("measure", "Price kept"), rule=price_is_kept, order=30)
    def price(suppliers: Collection[int], period: Period) -> Iterator[Outcome]: ...

A measure answers for many suppliers with a fixed number of queries, one `Outcome` a case: as agreed, or not. Its rule holds
its weight and from which share on it is fine (`scale`, `judged`), so the rulebook tells them and changes them. Fewer cases
than K-SUP-01 asks for make no share: they are counted and weigh nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, Rule
from yunchou.kernel.rules.verdicts import REMIND, WARN, Verdict, failed, passed

FINE, WATCH, ACT, UNKNOWN = "fine", "watch", "act", "unknown"
WORDS: Final[Mapping[str, Any]] = {
    FINE: pgettext_lazy("scorecard", "Fine"),
    WATCH: pgettext_lazy("scorecard", "Watch"),
    ACT: pgettext_lazy("scorecard", "Act"),
    UNKNOWN: pgettext_lazy("scorecard", "Too few cases"),
}
HUNDRED: Final = Decimal(100)

# ---------------------------------------------------------------- what happened


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both counted."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


def year_before(day: date) -> date:
    """The same day a year earlier; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def periods(today: date) -> tuple[Period, Period]:
    """The twelve months until today, and the twelve before them."""
    last, first = year_before(today), year_before(year_before(today))
    day = timedelta(days=1)
    return Period(last + day, today), Period(first + day, last)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: on which day it counts, whether it went as agreed, and in a note what was agreed and what came.

    `about` is the key of the subject it belongs to: who may see that one is told of the case.
    """

    supplier: int
    on: date
    is_good: bool
    about: int
    name: str
    note: Say


@dataclass(frozen=True)
class Tally:
    """How many cases there were, and how many went as agreed."""

    cases: int = 0
    good: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        found = list(outcomes)
        return cls(len(found), sum(one.is_good for one in found))

    @property
    def share(self) -> Decimal | None:
        """How many of a hundred went as agreed, one decimal; None without a case."""
        if not self.cases:
            return None
        return (HUNDRED * self.good / self.cases).quantize(Decimal("0.1"), ROUND_HALF_UP)


# ---------------------------------------------------------------- what is measured

Read: TypeAlias = Callable[[Collection[int], Period], Iterable[Outcome]]


@dataclass(frozen=True)
class Measure:
    """Something that is counted of every supplier; `rule` says what it weighs and which share is fine."""

    key: str
    label: str | Promise
    rule: Rule[Tally]
    order: int
    read: Read


measures: Registry[Measure] = Registry("measure of suppliers")


def measure(key: str, label: str | Promise, *, rule: Rule[Tally], order: int) -> Callable[[Read], Read]:
    """Register what is counted of suppliers; the decorated function is asked for many suppliers at once."""

    def register(read: Read) -> Read:
        measures.add(key, Measure(key, label, rule, order, read))
        return read

    return register


def in_order() -> list[Measure]:
    """The measures as cards show them."""
    return sorted(measures, key=lambda one: (one.order, one.key))


def scale(*, weight: int, fine: int, watch: int) -> dict[str, Any]:
    """What the rule of a measure declares beside its words: its weight, and its shares in percent."""
    return {
        "params": {"weight": weight, "fine": fine, "watch": watch},
        "assumed": ["weight", "fine", "watch"],
        "bounds": {
            "weight": Bound(gettext_noop("Weight in the score of a supplier"), at_least=0, at_most=100),
            "fine": Bound(gettext_noop("Share that is fine"), unit=PERCENT, at_least=0, at_most=100),
            "watch": Bound(
                gettext_noop("Share below which something has to be done"),
                unit=PERCENT,
                at_least=0,
                at_most=100,
            ),
        },
        "ordered": [("watch", "fine")],
    }


def judged(tally: Tally, p: Params) -> Verdict:
    """What a share comes to: passed where it is fine, a reminder where it is watched, a warning below."""
    share = tally.share
    if share is None:
        return passed()
    told: dict[str, str | int] = {"good": tally.good, "cases": tally.cases, "share": f"{share.normalize():f}"}
    if share >= p.fine:
        return passed(say(gettext_noop("{good} of {cases} as agreed: {share} %."), **told))
    words = gettext_noop("{good} of {cases} as agreed: {share} %, fine from {fine} % on.")
    return failed(say(words, **told, fine=p.fine), severity=REMIND if share >= p.watch else WARN)


# ---------------------------------------------------------------- what it comes to


@dataclass(frozen=True)
class Reading:
    """One measure of one supplier: the last twelve months beside the twelve before, and what its rule says of them."""

    measure: Measure
    now: Tally
    before: Tally
    least: int
    weight: int
    verdict: Verdict

    @property
    def is_enough(self) -> bool:
        """Whether there are enough cases to speak of a share."""
        return self.now.cases >= self.least

    @property
    def share(self) -> Decimal | None:
        """The share in percent; None where there are too few cases."""
        return self.now.share if self.is_enough else None

    @property
    def share_before(self) -> Decimal | None:
        return self.before.share if self.before.cases >= self.least else None

    @property
    def change(self) -> Decimal | None:
        """By how many points the share moved; None where one of the two years has too few cases."""
        if self.share is None or self.share_before is None:
            return None
        return self.share - self.share_before

    @property
    def level(self) -> str:
        if not self.is_enough:
            return UNKNOWN
        if self.verdict.passed:
            return FINE
        return WATCH if self.verdict.severity == REMIND else ACT

    @property
    def word(self) -> str:
        """The level in a word."""
        return str(WORDS[self.level])


@dataclass(frozen=True)
class Scorecard:
    """What a supplier did in twelve months, and the grade that it suggests ("" while nothing has enough cases)."""

    period: Period
    readings: tuple[Reading, ...]
    score: int | None
    suggestion: str
    steps: int

    @property
    def level(self) -> str:
        """How the score is drawn: C is watched, D calls for action."""
        return {"": UNKNOWN, "C": WATCH, "D": ACT}.get(self.suggestion, FINE)

    @property
    def word(self) -> str:
        return str(WORDS[self.level])

    @property
    def counted(self) -> int:
        """How many measures the score is made of."""
        return sum(one.is_enough and one.weight > 0 for one in self.readings)

    @property
    def shown(self) -> list[Reading]:
        """The measures of which there was a case in one of the two years."""
        return [one for one in self.readings if one.now.cases or one.before.cases]

    @property
    def idle(self) -> str:
        """What else is counted, once there is something to count."""
        return "、".join(
            str(one.measure.label) for one in self.readings if not (one.now.cases or one.before.cases)
        )

    def apart(self, grade: str) -> int:
        """By how many steps a grade is better (above zero) or worse than what is suggested; 0 where nothing is."""
        return ord(self.suggestion) - ord(grade) if grade and self.suggestion else 0

    def is_far(self, grade: str) -> bool:
        """Whether a grade is further from what is suggested than K-SUP-01 lets pass without a word."""
        return abs(self.apart(grade)) > self.steps


def card_of(
    outcomes: Mapping[str, Sequence[Outcome]],
    asked: Sequence[Measure],
    *,
    today: date,
    general: Params,
    params: Mapping[str, Params],
) -> Scorecard:
    """The card of one supplier from its outcomes by measure; `general` are the parameters of K-SUP-01."""
    now, before = periods(today)
    readings = []
    for one in asked:
        found, p = outcomes.get(one.key, ()), params[one.rule.id]
        tally = Tally.of(each for each in found if each.on in now)
        past = Tally.of(each for each in found if each.on in before)
        [verdict] = one.rule.check(tally, p)
        readings.append(Reading(one, tally, past, general.least, p.weight, verdict))
    score = score_of(readings)
    return Scorecard(now, tuple(readings), score, suggested(score, general), general.steps)


def score_of(readings: Iterable[Reading]) -> int | None:
    """The mean of the shares that have enough cases, by their weights, 0 to 100; None where nothing weighs."""
    shares = [(one.now.good, one.now.cases, one.weight) for one in readings if one.is_enough and one.weight]
    if not shares:
        return None
    total = sum((HUNDRED * good / cases * weight for good, cases, weight in shares), Decimal(0))
    return int((total / sum(weight for _good, _cases, weight in shares)).quantize(Decimal(1), ROUND_HALF_UP))


def suggested(score: int | None, p: Params) -> str:
    """The grade that a score suggests; "" without a score."""
    if score is None:
        return ""
    return next((grade for grade, least in (("A", p.a), ("B", p.b), ("C", p.c)) if score >= least), "D")
