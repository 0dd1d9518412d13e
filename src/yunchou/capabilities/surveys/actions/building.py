"""Drawing up a questionnaire: its settings and its questions, until it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..library import BY_KEY, Draft
from ..models import Purpose, Question, QuestionKind, Section, Survey
from ..models.surveys import TOPS
from ..permissions import Perm
from .shared import TABLE, open_draft

MOST_QUESTIONS: Final = 60
MOST_OPTIONS: Final = 20


@dataclass(frozen=True)
class Details:
    """A questionnaire apart from its questions, as people type it."""

    title: str
    keeper: User
    purpose: str = Purpose.EVENT
    title_en: str = ""
    intro: str = ""
    intro_en: str = ""
    is_anonymous: bool = False
    opens_by_itself: bool = True
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Wording:
    """A question as people type it. `options` are pairs of Chinese and English; `shown_if` an earlier question."""

    kind: str
    section: str
    text: str
    text_en: str = ""
    top: int | None = None
    low: str = ""
    low_en: str = ""
    high: str = ""
    high_en: str = ""
    options: Sequence[tuple[str, str]] = ()
    is_required: bool = False
    shown_if: Question | None = None
    shown_if_values: Sequence[str] = ()


@transaction.atomic
def add_survey(*, subject: Subject, details: Details, actor: User, template: str = "") -> Survey:
    """Draw up a questionnaire, with the questions of a shipped `template`; records `surveys.made`.

    Refuses without `surveys.edit`, an empty title or one that the activity has, and an end before the beginning.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    survey = Survey(subject=locked, made_by=actor)
    _fill(survey, details)
    survey.save(force_insert=True)
    if template:
        _ask(survey, BY_KEY[template].questions)
    record(journal.MADE, actor=actor, subject=locked, data={"title": survey.title, "survey": survey.pk})
    return survey


@transaction.atomic
def copy_survey(*, survey: Survey, subject: Subject, details: Details, actor: User) -> Survey:
    """A new draft with the questions of another questionnaire that the person sees; records `surveys.made`."""
    require(actor, Perm.VIEW, survey.subject)
    made = add_survey(subject=subject, details=details, actor=actor)
    new: dict[int, Question] = {}
    for question in survey.questions.all():
        before = question.shown_if_id
        old, question.pk, question._state.adding = question.pk, None, True
        question.survey, question.shown_if = made, new.get(before) if before else None
        question.shown_if_values = question.shown_if_values if question.shown_if else []
        question.save(force_insert=True)
        new[old] = question
    return made


def survey_stamp(survey: Survey) -> str:
    """How its settings stood when a form showed them."""
    return stamp(
        survey.title, survey.title_en, survey.intro, survey.intro_en, survey.purpose, survey.is_anonymous,
        survey.opens_by_itself, survey.opens_at, survey.closes_at, survey.keeper_id,
    )  # fmt: skip


@transaction.atomic
def change_survey(*, survey: Survey, details: Details, actor: User, seen: str = "") -> Survey:
    """Change the settings of a draft; refuses what is not as it was `seen`. Records `surveys.changed`."""
    locked = open_draft(survey, actor)
    refuse_stale(seen, survey_stamp(locked))
    _fill(locked, details)
    locked.save()
    record(journal.CHANGED, actor=actor, subject=locked.subject, data={"title": locked.title})
    return locked


@transaction.atomic
def remove_survey(*, survey: Survey, actor: User) -> None:
    """Remove a draft with its questions and those who would have been asked; records `surveys.removed`."""
    locked = open_draft(survey, actor)
    title = locked.title
    locked.delete()
    record(journal.REMOVED, actor=actor, subject=locked.subject, data={"title": title})


