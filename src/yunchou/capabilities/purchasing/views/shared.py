"""What the pages of this room have in common: who may come in, one purchase, one contract, one form as a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.seen import SeenForm, Stale

from ..models import Contract, Purchase
from ..selectors import whole_contract, whole_purchase

View = Callable[..., HttpResponse]
SHOWN_ENTRIES = 12


def needs(right: str) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the object in hand."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


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


def happenings(subject: Subject) -> list[dict[str, Any]]:
    """The newest entries of the journal, as the timeline shows them; what people owe stands in their lists of duties."""
    told = timeline(subject).exclude(kind__startswith="duties.")[:SHOWN_ENTRIES]
    return [{"actor": one.actor, "verb": one.sentence, "at": one.at} for one in told]


def go(request: SignedInRequest, address: str) -> HttpResponse:
    """A whole page, even from a dialog."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def typed(request: SignedInRequest) -> QueryDict | None:
    """What was posted, be it nothing; None where nothing was."""
    return request.POST if request.method == "POST" else None


def dialog(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    back: str,
    hint: str = "",
    is_dangerous: bool = False,
    looks: bool = False,
) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What the action says about a field is shown at the field, anything else it refuses above the fields: nothing that was
    typed is lost. A form that is sent twice does its work once. `looks` leaves room for what the money would become.
    """
    status, verdicts = 422, ()
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, once(request, save))
        except Stale as stale:
            if isinstance(form, SeenForm):
                form.see(stale.now)
            form.add_error(None, str(stale))
            status = stale.status
        except Refused as refused:
            if not mark(form, refused):
                form.add_error(None, str(refused))
                verdicts = tuple(refused.verdicts)
            status = refused.status
    context = {
        "form": form,
        "verdicts": verdicts,
        "title": title,
        "verb": verb,
        "back": back,
        "hint": hint,
        "is_dangerous": is_dangerous,
        "looks": looks,
        "action": request.get_full_path(),
        "has_file": form.is_multipart(),
    }
    template = "purchasing/parts/dialog.html" if request.htmx else "purchasing/form.html"
    return render(request, template, context, status=status if form.errors else 200)


def mark(form: forms.Form, refused: Refused) -> bool:
    """Show what an action said about fields at these fields; says whether there was one."""
    told = {name: text for name, text in refused.fields.items() if name in form.fields}
    for name, text in told.items():
        form.add_error(name, str(text))
    return bool(told)
