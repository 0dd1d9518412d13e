"""The approvals inbox, the decision page, and its verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext
from django.views.decorators.http import require_POST, require_safe

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from . import actions
from .difference import base_of, difference
from .forms import DecisionForm, OpinionForm, RemarkForm
from .models import Case, CaseQuerySet, Task
from .selectors import CaseView, case_view, listed, waiting_cases, waiting_count

LISTS = ("waiting", "decided", "mine", "copies")


@require_safe
@login_required
def case_list(request: SignedInRequest) -> HttpResponse:
    """`?tab=` waiting (for me), decided (by me), mine (sent by me) or copies (to me, or filed with me)."""
    user = request.user
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in LISTS else "waiting"
    count = waiting_count(user)
    if tab == "waiting":
        page = paginate(waiting_cases(user), request.GET, by="due_at", total=count)
    else:
        chosen: dict[str, Callable[[], CaseQuerySet]] = {
            "decided": lambda: Case.objects.decided_by(user),
            "mine": lambda: Case.objects.filter(initiator=user),
            "copies": lambda: Case.objects.shown_to(user),
        }
        page = paginate(listed(chosen[tab]()), request.GET, by="-opened_at")
    words = (_("Waiting for me"), _("Decided by me"), _("Sent by me"), _("Copies and records"))
    tabs = [
        {
            "label": label,
            "url": f"?tab={key}",
            "active": key == tab,
            "count": count if key == "waiting" else None,
        }
        for key, label in zip(LISTS, words, strict=True)
    ]
    return render(request, "approvals/case_list.html", {"page": page, "tabs": tabs, "tab": tab})


@require_safe
@login_required
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The decision page; a copy counts as read once it is opened."""
    case = _case(request, pk)
    actions.mark_read(case=case, actor=request.user)
    return _detail(request, case)


@require_safe
@login_required
def case_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The approval as a sheet of paper (审批单)."""
    case = _case(request, pk)
    return render(request, "approvals/case_print.html", _context(request, case))


@require_POST
@login_required
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, return or reject; without a mandatory opinion the page comes back with what was typed (422)."""
    case = _case(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, case, form=form, status=422)
    task = get_object_or_404(
        Task.objects.select_related("step__case"), pk=form.cleaned_data["task"], step__case=case
    )
    decide = {"approve": actions.approve, "return": actions.return_case, "reject": actions.reject}
    try:
        case = decide[form.cleaned_data["verb"]](
            task=task, actor=request.user, opinion=form.cleaned_data["opinion"]
        )
    except Invalid as refused:
        return _refused(request, case, form, refused)
    said = {
        "approve": pgettext("approval", "Agreed"),
        "return": pgettext("approval", "Returned"),
        "reject": pgettext("approval", "Rejected"),
    }
    toast(request, said[form.cleaned_data["verb"]])
    return redirect(case)


@require_POST
@login_required
def case_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the case on record."""
    case = _case(request, pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _detail(request, case, form=form, status=422)
    filing = case_view(case, request.user).filing
    if filing is None:
        raise WrongState(say(gettext_noop("This is no longer open.")))
    actions.acknowledge(task=filing, actor=request.user, opinion=form.cleaned_data["opinion"])
    toast(request, pgettext("approval", "On record"))
    return redirect(case)


@require_POST
@login_required
def case_remark(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say something without deciding."""
    case = _case(request, pk)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _detail(request, case, remark_form=form, status=422)
    try:
        actions.remark(case=case, actor=request.user, text=form.cleaned_data["text"])
    except Invalid as refused:
        return _refused(request, case, form, refused)
    return redirect(case)


@require_POST
@login_required
def case_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the case back."""
    case = actions.withdraw(case=_case(request, pk), actor=request.user)
    toast(request, pgettext("approval", "Withdrawn"))
    return redirect(case)


def _case(request: SignedInRequest, pk: int) -> Case:
    """The case, for a person who may see it: otherwise 404."""
    cases = Case.objects.visible_to(request.user).select_related(
        "subject__unit", "definition", "version", "initiator"
    )
    return get_object_or_404(cases, pk=pk)


def _refused(
    request: SignedInRequest, case: Case, form: DecisionForm | RemarkForm, refused: Invalid
) -> HttpResponse:
    for name, text in refused.fields.items():
        form.add_error(name, str(text))
    where = "remark_form" if isinstance(form, RemarkForm) else "form"
    return _detail(request, case, status=422, **{where: form})


def _detail(request: SignedInRequest, case: Case, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = _context(request, case)
    view: CaseView = context["view"]
    context |= {
        "form": DecisionForm(initial={"task": view.task.pk}) if view.task else OpinionForm(),
        "remark_form": RemarkForm(),
        **forms,
    }
    return render(request, "approvals/case_detail.html", context, status=status)


def _context(request: SignedInRequest, case: Case) -> dict[str, Any]:
    base = base_of(case)
    view = case_view(case, request.user)
    drawn = [
        (panel, render_to_string(panel.template, {**panel.context, "case": case}, request))
        for panel in view.panels
    ]
    return {
        "case": case,
        "view": view,
        "panels": drawn,
        "base": base,
        "changes": difference(case, base.version) if base else [],
        "sees_subject": visible_subjects(request.user).filter(pk=case.subject_id).exists(),
    }
