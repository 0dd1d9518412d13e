"""Issues: reporting one, its page with the steps of its loop, its adjustments and their money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.budgets.adjustments import movable_lines
from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from .. import actions, forms, issue_forms
from ..actions.issues import stamp_of_issue
from ..actions.shared import LIVE
from ..models import DailyReport, Issue, Remedy
from ..permissions import Perm
from ..selectors import remedies_of
from .shared import RULES, STEPS, attempt, dialog, done, left_until, said


@require_http_methods(["GET", "POST"])
@login_required
def issue_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report an issue, in a dialog."""
    subject = open_subject(request, pk, Perm.REPORT)
    form = forms.IssueForm(typed(request), subject=subject, initial=_asked(request, subject))

    def save() -> str:
        issue = actions.report_issue(subject=subject, actor=request.user, **form.cleaned_data)
        return said(request, _("Issue reported"), issue.get_absolute_url())

    return dialog(
        request,
        form,
        save,
        title=_("Report an issue"),
        note=_(
            "Large: it costs extra money, touches a milestone, delays work or takes from a goal. The overall lead owes a"
            " solution within 2 hours."
        ),
        verb=pgettext("issue", "Report"),
    )


def _asked(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    """What the address says of where the issue comes from: `?report=`, or `?origin=&source=&at=&problem=`."""
    told = {name: request.GET[name] for name in ("problem", "origin", "source") if name in request.GET}
    asked = request.GET.get("report", "")
    report = DailyReport.objects.filter(subject=subject, pk=int(asked) if asked.isdecimal() else 0).first()
    if report:
        told |= {"problem": report.problems, "origin": Issue.Origin.REPORT, "source": str(report)}
        return {**told, "report": report.pk}
    return {**told, "source_address": request.GET.get("at", "")}


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
    form = issue_forms.DecideForm(request.POST, issue=issue)

    def decide() -> Issue:
        told = form.cleaned_data
        return actions.decide_issue(
            issue=issue, decision=told["decision"], causes=told["causes"], remedies=form.terms(), seen=told["seen"],
            actor=request.user,
        )  # fmt: skip

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
    return done(request, _("Adjustment begun"), issue.get_absolute_url())


@require_POST
@login_required
def issue_close(request: SignedInRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    actions.close_issue(issue=issue, actor=request.user)
    return done(request, _("Issue closed"), issue.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def issue_size(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an issue large or small, in a dialog."""
    issue = _issue(request, pk)
    other = Issue.Size.SMALL if issue.is_large else Issue.Size.LARGE
    form = forms.SizeForm(typed(request), initial={"size": other})

    def save() -> str:
        actions.reclassify_issue(issue=issue, actor=request.user, **form.cleaned_data)
        return said(request, _("Saved"), issue.get_absolute_url())

    return dialog(request, form, save, title=_("Reclassify the issue"), verb=_("Save"))


@require_http_methods(["GET", "POST"])
@login_required
def remedy_done(request: SignedInRequest, pk: int, remedy: int) -> HttpResponse:
    """Say what came of an adjustment, in a dialog."""
    issue = _issue(request, pk)
    found = get_object_or_404(Remedy.objects.select_related("issue__subject"), issue=issue, pk=remedy)
    form = forms.NoteForm(typed(request), label=_("Result"))

    def save() -> str:
        right = Perm.DECIDE if issue.is_large else Perm.SETTLE
        actions.finish_remedy(remedy=found, result=form.cleaned_data["text"], actor=request.user, right=right)
        return said(request, _("Recorded"), issue.get_absolute_url())

    return dialog(request, form, save, title=str(found), verb=_("Carried out"))


@require_http_methods(["GET", "POST"])
@login_required
def remedy_fund(request: SignedInRequest, pk: int, remedy: int) -> HttpResponse:
    """Ask for the money of an adjustment, in a dialog."""
    issue = _issue(request, pk)
    require(request.user, BudgetPerm.EDIT, issue.subject)
    found = get_object_or_404(Remedy.objects.select_related("issue__subject"), issue=issue, pk=remedy)
    form = issue_forms.MoneyForm(typed(request), subject=issue.subject)

    def save() -> str:
        actions.fund_remedy(remedy=found, actor=request.user, **form.cleaned_data)
        return said(request, _("The money was asked for"), issue.get_absolute_url())

    note = _("%(amount)s yuan for: %(remedy)s") % {"amount": found.cost, "remedy": found}
    return dialog(
        request, form, save, title=_("Money for an adjustment"), note=note, verb=_("Ask for the money")
    )


def _seen(issue: Issue) -> dict[str, Any]:
    return {"seen": stamp_of_issue(issue), "causes": "\n".join(issue.causes)}


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
        form = issue_forms.DecideForm(issue=issue, initial=_seen(issue))
    if form is None and state in (states.DECIDED, states.ADJUSTING) and can_verify:
        form = forms.NoteForm(label=_("How it was verified"))
    return page_context(
        request,
        subject,
        "risks",
        issue=issue,
        remedies=remedies_of(issue),
        can_fund=is_open
        and issue.is_open
        and holds(request.user, BudgetPerm.EDIT, subject)
        and bool(movable_lines(subject)),
        may_finish=is_open and issue.is_open and can_decide,
        rules=RULES,
        left=left_until(issue.due_at),
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
    try:
        if form.is_valid() and attempt(form, act) is not None:
            return done(request, words, issue.get_absolute_url())
    except Stale as stale:
        form.add_error(None, str(stale))
        if isinstance(form, issue_forms.DecideForm):
            form.see(stale.now)
    return render(request, "operations/issue_detail.html", _issue_page(request, issue, form), status=422)
