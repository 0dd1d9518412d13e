"""The head's page of a marketing centre: departments' progress and quality, risk assessments, reports (ORG-07)."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import ReportForm, RhythmForm, RiskForm
from ..models import CentreReport
from ..periods import ReportPeriod, ended_before
from ..permissions import Perm
from ..standing import in_order
from .shared import dialog, own_unit, tabs

SHOWN = 20


def _company(request: SignedInRequest, code: str) -> Unit:
    """A company whose head's page the person may open; others are not found."""
    for unit in selectors.companies_overseen(request.user):
        if unit.code == code:
            return unit
    raise Http404


@require_GET
@needs(Perm.VIEW)
def centre_home(request: SignedInRequest) -> HttpResponse:
    """The centre of the own company, or the first that the person may open."""
    overseen = selectors.companies_overseen(request.user)
    home = own_unit(request.user)
    own = selectors.company_of(home) if home else None
    if not overseen:
        raise Http404
    return redirect(centre_address(own if own in overseen else overseen[0]))


@require_GET
@needs(Perm.VIEW)
def centre_detail(request: SignedInRequest, code: str) -> HttpResponse:
    company = _company(request, code)
    head = selectors.head_of_centre(company)
    context = {
        "company": company,
        "places": [
            {"label": unit.name, "url": centre_address(unit), "active": unit == company}
            for unit in selectors.companies_overseen(request.user)
        ],
        "head": head,
        "is_head": head is not None and head.user == request.user,
        "overview": selectors.overview_of(company),
        "notes": selectors.risk_notes_of(company)[:SHOWN],
        "reports": selectors.reports_of(company)[:SHOWN],
        "owed": selectors.reports_owed(company),
        "rhythm": selectors.rhythm_of(company),
        "may_set": holds(request.user, Perm.OVERSEE_CENTRE, company),
        "asked": request.GET.urlencode(),
        "tabs": tabs(request, "centre"),
    }
    return render(request, "organisation/centre_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def risk_add(request: SignedInRequest, code: str) -> HttpResponse:
    company = _company(request, code)
    form = RiskForm(request.POST or None, initial={"decided_on": clock.today()})

    def save() -> str:
        actions.note_risk(company=company, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return centre_address(company)

    title = _("Assess the risk of a decision")
    return dialog(request, form, title, _("Save"), save, back=centre_address(company))


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def report_add(request: SignedInRequest, code: str) -> HttpResponse:
    company = _company(request, code)
    period = _period(request, company)
    form = ReportForm(request.POST or None, initial={"start_on": period.start_on, "end_on": period.end_on})

    def save() -> str:
        report = actions.issue_report(company=company, actor=request.user, **form.cleaned_data)
        toast(request, _("Top management has been told"))
        return report.get_absolute_url()

    title = _("Report to top management")
    return dialog(request, form, title, _("Issue report"), save, back=centre_address(company))


def _period(request: SignedInRequest, company: Unit) -> ReportPeriod:
    """The period in the address, as a duty gives it; else the last that is over."""
    try:
        start, end = (date.fromisoformat(request.GET.get(name, "")) for name in ("start", "end"))
    except ValueError:
        return ended_before(clock.today(), selectors.rhythm_of(company).every)
    return ReportPeriod(start, end)


@require_http_methods(["GET", "POST"])
@needs(Perm.OVERSEE_CENTRE)
def rhythm_set(request: SignedInRequest, code: str) -> HttpResponse:
    """How often the head reports to top management."""
    company = _company(request, code)
    rhythm = selectors.rhythm_of(company)
    initial = {"every": rhythm.every, "working_days": rhythm.working_days}
    form = RhythmForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.set_report_rhythm(company=company, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return centre_address(company)

    return dialog(request, form, _("Reporting rhythm"), _("Save"), save, back=centre_address(company))


@require_GET
@needs(Perm.VIEW)
def centre_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """A report as it was issued, with the figures of that moment."""
    report = get_object_or_404(CentreReport.objects.select_related("centre", "issued_by"), pk=pk)
    if not selectors.top_management().filter(pk=request.user.pk).exists():
        _company(request, report.centre.code)
    known = {measure.key: measure for measure in in_order()}
    keys = [key for key in known if any(key in row["figures"] for row in report.figures)]
    rows = [
        {
            "unit": row["unit"],
            "cells": [
                (known[key], row["figures"].get(key, "—"), row["levels"].get(key, "unknown")) for key in keys
            ],
        }
        for row in report.figures
    ]
    context = {
        "report": report,
        "measures": [known[key] for key in keys],
        "rows": rows,
        "tabs": tabs(request, "centre"),
    }
    return render(request, "organisation/centre_report.html", context)


def centre_address(company: Unit) -> str:
    return reverse("organisation:centre_detail", args=[company.code])
