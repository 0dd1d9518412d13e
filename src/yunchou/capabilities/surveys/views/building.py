"""A questionnaire: its questions, the look that guests have at it, its opening and its end."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..addresses import board_url
from ..forms import ClosingForm, QuestionForm, SurveyForm
from ..forms.shared import typed as shown_moment
from ..messaging import reached_by_hand, with_messages
from ..models import Question, QuestionKind, Survey
from ..permissions import Perm
from ..rules import questionnaire_closes_in_time, score_says_how_many_answered
from ..selectors.people import recipients_for, returned_of
from ..selectors.results import result_of
from .public import languages_of, page_of
from .shared import dialog, open_survey_page, part_url

PARTS = ("questions", "people", "results")
SHOWN_PEOPLE = 300


def _words() -> dict[str, str]:
    return {
        "questions": pgettext("survey", "Questions"),
        "people": pgettext("survey", "People asked"),
        "results": pgettext("survey", "Results"),
    }


@require_safe
@login_required
def survey_detail(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """One part of a questionnaire; of a draft its questions, else its results, unless another is asked for."""
    subject, found = open_survey_page(request, pk, survey)
    part = request.GET.get("view", "")
    part = part if part in PARTS else "questions" if found.is_draft else "results"
    lock = lock_on(subject, "surveys")
    may_edit = not lock and holds(request.user, Perm.EDIT, subject)
    words = _words()
    context = page_context(
        request, subject, "surveys",
        survey=found, part=part, lock=lock, may_edit=may_edit, may_build=may_edit and found.is_draft,
        views=[{"label": words[key], "url": part_url(found, key), "active": key == part} for key in PARTS],
        template=f"surveys/parts/{part}.html",
        rules={"term": questionnaire_closes_in_time, "score": score_says_how_many_answered},
        base_url=request.build_absolute_uri("/").rstrip("/"),
        **_context_of(part, request, found),
    )  # fmt: skip
    return render(request, "surveys/survey_detail.html", context)


def _context_of(part: str, request: SignedInRequest, survey: Survey) -> dict[str, Any]:
    if part == "questions":
        return {"questions": _numbered(survey), "kinds": QuestionKind.choices}
    if part == "people":
        people = recipients_for(survey, request.user)
        shown = list(people[:SHOWN_PEOPLE])
        sees_all = holds(request.user, Perm.EDIT, survey.subject)
        return {
            "people": with_messages(survey, shown) if sees_all else [(one, None) for one in shown],
            "people_count": people.count(), "returned": returned_of(survey), "sees_all": sees_all,
            "by_hand": reached_by_hand(survey) if sees_all and not survey.closed_at else 0,
            "list_query": f"survey={survey.pk}",
        }  # fmt: skip
    sees_names = not survey.is_anonymous and holds(request.user, Perm.EDIT, survey.subject)
    result = result_of(survey, whole=True)
    odd = [] if result.is_hidden else list(
        survey.responses.exclude(flags=[], set_aside_at=None).select_related("set_aside_by", "recipient")
    )  # fmt: skip
    return {"result": result, "sees_names": sees_names, "odd": odd, "list_query": f"survey={survey.pk}"}


def _numbered(survey: Survey) -> list[tuple[Question, str]]:
    """The questions, each with the condition it hangs on in words."""
    questions = {question.pk: question for question in survey.questions.all()}
    number = {pk: n for n, pk in enumerate(questions, 1)}
    told = []
    for question in questions.values():
        first = questions.get(question.shown_if_id) if question.shown_if_id else None
        words = ""
        if first is not None:
            known = dict(first.choices)
            answers = "、".join(known.get(value, value) for value in question.shown_if_values)
            words = _("Only if question %(number)s is answered %(answers)s") % {
                "number": number[first.pk],
                "answers": answers,
            }
        told.append((question, words))
    return told


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def survey_change(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Change the settings of a draft."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    form = SurveyForm(typed(request), survey=found)

    def save() -> str:
        seen = form.cleaned_data["seen"]
        return actions.change_survey(
            survey=found, details=form.details, actor=request.user, seen=seen
        ).get_absolute_url()

    title, verb = pgettext("survey", "Settings"), pgettext("survey", "Save")
    return dialog(request, form, title, verb, save, back=found.get_absolute_url())


@require_POST
@login_required
def survey_remove(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.remove_survey(survey=found, actor=request.user)
    toast(request, pgettext("survey", "Removed"))
    return go(request, board_url(subject))


@require_safe
@login_required
def survey_preview(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """The questionnaire as guests see it, in the language asked for; nothing can be sent from here."""
    _subject, found = open_survey_page(request, pk, survey)
    languages = languages_of(found)
    language = request.GET.get("lang", "")
    language = language if language in languages else languages[0]
    with translation.override(language):
        return page_of(request, found, {}, {}, shows_all=True, is_preview=True, language=language)


@require_POST
@login_required
def survey_open(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Open it now."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.open_survey(survey=found, actor=request.user)
    toast(request, pgettext("survey", "The questionnaire is open"))
    return go(request, part_url(found, "people"))


@require_POST
@login_required
def survey_close(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Close it now; its score becomes a figure of the activity."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.close_survey(survey=found, actor=request.user)
    toast(request, pgettext("survey", "The questionnaire is closed"))
    return go(request, part_url(found, "results"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def closing_set(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Let it close at another time."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    form = ClosingForm(typed(request), initial={"closes_at": shown_moment(found.closes_at)})

    def save() -> str:
        actions.set_closing(survey=found, closes_at=form.cleaned_data["closes_at"], actor=request.user)
        return part_url(found, "people")

    title, verb = pgettext("survey", "When it closes"), pgettext("survey", "Save")
    return dialog(request, form, title, verb, save, back=found.get_absolute_url())


def _question_dialog(
    request: SignedInRequest, survey: Survey, kind: str, question: Question | None
) -> HttpResponse:
    before = survey.questions.filter(position__lt=question.position) if question else survey.questions.all()
    form = QuestionForm(typed(request), kind=kind, earlier=list(before), question=question)

    def save() -> str:
        actions.put_question(survey=survey, wording=form.wording, actor=request.user, question=question)
        return part_url(survey, "questions")

    title = str(dict(QuestionKind.choices)[kind])
    also = {"shown_if_values": "shown_if"}
    back = part_url(survey, "questions")
    return dialog(request, form, title, pgettext("survey", "Save"), save, back=back, also=also)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question_add(request: SignedInRequest, pk: int, survey: int, kind: str) -> HttpResponse:
    """Ask another question of a kind."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    if kind not in QuestionKind.values:
        raise Http404
    return _question_dialog(request, found, kind, None)


def _question(survey: Survey, question: int) -> Question:
    found: Question = get_object_or_404(Question, pk=question, survey=survey)
    found.survey = survey
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question_change(request: SignedInRequest, pk: int, survey: int, question: int) -> HttpResponse:
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    asked = _question(found, question)
    return _question_dialog(request, found, asked.kind, asked)


@require_POST
@login_required
def question_remove(request: SignedInRequest, pk: int, survey: int, question: int) -> HttpResponse:
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.remove_question(question=_question(found, question), actor=request.user)
    return go(request, part_url(found, "questions"))


@require_POST
@login_required
def question_move(request: SignedInRequest, pk: int, survey: int, question: int) -> HttpResponse:
    """One place up or down, for keys and for phones."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    by = -1 if request.POST.get("way") == "up" else 1
    actions.move_question(question=_question(found, question), by=by, actor=request.user)
    return go(request, part_url(found, "questions"))


@require_POST
@login_required
def question_order(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """The order that dragging gave."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    order = [
        int(one)
        for one in request.POST.getlist("order")
        if one.isascii() and one.isdecimal() and len(one) < 19
    ]
    actions.order_questions(survey=found, order=order, actor=request.user)
    return HttpResponse(status=204)
