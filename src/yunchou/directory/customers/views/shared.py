"""What the pages of this room have in common: one customer, its dialogs."""

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

from ..models import Customer


def customer_or_404(request: SignedInRequest, pk: int, right: str = "") -> Customer:
    """The customer if the person sees it, else 404; 403 without `right` on it."""
    found = Customer.objects.visible_to(request.user).select_related(
        "subject__unit",
        "card",
        "apart",
        "keeper",
        "source",
        "merged_into",
        "entered_by",
        "verified_by",
        "marked_by",
    )
    customer: Customer = get_object_or_404(found, pk=pk)
    if right:
        require(request.user, right, customer)
    return customer


def dialog(request: SignedInRequest, form: forms.BaseForm, *words: Any, **more: Any) -> HttpResponse:
    """`ui.dialogs.dialog` under the directory."""
    crumbs = ((_("Customers"), reverse("customers:customer_list")),)
    wide = {
        "identities",
        "diet",
        "purposes",
        "reason",
        "removed",
        "interests",
        "proof",
        "text",
        "basis",
        *more.pop("wide", ()),
    }
    return dialogs.dialog(request, form, *words, wide=wide, crumbs=crumbs, **more)


def unkept(response: HttpResponse) -> HttpResponse:
    """Not kept by browsers or proxies: it holds a value in clear."""
    response["Cache-Control"] = "private, no-store"
    return response
