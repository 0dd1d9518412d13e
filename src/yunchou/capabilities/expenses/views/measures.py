"""Improvement measures: set, told of, dropped; each in a dialog."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import DropForm, MeasureForm, ResultForm
from ..models import ExecutionAnalysis, ExpenseReport, Measure
from ..permissions import Perm
from .shared import analysis_or_404, report_or_404


@require_http_methods(["GET", "POST"])
@needs(Perm.SEE_REPORTS)
def measure_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a measure on a report or an analysis; a duty of whoever carries it out."""
    holder = _holder(request, pk)
    form = MeasureForm(request.POST or None)

    def save() -> str:
        actions.set_measure(holder=holder, actor=request.user, **form.cleaned_data)
        toast(request, _("Set, and owed by whoever carries it out"))
        return f"{holder.get_absolute_url()}#measures"

    return dialog(
        request,
        form,
        _("Improvement measure"),
        pgettext("measure", "Set"),
        save,
        back=holder.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
@login_required
def measure_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell what came of a measure."""
    measure = _measure(request, pk)
    back = selectors.holder_of(measure).get_absolute_url()
    form = ResultForm(request.POST or None)

    def save() -> str:
        actions.finish_measure(measure=measure, result=form.cleaned_data["result"], actor=request.user)
        toast(request, pgettext("measure", "Told"))
        return f"{back}#measures"

    return dialog(request, form, measure.text, _("Carried out"), save, back=back)


@require_http_methods(["GET", "POST"])
@login_required
def measure_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a measure up."""
    measure = _measure(request, pk)
    back = selectors.holder_of(measure).get_absolute_url()
    form = DropForm(request.POST or None)

    def save() -> str:
        actions.drop_measure(measure=measure, reason=form.cleaned_data["result"], actor=request.user)
        toast(request, pgettext("measure", "Dropped"))
        return f"{back}#measures"

    return dialog(
        request, form, measure.text, pgettext("measure", "Drop"), save, back=back, is_dangerous=True
    )


def _holder(request: SignedInRequest, pk: int) -> ExpenseReport | ExecutionAnalysis:
    """The report or the analysis that the person sees, else 404."""
    if ExpenseReport.objects.filter(pk=pk).exists():
        return report_or_404(request, pk)
    return analysis_or_404(request, pk)


def _measure(request: SignedInRequest, pk: int) -> Measure:
    """A measure of a report or an analysis that the person sees, or one of the person's own; else 404."""
    measure: Measure = get_object_or_404(Measure.objects.select_related("subject__unit", "owner"), pk=pk)
    if measure.owner_id != request.user.pk and not holds(request.user, Perm.SEE_REPORTS, measure.subject):
        raise Http404
    return measure
