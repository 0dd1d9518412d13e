"""The parts of a claim that is being written: texts, payee, amounts with their outlook, vouchers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.models import Hold
from yunchou.capabilities.ledger.selectors import account_of
from yunchou.capabilities.ledger.selectors.pages import may_see, veiled
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.ui.dialogs import dialog, go
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..chart import suggested
from ..forms import AmountField, CostItemForm, LineForm, PayeeForm, TextsForm, VoucherForm
from ..models import TEXTS, Claim, ClaimLine, Voucher
from ..selectors.claims import cost_centre_key
from ..selectors.money import line_key
from ..selectors.stamps import payee_stamp, texts_stamp
from .shared import claim_or_404, is_key


@require_POST
@login_required
def texts_save(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the texts while they are typed; answers with what is still missing."""
    claim = claim_or_404(request, pk)
    form = TextsForm(request.POST)
    form.is_valid()
    data = {name: form.cleaned_data.get(name) for name in TEXTS}
    is_total = "stated_total" in form.cleaned_data
    claim = actions.write_texts(
        claim=claim, texts=actions.Texts(**data), actor=request.user,
        stated_total=form.cleaned_data.get("stated_total"), states_total=is_total,
        seen=form.cleaned_data.get("seen", ""),
    )  # fmt: skip
    context = {**_check(request, claim, form), "seen": texts_stamp(claim)}
    return render(request, "expenses/parts/check.html", context)


def _check(request: SignedInRequest, claim: Claim, form: TextsForm) -> dict[str, Any]:
    facts = selectors.claim_facts(claim, request.user)
    return {
        "claim": claim,
        "facts": facts,
        "difference": selectors.difference_of(facts),
        "findings": selectors.findings_of(claim, request.user),
        "problems": [message for messages in form.errors.values() for message in messages],
    }


@require_http_methods(["GET", "POST"])
@login_required
def payee_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is paid."""
    claim = claim_or_404(request, pk)
    initial = {
        "payee_supplier": claim.payee_supplier_id, "payee_person": claim.payee_person_id, "seen": payee_stamp(claim),
    }  # fmt: skip
    form = PayeeForm(request.POST or None, user=request.user, initial=initial)

    def save() -> str:
        data = form.cleaned_data
        actions.set_payee(
            claim=claim, actor=request.user, person=data["payee_person"], supplier=data["payee_supplier"],
            seen=data["seen"],
        )  # fmt: skip
        return claim.get_absolute_url()

    return dialog(request, form, _("Who is paid"), _("Save"), save, back=claim.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def line_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter an amount."""
    return _line(request, claim_or_404(request, pk), None)


