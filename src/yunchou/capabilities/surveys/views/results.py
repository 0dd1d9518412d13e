"""Answers that do not count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import go, typed

from .. import actions
from ..forms import ReasonForm
from ..models import Response
from ..permissions import Perm
from .shared import dialog, open_survey_page, part_url


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def response_aside(request: SignedInRequest, pk: int, survey: int, response: int) -> HttpResponse:
    """Let an answer count no longer, with a reason."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    given = get_object_or_404(Response.objects.select_related("survey__subject"), pk=response, survey=found)
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.set_aside(response=given, reason=form.cleaned_data["reason"], actor=request.user)
        return part_url(found, "results")

    title, verb = pgettext("survey", "This answer does not count"), pgettext("survey", "Set aside")
    return dialog(request, form, title, verb, save, back=part_url(found, "results"))


@require_POST
@login_required
def response_count(request: SignedInRequest, pk: int, survey: int, response: int) -> HttpResponse:
    """Let it count again."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    given = get_object_or_404(Response.objects.select_related("survey__subject"), pk=response, survey=found)
    actions.count_again(response=given, actor=request.user)
    return go(request, part_url(found, "results"))
