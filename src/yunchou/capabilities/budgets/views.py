"""The tab 预算: figures, lines by category, contingency, findings; and the dialog that books a cost."""

from __future__ import annotations

import json

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .actions import record_actual
from .forms import ActualForm
from .models import BudgetLine
from .permissions import Perm
from .rules import variance_has_a_note
from .selectors import facts_of, gauge_of, summary_of
from .stores import LINES


@login_required
@require_safe
def budget_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The budget of a subject; figures and gauge are asked for again by themselves when a line changes."""
    subject = open_subject(request, pk, Perm.VIEW)
    facts = facts_of(subject)
    context = page_context(request, subject, "budget", budget=summary_of(facts), gauge=gauge_of(facts))
    return render(request, "budgets/budget_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def actual_book(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Book what a line did cost, in a dialog. 422 when R-BUD-11 misses a note, 409 while nothing may be booked."""
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.BOOK, subject)
    stored = get_object_or_404(BudgetLine, pk=line, subject=subject)
    initial = {"amount": stored.actual, "note": stored.variance_note}
    form = ActualForm(request.POST or None, initial=initial)
    if request.method == "GET":
        return _dialog(request, subject, stored, form)
    if not form.is_valid():
        return _dialog(request, subject, stored, form, status=422)
    try:
        record_actual(line=stored, actor=request.user, **form.cleaned_data)
    except RuleRefused as refused:
        form.add_error("note", ValidationError(str(refused), code=refused.verdicts[0].rule_id))
        return _dialog(request, subject, stored, form, status=refused.status)
    except Invalid as refused:
        form.add_error("amount", str(refused))
        return _dialog(request, subject, stored, form, status=refused.status)
    toast(request, _("Cost booked"))
    return _booked(request, subject)


def _dialog(
    request: SignedInRequest, subject: Subject, line: BudgetLine, form: ActualForm, status: int = 200
) -> HttpResponse:
    row, rule = LINES.row(line), variance_has_a_note
    context = {"subject": subject, "line": line, "row": row, "rule": rule, "form": form}
    return render(request, "budgets/actual_book.html", context, status=status)


def _booked(request: SignedInRequest, subject: Subject) -> HttpResponse:
    if not request.htmx:
        return redirect("budgets:budget_detail", subject.pk)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"sheets:fixed": None, "dialog:close": None})
    return response
