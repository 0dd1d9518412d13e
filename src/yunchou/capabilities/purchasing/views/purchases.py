"""The list of purchases, one purchase, and writing it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.approvals.routing import NoRoute, Route
from yunchou.kernel.approvals.selectors import predict, running_case
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.scope import chosen_path
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..actions.quoting import is_tendered
from ..flow import flow
from ..forms import FilterForm, LineForm, NewPurchaseForm, NoteForm, PurchaseForm
from ..models import QUOTABLE, Contract, Purchase, PurchaseLine, Status, Tender
from ..permissions import PURCHASE_KIND, Perm
from ..selectors import (
    Filters,
    accounts_by_line,
    budget_lines_for,
    choice_of,
    contract_rows,
    findings_of,
    lines_of,
    look_ahead,
    matrix_of,
    purchase_rows,
    quotes_of,
    records_of,
)
from .shared import dialog, purchase_or_404


@require_safe
@needs(Perm.VIEW)
def purchase_list(request: SignedInRequest) -> HttpResponse:
    """Every purchase that the person sees, newest first."""
    form = FilterForm(request.GET)
    form.is_valid()
    read = form.cleaned_data
    filters = Filters(read.get("q", ""), read.get("status", ""), read.get("kind", ""))
    found = filters.of(request.user)
    if path := chosen_path(request):
        found = found.filter(subject__unit__path__startswith=path)
    page = paginate(found, request.GET, by="-pk", size=30, total=found.order_by().count())
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": purchase_rows(list(page)),
        "may_request": holds(request.user, Perm.REQUEST),
    }
    return render(request, "purchasing/purchase_list.html", context)


@require_safe
@login_required
def activity_purchases(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tab on an activity's page: its purchases and contracts."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = Filters(activity=subject).of(request.user).order_by("-pk")[:100]
    contracts = Contract.objects.visible_to(request.user).filter(purchase__activity=subject)
    contracts = contracts.select_related("supplier", "keeper", "company").order_by("-pk")[:100]
    context = page_context(
        request,
        subject,
        "purchases",
        rows=purchase_rows(list(found)),
        contracts=contract_rows(list(contracts)),
        may_request=holds(request.user, Perm.REQUEST, subject),
    )
    return render(request, "purchasing/activity_purchases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.REQUEST)
def purchase_create(request: SignedInRequest) -> HttpResponse:
    """A new draft; `?activity=` fills the form."""
    asked = request.GET.get("activity", "")
    initial = {"activity": int(asked)} if asked.isdecimal() else {}
    form = NewPurchaseForm(typed(request), initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            address = once(
                request,
                lambda: actions.create_purchase(actor=request.user, **form.cleaned_data).get_absolute_url(),
            )
        except Refused as refused:
            if not mark(form, refused):
                raise
        else:
            return redirect(address)
    status = 422 if form.errors else 200
    return render(request, "purchasing/purchase_create.html", {"form": form}, status=status)


@require_safe
@login_required
def purchase_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A purchase: what is bought, the comparison, the choice, its contracts, findings and course."""
    purchase = purchase_or_404(request, pk)
    lines, quotes = lines_of(purchase), quotes_of(purchase)
    matrix = matrix_of(purchase, lines, quotes)
    user = request.user
    is_quotable = purchase.status in QUOTABLE and not is_tendered(purchase)
    contracts = Contract.objects.filter(purchase=purchase).select_related("supplier", "keeper", "company")
    won = {line.winner.supplier_id: line.winner.supplier for line in lines if line.winner}
    written = {c.supplier_id for c in contracts if c.status != "cancelled"}
    context: dict[str, Any] = {
        "purchase": purchase,
        "lines": lines,
        "matrix": matrix,
        "quotes": {quote.pk: quote for quote in quotes},
        "records": records_of(quotes, user),
        "findings": [one for one in findings_of(purchase.subject) if not one.verdict.passed],
        "contracts": contract_rows(list(contracts.order_by("pk"))),
        "uncontracted": [one for pk, one in won.items() if pk not in written],
        "tender": Tender.objects.filter(pk=purchase.pk).first() if purchase.is_tender else None,
        "case": running_case(purchase.subject),
        "entries": lately(purchase.subject),
        "levels": _levels(request, purchase, lines),
        "moves": [move.key for move in flow.offered(purchase, user)],
        "choice": choice_of(purchase, quotes, user) if purchase.status == Status.OPEN and quotes else None,
        "may_edit": purchase.is_editable and holds(user, Perm.REQUEST, purchase),
        "may_quote": is_quotable and holds(user, Perm.QUOTE, purchase),
        "may_except": purchase.status == Status.OPEN and holds(user, Perm.QUOTE, purchase),
        "may_draft": purchase.status == Status.AWARDED and holds(user, Perm.QUOTE, purchase),
        "shows_findings": purchase.status not in (Status.ORDERED, Status.CANCELLED, Status.REJECTED),
    }
    context["may_withdraw"] = context["case"] is not None and context["case"].initiator_id == user.pk
    context["route"] = _route(request, purchase) if context["may_edit"] and lines else None
    return render(request, "purchasing/purchase_detail.html", context)


