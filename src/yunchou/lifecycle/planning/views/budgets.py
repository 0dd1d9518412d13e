"""The money of a plan by items of cost in four views, its effect indicators, and what a budget takes over by one click."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..budgeting import divisions
from ..coverage import cuts_of
from ..forms import UploadForm
from ..models import Plan, ProjectLine
from ..money import money_of_plan
from ..occasions.kinds import KINDS, add_of_kind
from ..permissions import Perm
from ..selectors import dossier_of
from ..sums import Coverage
from ..tables import AllocationRow
from .shared import open_plan, plan_at


@require_safe
@login_required
def plan_money(request: SignedInRequest, pk: int) -> HttpResponse:
    """The allocation by items of cost, the same in four views, the effect indicators, and the state of the money."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_money")
    plan: Plan = context["plan"]
    rows = dossier_of(subject).rows(AllocationRow)
    amounts = [row.amount for row in rows if row.amount is not None]
    context |= {
        "divisions": divisions(rows),
        "cover": Coverage(plan.budget, sum(amounts) if amounts else None, len(rows)),  # type: ignore[arg-type]
        "cuts": cuts_of(plan),
        "money": money_of_plan(pk),
    }
    return render(request, "planning/plan_money.html", context)


@require_POST
@login_required
def analysis_cite(request: SignedInRequest, pk: int, analysis: int) -> HttpResponse:
    """Cite one of the last analyses of execution (BUD-24)."""
    open_plan(request, pk, Perm.DRAFT)
    plan = plan_at(pk)
    found = actions.cite_last_execution(plan=plan, analysis=analysis, actor=request.user)
    toast(request, _("%(analysis)s is cited") % {"analysis": found})
    return go(request, f"{plan.get_absolute_url()}#last-round")


@require_POST
@login_required
def goals_usual(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take over the goals that plans usually set (PLN-07)."""
    open_plan(request, pk, Perm.DRAFT)
    count = actions.take_usual_goals(plan=plan_at(pk), actor=request.user)
    words = ngettext("%(count)s goal laid down", "%(count)s goals laid down", count)
    toast(request, words % {"count": count} if count else _("All of them are there already"))
    return go(request, reverse("planning:plan_goals", args=[pk]))


@require_POST
@login_required
def item_of_kind(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """A new item of a regular kind of promotion (PLN-14)."""
    open_plan(request, pk, Perm.DRAFT)
    if kind not in KINDS:
        raise Invalid(_("There is no such kind of promotion."))
    item = add_of_kind(plan=plan_at(pk), kind=kind, actor=request.user)
    toast(request, _("%(item)s was added") % {"item": item.label})
    return go(request, reverse("planning:plan_items", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sales_plan(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Attach the overall sales plan of a project (PLN-02)."""
    open_plan(request, pk, Perm.DRAFT)
    found = get_object_or_404(ProjectLine.objects.filter(subject=pk), pk=line)
    form = UploadForm(typed(request), request.FILES or None)
    back = f"{plan_at(pk).get_absolute_url()}#projects"
    if request.method == "POST" and form.is_valid():
        try:
            actions.attach_sales_plan(line=found, upload=form.cleaned_data["upload"], actor=request.user)
        except Invalid as refused:
            form.add_error("upload", str(refused.message))
        else:
            toast(request, _("Attached"))
            return go(request, back)
    context = page_context(
        request,
        found.subject,
        "plan_overview",
        form=form,
        title=_("Overall sales plan of %(project)s") % {"project": found.project},
        back=back,
        verb=_("Attach"),
    )
    return render(request, "planning/upload.html", context, status=422 if form.errors else 200)
