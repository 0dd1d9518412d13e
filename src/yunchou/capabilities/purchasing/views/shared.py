"""What the pages of this room have in common: one purchase, one contract, its dialogs."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui import dialogs

from ..models import Contract, Purchase
from ..selectors import whole_contract, whole_purchase

WIDE: Final = {"supplier", "suppliers", "everything", "people"}


def purchase_or_404(request: SignedInRequest, pk: int, right: str = "") -> Purchase:
    """The purchase if the person sees it, else 404; 403 without `right` on it."""
    purchase = whole_purchase(get_object_or_404(Purchase.objects.visible_to(request.user), pk=pk).pk)
    if right:
        require(request.user, right, purchase)
    return purchase


def contract_or_404(request: SignedInRequest, pk: int, right: str = "") -> Contract:
    """The contract if the person sees it, else 404; 403 without `right` on it."""
    contract = whole_contract(get_object_or_404(Contract.objects.visible_to(request.user), pk=pk).pk)
    if right:
        require(request.user, right, contract)
    return contract


def dialog(
    request: SignedInRequest, form: forms.BaseForm, *words: Any, looks: bool = False, **more: Any
) -> HttpResponse:
    """`ui.dialogs.dialog` under the list of purchases; `looks` leaves room for what the money would become."""
    below = "purchasing/parts/looks.html" if looks else ""
    crumbs = ((_("Purchases"), reverse("purchasing:purchase_list")),)
    return dialogs.dialog(request, form, *words, wide=WIDE, crumbs=crumbs, below=below, **more)
