"""Weekly reports: the list on the tab, and the page on which one is written and sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..actions.weekly import management_of, stamp_of_weekly, week_of
from ..drafting import draft_of
from ..models import WeeklyReport
from ..monitoring import monitored
from ..permissions import Perm
from ..report_forms import WeeklyForm
from ..rules import weekly_due, weekly_report_in_time
from ..tables import REPORTS
from .shared import RULES, attempt, day_of, may, views_of

SHOWN_WEEKS = 26


def shown_weeks(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """The weekly reports of a subject, the newest first."""
    reports = (
        WeeklyReport.objects.filter(subject=subject).select_related("sent_by").prefetch_related("recipients")
    )
    context = {
        "reports": reports.order_by("-week_on")[:SHOWN_WEEKS],
        "views": views_of("weeks"),
        "view": "weeks",
        "rules": RULES,
        "this_week": week_of(clock.today()),
        "can_write": may(request, Perm.DECIDE, subject, REPORTS.key),
    }
    return render(
        request, "operations/weekly_list.html", page_context(request, subject, "reports", **context)
    )


@require_http_methods(["GET", "POST"])
@login_required
def weekly_report(request: SignedInRequest, pk: int, week: str) -> HttpResponse:
    """One week: the report as it was sent, or the draft to write on."""
    subject = open_subject(request, pk, Perm.VIEW)
    week_on = _monday(week)
    report = WeeklyReport.objects.filter(subject=subject, week_on=week_on).select_related("sent_by").first()
    can_write = may(request, Perm.DECIDE, subject, REPORTS.key)
    if (report is not None and report.sent_at is not None) or not can_write:
        if report is None or report.sent_at is None:
            raise Http404
        context = {"report": report, "rules": RULES, "parts": _parts(report), "week_on": week_on}
        return render(
            request, "operations/weekly_report.html", page_context(request, subject, "reports", **context)
        )
    if request.method == "POST":
        report = report or actions.draft_weekly(subject=subject, week_on=week_on, actor=request.user)
        form = WeeklyForm(request.POST)
        if form.is_valid() and _save(request, form, report):
            return HttpResponseRedirect(f"{reverse('operations:report_list', args=[subject.pk])}?view=weeks")
    else:
        form = WeeklyForm(initial=_initial(subject, week_on, report))
    context = {
        "report": report,
        "form": form,
        "rules": RULES,
        "week_on": week_on,
        "due_at": weekly_due(week_on, params_on([weekly_report_in_time], week_on)[weekly_report_in_time.id]),
        "points": monitored(subject, clock.now()),
        "people": management_of(subject),
        "is_drafted": report is None,
    }
    status = 422 if request.method == "POST" else 200
    page = page_context(request, subject, "reports", **context)
    return render(request, "operations/weekly_form.html", page, status=status)


def _initial(subject: Subject, week_on: date, report: WeeklyReport | None) -> dict[str, Any]:
    """What was written so far, else the draft from the dailies."""
    if report is None:
        return dict(draft_of(subject, week_on))
    return {**{part: getattr(report, part) for part in WeeklyReport.PARTS}, "seen": stamp_of_weekly(report)}


def _save(request: SignedInRequest, form: WeeklyForm, report: WeeklyReport) -> bool:
    """Keep or send what was written; an older window finds it again beside what stands now."""
    is_sent = "send" in request.POST
    act = actions.send_weekly if is_sent else actions.edit_weekly
    try:
        saved = attempt(
            form,
            lambda: act(
                report=report, parts=form.parts(), seen=form.cleaned_data["seen"], actor=request.user
            ),
        )
    except Stale as stale:
        form.add_error(None, str(stale))
        form.see(stale.now)
        return False
    if saved is None:
        return False
    late = is_sent and saved.is_late
    toast(request, _("Report sent, late") if late else _("Report sent") if is_sent else _("Kept as a draft"))
    return True


def _parts(report: WeeklyReport) -> list[tuple[str, str]]:
    """The parts of a report that was sent, with their headings."""
    fields = WeeklyForm.base_fields
    return [(str(fields[part].label), getattr(report, part)) for part in WeeklyReport.PARTS]


def _monday(text: str) -> date:
    day = day_of(text)
    if day is None or week_of(day) != day or day > clock.today():
        raise Http404
    return day
