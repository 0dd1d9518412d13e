"""What the pages of this room have in common: one customer, its dialogs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts import requests
from yunchou.kernel.accounts.requests import Guarded, Open, P, SignedInRequest
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.ui import dialogs

from ..actions.looking import note_refusal, note_turned_away
from ..models import Customer


def needs(right: str) -> Callable[[Guarded[P]], Open[P]]:
    """The guard of this room's pages: whoever lacks the right gets 403, and that stands in the journal (CUS-07, R-CUS-02)."""
    return requests.needs(right, refused=_turned_away)


def _turned_away(request: SignedInRequest) -> None:
    note_turned_away(user=request.user, page=_page(request))


def _page(request: SignedInRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


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
    if customer is None:
        if hidden:
            note_refusal(user=request.user, what=_page(request), customer=hidden)
        raise Http404
    if right:
        try:
            require(request.user, right, customer)
        except NotAllowed:
            note_refusal(user=request.user, what=_page(request), customer=customer)
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
