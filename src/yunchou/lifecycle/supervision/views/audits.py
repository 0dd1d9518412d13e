"""Audits: which recur, which are going on, and the page of one with its sample, findings and report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import dialog, go
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms.audits import (
    AuditFilterForm,
    AuditForm,
    AuditPlanForm,
    FindingForm,
    NoteOnItemForm,
    ReasonForm,
    ReportForm,
)
from ..models import AuditCase, AuditPlan, CaseStatus, SampleItem
from ..permissions import Perm
from ..selectors.audits import (
    AuditFilters,
    items_of,
    may_examine,
    may_open_items,
    planned_audits,
    plans_for,
    rule_params,
    works_under,
)
from ..selectors.findings import findings_of
from ..terms import correction_due
from .shared import case_or_404, chips, segments

NARROWED = ("kind", "status", "unit")


@require_safe
@login_required
def audit_list(request: SignedInRequest) -> HttpResponse:
    """The audits that the person may see: those going on, the own ones, or all; newest first."""
    user = request.user
    require(user, Perm.SEE_AUDITS)
    form = AuditFilterForm(request.GET, units=units_with(user, Perm.SEE_AUDITS).order_by("path"))
    form.is_valid()
    data = form.cleaned_data
    views = [("open", _("Going on")), ("all", _("All"))]
    if may_audit := holds(user, Perm.AUDIT):
        views.insert(1, ("mine", _("Mine")))
    view = request.GET.get("view", "")
    view = view if view in dict(views) else "open"
    filters = AuditFilters(
        view, data.get("kind", ""), data.get("status", ""), data.get("unit"), data.get("q", "")
    )
    context = {
        "page": paginate(filters.apply(user), request.GET, by="-pk"),
        "form": form,
        "filters": filters,
        "view": view,
        "segments": segments(request, views, view),
        "chips": chips(request, form, NARROWED),
        "may_audit": may_audit,
    }
    return render(request, "supervision/audit_list.html", context)


@require_safe
@login_required
def audit_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One audit: scope, sample, findings, report, and what comes next."""
    case, user = case_or_404(request, pk), request.user
    audits = holds(user, Perm.AUDIT, case.subject) and not works_under(user, case.subject.unit)
    page = paginate(items_of(case), request.GET, by="position", total=case.drawn)  # type: ignore[attr-defined]
    findings = list(findings_of(case.subject, user))
    steps = list(CaseStatus)
    context = {
        "case": case,
        "page": page,
        "rows": [(item, may_examine(item, user)) for item in page],
        "findings": findings,
        "steps": [step.label for step in steps],
        "step": steps.index(CaseStatus(case.status)) + 1,
        "may_open_items": may_open_items(case, user),
        "examines": audits and case.status == CaseStatus.RUNNING,
        "may": {move for move in ("start", "report", "demand", "close") if audits and _is_next(case, move)},
        "entries": lately(case.subject, 12),
    }
    return render(request, "supervision/audit_detail.html", context)


def _is_next(case: AuditCase, move: str) -> bool:
    """Whether a move is what comes next, so that its button stands there."""
    unsettled: int = case.unsettled  # type: ignore[attr-defined]
    return {
        "start": case.status == CaseStatus.PLANNED,
        "report": case.status == CaseStatus.RUNNING,
        "demand": case.status == CaseStatus.REPORTED and unsettled > 0,
        "close": case.status in (CaseStatus.REPORTED, CaseStatus.CORRECTING) and not unsettled,
    }[move]


@require_http_methods(["GET", "POST"])
@login_required
def audit_open(request: SignedInRequest) -> HttpResponse:
    """Open an audit besides those that recur."""
    require(request.user, Perm.AUDIT)
    initial = {"auditor": request.user.pk, "starts_on": _quarter(), "ends_on": clock.today()}
    form = AuditForm(request.POST or None, initial=initial)

    def save() -> str:
        case = actions.open_audit(actor=request.user, **form.cleaned_data)
        toast(request, _("Audit opened with its sample"))
        return case.get_absolute_url()

    return dialog(
        request, form, _("Open an audit"), pgettext("audit", "Open"), save, back=reverse("supervision:audit_list"),
        hint=_("The sample is drawn at once: the largest amounts, and as many at random."),
    )  # fmt: skip


