"""The books: one page for every account, from the group down to a line, with the entries every figure is made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .actions import set_ceiling
from .forms import CeilingForm, EntryFilterForm
from .models import Account
from .permissions import Perm
from .selectors.months import elapsed_of, monthly_chart, months_of, running_chart, year_end
from .selectors.pages import (
    Asked,
    Picture,
    Row,
    by_rate,
    caps_of,
    children_of,
    entries_asked,
    may_see,
    picture_of,
    readable_documents,
    unit_accounts,
    way_to,
    years,
)
from .states import Dimension, Effect


@login_required
@require_safe
def account_list(request: SignedInRequest) -> HttpResponse:
    """The books of a year: straight to the highest unit that the person may see."""
    known = years()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in known else clock.today().year
    accounts = unit_accounts(request.user, year)
    if not accounts and known and not asked:
        accounts = unit_accounts(request.user, known[0])
    if accounts:
        return redirect("ledger:account_detail", accounts[0].pk)
    return render(request, "ledger/account_list.html", {"year": year, "years": known})


@login_required
@require_safe
def account_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An account: its money, what is below it, its slices, ceilings, and its entries, narrowed as asked.

    A unit shows its execution rates and its twelve months besides.
    """
    account = _account(request, pk)
    asked = Asked.of(request.GET.dict())
    picture = picture_of(account)
    children = children_of(account)
    form = EntryFilterForm(asked, picture.cuts)
    page = paginate(entries_asked(account, asked), request.GET, by="-pk")
    context = {
        "account": account,
        "way": way_to(account),
        "money": picture.money,
        "own": picture.own,
        "children": children,
        "cuts": picture.cuts,
        "caps": caps_of(account, picture.rows),
        "form": form,
        "chips": form.chips(),
        "list_query": urlencode({"account": account.pk}) + (f"&{asked.query}" if asked.query else ""),
        "page": page,
        "readable": readable_documents(request.user, page.rows),
        "may_limit": holds(request.user, Perm.LIMIT, account.unit),
        **(_of_unit(account, picture, children) if account.kind == Account.Kind.UNIT else {}),
    }
    return render(request, "ledger/account_detail.html", context)


def _of_unit(account: Account, picture: Picture, children: Sequence[Row]) -> dict[str, Any]:
    """What only a unit's page shows."""
    months = months_of(account, picture.months)
    units = [row for row in children if row.key == Account.Kind.UNIT]
    categories = [row for cut in picture.cuts if cut.dimension == Dimension.CATEGORY for row in cut.rows]
    return {
        "years": years(),
        "months": months,
        "charts": {
            "months": monthly_chart(months),
            "running": running_chart(months, picture.money.approved),
        },
        "year_end": year_end(months),
        "rates": [
            {
                "label": _("Regions and departments") if units else pgettext("account", "Plans"),
                "rows": by_rate(units or children),
            },
            {"label": _("Categories"), "rows": by_rate(categories)},
        ],
        "elapsed": elapsed_of(account.year),
    }


@login_required
@require_http_methods(["GET", "POST"])
def ceiling_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set or lift a ceiling, in a dialog."""
    account = _account(request, pk)
    require(request.user, Perm.LIMIT, account.unit)
    form = CeilingForm(request.POST or None, account=account, user=request.user)
    if request.method == "GET":
        return render(request, "ledger/ceiling_edit.html", {"account": account, "form": form})
    if not form.is_valid():
        return render(request, "ledger/ceiling_edit.html", {"account": account, "form": form}, status=422)
    given = form.cleaned_data
    try:
        set_ceiling(
            account=account, limit=given["limit"], cut=form.slice,
            at_reserve=Effect(given["at_reserve"]), at_commit=Effect(given["at_commit"]),
            at_spend=Effect(given["at_spend"]), reason=given["reason"], actor=request.user,
        )  # fmt: skip
    except Refused as refused:
        form.add_error("cut" if "cut" in refused.fields else "limit", str(refused))
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
