"""Evaluations by outside institutions: the tab of a project, and the list of all."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms.audits import FindingForm, ReasonForm
from ..forms.outside import CommissionForm, OutcomeForm
from ..models import FindingKind, OutsideEvaluation, OutsideStatus
from ..permissions import Perm
from ..selectors.outside import evaluations_for, evaluations_of, is_over, took_part
from ..terms import correction_due
from .shared import segments


@require_safe
@login_required
def outside_list(request: SignedInRequest) -> HttpResponse:
    """What outside institutions were asked to evaluate and what they found, newest first."""
    require(request.user, Perm.SEE_AUDITS)
    views = [("all", _("All")), *((status.value, str(status.label)) for status in OutsideStatus)]
    view = request.GET.get("view", "")
    view = view if view in dict(views) else "all"
    found = evaluations_for(request.user)
    if view != "all":
        found = found.filter(status=view)
    context = {
        "page": paginate(found, request.GET, by="-pk"),
        "segments": segments(request, views, view),
        "view": view,
    }
    return render(request, "supervision/outside_list.html", context)


@require_safe
@login_required
def outside_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tab of a project: commission, report, conclusion and measures of each evaluation."""
    about = open_subject(request, pk, Perm.VIEW)
    may = holds(request.user, Perm.COMMISSION, about) and not took_part(request.user, about)
    context = page_context(
        request, about, "outside",
        shown=evaluations_of(about, request.user), may_commission=may, is_over=is_over(about) if may else False,
    )  # fmt: skip
    return render(request, "supervision/outside_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def outside_commission(request: SignedInRequest, pk: int) -> HttpResponse:
    """Commission an institution."""
    about: Subject = open_subject(request, pk, Perm.COMMISSION)
    initial = {"due_on": add_working_days(clock.today(), 20)}
    form = CommissionForm(request.POST or None, user=request.user, initial=initial)
    back = reverse("supervision:outside_detail", args=[about.pk])

    def save() -> str:
        made = actions.commission_evaluation(about=about, commission=form.commission(), actor=request.user)
        toast(request, _("%(institution)s is commissioned") % {"institution": made.institution})
        return made.get_absolute_url()

    return dialog(
        request, form, _("Commission an outside evaluation"), _("Commission"), save, back=back,
        hint=_("The project is evaluated after it is over; the report is owed by the day."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def outside_report(request: SignedInRequest, pk: int, evaluation: int) -> HttpResponse:
    """File the report with its conclusion and rating."""
    about, found = _evaluation(request, pk, evaluation)
    form = OutcomeForm(request.POST or None, request.FILES or None)

    def save() -> str:
        actions.file_report(
            evaluation=found, outcome=form.outcome(), report=form.cleaned_data["report"], actor=request.user
        )
        toast(request, _("Filed with the project"))
        return found.get_absolute_url()

    title = _("Report of %(institution)s") % {"institution": found.institution}
    back = reverse("supervision:outside_detail", args=[about.pk])
    return dialog(request, form, title, pgettext("outside", "File"), save, back=back)


@require_http_methods(["GET", "POST"])
@login_required
def outside_cancel(request: SignedInRequest, pk: int, evaluation: int) -> HttpResponse:
    """Withdraw a commission."""
    about, found = _evaluation(request, pk, evaluation)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.cancel_commission(evaluation=found, actor=request.user, **form.cleaned_data)
        toast(request, _("Withdrawn"))
        return found.get_absolute_url()

    title = _("Withdraw the commission of %(institution)s") % {"institution": found.institution}
    back = reverse("supervision:outside_detail", args=[about.pk])
    return dialog(request, form, title, pgettext("outside", "Withdraw"), save, back=back, is_dangerous=True)


@require_http_methods(["GET", "POST"])
@login_required
def measure_add(request: SignedInRequest, pk: int, evaluation: int) -> HttpResponse:
    """Draw a measure from the report: a finding with what is to be done, by whom and by when."""
    about, found = _evaluation(request, pk, evaluation)
    initial = {
        "kind": FindingKind.EFFECT,
        "due_on": correction_due(),
    }
    form = FindingForm(request.POST or None, initial=initial)

    def save() -> str:
        measure = actions.record_finding(source=found.subject, found=form.found(), actor=request.user)
        toast(request, _("%(finding)s recorded") % {"finding": measure})
        return found.get_absolute_url()

    back = reverse("supervision:outside_detail", args=[about.pk])
    return dialog(
        request,
        form,
        _("Draw a measure"),
        pgettext("audit", "Record"),
        save,
        back=back,
        hint=found.conclusion,
    )


def _evaluation(request: SignedInRequest, pk: int, evaluation: int) -> tuple[Subject, OutsideEvaluation]:
    about = open_subject(request, pk, Perm.COMMISSION)
    found = OutsideEvaluation.objects.filter(about=about).select_related("subject__unit", "about__unit")
    return about, get_object_or_404(found, pk=evaluation)
