"""Checks of activities and the monthly reports of supervision teams."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.operations.addresses import issue_address, may_report
from yunchou.capabilities.operations.models import Issue
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import dialog, mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.campaigns.models import Campaign

from .. import actions
from ..actions.checks import LOOKED_AHEAD, NOT_YOURS
from ..checklists import points_for
from ..forms.audits import FindingForm
from ..forms.checks import CheckForm, ReportForm
from ..models import Check, FindingKind, Mode, SupervisionReport
from ..permissions import Perm
from ..selectors.checks import answers_of, checks_for, kind_of, may_check, reports_for, unchecked
from ..selectors.findings import findings_of, keeper_of
from ..terms import correction_due
from .shared import segments

WAITING = 8


@require_safe
@login_required
def check_list(request: SignedInRequest) -> HttpResponse:
    """What supervisors looked at, the latest first, and the activities that nobody checked for legality yet."""
    user = request.user
    require(user, Perm.VIEW)
    views = [("all", _("All")), ("legality", Mode.LEGALITY.label), ("mine", _("Mine"))]
    view = request.GET.get("view", "")
    view = view if view in dict(views) else "all"
    found = checks_for(user)
    if view == "legality":
        found = found.filter(mode=Mode.LEGALITY)
    elif view == "mine":
        found = found.filter(checker=user)
    waiting = unchecked(statuses=LOOKED_AHEAD).filter(pk__in=_visible_campaigns(request))
    context = {
        "page": paginate(found, request.GET, by="-on"),
        "view": view,
        "segments": segments(request, [(key, str(label)) for key, label in views], view),
        "waiting": [(one, may_check(user, one.subject)) for one in waiting[:WAITING]],
        "waiting_count": waiting.count(),
    }
    return render(request, "supervision/check_list.html", context)


@require_safe
@login_required
def check_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One check: what was seen, the checklist, and the findings that follow from it."""
    check: Check = get_object_or_404(checks_for(request.user), pk=pk)
    context = {
        "check": check,
        "answers": answers_of(check),
        "findings": findings_of(check.subject, request.user),
        "may_find": holds(request.user, Perm.VERIFY, check.subject),
        "keeper": keeper_of(check.subject),
        "issue_url": issue_address(
            check.about_id,
            problem=check.text,
            origin=Issue.Origin.SUPERVISION,
            source=str(check),
            at=check.get_absolute_url(),
        )
        if may_report(request.user, check.about)
        else "",
    }
    return render(request, "supervision/check_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def check_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down a check of an activity; with `?mode=legality` its checklist of legality and honesty."""
    about = open_subject(request, pk)
    if not may_check(request.user, about):
        raise NotAllowed(say(NOT_YOURS))
    is_legality = request.GET.get("mode") == Mode.LEGALITY
    points = points_for(kind_of(about)) if is_legality else ()
    form = CheckForm(request.POST or None, points=points, initial={"on": clock.today()})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def save() -> str:
            check = actions.record_check(
                about=about, mode=Mode.LEGALITY if is_legality else data["mode"], on=data["on"], text=data["text"],
                field=data.get("field", ""), answers=form.answers(), actor=request.user,
            )  # fmt: skip
            toast(request, _("%(check)s recorded") % {"check": check})
            return check.get_absolute_url()

        try:
            return redirect(once(request, save))
        except Invalid as refused:
            mark(form, refused)
    if form.errors:
        status = 422
    context = {"form": form, "about": about, "is_legality": is_legality}
    return render(request, "supervision/check_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def check_finding_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what is not in order: it goes to the department concerned, with a day."""
    check: Check = get_object_or_404(checks_for(request.user), pk=pk)
    require(request.user, Perm.VERIFY, check.subject)
    kind = FindingKind.LEGALITY if check.mode == Mode.LEGALITY else FindingKind.EXECUTION
    due = correction_due()
    form = FindingForm(request.POST or None, initial={"due_on": due, "kind": kind})

    def save() -> str:
        finding = actions.record_finding(source=check.subject, found=form.found(), actor=request.user)
        toast(request, _("%(finding)s recorded") % {"finding": finding})
        return f"{check.get_absolute_url()}#findings"

    return dialog(
        request, form, _("Record a finding"), pgettext("audit", "Record"), save, back=check.get_absolute_url()
    )


@require_safe
@login_required
def report_list(request: SignedInRequest) -> HttpResponse:
    """The monthly reports that the person may read, and the drafts of the own team."""
    require(request.user, Perm.VIEW)
    found = reports_for(request.user)
    context = {"page": paginate(found, request.GET, by="-first")}
    return render(request, "supervision/report_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One report: read by management, or written and sent by the head of the team."""
    report: SupervisionReport = get_object_or_404(reports_for(request.user), pk=pk)
    may_write = not report.is_sent and holds(request.user, Perm.REPORT, report.subject)
    form = ReportForm(request.POST or None, initial={"text": report.text})
    if request.method == "POST":
        require(request.user, Perm.REPORT, report.subject)
        if form.is_valid():
            is_sent = "send" in request.POST
            act = actions.send_report if is_sent else actions.write_report
            act(report=report, text=form.cleaned_data["text"], actor=request.user)
            toast(request, pgettext("supervision", "Sent to management") if is_sent else _("Saved"))
            return redirect(report)
    context: dict[str, Any] = {
        "report": report,
        "form": form if may_write else None,
        "figures": figures_of(report),
        "entries": lately(report.subject, 10),
    }
    return render(request, "supervision/report_detail.html", context, status=422 if form.errors else 200)


def figures_of(report: SupervisionReport) -> list[tuple[str, int]]:
    """The figures of a month with their words."""
    words = (
        ("checks", _("Checks")), ("legality", Mode.LEGALITY.label), ("findings", _("New findings")),
        ("settled", _("Verified")), ("open", pgettext("finding", "Open")), ("late", _("Overdue")),
    )  # fmt: skip
    return [(str(word), report.figures.get(key, 0)) for key, word in words]


def _visible_campaigns(request: SignedInRequest) -> Any:
    return Campaign.objects.visible_to(request.user).order_by().values("pk")
