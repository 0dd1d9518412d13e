"""Entering, importing and cancelling orders."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.dialogs import mark, sent, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import ImportForm, OrderForm, ReasonForm
from ..intake import ORDERS, read_orders, sheet_from, template_of
from ..models import Lead, Order, OrderChannel
from ..permissions import Perm
from .leads import import_page
from .shared import METHODS, dialog, part_url


@require_http_methods(METHODS)
@login_required
def order_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """An order of this activity; `?lead=` begins with the person who left that lead."""
    subject = open_subject(request, pk, Perm.EDIT)
    asked = request.GET.get("lead", "")
    lead = Lead.objects.heads().filter(subject=subject, pk=int(asked) if asked.isdecimal() else 0).first()
    initial = {"ordered_at": clock.local(clock.now()), "customer": lead.customer_id if lead else None}
    form = OrderForm(typed(request), subject=subject, initial=initial)

    def save() -> str:
        who = form.cleaned_data["customer"]
        origin = lead if lead and lead.customer_id == who.pk else None
        _order, is_new = actions.enter_order(
            facts=form.facts, customer=who, subject=subject, lead=origin, actor=request.user
        )
        toast(request, _("Order entered") if is_new else _("This order was entered already."))
        return lead.get_absolute_url() if lead else part_url(subject, "orders")

    words = (pgettext("sales", "Enter an order"), pgettext("order", "Enter"))
    return dialog(request, form, *words, save, back=part_url(subject, "orders"))


@require_http_methods(METHODS)
@login_required
def order_cancel(request: SignedInRequest, pk: int, order: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Order.objects.select_related("unit"), pk=order, subject=subject)
    found.subject = subject
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.cancel_order(order=found, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("Order cancelled"))
        return part_url(subject, "orders")

    title = _("Cancel order %(number)s") % {"number": found.number}
    hint = _("It stays in the list and counts nowhere; a lead that it won goes on from where it stood.")
    verb = pgettext("order", "Cancel the order")
    return dialog(
        request, form, title, verb, save, back=part_url(subject, "orders"), hint=hint, is_dangerous=True
    )


@require_http_methods(METHODS)
@login_required
def order_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """A table of orders, shown line by line before it is taken in; numbers that are known change nothing."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = ImportForm(typed(request), sent(request), channels=OrderChannel.choices, asks=False)
    intake = None
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            data = read["file"].read() if read["file"] else None
            sheet = sheet_from(ORDERS, data, read["pasted"] or read["kept"])
            intake = read_orders(subject, sheet, channel=read["channel"])
            if request.POST.get("confirm") == "1":
                rows = intake.rows

                def save() -> str:
                    came = actions.import_orders(subject=subject, rows=rows, actor=request.user)
                    words = ngettext("%(n)s order entered", "%(n)s orders entered", came.new) % {
                        "n": came.new
                    }
                    toast(request, words)
                    return part_url(subject, "orders")

                return redirect(once(request, save))
        except Refused as refused:
            mark(form, refused)
            intake = None
    return import_page(request, subject, form, intake, kind="orders")


@require_safe
@login_required
def order_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table to fill in."""
    open_subject(request, pk, Perm.EDIT)
    response = HttpResponse(template_of(ORDERS), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response
