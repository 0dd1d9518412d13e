"""What a questionnaire came to: the score with sample and response rate, sections, bars, what was written (R-EVA-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict

from ..models import Question, QuestionKind, Recipient, Response, Section, Survey
from ..rules import Rating, score_says_how_many_answered
from ..scoring import FEW, Bar, Score, bars_of, mean, on_hundred, score_of, section_scores, share_of


@dataclass(frozen=True)
class Choice:
    """One answer to choose from in words, with how often it was chosen."""

    words: str
    bar: Bar


@dataclass(frozen=True)
class Line:
    """What came of one question: the mean of its marks on 100, its bars, or what was written, with who wrote it."""

    question: Question
    answered: int
    mean: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    texts: tuple[tuple[str, Response], ...] = ()

    @property
    def is_text(self) -> bool:
        return self.question.kind == QuestionKind.TEXT


@dataclass(frozen=True)
class Result:
    """Everything a questionnaire came to. `answered` counts what is valid; `invited` those who were asked by name."""

    survey: Survey
    invited: int
    returned: int
    answered: int
    by_link: int
    flagged: int
    aside: int
    score: Score | None
    unflagged: Score | None
    sections: tuple[tuple[str, Score], ...]
    lines: tuple[Line, ...]

    @property
    def rate(self) -> Decimal | None:
        """The response rate of those who were asked by name, in percent; None where nobody was."""
        return share_of(self.returned, self.invited) if self.invited else None

    @property
    def shown_rate(self) -> str:
        return "—" if self.rate is None else f"{self.rate}%"

    @property
    def is_hidden(self) -> bool:
        """Whether so few answered anonymously that nothing is broken down."""
        return self.survey.is_anonymous and self.answered < FEW

    @property
    def told(self) -> Say:
        """The score in one sentence, never without its sample (EVA-06)."""
        if self.score is None:
            return say(_("{answered} answers, no score"), answered=self.answered)
        return say(
            _("{score} of 100, sample {sample}, response rate {rate}"),
            score=str(self.score.value), sample=self.score.sample, rate=self.shown_rate,
        )  # fmt: skip

    @property
    def verdicts(self) -> list[Verdict]:
        """What R-EVA-05 says of it."""
        return evaluate([score_says_how_many_answered], Rating(self.score, self.invited))

    @property
    def section_lines(self) -> list[tuple[str, Score]]:
        """Sections in words."""
        words = dict(Section.choices)
        return [(str(words[section]), score) for section, score in self.sections]


def result_of(survey: Survey, *, whole: bool = False) -> Result:
    """The result as it stands now, in three queries; with `whole` also the lines of its questions."""
    questions = list(survey.questions.all())
    responses = list(survey.responses.select_related("recipient__customer", "set_aside_by"))
    asked = list(survey.recipients.values_list("has_answered", flat=True))
    valid = [one for one in responses if one.set_aside_at is None]
    filled = [one.answers for one in valid]
    score = score_of(questions, filled)
    flagged = [one for one in valid if one.flags]
    unflagged = score_of(questions, [one.answers for one in valid if not one.flags]) if flagged else score
    hidden = survey.is_anonymous and len(valid) < FEW
    return Result(
        survey=survey,
        invited=len(asked),
        returned=sum(asked),
        answered=len(valid),
        by_link=sum(one.is_from_open_link for one in valid),
        flagged=len(flagged),
        aside=len(responses) - len(valid),
        score=score,
        unflagged=unflagged,
        sections=() if hidden else tuple(section_scores(questions, filled)),
        lines=() if hidden or not whole else tuple(_line(question, valid) for question in questions),
    )


def results_of(surveys: Sequence[Survey]) -> list[Result]:
    """The results of several questionnaires, for their list: four queries however many there are."""
    ids = [survey.pk for survey in surveys]
    questions: dict[int, list[Question]] = {pk: [] for pk in ids}
    for question in Question.objects.filter(survey__in=ids):
        questions[question.survey_id].append(question)
    valid: dict[int, list[tuple[dict[str, Any], bool]]] = {pk: [] for pk in ids}
    aside = dict.fromkeys(ids, 0)
    rows = Response.objects.filter(survey__in=ids).values_list(
        "survey", "answers", "flags", "set_aside_at", "is_from_open_link"
    )
    flagged, by_link = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    for pk, answers, flags, set_aside_at, is_open in rows:
        if set_aside_at is not None:
            aside[pk] += 1
            continue
        valid[pk].append((answers, bool(flags)))
        flagged[pk] += bool(flags)
        by_link[pk] += is_open
    asked: dict[int, list[bool]] = {pk: [] for pk in ids}
    for pk, has_answered in _recipients(ids):
        asked[pk].append(has_answered)
    return [
        Result(
            survey=survey,
            invited=len(asked[survey.pk]),
            returned=sum(asked[survey.pk]),
            answered=len(valid[survey.pk]),
            by_link=by_link[survey.pk],
            flagged=flagged[survey.pk],
            aside=aside[survey.pk],
            score=(score := score_of(questions[survey.pk], [answers for answers, _flag in valid[survey.pk]])),
            unflagged=score,
            sections=(),
            lines=(),
        )
        for survey in surveys
    ]


def _recipients(ids: Sequence[int]) -> list[tuple[int, bool]]:
    return list(Recipient.objects.filter(survey__in=ids).values_list("survey", "has_answered"))


def _line(question: Question, responses: Sequence[Response]) -> Line:
    given = [(one.answers[question.key], one) for one in responses if question.key in one.answers]
    if question.kind == QuestionKind.TEXT:
        texts = tuple((str(value), one) for value, one in reversed(given) if str(value).strip())
        return Line(question, len(texts), texts=texts)
    bars, answered = bars_of((key for key, _words in question.choices), (value for value, _one in given))
    words = dict(question.choices)
    choices = tuple(Choice(words[bar.key], bar) for bar in bars)
    if question.kind != QuestionKind.SCALE or not question.top:
        return Line(question, answered, choices=choices)
    marks = [on_hundred(int(value), question.top) for value, _one in given]
    return Line(question, answered, mean(marks), choices)
