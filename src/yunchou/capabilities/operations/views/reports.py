"""The tab 日报: reports by day, writing one, correcting one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..duties import DATA, PROGRESS, WEEKLY
from ..models import DailyReport, DataReport
from ..monitoring import monitored
from ..permissions import Perm
from ..rules import data_due, data_report_in_time, progress_due, progress_report_in_time
from ..selectors import report_days, requests_of, standing_data_reports, standing_reports, suggested
from ..tables import REPORTS
from . import feedback, weekly
from .shared import RULES, attempt, day_of, dialog, left_until, may, said, status_of, views_of

SHOWN_DAYS = 14
OTHERS: dict[str, Callable[[SignedInRequest, Subject], HttpResponse]] = {
    "weeks": weekly.shown_weeks,
    "opinions": feedback.shown_opinions,
}
"""The other views of the tab."""


@require_safe
@login_required
def report_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reports by day, the newest first; `?until=` goes back in time. `?view=` weeks, opinions."""
    subject = open_subject(request, pk, Perm.VIEW)
    view = request.GET.get("view", "")
    if view in OTHERS:
        return OTHERS[view](request, subject)
    until = day_of(request.GET.get("until", "")) or clock.today()
    since = until - timedelta(days=SHOWN_DAYS - 1)
    days = report_days(subject, since, until)
    can_report = may(request, Perm.REPORT, subject, REPORTS.key)
    is_older = any(
        found(subject).filter(day__lt=since).exists() for found in (standing_reports, standing_data_reports)
    )
    context = {
        "days": days,
        "rules": RULES,
        "today": clock.today(),
        "can_report": can_report,
        "can_edit": holds(request.user, Perm.EDIT, subject),
        "views": views_of("days"),
        "view": "days",
        "requests": requests_of(subject),
        "lock": lock_on(subject, REPORTS.key),
        "my_duties": _my_duties(request, subject),
        "older": since - timedelta(days=1) if is_older else None,
        "is_back": until != clock.today(),
        "has_mine": any(report.owner_id == request.user.pk for day in days[:1] for report in day.reports)
        and bool(days)
        and days[0].day == clock.today(),
    }
    return render(
        request, "operations/report_list.html", page_context(request, subject, "reports", **context)
    )


@require_http_methods(["GET", "POST"])
@login_required
def report_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the progress report of today, or of the day in `?day=`."""
    subject = open_subject(request, pk, Perm.REPORT)
    day = day_of(request.GET.get("day", "")) or clock.today()
    standing = (
        standing_reports(subject).filter(day=day, owner=request.user, submitted_at__isnull=False).first()
    )
    if standing and request.method == "GET":
        toast(request, _("Handed in already. A correction is added beside it."))
        return HttpResponseRedirect(
            f"{reverse('operations:report_list', args=[subject.pk])}#report-{standing.pk}"
        )
    ideas = suggested(subject, request.user, day)
    form = forms.ReportForm(request.POST or None, suggested=ideas, day=day, subject=subject)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        saved = attempt(
            form,
            lambda: actions.hand_in_report(
                subject=subject,
                day=told["day"],
                owner=request.user,
                problem_is_issue=told["problem_is_issue"],
                actor=request.user,
                **form.parts(),
            ),
        )
        if saved is not None:
            toast(request, _("Report handed in, late") if saved.is_late else _("Report handed in"))
            return HttpResponseRedirect(reverse("operations:report_list", args=[subject.pk]))
    due_at = progress_due(day, params_on([progress_report_in_time], day)[progress_report_in_time.id])
    context = {
        "subject": subject,
        "form": form,
        "day": day,
        "due_at": due_at,
        "left": left_until(due_at),
        "rule": progress_report_in_time,
        "lead": lead_of(subject),
        "points": monitored(subject, clock.now()),
        "ticked": len(ideas.done),
    }
    return render(request, "operations/report_form.html", context, status=status_of(request))


@require_http_methods(["GET", "POST"])
@login_required
def report_correct(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    """Correct a report, in a dialog."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(
        DailyReport.objects.select_related("subject", "owner"), subject=subject, pk=report
    )
    form = forms.CorrectionForm(typed(request), report=found)

    def save() -> str:
        actions.correct_report(report=found, actor=request.user, **form.cleaned_data)
        address = reverse("operations:report_list", args=[subject.pk])
        return said(request, _("Correction handed in"), address)

    return dialog(
        request,
        form,
        save,
        title=_("Correct the report of %(day)s") % {"day": found.day},
        note=_("The first report stays and is shown beside the correction."),
        verb=_("Hand in correction"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def data_report_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the data report of yesterday, or of the day in `?day=`."""
    subject = open_subject(request, pk, Perm.REPORT)
    day = day_of(request.GET.get("day", "")) or clock.today() - timedelta(days=1)
    standing = standing_data_reports(subject).filter(day=day).first()
    if standing and request.method == "GET":
        return HttpResponseRedirect(reverse("operations:data_report_correct", args=[subject.pk, standing.pk]))
    form = forms.DataReportForm(request.POST or None, subject=subject, day=day)

    def hand_in() -> DataReport:
        told = form.cleaned_data
        return actions.hand_in_data_report(
            subject=subject, day=told["day"], figures=form.figures(), note=told["note"], actor=request.user
        )

    return _data_page(request, subject, form, day, hand_in)


@require_http_methods(["GET", "POST"])
@login_required
def data_report_correct(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    """Correct the figures of a day."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(DataReport.objects.select_related("subject"), subject=subject, pk=report)
    form = forms.DataReportForm(request.POST or None, subject=subject, day=found.day, report=found)
    form.fields["day"].disabled = True

    def correct() -> DataReport:
        return actions.correct_data_report(
            report=found, figures=form.figures(), note=form.cleaned_data["note"], actor=request.user
        )

    return _data_page(request, subject, form, found.day, correct, corrects=found)


def _data_page(
    request: SignedInRequest,
    subject: Subject,
    form: forms.DataReportForm,
    day: date,
    act: Callable[[], DataReport],
    corrects: DataReport | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and (saved := attempt(form, act)) is not None:
        toast(request, _("Report handed in, late") if saved.is_late else _("Report handed in"))
        return HttpResponseRedirect(reverse("operations:report_list", args=[subject.pk]))
    due_at = data_due(day, params_on([data_report_in_time], day)[data_report_in_time.id])
    context = {
        "subject": subject,
        "form": form,
        "day": day,
        "due_at": due_at,
        "left": left_until(due_at),
        "rule": data_report_in_time,
        "corrects": corrects,
    }
    return render(request, "operations/data_report_form.html", context, status=status_of(request))


def _my_duties(request: SignedInRequest, subject: Subject) -> list[Duty]:
    mine = Duty.objects.open().filter(
        subject=subject, owner=request.user, kind__in=[PROGRESS.key, DATA.key, WEEKLY.key]
    )
    return list(mine.select_related("subject", "owner").order_by("due_at", "pk"))
