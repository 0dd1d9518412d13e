"""The tab 问卷 of an activity: its questionnaires, interviews, and what publicity brought."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from .. import actions
from ..addresses import board_url
from ..forms import NewSurveyForm
from ..models import Survey
from ..permissions import Perm
from ..selectors.people import interviews_of
from ..selectors.publicity import effect_of
from ..selectors.results import results_of
from .shared import dialog

OFFERED = 30
"""So many earlier questionnaires are offered to begin with."""


@require_safe
@login_required
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that people said about an activity."""
    subject = open_subject(request, pk, Perm.VIEW)
    surveys = list(
        Survey.objects.filter(subject=subject).select_related("keeper").annotate(asks=Count("questions"))
    )
    lock = lock_on(subject, "surveys")
    context = page_context(
        request, subject, "surveys",
        results=results_of(surveys),
        interviews=list(interviews_of(subject.pk)),
        effects=effect_of(subject),
        lock=lock,
        may_edit=not lock and holds(request.user, Perm.EDIT, subject),
    )  # fmt: skip
    return render(request, "surveys/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def survey_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draw up a questionnaire from a template, from one that was asked before, or from nothing."""
    subject = open_subject(request, pk, Perm.EDIT)
    seen = Survey.objects.filter(subject__in=visible_subjects(request.user)).select_related("subject")
    form = NewSurveyForm(typed(request), keeper=request.user, earlier=list(seen[:OFFERED]))

    def save() -> str:
        if (copied := form.copied) is not None:
            made = actions.copy_survey(
                survey=copied, subject=subject, details=form.details, actor=request.user
            )
        else:
            made = actions.add_survey(
                subject=subject, details=form.details, template=form.template, actor=request.user
            )
        return made.get_absolute_url()

    title, verb = pgettext("survey", "New questionnaire"), pgettext("survey", "Draw up")
    return dialog(request, form, title, verb, save, back=board_url(subject))
