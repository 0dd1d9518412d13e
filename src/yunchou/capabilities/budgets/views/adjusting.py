"""Money that is moved: asking for it, asking again, what it changes, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.ledger.actions.posting import TOO_MUCH
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import Money, money_of, outlook
from yunchou.capabilities.ledger.selectors.limits import own_slice
from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.capabilities.ledger.states import Stage
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.selectors import last_case
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.money import yuan
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from ..actions import account_for_use, campaign_key, request_adjustment, resend_adjustment
from ..adjustments import (
    AdjustmentView,
    contingency_left,
    contingency_of,
    movable_lines,
    pool_for,
    preapprovals_of,
    view_of,
)
from ..forms import AdjustmentForm, UseForm
from ..models import Adjustment, AdjustmentStatus, BudgetLine
from ..permissions import Perm
from .shared import changed, show_dialog, tab_of

Way = Adjustment.Way
AGAIN = (AdjustmentStatus.RETURNED, AdjustmentStatus.WITHDRAWN)


@login_required
@require_http_methods(["GET", "POST"])
def adjustment_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for money to be moved: a contingency draw, a shift between lines, or the emergency pool.

    `?way=`, `?line=`, `?amount=` and `?reason=` fill it in: so a refusal opens it with what is missing (X-05).
    """
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.EDIT, subject)
    asked = request.GET
    initial = {
        "way": asked.get("way", Way.DRAW), "target": asked.get("line"), "amount": asked.get("amount"),
        "reason": asked.get("reason"),
    }  # fmt: skip

    def save(given: dict[str, Any]) -> Adjustment:
        return request_adjustment(budget=subject, actor=request.user, **given)

    return _asked(request, subject, initial, save, reverse("budgets:adjustment_request", args=[subject.pk]))


@login_required
@require_http_methods(["GET", "POST"])
def adjustment_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Word a request anew that was returned or taken back, and send it again."""
    one = _adjustment(request, pk).adjustment
    require(request.user, Perm.EDIT, one.budget)
    lines = {line.account_id: line for line in movable_lines(one.budget)}
    source = lines.get(one.source_id) if one.way == Way.SHIFT else None
    initial = {
        "way": one.way, "source": source, "target": lines.get(one.target_id), "amount": one.amount,
        "reason": one.reason, "effect": one.effect,
    }  # fmt: skip

    def save(given: dict[str, Any]) -> Adjustment:
        return resend_adjustment(adjustment=one, actor=request.user, **given)

    address = reverse("budgets:adjustment_edit", args=[one.pk])
    return _asked(request, one.budget, initial, save, address, again=one)


def _asked(
    request: SignedInRequest,
    subject: Subject,
    initial: dict[str, Any],
    save: Callable[[dict[str, Any]], Adjustment],
    address: str,
    again: Adjustment | None = None,
) -> HttpResponse:
    lines = BudgetLine.objects.filter(subject=subject, account__isnull=False).order_by("position", "pk")
    form = AdjustmentForm(request.POST or None, lines=lines.select_related("account"), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = once(request, lambda: save(form.cleaned_data).get_absolute_url())
            except Refused as refused:
                mark(form, refused)
                status = refused.status
            else:
                toast(request, _("Sent for approval"))
                return go(request, made) if again else changed(request, made)
    context = {
        "subject": subject, "form": form, "is_open": lines.exists(), "address": address, "again": again,
        "contingency": contingency_left(subject), "back": tab_of(subject.pk),
        "preapprovals": [one for one in preapprovals_of(subject) if one.is_open and one.left > 0],
        "title": _("Budget adjustment"),
    }  # fmt: skip
    return show_dialog(request, "budgets/adjustment_request.html", context, status)


@login_required
@require_safe
def line_adjust(request: SignedInRequest, pk: int) -> HttpResponse:
    """The request for money for a line, filled in as the address says; where a rule that refused sends people."""
    line = get_object_or_404(BudgetLine.objects.select_related("subject"), pk=pk)
    subject = open_subject(request, line.subject_id, Perm.VIEW)
    asked = {name: request.GET[name] for name in ("way", "amount", "reason") if name in request.GET}
    address = reverse("budgets:adjustment_request", args=[subject.pk])
    return HttpResponseRedirect(f"{address}?{urlencode({**asked, 'line': line.pk})}")


@login_required
@require_safe
def outlook_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """While an amount is typed: both lines before and after the move, and what every level above would have left."""
    subject = open_subject(request, pk, Perm.VIEW)
    target = _account(subject, request.GET.get("target") or request.GET.get("line") or "")
    try:
        amount = Decimal(request.GET.get("amount", "").replace(",", "") or "0")
    except InvalidOperation:
        amount = Decimal(0)
    if target is None or not (amount.is_finite() and 0 < amount < TOO_MUCH):
        return render(request, "ledger/outlook.html", {"levels": []})
    amount, way = yuan(amount), request.GET.get("way", "")
    if way not in Way.values:
        levels = veiled(outlook(target, amount, Stage.SPEND), request.user)
        return render(request, "ledger/outlook.html", {"levels": levels})
    source = _giver(subject, way, request.GET.get("source", ""))
    sides = [
        (account.name, held.available, held.available + sign * amount)
        for account, sign in ((source, -1), (target, 1))
        if account is not None and (held := _held(account))
    ]
    return render(request, "budgets/outlook.html", {"sides": sides})


def _held(account: Account) -> Money:
    return money_of(account, own_slice(account))


def _account(subject: Subject, line: str) -> Account | None:
    found = BudgetLine.objects.filter(subject=subject, pk=int(line) if line.isdecimal() else 0)
    stored = found.select_related("account").first()
    return stored.account if stored else None


def _giver(subject: Subject, way: str, source: str) -> Account | None:
    """The account that would give."""
    if way == Way.SHIFT:
        return _account(subject, source)
    if way == Way.DRAW:
        line = contingency_of(movable_lines(subject))
        return line.account if line else None
    top = Account.objects.filter(key=campaign_key(subject)).first()
    return pool_for(subject, top.year) if top else None


@login_required
@require_safe
def adjustment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A request to move money: what was asked for, both lines before and after, how it was decided, what became of it."""
    shown = _adjustment(request, pk)
    one = shown.adjustment
    may_edit = holds(request.user, Perm.EDIT, one.budget)
    context = {
        "shown": shown,
        "case": last_case(one.subject),
        "may_send": may_edit and one.status in AGAIN,
        "may_account": one.is_to_account_for and (may_edit or holds(request.user, Perm.BOOK, one.budget)),
    }
    return render(request, "budgets/adjustment_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def use_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a draw or a grant off by what was used of it, and report on it, in a dialog."""
    shown = _adjustment(request, pk)
    one = shown.adjustment
    if not holds(request.user, Perm.BOOK, one.budget):
        require(request.user, Perm.EDIT, one.budget)
    form = UseForm(request.POST or None, is_grant=one.way == Way.POOL)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_for_use(adjustment=one, report=form.cleaned_data["report"], actor=request.user)
                toast(request, _("Written off"))
                return go(request, one.get_absolute_url())
            except Refused as refused:
                mark(form, refused)
                status = refused.status
    back = min(one.amount, shown.target.available)
    context = {
        "one": one, "form": form, "used": one.amount - back, "returned": back, "back": one.get_absolute_url(),
        "title": _("Write off by actual use"),
    }  # fmt: skip
    return show_dialog(request, "budgets/use_report.html", context, status)


def _adjustment(request: SignedInRequest, pk: int) -> AdjustmentView:
    open_subject(request, pk, Perm.VIEW)
    shown = view_of(pk)
    if shown is None:
        raise Http404
    return shown
