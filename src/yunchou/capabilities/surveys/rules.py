"""Rules on questionnaires: sent at once and closed within a week (R-EVA-03), the score with its sample (R-EVA-05)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, Fix, Verdict, failed, passed

from .scoring import Score, share_of


@dataclass(frozen=True)
class Possibility:
    """Marks that somebody gave to how likely they are to work with us, each with the highest of its scale."""

    marks: tuple[tuple[int, int], ...]


@rule(
    "K-EVA-01",
    clause="003 五(一)3",
    severity=REMIND,
    params={"share": 80},
    assumed=("share",),
    title=_("What counts as a business intention"),
    sentence=_(
        "Who marks the possibility of working together with at least {share}% of the scale is handed to sales as a lead."
    ),
    bounds={"share": Bound(_("Least mark, percent of the scale"), at_least=1, at_most=100)},
)
def is_business_intention(facts: Possibility, p: Params) -> Verdict:
    """At least one of the marks reaches the share of its scale."""
    if any(mark * 100 >= p.share * top for mark, top in facts.marks):
        return passed()
    return failed(say(_("No business intention was told.")))


@dataclass(frozen=True)
class Term:
    """When the activity ended, and when its questionnaire is to close; either may be unknown."""

    ended_at: datetime | None
    closes_at: datetime | None


@rule(
    "R-EVA-03",
    clause="003 五(二)2",
    severity=BLOCK,
    params={"days": 7, "first": 3, "second": 6},
    assumed=("first", "second"),
    title=_("The questionnaire is answered within a week"),
    sentence=_(
        "When the activity ends its questionnaire is sent at once; it closes {days} days later by itself, and who has not"
        " answered is reminded on day {first} and day {second}."
    ),
    bounds={
        "days": Bound(_("Days until it closes"), unit=_("days"), at_least=1, at_most=30),
        "first": Bound(_("First reminder"), unit=_("days"), at_least=1, at_most=29),
        "second": Bound(_("Second reminder"), unit=_("days"), at_least=2, at_most=30),
    },
    ordered=(("first", "second"),),
)
def questionnaire_closes_in_time(facts: Term, p: Params) -> Verdict:
    """A questionnaire of an activity that is over closes at most N days after the end."""
    if facts.ended_at is None or facts.closes_at is None:
        return passed(say(_("It closes {days} days after the activity ends."), days=p.days))
    latest = facts.ended_at + timedelta(days=p.days)
    if facts.closes_at <= latest:
        return passed(say(_("It closes within {days} days of the end."), days=p.days))
    shown = clock.local(latest).strftime("%Y-%m-%d %H:%M")
    return failed(
        say(_("The questionnaire closes within {days} days of the end: at the latest {latest}."), days=p.days, latest=shown),
        fix=Fix(say(_("Let it close {latest}."), latest=shown)),
    )  # fmt: skip


@dataclass(frozen=True)
class Rating:
    """A score, and how many were asked by name; 0 where nobody was."""

    score: Score | None
    invited: int


@rule(
    "R-EVA-05",
    clause="003 五、004 五(一)",
    severity=REMIND,
    params={"target": Decimal(85), "sample": 100},
    assumed=("target", "sample"),
    title=_("The score says how many answered"),
    sentence=_(
        "The satisfaction score is the mean of the valid answers on 100, each filled-in questionnaire with one voice, and is"
        " shown with sample size and response rate; {target} is aimed at, from {sample} people."
    ),
    bounds={
        "target": Bound(_("Score aimed at"), at_least=1, at_most=100),
        "sample": Bound(_("People asked"), at_least=1, at_most=100_000),
    },
)
def score_says_how_many_answered(facts: Rating, p: Params) -> Iterator[Verdict]:
    """The score with its sample and response rate; a small sample and a low score are said."""
    if facts.score is None:
        yield failed(say(_("There is no valid answer yet, so there is no score.")))
        return
    rate = share_of(facts.score.sample, facts.invited) if facts.invited else None
    told: dict[str, str | int] = {
        "score": str(facts.score.value),
        "sample": facts.score.sample,
        "rate": "—" if rate is None else f"{rate}%",
    }
    if facts.score.value < p.target:
        words = _("{score} of 100 is below {target} (sample {sample}, response rate {rate}).")
        yield failed(
            say(words, target=str(p.target), **told), stored=str(facts.score.value), computed=str(p.target)
        )
    if facts.score.sample < p.sample:
        words = _("{sample} answers are fewer than {wanted}: read {score} with care (response rate {rate}).")
        yield failed(
            say(words, wanted=p.sample, **told), stored=str(facts.score.sample), computed=str(p.sample)
        )
    if facts.score.value >= p.target and facts.score.sample >= p.sample:
        yield passed(say(_("{score} of 100 from {sample} answers, response rate {rate}."), **told))
