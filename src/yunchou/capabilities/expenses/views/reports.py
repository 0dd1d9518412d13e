"""The monthly expense reports, and the chart of cost items."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.approvals.selectors import last_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import dialog, go, mark
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, chart, selectors
from ..forms import NoteForm, OpenReportForm, ReopenForm, ReportForm
from ..models import ExpenseReport, ReportStatus
from ..permissions import Perm
from ..rules import month_is_reported
from ..selectors.reports import account_in, notes_of, report_summary
from .shared import YEAR, report_or_404


@require_http_methods(["GET", "POST"])
@needs(Perm.SEE_REPORTS)
def report_list(request: SignedInRequest) -> HttpResponse:
    """The reports that the person may read, the newest month first; finance begins one here."""
    user, form = request.user, None
    if holds(user, Perm.REPORT):
        last = clock.today().replace(day=1) - timedelta(days=1)
        form = OpenReportForm(request.POST or None, user=user, initial={"month": f"{last:%Y-%m}"})
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            report = actions.open_report(actor=user, **form.cleaned_data)
            return go(request, report.get_absolute_url())
        except Refused as refused:
            if not mark(form, refused):
                raise
    found = ExpenseReport.objects.visible_to(user).select_related("unit", "subject", "verified_by")
    year = _year(request)
    context = {
        "year": year,
        "glance": selectors.year_at_a_glance(user, year),
        "page": paginate(found, request.GET, by="-month"),
        "form": form,
        "rule": month_is_reported,
    }
    return render(request, "expenses/report_list.html", context, status=422 if form and form.errors else 200)


def _year(request: SignedInRequest) -> int:
    """The year whose months are shown: the one asked for, else this one."""
    asked = request.GET.get("year", "")
    return int(asked) if YEAR.match(asked) else clock.today().year


@require_http_methods(["GET", "POST"])
@needs(Perm.SEE_REPORTS)
def report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The figures of a month by the view that is asked for, the five steps, and what finance says of it."""
    report = report_or_404(request, pk)
    if request.method == "POST":
        form = ReportForm(request.POST)
        if form.is_valid():
            actions.write_report(report=report, actor=request.user, **form.cleaned_data)
            if request.htmx:
                return HttpResponse(status=204)
            toast(request, _("Saved"))
            return go(request, report.get_absolute_url())
        return _report(request, report, form)
    return _report(request, report)


def _report(
    request: SignedInRequest,
    report: ExpenseReport,
    form: ReportForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    user = request.user
    writes = report.is_editable and holds(user, Perm.REPORT, report)
    asked = request.GET.get("by", "")
    view = chart.View(asked) if asked in chart.View.values else chart.View.CATEGORY
    summary = report_summary(report)
    facts = selectors.report_facts(report, summary)
    context: dict[str, Any] = {
        "report": report,
        "summary": summary,
        "rows": [row for row in summary.by_view[view] if row.amount or row.before or row.key],
        "view": view,
        "clause": chart.CLAUSES[view],
        "segments": [
            {"label": str(one.label), "url": f"?by={one}", "active": one == view} for one in chart.View
        ],
        "steps": selectors.steps_of(report, facts),
        "case": last_case(report.subject),
        "writes": writes,
        "may_close": report.status == ReportStatus.APPROVED and holds(user, LedgerPerm.CLOSE, report.unit),
        "may_reopen": report.status == ReportStatus.CLOSED
        and report.closed_by_id != user.pk
        and holds(user, LedgerPerm.REOPEN, report.unit),
        "measures": selectors.measures_of(report),
        "may_set": holds(user, *selectors.may_set(report)),
        "form": form
        or (ReportForm(initial={"analysis": report.analysis, "improvements": report.improvements}) if writes else None),
        "refused": refused,
        "entries": lately(report.subject, 30),
    }  # fmt: skip
    status = refused.status if refused else 422 if form and form.errors else 200
    return render(request, "expenses/report_detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Perm.REPORT)
def report_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why the cost of a line differs from its budget (R-BUD-11)."""
    report = report_or_404(request, pk)
    key = request.GET.get("account", "")
    account = account_in(report, key)
    if account is None:
        raise Http404
    form = NoteForm(request.POST or None, initial={"text": notes_of(report).get(key, "")})

    def save() -> str:
        actions.write_note(report=report, account=key, text=form.cleaned_data["text"], actor=request.user)
        return report.get_absolute_url()

    title = _("Variance of “%(name)s”") % {"name": account.name}
    return dialog(request, form, title, _("Save"), save, back=report.get_absolute_url())


@require_POST
@needs(Perm.REPORT)
def report_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step 3: the bookings are the claims."""
    report = actions.verify_month(report=report_or_404(request, pk), actor=request.user)
    toast(request, _("The books are verified"))
    return go(request, report.get_absolute_url())


@require_POST
@needs(Perm.REPORT)
def report_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what is typed and send the report to management."""
    report = report_or_404(request, pk)
    form = ReportForm(request.POST)
    if form.is_valid() and report.is_editable:
        report = actions.write_report(report=report, actor=request.user, **form.cleaned_data)
    try:
        actions.send_report(report=report, actor=request.user)
    except Refused as refused:
        report = report_or_404(request, pk)
        if not report.is_editable:
            raise
        for verdict in refused.verdicts:
            for place in verdict.at:
                if place.column in form.fields:
                    form.add_error(place.column, str(verdict.reason))
        return _report(request, report, form, refused)
    toast(request, _("Sent to management"))
    return go(request, report.get_absolute_url())


@require_POST
@needs(Perm.REPORT)
def report_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the month of an approved report."""
    report = actions.close_month(report=report_or_404(request, pk), actor=request.user)
    toast(request, _("The month is closed"))
    return go(request, report.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(LedgerPerm.REOPEN)
def report_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the closed month of a report again, with a reason."""
    report = report_or_404(request, pk)
    form = ReopenForm(request.POST or None)

    def save() -> str:
        actions.reopen_month(report=report, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("The month is open again"))
        return report.get_absolute_url()

    title = _("Open %(month)s of %(unit)s again") % {"month": report.month, "unit": report.unit.name}
    return dialog(
        request, form, title, _("Open again"), save, back=report.get_absolute_url(), is_dangerous=True,
        hint=_("Until it is closed again it can be posted to. The report is verified, sent and approved anew."),
    )  # fmt: skip


@require_safe
@needs(Perm.VIEW)
def chart_detail(request: SignedInRequest) -> HttpResponse:
    """The chart of cost items with its four views (X-19)."""
    rows = [
        {"item": item, "places": [str(chart.CHOICES[view](item.place(view)).label) for view in chart.View]}
        for item in chart.ITEMS
    ]
    views = [{"label": view.label, "clause": chart.CLAUSES[view]} for view in chart.View]
    return render(request, "expenses/chart_detail.html", {"rows": rows, "views": views})