@transaction.atomic
def put_question(
    *, survey: Survey, wording: Wording, actor: User, question: Question | None = None
) -> Question:
    """Ask another question at the end, or change `question`; records `surveys.question_put`.

    Refuses an open questionnaire, a choice of fewer than two answers, the same answer twice, a scale to another mark
    than 5 or 10, and a condition on a later question or on none of its answers.
    """
    locked = open_draft(survey, actor)
    if question is None:
        if locked.questions.count() >= MOST_QUESTIONS:
            raise wrong(_("A questionnaire asks at most {limit} questions."), limit=MOST_QUESTIONS)
        last = locked.questions.order_by("-position").values_list("position", flat=True).first()
        question = Question(survey=locked, position=(last or 0) + 1)
    else:
        question = Question.objects.get(pk=question.pk, survey=locked)
    _check(locked, question, wording)
    _word(question, wording)
    question.save()
    _drop_lost_conditions(question)
    data = {"title": locked.title, "question": question.text}
    record(journal.QUESTION_PUT, actor=actor, subject=locked.subject, data=data)
    return question


@transaction.atomic
def remove_question(*, question: Question, actor: User) -> None:
    """Ask it no longer; what hung on it is asked of everybody. Records `surveys.question_removed`."""
    locked = open_draft(question.survey, actor)
    question.followers.update(shown_if=None, shown_if_values=[])
    question.delete()
    data = {"title": locked.title, "question": question.text}
    record(journal.QUESTION_REMOVED, actor=actor, subject=locked.subject, data=data)


@transaction.atomic
def order_questions(*, survey: Survey, order: Sequence[int], actor: User) -> list[Question]:
    """Put the questions in an order of keys; records `surveys.ordered`.

    Refuses keys that are not exactly its questions, and an order in which a question comes before what it hangs on.
    """
    locked = open_draft(survey, actor)
    questions = {question.pk: question for question in locked.questions.all()}
    if sorted(order) != sorted(questions):
        raise wrong(_("The questions were changed meanwhile. Load the page again."))
    place = {pk: number for number, pk in enumerate(order, 1)}
    for question in questions.values():
        if question.shown_if_id and place[question.shown_if_id] > place[question.pk]:
            first = questions[question.shown_if_id].text
            msgid = _("“{question}” is asked after “{first}”, on which it depends.")
            raise wrong(msgid, question=question.text, first=first)
    for pk, number in place.items():
        questions[pk].position = number
    Question.objects.bulk_update(questions.values(), ["position"])
    record(journal.ORDERED, actor=actor, subject=locked.subject, data={"title": locked.title})
    return sorted(questions.values(), key=lambda question: question.position)


def move_question(*, question: Question, by: int, actor: User) -> list[Question]:
    """Move a question up (-1) or down (1) by so many places; at either end it stays. Refuses as `order_questions`."""
    order = list(question.survey.questions.values_list("pk", flat=True))
    here = order.index(question.pk)
    order.insert(max(0, min(here + by, len(order) - 1)), order.pop(here))
    return order_questions(survey=question.survey, order=order, actor=actor)


def _fill(survey: Survey, details: Details) -> None:
    title = wanted(details.title, "title", 120)
    taken = Survey.objects.filter(subject_id=survey.subject_id, title=title).exclude(pk=survey.pk)
    if taken.exists():
        raise at_field("title", _("There is a questionnaire of this title already."))
    if details.opens_at and details.closes_at and details.closes_at <= details.opens_at:
        raise at_field("closes_at", _("The end lies after the beginning."))
    survey.title, survey.title_en = title, details.title_en.strip()
    survey.intro, survey.intro_en = details.intro.strip(), details.intro_en.strip()
    survey.purpose, survey.keeper = details.purpose, details.keeper
    survey.is_anonymous, survey.opens_by_itself = details.is_anonymous, details.opens_by_itself
    survey.opens_at, survey.closes_at = details.opens_at, details.closes_at


