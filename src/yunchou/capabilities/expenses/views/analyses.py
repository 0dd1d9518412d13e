"""What departments report on the execution of their budgets (BUD-24)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.ledger.states import quarter_of
from yunchou.kernel.access.selectors import holds, units_with, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.dialogs import dialog, go, mark
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import AnalysisForm, CiteForm
from ..permissions import Perm
from .shared import analysis_or_404


@require_safe
@needs(Perm.SEE_REPORTS)
def analysis_list(request: SignedInRequest) -> HttpResponse:
    """Who has reported on the period that is asked for, and all analyses that the person may read, newest first."""
    periods = selectors.periods_owed()
    asked = request.GET.get("period", "")
    period = asked if asked in periods else next(iter(periods), "")
    dues = selectors.dues_seen(request.user, period) if period else []
    context = {
        "dues": dues,
        "reported": sum(due.analysis is not None for due in dues),
        "period": period,
        "periods": periods[:8],
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
    initial = {
        "period": request.GET.get("period") or quarter_of(today).value,
        "unit": request.GET.get("unit", ""),
    }
    form = AnalysisForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.report_execution(actor=request.user, **form.cleaned_data)
            toast(request, _("Reported to the marketing centre"))
            return go(request, made.get_absolute_url())
        except Refused as refused:
            if not mark(form, refused):
                raise
    context = {"form": form}
    return render(request, "expenses/analysis_add.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.SEE_REPORTS)
def analysis_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One analysis, and the budgets that cite it, as far as the person sees them."""
    analysis = analysis_or_404(request, pk)
    seen = visible_subjects(request.user)
    cited = analysis.citations.filter(budget__in=seen).select_related("budget", "cited_by").order_by("-pk")
    context = {
        "analysis": analysis,
        "citations": cited,
        "measures": selectors.measures_of(analysis),
        "may_set": holds(request.user, *selectors.may_set(analysis)),
    }
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