@require_http_methods(["GET", "POST"])
@login_required
def line_change(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Change an amount."""
    claim = claim_or_404(request, pk)
    return _line(request, claim, get_object_or_404(ClaimLine, pk=line, claim=claim))


def _line(request: SignedInRequest, claim: Claim, line: ClaimLine | None) -> HttpResponse:
    asked = {} if line else {"initial": _asked(request, claim)}
    form = LineForm(request.POST or None, claim=claim, line=line, **asked)

    def save() -> str:
        actions.put_line(claim=claim, line=line, actor=request.user, **form.cleaned_data)
        toast(request, _("Amount entered"))
        return claim.get_absolute_url()

    title = _("Change the amount") if line else _("Enter an amount")
    return dialog(
        request, form, title, _("Save"), save, back=claim.get_absolute_url(), template="expenses/parts/line.html",
        claim=claim, outlook=_outlook(request, claim, line.line, line.amount, line.commitment) if line else None,
    )  # fmt: skip


def asked_line(request: SignedInRequest) -> BudgetLine | None:
    """The budget line that an address names by `?line=`."""
    asked = request.GET.get("line", "")
    return BudgetLine.objects.filter(pk=int(asked)).first() if is_key(asked) else None


def line_address(request: SignedInRequest, claim: Claim) -> str:
    """Where the first amount of a claim is entered, with the line and the amount that the address names."""
    query = urlencode({name: request.GET[name] for name in ("line", "amount") if name in request.GET})
    return f"{reverse('expenses:line_add', args=[claim.pk])}?{query}"


def _asked(request: SignedInRequest, claim: Claim) -> dict[str, Any]:
    """What the address says of an amount, for the form."""
    line = asked_line(request)
    if line is None or line.subject_id != claim.activity_id:
        return {}
    item = suggested(line.item, line.category)
    return {
        "budget_line": line.pk, "amount": request.GET.get("amount", "")[:20], "cost_item": item.code if item else "",
    }  # fmt: skip


def _outlook(
    request: SignedInRequest, claim: Claim, line: BudgetLine | None, amount: Any, contract: Hold | None = None
) -> Any:
    """What would be left; of levels that the person may not see, only whether it suffices."""
    key = (
        line_key(line.pk) if line else "" if claim.activity_id else cost_centre_key(claim, clock.today().year)
    )
    found = selectors.look_ahead(account_of(key), amount, hold=contract)
    is_shown = found.unit is not None and may_see(request.user, found.unit)
    levels = veiled(found.levels, request.user)
    return replace(found, levels=levels, quarter=found.quarter if is_shown else "")


@require_GET
@login_required
def outlook_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What line, activity, quarter and unit would have left, while the amount is typed; and which item the line suggests."""
    claim = claim_or_404(request, pk)
    lines = (
        BudgetLine.objects.filter(subject=claim.activity_id)
        if claim.activity_id
        else BudgetLine.objects.none()
    )
    chosen = request.GET.get("budget_line", "")
    line = lines.filter(pk=chosen).first() if is_key(chosen) else None
    contract = request.GET.get("commitment", "")
    hold = (
        Hold.objects.select_related("account", "supplier", "opened_by__document")
        .filter(pk=contract, open__gt=0)
        .first()
        if is_key(contract) and line
        else None
    )
    if hold and line and hold.account.key != line_key(line.pk):
        hold = None
    context: dict[str, Any] = {"claim": claim, "item": suggested(line.item, line.category) if line else None}
    if context["item"] and not request.GET.get("cost_item"):
        select = CostItemForm(context["item"].code)["cost_item"]
        context["cost_select"] = select.as_widget(attrs={"hx-swap-oob": "true"})
    try:
        amount = AmountField(required=False).clean(request.GET.get("amount", ""))
    except ValidationError as problem:
        context["problem"] = " ".join(problem.messages)
        return render(request, "expenses/parts/outlook.html", context)
    if amount is not None and (line or not claim.activity_id):
        context["outlook"] = _outlook(request, claim, line, amount, hold)
    return render(request, "expenses/parts/outlook.html", context)


@require_POST
@login_required
def line_remove(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    claim = claim_or_404(request, pk)
    actions.remove_line(line=get_object_or_404(ClaimLine, pk=line, claim=claim), actor=request.user)
    return go(request, claim.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def voucher_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """File a voucher."""
    return _voucher(request, claim_or_404(request, pk), None)


@require_http_methods(["GET", "POST"])
@login_required
def voucher_change(request: SignedInRequest, pk: int, voucher: int) -> HttpResponse:
    """Change a voucher."""
    claim = claim_or_404(request, pk)
    return _voucher(request, claim, get_object_or_404(Voucher, pk=voucher, claim=claim))


def _voucher(request: SignedInRequest, claim: Claim, voucher: Voucher | None) -> HttpResponse:
    form = VoucherForm(request.POST or None, request.FILES or None, voucher=voucher)
    picture = voucher.attachment if voucher else None
    if request.method == "POST":
        form.is_valid()
        try:
            picture = _picture(request, claim, form) or picture
        except Refused as refused:
            form.add_error("picture", str(refused))
        if picture is not None:
            # The picture has arrived: a form that comes back for something else brings it along.
            form.data = {**request.POST.dict(), "kept": str(picture.pk)}

    def save() -> str:
        data = form.cleaned_data
        paper = actions.Paper(data["kind"], data["number"], data["payee"], data["amount"], data["issued_on"])
        actions.put_voucher(
            claim=claim,
            paper=paper,
            actor=request.user,
            attachment=picture,
            voucher=voucher,
            seen=data["seen"],
        )
        toast(request, _("Voucher filed"))
        return claim.get_absolute_url()

    title = _("Change the voucher") if voucher else _("File a voucher")
    return dialog(
        request, form, title, _("Save"), save, back=claim.get_absolute_url(),
        template="expenses/parts/voucher.html", claim=claim, picture=picture,
    )  # fmt: skip


def _picture(request: SignedInRequest, claim: Claim, form: VoucherForm) -> Attachment | None:
    """The photograph that came with the form, or the one that came with it before."""
    upload = form.cleaned_data.get("picture")
    if upload:
        return actions.keep_picture(claim=claim, upload=upload, actor=request.user)
    kept = form.cleaned_data.get("kept")
    return Attachment.objects.filter(pk=kept, subject=claim.pk, removed_at=None).first() if kept else None


@require_POST
@login_required
def voucher_remove(request: SignedInRequest, pk: int, voucher: int) -> HttpResponse:
    claim = claim_or_404(request, pk)
    actions.remove_voucher(voucher=get_object_or_404(Voucher, pk=voucher, claim=claim), actor=request.user)
    return go(request, claim.get_absolute_url())
