"""What guests said of an activity, part by part: over all its questionnaires on satisfaction (EVA-03)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from yunchou.kernel.subjects.models import Subject

from ..models import Purpose, Question, QuestionKind, Response, Section, Survey
from ..scoring import FEW, ONE_PLACE, Score, marks_of, mean, section_scores, share_of

NO_DIRECTION: Final = re.compile(r"(暂无|没有|都不|无(意向|意愿|合作|明确|具体|需求|需要|\W|$))")
"""How an answer begins that names no direction; what merely begins with 无, as 无锡 does, names one."""


@dataclass(frozen=True)
class Opinions:
    """Scores by section, how likely people are to work with us, and in which directions.

    `named` of `asked` people named a direction. `hidden` says that too few answered anonymously to break anything down, or
    that they still do; `sealed` that answers to an anonymous questionnaire wait for its end, `open_until` when the last
    questionnaire that still takes answers closes.
    """

    surveys: tuple[Survey, ...] = ()
    answered: int = 0
    sections: Mapping[str, Score] = field(default_factory=dict)
    possibility: Score | None = None
    directions: tuple[tuple[str, int], ...] = ()
    named: int = 0
    asked: int = 0
    is_hidden: bool = False
    is_sealed: bool = False

    @property
    def share_named(self) -> Decimal | None:
        """Who named a direction, of those who answered the question, in percent."""
        return share_of(self.named, self.asked) if self.asked else None

    @property
    def drafts(self) -> tuple[Survey, ...]:
        return tuple(one for one in self.surveys if one.is_draft)

    @property
    def open_until(self) -> datetime | None:
        return max(
            (one.closes_at for one in self.surveys if one.takes_answers and one.closes_at), default=None
        )

    @property
    def is_open(self) -> bool:
        return any(one.takes_answers for one in self.surveys)


def is_still_asked(subject: Subject) -> bool:
    """Whether a questionnaire on satisfaction with the activity takes answers; one query."""
    return any(one.takes_answers for one in Survey.objects.filter(subject=subject, purpose=Purpose.EVENT))


def opinions_of(subject: Subject) -> Opinions:
    """Everything that questionnaires on satisfaction with the activity have brought so far, in three queries."""
    surveys = tuple(Survey.objects.filter(subject=subject, purpose=Purpose.EVENT).order_by("pk"))
    questions: dict[int, list[Question]] = {one.pk: [] for one in surveys}
    for question in Question.objects.filter(survey__in=questions):
        questions[question.survey_id].append(question)
    filled: dict[int, list[dict[str, Any]]] = {one.pk: [] for one in surveys}
    rows = Response.objects.filter(survey__in=questions, set_aside_at=None)
    for pk, answers in rows.values_list("survey", "answers"):
        filled[pk].append(answers)
    # Of few anonymous answers one could tell who gave them, and so of the step by which a figure moves with one more.
    told = [
        one
        for one in surveys
        if filled[one.pk] and not (one.is_anonymous and (len(filled[one.pk]) < FEW or _is_sealed(one)))
    ]
    scores: dict[str, list[Score]] = {}
    likely: list[Score] = []
    named, asked, directions = 0, 0, Counter[str]()
    for one in told:
        for section, score in section_scores(questions[one.pk], filled[one.pk]):
            scores.setdefault(section, []).append(score)
        about = [each for each in questions[one.pk] if each.section == Section.INTENTION]
        if marked := _possibility(about, filled[one.pk]):
            likely.append(marked)
        counted = _directions(about, filled[one.pk])
        named, asked = named + counted[0], asked + counted[1]
        directions.update(counted[2])
    return Opinions(
        surveys=surveys,
        answered=sum(map(len, filled.values())),
        sections={section: _together(found) for section, found in scores.items()},
        possibility=_together(likely) if likely else None,
        directions=tuple(sorted(directions.items(), key=lambda one: (-one[1], one[0]))),
        named=named,
        asked=asked,
        is_hidden=not told and any(filled.values()),
        is_sealed=any(filled[one.pk] and _is_sealed(one) for one in surveys),
    )


def _is_sealed(survey: Survey) -> bool:
    """Anonymous answers are told once, all together: at the end."""
    return survey.is_anonymous and survey.takes_answers


def _together(scores: Sequence[Score]) -> Score:
    """Several questionnaires as one: everybody who answered has one voice."""
    sample = sum(score.sample for score in scores)
    value = sum((score.value * score.sample for score in scores), Decimal(0)) / sample
    return Score(value.quantize(ONE_PLACE, ROUND_HALF_UP), sample)


def _possibility(questions: Sequence[Question], filled: Sequence[dict[str, Any]]) -> Score | None:
    voices = [sum(marks, Decimal(0)) / len(marks) for one in filled if (marks := marks_of(questions, one))]
    value = mean(voices)
    return None if value is None else Score(value, len(voices))


def _directions(
    questions: Sequence[Question], filled: Sequence[dict[str, Any]]
) -> tuple[int, int, Counter[str]]:
    """How many named a direction, how many were asked, and how often each was named."""
    choosing = [one for one in questions if one.kind == QuestionKind.SEVERAL]
    named = asked = 0
    counted: Counter[str] = Counter()
    for answers in filled:
        given = [(one, answers[one.key]) for one in choosing if answers.get(one.key)]
        if not given:
            continue
        asked += 1
        words = {
            str(option["zh"])
            for one, value in given
            for option in one.options
            if option["key"] in (value if isinstance(value, list) else [value])
        }
        words = {each for each in words if not NO_DIRECTION.match(each.strip())}
        named += bool(words)
        counted.update(words)
    return named, asked, counted
