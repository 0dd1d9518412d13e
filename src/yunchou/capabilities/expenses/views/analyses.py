"""What departments report on the execution of their budgets (BUD-24)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.selectors import holds, units_with, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import AnalysisForm, CiteForm
from ..permissions import Perm
from .shared import analysis_or_404, dialog, go, mark, needs, shell


@require_safe
@needs(Perm.SEE_REPORTS)
def analysis_list(request: SignedInRequest) -> HttpResponse:
    """The analyses that the person may read, newest first."""
    context = {
        **shell(request, "analyses"),
        "page": paginate(selectors.analyses_seen(request.user), request.GET, by="-pk"),
        "may_report": holds(request.user, Perm.ANALYSE),
    }
    return render(request, "expenses/analysis_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.ANALYSE)
def analysis_add(request: SignedInRequest) -> HttpResponse:
    """Report on the execution of a department's budget."""
    today = clock.today()
    units = units_with(request.user, Perm.ANALYSE).filter(is_active=True).order_by("path")
    initial = {"period": f"{today.year}Q{(today.month + 2) // 3}"}
    form = AnalysisForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.report_execution(actor=request.user, **form.cleaned_data)
            toast(request, _("Reported to the marketing centre"))
            return go(request, made.get_absolute_url())
        except Refused as refused:
            if not mark(form, refused):
                raise
    context = {**shell(request, "analyses"), "form": form}
    return render(request, "expenses/analysis_add.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.SEE_REPORTS)
def analysis_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One analysis, and the budgets that cite it, as far as the person sees them."""
    analysis = analysis_or_404(request, pk)
    seen = visible_subjects(request.user)
    cited = analysis.citations.filter(budget__in=seen).select_related("budget", "cited_by").order_by("-pk")
    context = {**shell(request, "analyses"), "analysis": analysis, "citations": cited}
    return render(request, "expenses/analysis_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.SEE_REPORTS)
def analysis_cite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cite an analysis in a later budget."""
    analysis = analysis_or_404(request, pk)
    form = CiteForm(request.POST or None, analysis=analysis, user=request.user)

    def save() -> str:
        actions.cite_analysis(analysis=analysis, budget=form.cleaned_data["budget"], actor=request.user)
        return analysis.get_absolute_url()

    return dialog(request, form, _("Cite in a budget"), _("Cite"), save, back=analysis.get_absolute_url())
