"""The tabs 日报 and 风险与问题, writing a report, and one issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import span_text
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from . import actions, forms
from .actions.opening import LIVE, overall_lead
from .duties import DATA, PROGRESS
from .models import DailyReport, DataReport, Issue, Risk, grade_word
from .monitoring import monitored
from .permissions import Perm
from .rules import (
    band,
    closed_issue_is_verified,
    data_due,
    data_report_in_time,
    large_issue_is_answered,
    progress_due,
    progress_report_in_time,
    risks_are_scored,
    small_issue_is_small,
)
from .selectors import (
    issue_counts,
    issues_of,
    report_days,
    response_log,
    risks_of,
    standing_data_reports,
    standing_reports,
    suggested,
)
from .spending import Spending, spending_of
from .tables import REPORTS

SHOWN_DAYS = 14
COUNTED_DOWN = timedelta(hours=2)
STEPS = (
    Issue.State.REPORTED,
    Issue.State.DECIDED,
    Issue.State.ADJUSTING,
    Issue.State.VERIFIED,
    Issue.State.CLOSED,
)
RULES = {
    "progress": progress_report_in_time,
    "data": data_report_in_time,
    "scored": risks_are_scored,
    "small": small_issue_is_small,
    "large": large_issue_is_answered,
    "verified": closed_issue_is_verified,
}
"""The rules that templates name."""
BANDS = {"high": "act", "medium": "watch", "low": "fine"}


# ---------------------------------------------------------------- reports


@require_safe
@login_required
def report_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reports by day, the newest first; `?until=` goes back in time."""
    subject = open_subject(request, pk, Perm.VIEW)
    until = _day(request.GET.get("until", "")) or clock.today()
    since = until - timedelta(days=SHOWN_DAYS - 1)
    days = report_days(subject, since, until)
    can_report = _may(request, Perm.REPORT, subject, REPORTS.key)
    is_older = any(
        found(subject).filter(day__lt=since).exists() for found in (standing_reports, standing_data_reports)
    )
    context = {
        "days": days,
        "rules": RULES,
        "today": clock.today(),
        "can_report": can_report,
        "can_edit": holds(request.user, Perm.EDIT, subject),
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
    day = _day(request.GET.get("day", "")) or clock.today()
    standing = (
        standing_reports(subject).filter(day=day, owner=request.user, submitted_at__isnull=False).first()
    )
    if standing and request.method == "GET":
        toast(request, _("Handed in already. A correction is added beside it."))
        return HttpResponseRedirect(
            f"{reverse('operations:report_list', args=[subject.pk])}#report-{standing.pk}"
        )
    ideas = suggested(subject, request.user, day)
    form = forms.ReportForm(request.POST or None, suggested=ideas, day=day)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        saved = _try(
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
        "left": _left(due_at),
        "rule": progress_report_in_time,
        "lead": overall_lead(subject),
        "points": monitored(subject, clock.now()),
        "ticked": len(ideas.done),
    }
    return render(request, "operations/report_form.html", context, status=_status(request))


@require_http_methods(["GET", "POST"])
@login_required
def report_correct(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    """Correct a report, in a dialog."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(
        DailyReport.objects.select_related("subject", "owner"), subject=subject, pk=report
    )
    form = forms.CorrectionForm(request.POST or None, report=found)
    if request.method == "POST" and form.is_valid():
        saved = _try(
            form, lambda: actions.correct_report(report=found, actor=request.user, **form.cleaned_data)
        )
        if saved is not None:
            return _done(
                request, _("Correction handed in"), reverse("operations:report_list", args=[subject.pk])
            )
    return _dialog(
        request,
        form,
        title=_("Correct the report of %(day)s") % {"day": found.day},
        note=_("The first report stays and is shown beside the correction."),
        verb=_("Hand in correction"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def data_report_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the data report of yesterday, or of the day in `?day=`."""
    subject = open_subject(request, pk, Perm.REPORT)
    day = _day(request.GET.get("day", "")) or clock.today() - timedelta(days=1)
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
    if request.method == "POST" and form.is_valid() and (saved := _try(form, act)) is not None:
        toast(request, _("Report handed in, late") if saved.is_late else _("Report handed in"))
        return HttpResponseRedirect(reverse("operations:report_list", args=[subject.pk]))
    due_at = data_due(day, params_on([data_report_in_time], day)[data_report_in_time.id])
    context = {
        "subject": subject,
        "form": form,
        "day": day,
        "due_at": due_at,
        "left": _left(due_at),
        "rule": data_report_in_time,
        "corrects": corrects,
    }
    return render(request, "operations/data_report_form.html", context, status=_status(request))


def _my_duties(request: SignedInRequest, subject: Subject) -> list[Duty]:
    mine = Duty.objects.open().filter(subject=subject, owner=request.user, kind__in=[PROGRESS.key, DATA.key])
    return list(mine.select_related("subject", "owner").order_by("due_at", "pk"))


# ---------------------------------------------------------------- risks


@dataclass(frozen=True)
class RiskLine:
    """A risk on the page."""

    number: int
    risk: Risk
    band: str
    response: Any
    is_over: bool
    can_act: bool
    spending: Spending
    can_draw: bool = False

    @property
    def level(self) -> str:
        """The glyph: over its limit, being responded to, quiet, or never assessed."""
        if self.risk.score is None:
            return "unknown"
        if not self.response:
            return "fine"
        return "act" if self.is_over else "watch"

    @property
    def band_word(self) -> str:
        return {"high": _("high"), "medium": _("medium"), "low": _("low")}.get(self.band, _("not assessed"))

    @property
    def band_tone(self) -> str:
        return {"high": "bad", "medium": "warn"}.get(self.band, "neutral")

    @property
    def grades(self) -> tuple[Any, Any]:
        return grade_word(self.risk.likelihood), grade_word(self.risk.impact)


@require_safe
@login_required
def risk_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?view=` risks, issues, or the plan as an editable table."""
    subject = open_subject(request, pk, Perm.VIEW)
    asked = request.GET.get("view", "")
    view = asked if asked in ("risks", "issues", "plan") else "risks"
    counts = issue_counts(subject)
    lines = _risk_lines(request, subject)
    context: dict[str, Any] = {
        "view": view,
        "rules": RULES,
        "views": _segments(view, len(lines), sum(counts.values()) - counts[Issue.State.CLOSED]),
        "lines": lines,
        "set_off": [line for line in lines if line.response],
        "matrix": _matrix(lines),
        "log": response_log(subject) if view == "risks" else [],
        "issues": issues_of(subject) if view == "issues" else [],
        "states": [(state.label, counts[state]) for state in STEPS],
        "now": clock.now(),
        "can_report": _may(request, Perm.REPORT, subject, LIVE),
        "can_edit": holds(request.user, Perm.EDIT, subject),
        "lock": lock_on(subject, LIVE),
    }
    return render(request, "operations/risk_list.html", page_context(request, subject, "risks", **context))


def _segments(active: str, risks: int, issues: int) -> list[dict[str, Any]]:
    found = [("risks", _("Risks"), risks), ("issues", _("Issues"), issues), ("plan", _("Risk plan"), None)]
    return [
        {"label": label, "url": f"?view={key}", "active": key == active, "count": count}
        for key, label, count in found
    ]


def _risk_lines(request: SignedInRequest, subject: Subject) -> list[RiskLine]:
    params, now = params_on([risks_are_scored])[risks_are_scored.id], clock.now()
    is_locked = lock_on(subject, LIVE) is not None
    may_all = holds(request.user, Perm.REPORT, subject)
    may_draw = holds(request.user, BudgetPerm.EDIT, subject)
    risks = risks_of(subject)
    spending = spending_of(subject, risks)
    return [
        RiskLine(
            number=number,
            risk=risk,
            band="" if risk.score is None else band(risk.score, params),
            response=(response := getattr(risk, "response", None)),
            is_over=bool(response and response.is_over_limit(now)),
            can_act=not is_locked and (may_all or risk.owner_id == request.user.pk),
            spending=spending[risk.pk],
            can_draw=not is_locked
            and risk.is_open
            and bool(spending[risk.pk].preapproved)
            and (may_draw or risk.owner_id == request.user.pk),
        )
        for number, risk in enumerate(risks, 1)
    ]


def _matrix(lines: list[RiskLine]) -> dict[str, Any]:
    """Likelihood downwards from high, impact to the right; each cell with its band and the risks in it."""
    params = params_on([risks_are_scored])[risks_are_scored.id]
    words = {grade: grade_word(grade) for grade in (1, 2, 3)}
    rows = [
        {
            "word": words[likelihood],
            "cells": [
                {
                    "band": BANDS[band(likelihood * impact, params)],
                    "score": likelihood * impact,
                    "lines": [
                        line
                        for line in lines
                        if (line.risk.likelihood, line.risk.impact) == (likelihood, impact)
                    ],
                }
                for impact in (1, 2, 3)
            ],
        }
        for likelihood in (3, 2, 1)
    ]
    return {"heads": [words[impact] for impact in (1, 2, 3)], "rows": rows}


@require_http_methods(["GET", "POST"])
@login_required
def risk_trigger(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Set a risk off, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.NoteForm(request.POST or None, label=_("What happened"))
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["text"]
        actions.trigger_risk(risk=found, note=note, actor=request.user)
        return _done(request, _("Set off: %(risk)s") % {"risk": found}, _risks_at(subject))
    told = [found.trigger, *found.responses]
    return _dialog(
        request, form, title=_("Set off: %(risk)s") % {"risk": found}, told=told, verb=_("Set off")
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_log(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Say what was done about a risk, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.ResponseForm(request.POST or None, subject=subject)
    if request.method == "POST" and form.is_valid():
        actions.log_response(risk=found, actor=request.user, **form.cleaned_data)
        return _done(request, _("Recorded: %(risk)s") % {"risk": found}, _risks_at(subject))
    return _dialog(
        request,
        form,
        title=_("Response to: %(risk)s") % {"risk": found},
        told=found.responses,
        verb=pgettext("response", "Record"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_close(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Close a response with its result, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.NoteForm(request.POST or None, label=_("Result"))
    if request.method == "POST" and form.is_valid():
        actions.close_risk(risk=found, result=form.cleaned_data["text"], actor=request.user)
        return _done(request, _("Closed: %(risk)s") % {"risk": found}, _risks_at(subject))
    return _dialog(
        request,
        form,
        title=_("Close the response to: %(risk)s") % {"risk": found},
        note=_("The whole team is told of the result."),
        verb=_("Close response"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_settings(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """When a risk is set off by itself, and its time limit, in a dialog."""
    subject, found = _risk(request, pk, risk)
    require(request.user, Perm.EDIT, subject)
    form = forms.TriggerForm(request.POST or None, risk=found)
    if request.method == "POST" and form.is_valid():
        saved = _try(form, lambda: actions.set_trigger(risk=found, actor=request.user, **form.cleaned_data))
        if saved is not None:
            return _done(request, _("Saved: %(risk)s") % {"risk": found}, _risks_at(subject))
    return _dialog(
        request,
        form,
        title=_("Trigger of: %(risk)s") % {"risk": found},
        told=[found.trigger] if found.trigger else [],
        verb=_("Save"),
        suffixes={"limit_minutes": _("minutes")},
    )


def _risk(request: SignedInRequest, pk: int, risk: int) -> tuple[Subject, Risk]:
    subject = open_subject(request, pk, Perm.VIEW)
    return subject, get_object_or_404(
        Risk.objects.select_related("subject", "owner"), subject=subject, pk=risk
    )


def _risks_at(subject: Subject) -> str:
    return reverse("operations:risk_list", args=[subject.pk])


# ---------------------------------------------------------------- issues


@require_http_methods(["GET", "POST"])
@login_required
def issue_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report an issue, in a dialog."""
    subject = open_subject(request, pk, Perm.REPORT)
    form = forms.IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issue = _try(
            form, lambda: actions.report_issue(subject=subject, actor=request.user, **form.cleaned_data)
        )
        if issue is not None:
            return _done(request, _("Issue reported"), issue.get_absolute_url())
    return _dialog(
        request,
        form,
        title=_("Report an issue"),
        note=_(
            "Large: it costs extra money or touches a milestone. The overall lead owes a solution within 2 hours."
        ),
        verb=_("Report"),
    )


@require_safe
@login_required
def issue_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One issue with the steps of its loop, and the form of the next one."""
    issue = _issue(request, pk)
    return render(request, "operations/issue_detail.html", _issue_page(request, issue))


@require_POST
@login_required
def issue_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    form = forms.DecisionForm(request.POST, issue=issue)

    def decide() -> Issue:
        return actions.decide_issue(issue=issue, actor=request.user, **form.cleaned_data)

    return _issue_step(request, issue, form, decide, _("Solution recorded"))


@require_POST
@login_required
def issue_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    form = forms.NoteForm(request.POST, label=_("How it was verified"))

    def verify() -> Issue:
        told = form.cleaned_data["text"]
        return actions.verify_issue(issue=issue, verification=told, actor=request.user)

    return _issue_step(request, issue, form, verify, _("Verified"))


@require_POST
@login_required
def issue_adjust(request: SignedInRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    actions.adjust_issue(issue=issue, actor=request.user)
    return _done(request, _("Adjustment begun"), issue.get_absolute_url())


@require_POST
@login_required
def issue_close(request: SignedInRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    actions.close_issue(issue=issue, actor=request.user)
    return _done(request, _("Issue closed"), issue.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def issue_size(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an issue large or small, in a dialog."""
    issue = _issue(request, pk)
    other = Issue.Size.SMALL if issue.is_large else Issue.Size.LARGE
    form = forms.SizeForm(request.POST or None, initial={"size": other})
    if request.method == "POST" and form.is_valid():
        actions.reclassify_issue(issue=issue, actor=request.user, **form.cleaned_data)
        return _done(request, _("Saved"), issue.get_absolute_url())
    return _dialog(request, form, title=_("Reclassify the issue"), verb=_("Save"))


def _issue(request: SignedInRequest, pk: int) -> Issue:
    """The issue of a subject that this person may see; otherwise 404."""
    found = Issue.objects.select_related(
        "subject__unit", "owner", "reporter", "decided_by", "verified_by", "report"
    )
    issue: Issue = get_object_or_404(found, pk=pk, subject__in=visible_subjects(request.user))
    require(request.user, Perm.VIEW, issue.subject)
    return issue


def _issue_page(request: SignedInRequest, issue: Issue, form: Any = None) -> dict[str, Any]:
    subject = issue.subject
    is_open = lock_on(subject, LIVE) is None
    right = Perm.DECIDE if issue.is_large else Perm.SETTLE
    can_decide = is_open and (issue.owner_id == request.user.pk or holds(request.user, right, subject))
    can_verify = is_open and (can_decide or issue.reporter_id == request.user.pk)
    state, states = issue.state, Issue.State
    if form is None and state == states.REPORTED and can_decide:
        form = forms.DecisionForm(issue=issue)
    if form is None and state in (states.DECIDED, states.ADJUSTING) and can_verify:
        form = forms.NoteForm(label=_("How it was verified"))
    return page_context(
        request,
        subject,
        "risks",
        issue=issue,
        rules=RULES,
        left=_left(issue.due_at),
        form=form,
        steps=[step.label for step in STEPS],
        step=STEPS.index(states(state)) + 1,
        can_decide=can_decide,
        can_verify=can_verify,
        can_reclassify=is_open and state == states.REPORTED and holds(request.user, Perm.DECIDE, subject),
    )


def _issue_step(
    request: SignedInRequest, issue: Issue, form: django_forms.Form, act: Callable[[], Issue], words: str
) -> HttpResponse:
    if form.is_valid() and _try(form, act) is not None:
        return _done(request, words, issue.get_absolute_url())
    return render(request, "operations/issue_detail.html", _issue_page(request, issue, form), status=422)


# ---------------------------------------------------------------- answers


def _may(request: SignedInRequest, right: str, subject: Subject, table: str) -> bool:
    return holds(request.user, right, subject) and lock_on(subject, table) is None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _left(due_at: datetime | None) -> str:
    """`29 min left`, in the last two hours before a limit."""
    left = due_at - clock.now() if due_at else timedelta(0)
    return _("%(span)s left") % {"span": span_text(left)} if timedelta(0) < left <= COUNTED_DOWN else ""


def _status(request: SignedInRequest) -> int:
    return 422 if request.method == "POST" else 200


def _try(form: Any, act: Callable[[], Any]) -> Any:
    """Do it; what the action refuses about fields is shown beside them, other refusals go their way."""
    try:
        return act()
    except Invalid as refused:
        if not forms.refused_fields(form, list(form.fields), refused):
            form.add_error(None, str(refused))
        return None


def _dialog(
    request: SignedInRequest,
    form: Any,
    *,
    title: str,
    verb: str,
    note: str = "",
    told: Any = (),
    suffixes: dict[str, str] | None = None,
) -> HttpResponse:
    fields = [(field, (suffixes or {}).get(field.name, "")) for field in form]
    context = {"form": form, "fields": fields, "title": title, "verb": verb, "note": note, "told": told}
    return render(request, "operations/dialog.html", context, status=_status(request))


def _done(request: SignedInRequest, words: str, address: str) -> HttpResponse:
    """Say what was done, and show the page as it is now."""
    toast(request, words)
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
