"""Reading scorecards: of as many suppliers as a page shows, with as many queries as there are measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import params_on

from .models import Supplier
from .rules import Graded, grade_follows_the_score
from .scorecards import Measure, Outcome, Period, Scorecard, Tally, card_of, in_order, periods

CASES_SHOWN = 200


def scorecards_of(suppliers: Collection[int], *, on: date | None = None) -> dict[int, Scorecard]:
    """The cards of many suppliers, by key, as of a day (today); the queries of the measures, and one for the parameters."""
    day, asked = on or clock.today(), in_order()
    if not suppliers:
        return {}
    now, before = periods(day)
    whole = Period(before.since, now.until)
    found: dict[int, dict[str, list[Outcome]]] = {pk: defaultdict(list) for pk in suppliers}
    for one in asked:
        for outcome in one.read(suppliers, whole):
            found[outcome.supplier][one.key].append(outcome)
    params = params_on([grade_follows_the_score, *(one.rule for one in asked)], day)
    general = params[grade_follows_the_score.id]
    return {
        pk: card_of(outcomes, asked, today=day, general=general, params=params)
        for pk, outcomes in found.items()
    }


def scorecard_of(supplier: Supplier) -> Scorecard:
    """The card of one supplier, as of today."""
    return scorecards_of([supplier.pk])[supplier.pk]


def scores_for(suppliers: Iterable[int], user: User) -> dict[int, Scorecard]:
    """The cards of those suppliers that the person sees, for pages of rooms above."""
    seen = Supplier.objects.visible_to(user).filter(pk__in=set(suppliers))
    return scorecards_of(list(seen.values_list("pk", flat=True)))


def grade_told(card: Scorecard, grade: str) -> Say | None:
    """What K-SUP-01 says of a grade beside the score; None where they are near each other."""
    day = card.period.until
    params = params_on([grade_follows_the_score], day)[grade_follows_the_score.id]
    [verdict] = grade_follows_the_score.check(Graded(card.score, grade), params)
    return None if verdict.passed else verdict.reason


@dataclass(frozen=True)
class CaseLine:
    """A case that the person may see, with the address of what it belongs to and that one's title."""

    outcome: Outcome
    title: str
    address: str


@dataclass(frozen=True)
class Cases:
    """The cases behind a measure, newest first: those whose subject the person sees, and how many others there are."""

    measure: Measure
    period: Period
    tally: Tally
    lines: tuple[CaseLine, ...]
    hidden: int

    @property
    def unlisted(self) -> int:
        """How many visible ones the page leaves out."""
        return self.tally.cases - self.hidden - len(self.lines)


def cases_of(supplier: Supplier, measure: Measure, user: User) -> Cases:
    """The cases of the last twelve months; their count tells of all, their lines only of what the person sees."""
    now, _before = periods(clock.today())
    found = sorted(measure.read([supplier.pk], now), key=lambda one: (one.on, one.about), reverse=True)
    subjects = visible_subjects(user).in_bulk({one.about for one in found})
    seen = [one for one in found if one.about in subjects]
    lines = tuple(
        CaseLine(one, subjects[one.about].title, subjects[one.about].address) for one in seen[:CASES_SHOWN]
    )
    return Cases(measure, now, Tally.of(found), lines, len(found) - len(seen))
