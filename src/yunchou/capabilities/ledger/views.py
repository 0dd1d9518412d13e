"""The books: one page for every account, from the group down to a line, with the entries every figure is made of."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .actions import set_ceiling
from .forms import CeilingForm
from .models import Account, ClosedMonth
from .permissions import Perm
from .selectors import money_of
from .selectors.pages import (
    Asked,
    caps_of,
    children_of,
    cuts_of,
    entries_asked,
    may_see,
    own_of,
    unit_accounts,
    way_to,
    years,
)
from .states import Dimension, Effect, Kind, Slice


@login_required
@require_safe
def account_list(request: SignedInRequest) -> HttpResponse:
    """The books of a year: straight to the highest unit that the person may see."""
    known = years()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in known else clock.today().year
    accounts = unit_accounts(request.user, year)
    if not accounts and known and not asked:
        accounts = unit_accounts(request.user, known[0])
    if accounts:
        return redirect("ledger:account_detail", accounts[0].pk)
    return render(request, "ledger/account_list.html", {"year": year, "years": known})


@login_required
@require_safe
def account_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An account: its money, what is below it, its slices, ceilings, and its entries, narrowed as asked."""
    account = _account(request, pk)
    asked = Asked.of(request.GET.dict())
    way = way_to(account)
    is_unit = account.kind == Account.Kind.UNIT
    context = {
        "account": account,
        "way": way,
        "years": years() if is_unit else [],
        "money": money_of(account),
        "own": own_of(account),
        "children": children_of(account),
        "cuts": cuts_of(account),
        "caps": caps_of(account),
        "closed": list(ClosedMonth.objects.filter(account=account).order_by("month")) if is_unit else [],
        "asked": asked,
        "kinds": Kind.choices,
        "page": paginate(entries_asked(account, asked), request.GET, by="-pk"),
        "may_limit": holds(request.user, Perm.LIMIT, account.unit),
    }
    return render(request, "ledger/account_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def ceiling_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set or lift a ceiling, in a dialog."""
    account = _account(request, pk)
    require(request.user, Perm.LIMIT, account.unit)
    form = CeilingForm(request.POST or None)
    if request.method == "GET":
        return render(request, "ledger/ceiling_edit.html", {"account": account, "form": form})
    if not form.is_valid():
        return render(request, "ledger/ceiling_edit.html", {"account": account, "form": form}, status=422)
    given = form.cleaned_data
    try:
        set_ceiling(
            account=account, limit=given["limit"], cut=Slice(Dimension(given["dimension"]), given["value"].strip()),
            at_reserve=Effect(given["at_reserve"]), at_commit=Effect(given["at_commit"]),
            at_spend=Effect(given["at_spend"]), reason=given["reason"], actor=request.user,
        )  # fmt: skip
    except Refused as refused:
        form.add_error("limit", str(refused))
        return render(
            request, "ledger/ceiling_edit.html", {"account": account, "form": form}, status=refused.status
        )
    toast(request, _("Ceiling set"))
    if not request.htmx:
        return redirect("ledger:account_detail", account.pk)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("ledger:account_detail", args=[account.pk])
    response["HX-Trigger"] = json.dumps({"dialog:close": None})
    return response


def _account(request: SignedInRequest, pk: int) -> Account:
    account = get_object_or_404(Account.objects.select_related("unit", "subject__unit"), pk=pk)
    if not may_see(request.user, account):
        raise Http404
    return account
