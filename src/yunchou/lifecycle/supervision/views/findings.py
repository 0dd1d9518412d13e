"""Findings of all checks: the list, and the page of one where it is answered, corrected and verified."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import units_with, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms.audits import CorrectionForm, FindingFilterForm, FindingForm, ReasonForm, ReplyForm, VerdictForm
from ..models import Finding
from ..permissions import Perm
from ..selectors.findings import ALL, LATE, MINE, OPEN, FindingFilters, doable, keeper_of, verifying_right
from .shared import chips, finding_or_404, segments

NARROWED = ("severity", "kind", "unit")


@require_safe
@login_required
def finding_list(request: SignedInRequest) -> HttpResponse:
    """The findings that the person may see, the most urgent first."""
    user = request.user
    form = FindingFilterForm(request.GET, units=units_with(user, Perm.SEE_AUDITS).order_by("path"))
    form.is_valid()
    data = form.cleaned_data
    views = [
        (OPEN, pgettext("finding", "Open")),
        (MINE, _("Mine to correct")),
        (LATE, _("Overdue")),
        (ALL, _("All")),
    ]
    view = request.GET.get("view", "")
    view = view if view in dict(views) else OPEN
    filters = FindingFilters(
        view, data.get("severity", ""), data.get("kind", ""), data.get("unit"), data.get("q", "")
    )
    context = {
        "page": paginate(filters.apply(user), request.GET, by="due_on"),
        "form": form,
        "filters": filters,
        "view": view,
        "segments": segments(request, views, view),
        "chips": chips(request, form, NARROWED),
    }
    return render(request, "supervision/finding_list.html", context)


@require_safe
@login_required
def finding_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding: what it is, what is to be done, what was said and done, and what the person may do now."""
    finding = finding_or_404(request, pk)
    seen = visible_subjects(request.user)
    context = {
        "finding": finding,
        "keeper": keeper_of(finding.source),
        "sees_source": seen.filter(pk=finding.source_id).exists(),
        "may": doable(finding, request.user),
        "entries": lately(finding.subject, 20),
    }
    return render(request, "supervision/finding_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def finding_change(request: SignedInRequest, pk: int) -> HttpResponse:
    finding = _checked(request, pk)
    form = FindingForm(request.POST or None, finding=finding)

    def save() -> str:
        actions.change_finding(finding=finding, found=form.found(), actor=request.user)
        toast(request, _("Saved"))
        return finding.get_absolute_url()

    title = _("Change %(finding)s") % {"finding": finding}
    return dialog(request, form, title, _("Save"), save, back=finding.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def finding_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a finding that did not hold."""
    finding = _checked(request, pk)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.withdraw_finding(finding=finding, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("finding", "Withdrawn"))
        return finding.get_absolute_url()

    return dialog(
        request, form, _("Withdraw %(finding)s") % {"finding": finding}, pgettext("finding", "Withdraw"), save,
        back=finding.get_absolute_url(), is_dangerous=True,
        hint=_("What was drawn is then in order; the finding stays to be read with its reason."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def finding_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what those concerned make of it."""
    finding = _concerned(request, pk)
    form = ReplyForm(request.POST or None)

    def save() -> str:
        actions.answer_finding(finding=finding, actor=request.user, **form.cleaned_data)
        toast(request, _("Answered"))
        return finding.get_absolute_url()

    title = _("Answer %(finding)s") % {"finding": finding}
    return dialog(request, form, title, _("Answer"), save, back=finding.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def finding_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand in what was done, with its evidence."""
    finding = _concerned(request, pk)
    form = CorrectionForm(request.POST or None, request.FILES or None)

    def save() -> str:
        actions.correct_finding(finding=finding, actor=request.user, **form.cleaned_data)
        toast(request, _("Handed in; somebody else verifies it"))
        return finding.get_absolute_url()

    return dialog(
        request, form, _("Correct %(finding)s") % {"finding": finding}, _("Hand in"), save,
        back=finding.get_absolute_url(), hint=finding.measure,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def correction_verify(request: SignedInRequest, pk: int, correction: int) -> HttpResponse:
    """Find that a correction holds, or send it back."""
    finding = _checked(request, pk)
    found = get_object_or_404(finding.corrections.select_related("finding", "author"), pk=correction)
    form = VerdictForm(request.POST or None)

    def save() -> str:
        data = dict(form.cleaned_data)
        is_accepted = data.pop("verdict") == "accepted"
        actions.verify_correction(correction=found, is_accepted=is_accepted, actor=request.user, **data)
        toast(request, _("Verified") if is_accepted else _("Sent back"))
        return finding.get_absolute_url()

    return dialog(
        request,
        form,
        _("Verify the correction"),
        _("Save"),
        save,
        back=finding.get_absolute_url(),
        hint=found.text,
    )


def _checked(request: SignedInRequest, pk: int) -> Finding:
    """A finding for somebody who may check its source."""
    finding = finding_or_404(request, pk)
    require(request.user, verifying_right(finding.source), finding.source)
    return finding


def _concerned(request: SignedInRequest, pk: int) -> Finding:
    """A finding for somebody whom it concerns."""
    finding = finding_or_404(request, pk)
    require(request.user, Perm.CORRECT, finding.subject)
    return finding
