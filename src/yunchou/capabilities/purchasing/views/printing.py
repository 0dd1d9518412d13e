"""Purchases and contracts as paper forms, with the amount in capital numerals and the opinions of their approvers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.selectors import case_view, last_case
from yunchou.kernel.core.money import ZERO, yuan_in_words

from ..selectors import lines_of, matrix_of
from ..selectors.money import money_of_contract
from .shared import contract_or_404, purchase_or_404


@require_GET
@login_required
def purchase_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The request for a purchase: what is bought, for how much at most, the offers side by side, and what was chosen."""
    purchase = purchase_or_404(request, pk)
    lines = lines_of(purchase)
    matrix = matrix_of(purchase, lines)
    total = sum((line.estimate for line in lines), ZERO)
    case = last_case(purchase.subject)
    context = {
        "purchase": purchase,
        "lines": lines,
        "matrix": matrix,
        "total": total,
        "in_words": yuan_in_words(total),
        "chosen_in_words": yuan_in_words(matrix.chosen_total),
        "course": case_view(case, request.user) if case else None,
    }
    return render(request, "purchasing/purchase_print.html", context)


@require_GET
@login_required
def contract_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """A contract with its lines and instalments."""
    contract = contract_or_404(request, pk)
    money = money_of_contract(contract)
    case = last_case(contract.subject)
    context = {
        "contract": contract,
        "lines": list(contract.lines.select_related("account")),
        "money": money,
        "in_words": yuan_in_words(money.amount),
        "course": case_view(case, request.user) if case else None,
    }
    return render(request, "purchasing/contract_print.html", context)