def _ask(survey: Survey, drafts: Sequence[Draft]) -> None:
    """Write the questions of a template, each after the one it hangs on."""
    made: list[Question] = []
    for number, draft in enumerate(drafts, 1):
        is_scale = draft.kind == QuestionKind.SCALE
        question = Question(survey=survey, position=number)
        _word(
            question,
            Wording(
                kind=draft.kind, section=draft.section, text=draft.text[0], text_en=draft.text[1],
                top=draft.top if is_scale else None, low=draft.low[0] if is_scale else "",
                low_en=draft.low[1] if is_scale else "", high=draft.high[0] if is_scale else "",
                high_en=draft.high[1] if is_scale else "", options=draft.options, is_required=draft.is_required,
                shown_if=made[draft.after - 1] if draft.after else None, shown_if_values=draft.values,
            ),
        )  # fmt: skip
        question.save(force_insert=True)
        made.append(question)


def _check(survey: Survey, question: Question, wording: Wording) -> None:
    wanted(wording.text, "text", 200)
    if wording.kind not in QuestionKind.values:
        raise at_field("kind", _("Please fill this in."))
    if wording.section not in Section.values:
        raise at_field("section", _("Please fill this in."))
    if wording.kind == QuestionKind.SCALE and wording.top not in TOPS:
        raise at_field("top", _("A scale goes to 5 or to 10."))
    if wording.kind in (QuestionKind.ONE, QuestionKind.SEVERAL):
        texts = [zh.strip() for zh, _en in wording.options if zh.strip()]
        if len(texts) < 2:
            raise at_field("options", _("Give at least two answers to choose from."))
        if len(set(texts)) < len(texts):
            raise at_field("options", _("The same answer stands there twice."))
        if len(texts) > MOST_OPTIONS or any(len(text) > 80 for text in texts):
            raise at_field("options", _("At most {limit} answers of 80 characters."), limit=MOST_OPTIONS)
    _check_condition(survey, question, wording)


def _check_condition(survey: Survey, question: Question, wording: Wording) -> None:
    first = wording.shown_if
    if first is None:
        return
    if first.survey_id != survey.pk or first.position >= question.position or first.kind == QuestionKind.TEXT:
        raise at_field("shown_if", _("Choose an earlier question with answers to choose from."))
    known = {key for key, _words in first.choices}
    if not wording.shown_if_values or not known.issuperset(wording.shown_if_values):
        raise at_field("shown_if_values", _("Say with which answers it is asked."))


def _word(question: Question, wording: Wording) -> None:
    is_scale = wording.kind == QuestionKind.SCALE
    question.kind, question.section = wording.kind, wording.section
    question.text, question.text_en = wording.text.strip(), wording.text_en.strip()
    question.top = wording.top if is_scale else None
    for name in ("low", "low_en", "high", "high_en"):
        setattr(question, name, getattr(wording, name).strip() if is_scale else "")
    question.options = _options(question, wording)
    question.is_required = wording.is_required
    question.shown_if = wording.shown_if
    question.shown_if_values = list(wording.shown_if_values) if wording.shown_if else []


def _options(question: Question, wording: Wording) -> list[dict[str, Any]]:
    """The answers with their keys; one that keeps its Chinese words keeps its key, so that conditions go on holding."""
    if wording.kind not in (QuestionKind.ONE, QuestionKind.SEVERAL):
        return []
    old = {option["zh"]: option["key"] for option in question.options}
    taken, found = set(old.values()), []
    for zh, en in ((zh.strip(), en.strip()) for zh, en in wording.options):
        if not zh:
            continue
        key = old.get(zh) or next(name for n in range(1, 200) if (name := f"a{n}") not in taken)
        taken.add(key)
        found.append({"key": key, "zh": zh, "en": en})
    return found


def _drop_lost_conditions(question: Question) -> None:
    """A question that hung on answers which this one no longer has is asked of everybody."""
    known = {key for key, _words in question.choices}
    for follower in question.followers.all():
        kept = [value for value in follower.shown_if_values if value in known]
        if kept != follower.shown_if_values:
            follower.shown_if_values = kept
            follower.shown_if = question if kept else None
            follower.save(update_fields=["shown_if", "shown_if_values"])
