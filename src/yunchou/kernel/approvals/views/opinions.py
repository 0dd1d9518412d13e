"""A person's own common opinions (常用意见)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.ui.toasts import toast

from ..forms import CommonOpinionForm
from ..opinion_models import CommonOpinion
from ..opinions import drop_opinion, keep_opinion, kept_opinions, offered_opinions
from .dialogs import show_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def opinion_list(request: SignedInRequest) -> HttpResponse:
    """The person's sentences, and a field for one more; over the decision page as a dialog."""
    form = CommonOpinionForm(_typed(request) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_opinion(actor=request.user, text=form.cleaned_data["text"])
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            if not request.htmx:
                toast(request, _("Kept"))
                return redirect("approvals:opinion_list")
            form = CommonOpinionForm()
    return _drawn(request, form)


@require_POST
@login_required
def opinion_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one off the list; somebody else's is 404."""
    drop_opinion(actor=request.user, opinion=get_object_or_404(CommonOpinion, pk=pk, user=request.user))
    return _drawn(request, CommonOpinionForm()) if request.htmx else redirect("approvals:opinion_list")


def _typed(request: SignedInRequest) -> dict[str, str]:
    """The sentence, from the list's own field or from the field of the decision page."""
    return {"text": request.POST.get("text", request.POST.get("opinion", ""))}


def _drawn(request: SignedInRequest, form: CommonOpinionForm) -> HttpResponse:
    kept = kept_opinions(request.user)
    context = {"form": form, "kept": kept, "offered": offered_opinions(kept)}
    template = "approvals/opinions.html" if request.htmx else "approvals/opinion_list.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
