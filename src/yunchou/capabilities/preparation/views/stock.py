"""The stock: its list, one item with its movements, and the slips that are printed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import MoveForm, StockItemForm
from ..models import MoveKind, StockItem, StockMove, SupplyKind
from ..permissions import Perm
from ..promises import set_aside_by_source
from ..selectors.stock import StockFilters, held_of, moves_of
from .shared import dialog


@require_safe
@needs(Perm.VIEW)
def stock_list(request: SignedInRequest) -> HttpResponse:
    """What lies in the stores that the person sees."""
    query = request.GET
    filters = StockFilters(query.get("q", ""), query.get("kind", ""), query.get("state", ""))
    found = filters.of(request.user)
    page = paginate(found, query, by="name", total=found.count())
    views = [
        {"label": label, "url": f"?state={key}", "active": filters.state == key}
        for key, label in (("", _("All")), ("low", _("Too little left")), ("out", _("Handed out")))
    ]
    context = {
        "page": page,
        "filters": filters,
        "views": views,
        "kinds": SupplyKind.choices,
        "may_add": holds(request.user, Perm.KEEP_STOCK),
        "list_query": query.urlencode(),
    }
    return render(request, "preparation/stock_list.html", context)


def _item(request: SignedInRequest, pk: int, right: str = "") -> StockItem:
    """The item if the person sees it, else 404; 403 without `right` on it."""
    found: StockItem = get_object_or_404(
        StockItem.objects.visible_to(request.user).select_related("subject__unit"), pk=pk
    )
    if right:
        require(request.user, right, found)
    return found


@require_safe
@needs(Perm.VIEW)
def stock_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One item: how much is there, who holds some, and every receipt and issue."""
    item = _item(request, pk)
    moves = moves_of(item)
    context = {
        "item": item,
        "page": paginate(moves, request.GET, by="-made_at", total=moves.count()),
        "held": list(held_of(item)),
        "promised": set_aside_by_source(item),
        "may_move": holds(request.user, Perm.KEEP_STOCK, item),
        "list_query": f"item={item.pk}",
        "kinds": MoveKind,
    }
    return render(request, "preparation/stock_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.KEEP_STOCK)
def stock_add(request: SignedInRequest) -> HttpResponse:
    form = StockItemForm(typed(request), user=request.user)

    def save() -> str:
        read = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        item = actions.add_item(actor=request.user, **read)
        return item.get_absolute_url()

    back = reverse("preparation:stock_list")
    return dialog(request, form, _("Enter an item"), _("Enter"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def stock_change(request: SignedInRequest, pk: int) -> HttpResponse:
    item = _item(request, pk, Perm.KEEP_STOCK)
    form = StockItemForm(typed(request), user=request.user, item=item)

    def save() -> str:
        actions.change_item(item=item, actor=request.user, **form.cleaned_data)
        return item.get_absolute_url()

    return dialog(request, form, _("Change the item"), _("Save"), save, back=item.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def stock_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """One movement; `?kind=` chooses which beforehand."""
    item = _item(request, pk, Perm.KEEP_STOCK)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind if kind in MoveKind.values else MoveKind.RECEIPT}
    form = MoveForm(typed(request), user=request.user, initial=initial)

    def save() -> str:
        move = actions.move_stock(item=item, actor=request.user, **form.cleaned_data)
        toast(request, _("Entered as %(number)s") % {"number": move.number})
        return item.get_absolute_url()

    told = {"count": f"{item.quantity.normalize():f}", "measure": item.measure}
    hint = _("%(count)s %(measure)s are in stock.") % told
    title = _("Movement of %(item)s") % {"item": item.name}
    return dialog(request, form, title, _("Enter"), save, back=item.get_absolute_url(), hint=hint)


@require_safe
@login_required
def stock_slip(request: SignedInRequest, pk: int) -> HttpResponse:
    """One receipt or issue on paper, to be signed."""
    seen = StockItem.objects.visible_to(request.user)
    found = StockMove.objects.filter(item__in=seen).select_related(
        "item__subject__unit", "person", "made_by", "activity", "supply"
    )
    return render(request, "preparation/stock_slip.html", {"move": get_object_or_404(found, pk=pk)})
