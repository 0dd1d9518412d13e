"""With whom the company cooperates: entered and ended on the page of the customer (TYP-06)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.toasts import toast

from ..actions.cooperations import keep_cooperation
from ..forms import CooperationForm
from ..models import Cooperation, Customer
from ..permissions import Perm
from .shared import customer_or_404, dialog, needs

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def cooperation_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _keep(request, customer_or_404(request, pk, Perm.MANAGE), None)


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def cooperation_change(request: SignedInRequest, pk: int, cooperation: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    return _keep(request, customer, get_object_or_404(Cooperation, pk=cooperation, customer=customer))


def _keep(request: SignedInRequest, customer: Customer, found: Cooperation | None) -> HttpResponse:
    form = CooperationForm(typed(request), cooperation=found)
    back = f"{customer.get_absolute_url()}#cooperations"

    def save() -> str:
        keep_cooperation(customer=customer, cooperation=found, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    title = _("Enter a cooperation") if found is None else _("Change a cooperation")
    return dialog(request, form, title, _("Save"), save, back=back)
