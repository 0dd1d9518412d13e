"""Marks on 100, the score of a questionnaire, and how its answers are spread: pure, no database (R-EVA-05)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Protocol

HUNDRED: Final = Decimal(100)
ONE_PLACE: Final = Decimal("0.1")
FEW: Final = 5
"""Of an anonymous questionnaire with fewer answers nothing is broken down: one could tell who said what."""


class Asked(Protocol):
    """What a score has to know of a question."""

    @property
    def key(self) -> str: ...
    @property
    def counts(self) -> bool: ...
    @property
    def section(self) -> str: ...
    @property
    def top(self) -> int | None: ...


@dataclass(frozen=True)
class Score:
    """A mean on 100 with one place, and on how many filled-in questionnaires it rests."""

    value: Decimal
    sample: int

    @property
    def fraction(self) -> float:
        return float(self.value / HUNDRED)


@dataclass(frozen=True)
class Bar:
    """How many chose an answer; `share` of those who answered the question, in percent with one place."""

    key: str
    count: int
    share: Decimal

    @property
    def fraction(self) -> float:
        return float(self.share / HUNDRED)


def on_hundred(mark: int, top: int) -> Decimal:
    """A mark of a scale on 100: the highest is 100, of five the lowest 20."""
    return HUNDRED * mark / top


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The mean with one place, halves upwards; None of nothing."""
    return (sum(values, Decimal(0)) / len(values)).quantize(ONE_PLACE, ROUND_HALF_UP) if values else None


def marks_of(questions: Iterable[Asked], answers: Mapping[str, Any]) -> list[Decimal]:
    """The valid marks in one filled-in questionnaire, on 100. What is no mark of its scale is none."""
    found = []
    for question in questions:
        mark = answers.get(question.key)
        if (
            question.top
            and isinstance(mark, int)
            and not isinstance(mark, bool)
            and 1 <= mark <= question.top
        ):
            found.append(on_hundred(mark, question.top))
    return found


def score_of(questions: Iterable[Asked], filled: Iterable[Mapping[str, Any]]) -> Score | None:
    """The mean of the filled-in questionnaires, each by the mean of its valid marks; None where nobody gave a mark.

    So everybody has one voice, however many of the questions they answered, and the order of the answers is nothing.
    """
    counting = [question for question in questions if question.counts]
    voices = [sum(marks, Decimal(0)) / len(marks) for one in filled if (marks := marks_of(counting, one))]
    value = mean(voices)
    return None if value is None else Score(value, len(voices))


def section_scores(
    questions: Sequence[Asked], filled: Sequence[Mapping[str, Any]]
) -> list[tuple[str, Score]]:
    """The score of each section that has marks, in the order of the questions."""
    sections = dict.fromkeys(question.section for question in questions if question.counts)
    found = []
    for section in sections:
        score = score_of([question for question in questions if question.section == section], filled)
        if score is not None:
            found.append((section, score))
    return found


def bars_of(keys: Iterable[str], values: Iterable[Any]) -> tuple[list[Bar], int]:
    """How often each of the `keys` was chosen, and how many answered at all; an answer may be several."""
    counted: Counter[str] = Counter()
    answered = 0
    for value in values:
        chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
        counted.update(chosen)
        answered += 1
    return [Bar(key, counted[key], share_of(counted[key], answered)) for key in keys], answered


def share_of(part: int, whole: int) -> Decimal:
    """In percent with one place; 0 of nothing."""
    return (HUNDRED * part / whole).quantize(ONE_PLACE, ROUND_HALF_UP) if whole else Decimal(0)
