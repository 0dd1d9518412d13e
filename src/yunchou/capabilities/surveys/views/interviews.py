"""Notes of interviews."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject

from .. import actions
from ..addresses import board_url
from ..forms import InterviewForm
from ..models import Interview
from ..permissions import Perm
from .shared import dialog


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def interview_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = InterviewForm(typed(request), subject=subject, user=request.user)

    def save() -> str:
        actions.keep_interview(subject=subject, notes=form.notes, actor=request.user)
        return board_url(subject)

    title, verb = pgettext("interview", "Note an interview"), pgettext("interview", "Save")
    return dialog(request, form, title, verb, save, back=board_url(subject))


def _interview(subject: Subject, interview: int) -> Interview:
    found: Interview = get_object_or_404(Interview, pk=interview, subject=subject)
    found.subject = subject
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def interview_change(request: SignedInRequest, pk: int, interview: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = _interview(subject, interview)
    form = InterviewForm(typed(request), subject=subject, user=request.user, interview=found)

    def save() -> str:
        seen = form.cleaned_data["seen"]
        actions.change_interview(interview=found, notes=form.notes, actor=request.user, seen=seen)
        return board_url(subject)

    title, verb = pgettext("interview", "Interview"), pgettext("interview", "Save")
    return dialog(request, form, title, verb, save, back=board_url(subject))


@require_POST
@login_required
def interview_remove(request: SignedInRequest, pk: int, interview: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    actions.remove_interview(interview=_interview(subject, interview), actor=request.user)
    return go(request, board_url(subject))
