"""What is said on a case without deciding it: remarks, questions and answers, reminders."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid

from .. import actions
from ..forms import AnswerForm, AskForm, RemarkForm, UrgeForm
from ..models import Remark
from .cases import draw_case
from .dialogs import Wording, dialog, find_case, show_refusal, typed

ASK = Wording(
    title=_("Ask somebody"),
    verb=pgettext_lazy("decision", "Ask"),
    done=_("The question was sent"),
    text=_("The case goes on waiting for you; the answer stands in its course."),
)
ANSWER = Wording(
    title=_("Answer"),
    verb=pgettext_lazy("decision", "Answer"),
    done=_("The answer was sent"),
)
URGE = Wording(
    title=_("Send a reminder"),
    verb=pgettext_lazy("decision", "Remind"),
    done=_("The reminder was sent"),
    text=_("Goes to everybody for whom the case waits, at most once in half a working day."),
)


@require_POST
@login_required
def case_remark(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say something without deciding."""
    case = find_case(request, pk)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            actions.remark(case=case, actor=request.user, text=form.cleaned_data["text"])
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            return redirect(case)
    return draw_case(request, case, remark_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask somebody something about the case."""
    case = find_case(request, pk)
    return dialog(
        request,
        case,
        AskForm(typed(request)),
        lambda said: actions.ask(case=case, actor=request.user, to=said["to"], text=said["text"]),
        ASK,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_answer(request: SignedInRequest, pk: int, question: int) -> HttpResponse:
    """Answer a question that was put to oneself."""
    case = find_case(request, pk)
    asked = get_object_or_404(
        Remark.objects.select_related("author", "to", "case"),
        pk=question,
        case=case,
        kind=Remark.Kind.QUESTION,
    )
    return dialog(
        request,
        case,
        AnswerForm(typed(request)),
        lambda said: actions.answer(question=asked, actor=request.user, text=said["text"]),
        ANSWER,
        more={"question": asked},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_urge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind those for whom the case waits (催办)."""
    case = find_case(request, pk)
    return dialog(
        request,
        case,
        UrgeForm(typed(request)),
        lambda said: actions.urge(case=case, actor=request.user, text=said["text"]),
        URGE,
    )
