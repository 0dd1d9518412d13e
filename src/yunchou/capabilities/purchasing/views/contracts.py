"""The list of contracts, one contract, writing it, signing it, changing and ending it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yunchou.capabilities.ledger.models import Entry
from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.capabilities.ledger.states import Stage
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import yuan_in_words
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.scope import chosen_path
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..flow import SIGN, contract_flow
from ..forms import (
    AmendmentForm,
    ContractFilterForm,
    ContractForm,
    InstalmentForm,
    KeeperForm,
    NoteForm,
    SignForm,
)
from ..models import Contract, ContractLine, ContractStatus, Instalment
from ..permissions import Perm
from ..selectors import ContractFilters, company_of, contract_rows, look_ahead, money_of_contract
from ..selectors.money import money_with_claims
from .shared import contract_or_404, dialog, purchase_or_404

SHOWN = 20


@require_safe
@needs(Perm.VIEW)
def contract_list(request: SignedInRequest) -> HttpResponse:
    """Every contract that the person sees, with what is paid and what ends soon."""
    form = ContractFilterForm(request.GET)
    form.is_valid()
    read = form.cleaned_data
    filters = ContractFilters(read.get("q", ""), read.get("state", ""))
    found = filters.of(request.user)
    if path := chosen_path(request):
        found = found.filter(subject__unit__path__startswith=path)
    page = paginate(found, request.GET, by="-pk", size=30, total=found.order_by().count())
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": contract_rows(list(page)),
    }
    return render(request, "purchasing/contract_list.html", context)


@require_safe
@login_required
def contract_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A contract: what was agreed, instalments and what was paid, changes, and its entries in the ledger."""
    contract = contract_or_404(request, pk)
    user, status = request.user, contract.status
    money = money_with_claims(contract)
    entries = Entry.objects.filter(posting__document=contract.pk) | Entry.objects.filter(
        source_hold__opened_by__document=contract.pk
    )
    case = running_case(contract.subject)
    may_write = holds(user, Perm.QUOTE, contract)
    context = {
        "contract": contract,
        "lines": list(contract.lines.select_related("account", "item")),
        "money": money,
        "in_words": yuan_in_words(money.amount),
        "amendments": list(contract.amendments.select_related("line", "made_by", "case")),
        "ledger": entries.select_related(
            "posting__actor", "posting__document", "source", "target", "supplier"
        )
        .distinct()
        .order_by("-pk")[:SHOWN],
        "entries": lately(contract.subject),
        "case": case,
        "moves": [
            move.key
            for move in contract_flow.offered(contract, user)
            # Who chose the supplier is not asked to sign.
            if move is not SIGN or contract.purchase.awarded_by_id != user.pk
        ],
        "may_edit": contract.is_editable and may_write,
        "may_schedule": may_write
        and (contract.is_editable or (status == ContractStatus.SIGNED and bool(money.unscheduled))),
        "may_amend": may_write and status == ContractStatus.SIGNED,
        "may_keep": may_write and status not in (ContractStatus.COMPLETED, ContractStatus.CANCELLED),
        "may_withdraw": case is not None and case.initiator_id == user.pk,
    }
    return render(request, "purchasing/contract_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_add(request: SignedInRequest, pk: int, supplier: int) -> HttpResponse:
    """A draft with one of the chosen suppliers."""
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    chosen = get_object_or_404(Supplier, pk=supplier, quotes__won__purchase=purchase.pk)
    today = clock.today()
    company = company_of(purchase.subject.unit)
    count = Contract.objects.filter(company=company, created_at__year=today.year).count()
    initial = {
        "number": f"HT-{company.code.upper()}-{today.year}-{count + 1:03d}",
        "title": f"{purchase.title} · {chosen.name}"[:120],
        "starts_on": today,
        "ends_on": purchase.needed_on,
    }
    form = ContractForm(typed(request), initial=initial)

    def save() -> str:
        contract = actions.draft_contract(
            purchase=purchase, supplier=chosen, actor=request.user, **_written(form)
        )
        return contract.get_absolute_url()

    return dialog(request, form, _("Draft a contract"), _("Draft it"), save, back=purchase.get_absolute_url())


def _written(form: ContractForm) -> dict[str, Any]:
    """What was typed of the contract itself."""
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_change(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    form = ContractForm.of(contract, typed(request))

    def save() -> str:
        actions.change_contract(
            contract=contract, values=_written(form), seen=form.cleaned_data["seen"], actor=request.user
        )
        toast(request, _("Saved"))
        return contract.get_absolute_url()

    return dialog(request, form, _("Change the contract"), _("Save"), save, back=contract.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instalment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _instalment(request, pk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instalment_change(request: SignedInRequest, pk: int, instalment: int) -> HttpResponse:
    return _instalment(request, pk, get_object_or_404(Instalment, pk=instalment, contract=pk))


def _instalment(request: SignedInRequest, pk: int, instalment: Instalment | None) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    left = money_of_contract(contract).unscheduled
    initial = {"amount": left if left > 0 else None, "due_on": contract.ends_on}
    form = InstalmentForm.of(instalment, typed(request), initial)

    def save() -> str:
        actions.put_instalment(
            contract=contract, instalment=instalment, actor=request.user, **form.cleaned_data
        )
        return f"{contract.get_absolute_url()}#instalments"

    title = _("Change the instalment") if instalment else _("Agree an instalment")
    return dialog(request, form, title, _("Save"), save, back=contract.get_absolute_url())


@require_POST
@login_required
def instalment_remove(request: SignedInRequest, pk: int, instalment: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    found = get_object_or_404(Instalment.objects.select_related("contract"), pk=instalment, contract=pk)
    actions.remove_instalment(instalment=found, actor=request.user)
    return go(request, f"{contract.get_absolute_url()}#instalments")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def advance_settle(request: SignedInRequest, pk: int, instalment: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    found = get_object_or_404(Instalment.objects.select_related("contract"), pk=instalment, contract=pk)
    form = NoteForm(typed(request), label=_("What came for it"))

    def save() -> str:
        actions.settle_advance(instalment=found, note=form.cleaned_data["note"], actor=request.user)
        return f"{contract.get_absolute_url()}#instalments"

    title = _("Settle the advance “%(name)s”") % {"name": found.name}
    return dialog(request, form, title, _("Settle"), save, back=contract.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    form = NoteForm(typed(request), is_needed=False, label=_("Note to the approvers"))

    def save() -> str:
        actions.submit_contract(contract=contract, note=form.cleaned_data["note"], actor=request.user)
        toast(request, _("Sent for approval"))
        return contract.get_absolute_url()

    back = contract.get_absolute_url()
    return dialog(request, form, _("Send the contract for approval"), _("Send"), save, back=back)


@require_POST
@login_required
def contract_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    actions.withdraw_contract(contract=contract, actor=request.user)
    toast(request, _("Withdrawn"))
    return go(request, contract.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.SIGN)
    form = SignForm(typed(request), request.FILES or None)

    def save() -> str:
        actions.sign_contract(contract=contract, actor=request.user, **form.cleaned_data)
        toast(request, _("Contract signed"))
        return contract.get_absolute_url()

    hint = _("Its amount is bound on the budget lines, and its instalments become due.")
    return dialog(
        request, form, _("Sign the contract"), _("Sign"), save, back=contract.get_absolute_url(), hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    look = reverse("purchasing:contract_outlook", args=[pk])
    form = AmendmentForm(typed(request), contract=contract, look=look)

    def save() -> str:
        made = actions.amend_contract(contract=contract, actor=request.user, **form.cleaned_data)
        toast(request, _("Sent for approval") if made.case_id else _("Changed"))
        return contract.get_absolute_url()

    back = contract.get_absolute_url()
    return dialog(
        request, form, pgettext("purchasing", "Change the amount"), _("Save"), save, back=back, looks=True
    )


@require_GET
@login_required
def contract_outlook(request: SignedInRequest, pk: int) -> HttpResponse:
    """While a change is typed: what the levels would have left."""
    contract = contract_or_404(request, pk)
    chosen = request.GET.get("line", "")
    line = (
        ContractLine.objects.filter(contract=pk, pk=int(chosen)).select_related("account").first()
        if chosen.isdecimal()
        else None
    )
    try:
        amount = Decimal(request.GET.get("change", ""))
    except InvalidOperation:
        amount = Decimal(0)
    fits = line is not None and amount.is_finite() and 0 < amount < 10**12
    levels = (
        veiled(
            look_ahead(line.account, amount, stage=Stage.COMMIT, supplier=contract.supplier_id), request.user
        )
        if line and fits
        else []
    )
    return render(
        request,
        "purchasing/parts/outlook.html",
        {"levels": levels, "account": line.account if line else None},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    form = KeeperForm(typed(request), initial={"keeper": contract.keeper_id})

    def save() -> str:
        actions.keep_contract(contract=contract, keeper=form.cleaned_data["keeper"], actor=request.user)
        return contract.get_absolute_url()

    return dialog(request, form, _("Person in charge"), _("Save"), save, back=contract.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_complete(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.SIGN)
    form = NoteForm(typed(request), label=_("How it ended"))

    def save() -> str:
        actions.complete_contract(contract=contract, note=form.cleaned_data["note"], actor=request.user)
        toast(request, _("Contract completed"))
        return contract.get_absolute_url()

    left = money_of_contract(contract).open
    hint = _("%(left)s yuan that are bound and not paid become free again.") % {"left": f"{left:,.2f}"}
    back = contract.get_absolute_url()
    return dialog(
        request,
        form,
        _("Complete the contract"),
        pgettext("contract", "Complete"),
        save,
        back=back,
        hint=hint,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk, Perm.QUOTE)
    form = NoteForm(typed(request))

    def save() -> str:
        actions.give_up_contract(contract=contract, note=form.cleaned_data["note"], actor=request.user)
        return contract.get_absolute_url()

    back = contract.get_absolute_url()
    return dialog(
        request, form, _("Give the contract up"), _("Give it up"), save, back=back, is_dangerous=True
    )