def _levels(request: SignedInRequest, purchase: Purchase, lines: list[PurchaseLine]) -> list[Any]:
    """What the levels would have left, as long as nothing is reserved yet."""
    if not purchase.is_editable or not lines:
        return []
    account = accounts_by_line(purchase, lines).get(lines[0].pk)
    same = [line for line in lines if line.line_id == lines[0].line_id]
    return veiled(look_ahead(account, sum((line.estimate for line in same), ZERO)), request.user)


def _route(request: SignedInRequest, purchase: Purchase) -> Route | None:
    try:
        return predict(purchase.subject, PURCHASE_KIND, request.user)
    except NoRoute:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purchase_change(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    form = PurchaseForm.of(purchase, typed(request))

    def save() -> str:
        actions.change_purchase(purchase=purchase, values=form.cleaned_data, actor=request.user)
        toast(request, _("Saved"))
        return purchase.get_absolute_url()

    return dialog(request, form, _("Change the purchase"), _("Save"), save, back=purchase.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def line_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _line(request, purchase_or_404(request, pk, Perm.REQUEST), None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def line_change(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    return _line(request, purchase, get_object_or_404(PurchaseLine, pk=line, purchase=purchase))


def _line(request: SignedInRequest, purchase: Purchase, line: PurchaseLine | None) -> HttpResponse:
    look = reverse("purchasing:purchase_outlook", args=[purchase.pk])
    form = LineForm(typed(request), purchase=purchase, line=line, look=look)
    back = purchase.get_absolute_url()

    def save() -> str:
        actions.put_line(purchase=purchase, line=line, actor=request.user, **form.cleaned_data)
        return f"{back}#lines"

    title = _("Change what is bought") if line else _("Enter what is bought")
    return dialog(request, form, title, _("Save"), save, back=back, looks=True)


@require_POST
@login_required
def line_remove(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    actions.remove_line(line=get_object_or_404(PurchaseLine, pk=line, purchase=purchase), actor=request.user)
    return go(request, f"{purchase.get_absolute_url()}#lines")


@require_GET
@login_required
def purchase_outlook(request: SignedInRequest, pk: int) -> HttpResponse:
    """While an amount is typed: what line, activity, plan and unit would have left."""
    purchase = purchase_or_404(request, pk)
    amount = _amount(request.GET.get("estimate", ""))
    account: Account | None = None
    if purchase.activity is not None:
        chosen = request.GET.get("budget_line", "")
        lines = {str(line.pk): line for line in budget_lines_for(purchase.activity)}
        account = lines[chosen].account if chosen in lines else None
    else:
        account = next(iter(accounts_by_line(purchase, [PurchaseLine(pk=0)]).values()), None)
    levels = veiled(look_ahead(account, amount), request.user) if amount is not None else []
    return render(request, "purchasing/parts/outlook.html", {"levels": levels, "account": account})


def _amount(text: str) -> Decimal | None:
    """What was typed so far, if it is an amount that can be reserved."""
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**12 else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purchase_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    form = NoteForm(typed(request), is_needed=False, label=_("Note to the approvers"))

    def save() -> str:
        actions.submit_purchase(purchase=purchase, note=form.cleaned_data["note"], actor=request.user)
        toast(request, _("Sent for approval"))
        return purchase.get_absolute_url()

    hint = _("What it may cost at most is frozen on its budget lines until it is decided.")
    back = purchase.get_absolute_url()
    return dialog(request, form, _("Send the purchase for approval"), _("Send"), save, back=back, hint=hint)


@require_POST
@login_required
def purchase_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk)
    actions.withdraw_purchase(purchase=purchase, actor=request.user)
    toast(request, _("Withdrawn"))
    return go(request, purchase.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purchase_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Back to writing, to ask for more for instance."""
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    form = NoteForm(typed(request))

    def save() -> str:
        actions.reopen_purchase(purchase=purchase, note=form.cleaned_data["note"], actor=request.user)
        return purchase.get_absolute_url()

    title = _("Change the request")
    hint = _(
        "What is reserved for it is free until it is sent again; it is then approved anew. The offers stay."
    )
    return dialog(request, form, title, title, save, back=purchase.get_absolute_url(), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purchase_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.REQUEST)
    form = NoteForm(typed(request))

    def save() -> str:
        actions.cancel_purchase(purchase=purchase, note=form.cleaned_data["note"], actor=request.user)
        toast(request, _("Cancelled"))
        return purchase.get_absolute_url()

    hint = _("What is reserved for it is free again.")
    back = purchase.get_absolute_url()
    return dialog(
        request,
        form,
        _("Cancel the purchase"),
        _("Cancel the purchase"),
        save,
        back=back,
        hint=hint,
        is_dangerous=True,
    )
