"""What the pages of this room have in common: one supplier, its dialogs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui import dialogs

from ..models import Supplier


def supplier_or_404(request: SignedInRequest, pk: int, right: str = "") -> Supplier:
    """The supplier if the person sees it, else 404; 403 without `right` on it."""
    found = Supplier.objects.visible_to(request.user).select_related(
        "subject__unit", "keeper", "merged_into", "blocked_by", "account_by", "account_confirmed_by"
    )
    supplier: Supplier = get_object_or_404(found, pk=pk)
    if right:
        require(request.user, right, supplier)
    return supplier


def dialog(request: SignedInRequest, form: forms.BaseForm, *words: Any, **more: Any) -> HttpResponse:
    """`ui.dialogs.dialog` under the register."""
    crumbs = ((_("Suppliers"), reverse("suppliers:supplier_list")),)
    return dialogs.dialog(request, form, *words, wide={"kinds", "reason"}, crumbs=crumbs, **more)
