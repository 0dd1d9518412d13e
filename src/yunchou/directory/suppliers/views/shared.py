"""What the pages of this room have in common: who may come in, one supplier, one form as a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.seen import SeenForm, Stale

from ..models import Supplier

View = Callable[..., HttpResponse]


def needs(right: str) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the supplier in hand."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def supplier_or_404(request: SignedInRequest, pk: int, right: str = "") -> Supplier:
    """The supplier if the person sees it, else 404; 403 without `right` on it."""
    found = Supplier.objects.visible_to(request.user).select_related(
        "subject__unit", "keeper", "merged_into", "blocked_by", "account_by", "account_confirmed_by"
    )
    supplier: Supplier = get_object_or_404(found, pk=pk)
    if right:
        require(request.user, right, supplier)
    return supplier


def go(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


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
) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What the action says about a field is shown at the field, anything else it refuses goes to the middleware. A form that
    is sent twice does its work once.
    """
    status = 422
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
                raise
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "back": back,
        "hint": hint,
        "is_dangerous": is_dangerous,
        "action": request.get_full_path(),
        "has_file": form.is_multipart(),
    }
    template = "suppliers/parts/dialog.html" if request.htmx else "suppliers/form.html"
    return render(request, template, context, status=status if form.errors else 200)


def mark(form: forms.Form, refused: Refused) -> bool:
    """Show what an action said about fields at these fields; says whether there was one."""
    told = {name: text for name, text in refused.fields.items() if name in form.fields}
    for name, text in told.items():
        form.add_error(name, str(text))
    return bool(told)
