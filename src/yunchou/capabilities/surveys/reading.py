"""Which questions somebody is asked, and what they answered, read from a form: pure, no database and no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .models.surveys import Question, QuestionKind

LONGEST: Final = 2000
"""Signs of one free answer."""
ASKED: Final = "asked"
"""The hidden field that names the questions that stood on the page."""


@dataclass(frozen=True)
class Filled:
    """What was read: `answers` by key of the question, `errors` by the same, and the questions that follow from them.

    `new` are questions that the answers opened and that were not on the page: they are asked before anything is kept.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Say] = field(default_factory=dict)
    new: tuple[Question, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.errors and not self.new


def shown_with(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked given these answers; one that hangs on a hidden one is hidden, too."""
    shown: dict[int, Question] = {}
    for question in questions:
        if question.shown_if_id is None or (
            question.shown_if_id in shown and _meets(question, answers.get(str(question.shown_if_id)))
        ):
            shown[question.pk] = question
    return list(shown.values())


def _meets(question: Question, value: Any) -> bool:
    """Whether the answer to the question before opens this one."""
    given = {str(one) for one in (value if isinstance(value, list) else [value]) if one is not None}
    return not given.isdisjoint(question.shown_if_values)


def field_name(question: Question) -> str:
    """How the field of a question is called in the form."""
    return f"q{question.pk}"


def read(questions: Sequence[Question], data: Mapping[str, Any]) -> Filled:
    """Read a posted form (a `QueryDict`). Answers to questions that are not asked are left out; nothing raises."""
    given = {question.key: value for question in questions if (value := _value(question, data)) is not None}
    shown = shown_with(questions, given)
    asked = {key for key in str(data.get(ASKED, "")).split(",") if key}
    new = tuple(question for question in shown if asked and question.key not in asked)
    answers = {question.key: given[question.key] for question in shown if question.key in given}
    errors = {
        question.key: reason
        for question in shown
        if question not in new and (reason := _wrong(question, answers.get(question.key)))
    }
    return Filled(answers, errors, new)


def _value(question: Question, data: Any) -> Any:
    """What was answered to a question, in its type; None for nothing and for what cannot be an answer."""
    name = field_name(question)
    listed = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    typed = [
        str(one).strip().replace("\x00", "") for one in (listed if isinstance(listed, list) else [listed])
    ]
    if question.kind == QuestionKind.TEXT:
        return (typed[-1] if typed else "")[: LONGEST + 1] or None
    known = {key for key, _words in question.choices}
    chosen = [one for one in dict.fromkeys(typed) if one in known]
    if not chosen:
        return None
    if question.kind == QuestionKind.SEVERAL:
        return chosen
    return int(chosen[-1]) if question.kind == QuestionKind.SCALE else chosen[-1]


def _wrong(question: Question, value: Any) -> Say | None:
    if value is None:
        return say(_("Please answer this question.")) if question.is_required else None
    if isinstance(value, str) and len(value) > LONGEST:
        return say(_("At most {limit} characters."), limit=LONGEST)
    return None
