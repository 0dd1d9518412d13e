"""The tab 预算: figures, lines by category, contingency, findings; and the dialog that books a cost."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.ledger.actions.posting import TOO_MUCH
from yunchou.capabilities.ledger.selectors import account_of, outlook
from yunchou.capabilities.ledger.states import Stage
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.selectors import last_case
from yunchou.kernel.core.errors import Invalid, Refused, RuleRefused
from yunchou.kernel.core.money import yuan
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .actions import campaign_key, record_actual, request_adjustment
from .adjustments import adjustments_of, view_of
from .forms import ActualForm, AdjustmentForm
from .models import BudgetLine
from .money import levels_above, newest_entries, whole_of
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
    summary = summary_of(facts)
    context = page_context(
        request, subject, "budget", budget=whole_of(summary, subject), gauge=gauge_of(facts),
        levels=levels_above(subject), entries=newest_entries(subject), account=account_of(campaign_key(subject)),
        adjustments=adjustments_of(subject), may_adjust=holds(request.user, Perm.EDIT, subject),
    )  # fmt: skip
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


@login_required
@require_http_methods(["GET", "POST"])
def adjustment_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for money to be moved, in a dialog: a contingency draw, a shift between lines, or the emergency pool."""
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.EDIT, subject)
    lines = BudgetLine.objects.filter(subject=subject, account__isnull=False).order_by("position", "pk")
    initial = {"way": request.GET.get("way", "draw"), "target": request.GET.get("line")}
    form = AdjustmentForm(request.POST or None, lines=lines.select_related("account"), initial=initial)
    context = {"subject": subject, "form": form, "is_open": lines.exists()}
    if request.method == "GET":
        return render(request, "budgets/adjustment_request.html", context)
    if not form.is_valid():
        return render(request, "budgets/adjustment_request.html", context, status=422)
    try:
        one = request_adjustment(budget=subject, actor=request.user, **form.cleaned_data)
    except Refused as refused:
        for name, words in (refused.fields or {"": refused.message}).items():
            form.add_error(name if name in form.fields else None, str(words))
        return render(request, "budgets/adjustment_request.html", context, status=refused.status)
    toast(request, _("Sent for approval"))
    if not request.htmx:
        return redirect(one)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"sheets:fixed": None, "dialog:close": None})
    return response


@login_required
@require_safe
def outlook_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """While an amount is typed: what line, campaign, plan and units would have left, and which ceiling it would meet."""
    subject = open_subject(request, pk, Perm.VIEW)
    line = request.GET.get("target") or request.GET.get("line") or ""
    found = BudgetLine.objects.filter(
        subject=subject, account__isnull=False, pk=int(line) if line.isdigit() else 0
    )
    stored, levels = found.select_related("account").first(), []
    try:
        amount = Decimal(request.GET.get("amount", "").replace(",", "") or "0")
    except InvalidOperation:
        amount = Decimal(0)
    if stored is not None and stored.account is not None and amount.is_finite() and 0 < amount < TOO_MUCH:
        levels = outlook(stored.account, yuan(amount), Stage.SPEND)
    return render(request, "ledger/outlook.html", {"levels": levels})


@login_required
@require_safe
def adjustment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A request to move money: what was asked for, what it leaves, and how it was decided."""
    open_subject(request, pk, Perm.VIEW)
    shown = view_of(pk)
    if shown is None:
        raise Http404
    case = last_case(shown.adjustment.subject)
    return render(request, "budgets/adjustment_detail.html", {"shown": shown, "case": case})


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
