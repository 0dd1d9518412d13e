"""One case: the decision page and the approval form (审批单)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.money import yuan_in_words
from yunchou.kernel.files.selectors import attachments_of
from yunchou.kernel.versions.models import Version

from .. import actions
from ..amounts import amount_of
from ..course import between, course_of
from ..forms import DecisionForm, OpinionForm, RemarkForm
from ..models import Case, Task
from ..opinions import kept_opinions, offered_opinions
from ..page import changed_meanwhile, compared, offers, open_questions, queued_task
from ..selectors import CaseView, case_view
from .dialogs import find_case


@require_safe
@login_required
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The decision page; a copy counts as read once it is opened."""
    case = find_case(request, pk)
    actions.mark_read(case=case, actor=request.user)
    return draw_case(request, case)


@require_safe
@login_required
def case_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The approval as a sheet of paper (审批单), with the amount in capital numerals where there is one."""
    case = find_case(request, pk)
    view = case_view(case, request.user)
    amount = amount_of(case)
    context = {
        "case": case,
        "view": view,
        "compared": compared(case, request.user, view.steps),
        "course": [entry for entry in course_of(case, view.steps, request.user) if not entry.is_pending],
        "amount": amount,
        "amount_in_words": yuan_in_words(amount) if amount is not None else "",
    }
    return render(request, "approvals/case_print.html", context)


def draw_case(
    request: SignedInRequest, case: Case, *, status: int = 200, stale: Version | None = None, **forms: Any
) -> HttpResponse:
    """The decision page with what was typed, when something was refused.

    `stale` is the older version that the reader decided on: what differs from it stands on top.
    """
    user = request.user
    view = case_view(case, user)
    meanwhile = changed_meanwhile(case)
    task = view.task or queued_task(view.steps, user)
    kept = kept_opinions(user) if task else []
    context = {
        "case": case,
        "view": view,
        "course": course_of(case, view.steps, user),
        "compared": compared(case, user, view.steps),
        "meanwhile": meanwhile,
        "offers": offers(case, view, user, differs=bool(meanwhile)),
        "questions": open_questions(case, user),
        "panels": _panels(request, case, view),
        "attachments": attachments_of(case.subject, user),
        "sees_subject": visible_subjects(user).filter(pk=case.subject_id).exists(),
        "opinions": offered_opinions(kept) if task else [],
        "form": _form(case, task),
        "task": task,
        "remark_form": RemarkForm(),
        "stale": stale,
        "stale_changes": between(case, stale, case.version) if stale else [],
        **forms,
    }
    return render(request, "approvals/case_detail.html", context, status=status)


def _form(case: Case, task: Task | None) -> OpinionForm:
    if task is None:
        return OpinionForm()
    return DecisionForm(initial={"task": task.pk, "seen": case.digest}, asks=asks_of(case))


def asks_of(case: Case) -> Mapping[str, Any]:
    """On which points the approvers of the case are asked for a view."""
    return case.definition.declared.asks


def _panels(request: SignedInRequest, case: Case, view: CaseView) -> list[tuple[Any, str]]:
    return [
        (panel, render_to_string(panel.template, {**panel.context, "case": case}, request))
        for panel in view.panels
    ]