@require_POST
@login_required
def audit_start(request: SignedInRequest, pk: int) -> HttpResponse:
    case = actions.start_audit(case=case_or_404(request, pk), actor=request.user)
    toast(request, _("The audit is running"))
    return go(request, case.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def audit_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the report; the findings then go to those concerned."""
    case = case_or_404(request, pk)
    require(request.user, Perm.AUDIT, case.subject)
    form = ReportForm(request.POST or None)

    def save() -> str:
        actions.report_audit(case=case, actor=request.user, **form.cleaned_data)
        toast(request, _("Reported"))
        return case.get_absolute_url()

    return dialog(
        request, form, _("Report on the audit"), pgettext("audit", "Report"), save, back=case.get_absolute_url(),
        hint=_("Those responsible are told and may answer before corrections are demanded."),
    )  # fmt: skip


@require_POST
@login_required
def audit_demand(request: SignedInRequest, pk: int) -> HttpResponse:
    case = actions.demand_corrections(case=case_or_404(request, pk), actor=request.user)
    toast(request, _("The corrections are owed now"))
    return go(request, case.get_absolute_url())


@require_POST
@login_required
def audit_close(request: SignedInRequest, pk: int) -> HttpResponse:
    case = actions.close_audit(case=case_or_404(request, pk), actor=request.user)
    toast(request, _("Audit closed"))
    return go(request, case.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def item_examine(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Find an item of the sample in order, with a note if there is one to make."""
    case, found = _item(request, pk, item)
    form = NoteOnItemForm(request.POST or None, initial={"note": found.note})

    def save() -> str:
        actions.examine_item(item=found, actor=request.user, **form.cleaned_data)
        toast(request, _("In order: %(item)s") % {"item": found})
        return f"{case.get_absolute_url()}#item-{found.pk}"

    title = _("%(item)s is in order") % {"item": found}
    return dialog(request, form, title, _("In order"), save, back=case.get_absolute_url(), hint=found.told)


@require_http_methods(["GET", "POST"])
@login_required
def finding_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a finding, on an item of the sample (`?item=`) or on the audit as a whole."""
    case = case_or_404(request, pk)
    require(request.user, Perm.AUDIT, case.subject)
    number = request.GET.get("item", "")
    item = _item(request, pk, int(number))[1] if number.isdigit() else None
    initial: dict[str, Any] = {"due_on": correction_due()}
    if item is not None:
        initial |= {"owner": item.person_id, "amount": "" if item.amount is None else f"{item.amount:.2f}"}
    form = FindingForm(request.POST or None, initial=initial)

    def save() -> str:
        finding = actions.record_finding(
            source=case.subject, item=item, found=form.found(), actor=request.user
        )
        toast(request, _("%(finding)s recorded") % {"finding": finding})
        return f"{case.get_absolute_url()}#findings"

    hint = f"{item} · {item.told}" if item else ""
    return dialog(
        request,
        form,
        _("Record a finding"),
        pgettext("audit", "Record"),
        save,
        back=case.get_absolute_url(),
        hint=hint,
    )


def _item(request: SignedInRequest, pk: int, item: int) -> tuple[AuditCase, SampleItem]:
    case = case_or_404(request, pk)
    require(request.user, Perm.AUDIT, case.subject)
    return case, get_object_or_404(case.items.select_related("case__subject__unit"), pk=item)


# ---------------------------------------------------------------- plans


@require_safe
@login_required
def audit_plan_list(request: SignedInRequest) -> HttpResponse:
    """The audits that recur, with the day on which each opens next."""
    require(request.user, Perm.SEE_AUDITS)
    context = {
        "plans": planned_audits(request.user),
        "params": rule_params(),
        "may_plan": holds(request.user, Perm.AUDIT),
    }
    return render(request, "supervision/audit_plan_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def audit_plan_add(request: SignedInRequest) -> HttpResponse:
    require(request.user, Perm.AUDIT)
    longest = rule_params().months
    initial = {"auditor": request.user.pk, "months": longest, "starts_on": _quarter()}
    form = AuditPlanForm(request.POST or None, initial=initial, longest=longest)

    def save() -> str:
        plan = actions.plan_audit(actor=request.user, **form.cleaned_data)
        toast(request, _("%(plan)s is planned") % {"plan": plan})
        return plan.get_absolute_url()

    return dialog(
        request, form, _("Plan an audit"), pgettext("audit", "Plan"), save, back=reverse("supervision:audit_plan_list"),
        hint=_("On the day after each period its case is opened with a sample."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def audit_plan_change(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = AuditPlanForm(request.POST or None, plan=plan, longest=rule_params().months)

    def save() -> str:
        actions.change_audit_plan(plan=plan, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return plan.get_absolute_url()

    return dialog(request, form, str(plan), _("Save"), save, back=plan.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def audit_plan_end(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.end_audit_plan(plan=plan, actor=request.user, **form.cleaned_data)
        toast(request, _("The plan has ended"))
        return plan.get_absolute_url()

    return dialog(
        request, form, _("End “%(plan)s”") % {"plan": plan}, _("End the plan"), save, back=plan.get_absolute_url(),
        hint=_("Audits that are open go on."), is_dangerous=True,
    )  # fmt: skip


def _plan(request: SignedInRequest, pk: int) -> AuditPlan:
    plan: AuditPlan = get_object_or_404(plans_for(request.user), pk=pk)
    require(request.user, Perm.AUDIT, plan.subject)
    return plan


def _quarter() -> date:
    """The first day of the quarter at hand."""
    today = clock.today()
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
