"""What the pages of this room have in common: one customer, its dialogs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.ui import dialogs

from ..actions.looking import note_refusal
from ..models import Customer


def customer_or_404(request: SignedInRequest, pk: int, right: str = "") -> Customer:
    """The customer if the person sees it, else 404; 403 without `right` on it. Each refusal stands in the journal (R-CUS-02)."""
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
    customer: Customer | None = found.filter(pk=pk).first()
    hidden = None if customer else Customer.objects.select_related("subject").filter(pk=pk).first()
    where = request.resolver_match.url_name if request.resolver_match else ""
    if customer is None:
        if hidden:
            note_refusal(user=request.user, what=where or "", customer=hidden)
        raise Http404
    if right:
        try:
            require(request.user, right, customer)
        except NotAllowed:
            note_refusal(user=request.user, what=where or "", customer=customer)
            raise
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
