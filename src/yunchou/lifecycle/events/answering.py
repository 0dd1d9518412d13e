"""Which questions a guest sees, and whether what was answered fits them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .models import Question, QuestionKind

YES, NO = "yes", "no"
LONGEST = 500
"""So many characters a free answer may have."""
Answers = Mapping[str, Any]


def asked(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """The questions that these answers make appear, in their order; one that hangs on another follows it."""
    shown: dict[int, Question] = {}
    for question in questions:
        if question.shown_if_id is None or _appears(question, shown, answers):
            shown[question.pk] = question
    return list(shown.values())


def _appears(question: Question, shown: Mapping[int, Question], answers: Answers) -> bool:
    if question.shown_if_id not in shown:
        return False
    given = answers.get(str(question.shown_if_id))
    chosen = given if isinstance(given, list) else [given]
    return question.shown_if_answer in chosen


def checked(questions: Sequence[Question], answers: Answers) -> tuple[dict[str, Any], dict[str, Say]]:
    """What is kept of the answers, and what is wrong by question (`question_<pk>`). Answers to what is not asked are dropped."""
    kept: dict[str, Any] = {}
    faults: dict[str, Say] = {}
    for question in asked(questions, answers):
        given = answers.get(str(question.pk))
        value = _read(question, given)
        if value is None:
            faults[f"question_{question.pk}"] = say(_("Choose one of the answers."))
        elif value:
            kept[str(question.pk)] = value
        elif question.is_required:
            faults[f"question_{question.pk}"] = say(_("Please fill this in."))
    return kept, faults


def _read(question: Question, given: Any) -> Any:
    """The answer, empty where there is none, None where it is not among those offered."""
    if question.kind == QuestionKind.TEXT:
        return str(given or "").replace("\0", "").strip()[:LONGEST]
    if question.kind == QuestionKind.CHOICES:
        chosen = [str(one) for one in given] if isinstance(given, list | tuple) else [given] if given else []
        return chosen if all(one in question.options for one in chosen) else None
    offered = [YES, NO] if question.kind == QuestionKind.YES_NO else question.options
    return "" if not given else given if given in offered else None
