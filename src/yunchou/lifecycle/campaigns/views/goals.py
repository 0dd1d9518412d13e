"""What is set on the page of the proposal beside its tables: suggested goals, indicators of a goal, purpose and scene."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.sheets.editor import Stale, check_open
from yunchou.kernel.sheets.grid import Look, table_context
from yunchou.kernel.sheets.selectors import forget_findings
from yunchou.kernel.sheets.typed import digest
from yunchou.kernel.sheets.views import CHANGED
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..actions.goals import goals_kept
from ..goal_forms import IndicatorForms, PurposeForm, TextForm
from ..models import Campaign, Goal
from ..permissions import Perm
from ..selectors import lock_on
from ..stores import goals
from ..tables import GOALS, OVERVIEW
from .pages import open_campaign


@require_POST
@login_required
def goal_suggest(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add the goal that is suggested for `dimension`; the table answers with the new row open, so that numbers follow."""
    subject = open_campaign(request, pk, Perm.EDIT)
    campaign = Campaign.objects.whole(subject.pk)
    goal = actions.add_suggested_goal(
        campaign=campaign, dimension=request.POST.get("dimension", ""), actor=request.user
    )
    toast(request, _("Goal “%(goal)s” added: set its numbers and its owner") % {"goal": goal.dimension})
    if not request.htmx:
        return redirect("campaigns:proposal_detail", pk)
    forget_findings(request)
    kept, look = goals_kept(), Look.of(request.GET)
    context = table_context(request, subject, kept, look)
    answer = render(request, kept.template, {**context, "opened": goal.pk})
    return trigger_client_event(answer, CHANGED)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def goal_indicators(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    """The indicators of a goal one by one; `read` shows what a text says before anything is kept."""
    subject = open_campaign(request, pk, Perm.EDIT)
    found = get_object_or_404(Goal.objects.select_related("subject__unit"), pk=goal, subject=subject)
    check_open(goals_kept(), subject, request.user)
    row, data = goals.row(found), request.POST if request.method == "POST" else None
    seen = request.POST.get("seen", "") or digest(GOALS, row)
    text = TextForm(data if data is not None and "read" in data else None)
    if data is None:
        return _indicators(request, found, IndicatorForms(row.indicators), text, seen)
    if "read" in data:
        read = [(figure.label, figure) for figure in text.figures()]
        kept = [one for one in row.indicators if not read or one[0] not in dict(read)]
        return _indicators(request, found, IndicatorForms(read or kept), text, seen, is_preview=bool(read))
    forms = IndicatorForms(data=data)
    refused: Exception | None = None
    if forms.is_valid():
        try:
            actions.set_indicators(goal=found, indicators=forms.indicators, actor=request.user, seen=seen)
        except Stale as stale:
            if stale.row is None:
                raise
            refused, seen = stale, digest(GOALS, stale.row)
        except Invalid as invalid:
            refused = invalid
            forms.show(invalid.fields)
        else:
            toast(request, _("Saved"))
            return _closed(request, pk)
    status = refused.status if isinstance(refused, WrongState) else 422
    return _indicators(request, found, forms, text, seen, refused=refused, status=status)


def _indicators(
    request: SignedInRequest,
    goal: Goal,
    forms: IndicatorForms,
    text: TextForm,
    seen: str,
    *,
    is_preview: bool = False,
    refused: Exception | None = None,
    status: int = 0,
) -> HttpResponse:
    context: dict[str, Any] = {
        "goal": goal, "forms": forms, "text": text, "seen": seen, "is_preview": is_preview, "refused": refused,
        "action": reverse("campaigns:goal_indicators", args=[goal.subject_id, goal.pk]),
        "back": reverse("campaigns:proposal_detail", args=[goal.subject_id]),
    }  # fmt: skip
    template = "campaigns/indicators_dialog.html" if request.htmx else "campaigns/indicators_form.html"
    return render(request, template, context, status=status or (422 if text.errors else 200))


def _closed(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dialog closes, and the tables look again."""
    if not request.htmx:
        return redirect("campaigns:proposal_detail", pk)
    answer = HttpResponse(status=204)
    trigger_client_event(answer, "sheets:fixed")
    return trigger_client_event(answer, "dialog:close")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purpose_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which purposes the campaign serves, and in which scene (GOA-01)."""
    subject = open_campaign(request, pk, Perm.EDIT)
    if reason := lock_on(subject, OVERVIEW.key):
        raise WrongState(reason)
    campaign = Campaign.objects.whole(subject.pk)
    form = PurposeForm(
        request.POST if request.method == "POST" else None, campaign=campaign, user=request.user
    )
    back = reverse("campaigns:proposal_detail", args=[pk])

    def save() -> str:
        actions.state_purpose(campaign=campaign, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, _("Purpose and scene"), _("Save"), save, back=back)
