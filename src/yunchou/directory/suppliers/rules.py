"""Rules on suppliers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, Verdict, failed, passed

from .scorecards import suggested


@dataclass(frozen=True)
class Graded:
    """The score of a supplier, None while there are too few cases, and the grade that somebody gave it."""

    score: int | None
    grade: str


@rule(
    "K-SUP-01",
    clause="003 四(三)2",
    severity=REMIND,
    params={"least": 3, "a": 90, "b": 75, "c": 60, "steps": 1},
    assumed=["least", "a", "b", "c", "steps"],
    title=_("The grade of a supplier follows its score"),
    sentence=_(
        "A measure counts from {least} cases on. {a} points suggest the grade A, {b} the grade B, {c} the grade C, fewer the"
        " grade D; a grade more than {steps} step away from that is shown beside its reason."
    ),
    bounds={
        "least": Bound(_("Cases that make a share"), at_least=1, at_most=100),
        "a": Bound(_("Points for A"), at_least=0, at_most=100),
        "b": Bound(_("Points for B"), at_least=0, at_most=100),
        "c": Bound(_("Points for C"), at_least=0, at_most=100),
        "steps": Bound(_("Steps that need no word"), at_least=0, at_most=3),
    },
    ordered=[("c", "b"), ("b", "a")],
)
def grade_follows_the_score(facts: Graded, p: Params) -> Verdict:
    """The grade that a person gives lies near the one that the score suggests, or its reason tells why not."""
    suggestion = suggested(facts.score, p)
    if facts.score is None or not facts.grade or abs(ord(facts.grade) - ord(suggestion)) <= p.steps:
        return passed()
    return failed(
        say(
            _("Graded {grade}; its score of {score} points suggests {suggestion}."),
            grade=facts.grade,
            score=facts.score,
            suggestion=suggestion,
        )
    )
