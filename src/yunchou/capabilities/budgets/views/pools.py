"""Emergency pools: what each has, what was asked of it, and putting money into one (BUD-10)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.toasts import toast

from ..actions import fund_pool
from ..forms import PoolForm
from ..pools import funding_asked, pool_years, pools_of
from ..rules import draw_within_pool
from .shared import show_dialog


@login_required
@require_safe
def pool_list(request: SignedInRequest) -> HttpResponse:
    """The emergency pools of a year with their money, requests, grants and reports of use."""
    require(request.user, LedgerPerm.VIEW)
    known, asked = pool_years(), request.GET.get("year", "")
    today = clock.today().year
    newest = today if today in known or not known else known[0]
    year = int(asked) if asked.isdecimal() and int(asked) in known else newest
    context = {
        "pools": pools_of(request.user, year),
        "year": year,
        "years": [{"label": str(one), "url": f"?year={one}", "active": one == year} for one in known],
        "may_fund": holds(request.user, LedgerPerm.LIMIT),
        "rule": draw_within_pool,
    }
    return render(request, "budgets/pool_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pool_fund(request: SignedInRequest) -> HttpResponse:
    """Put money into a unit's pool, in a dialog: first what that would be, then it is done."""
    require(request.user, LedgerPerm.LIMIT)
    units = units_with(request.user, LedgerPerm.LIMIT).filter(is_active=True).order_by("path")
    year = request.GET.get("year", "")
    initial = {
        "year": year if year.isdecimal() else clock.today().year,
        "unit": request.GET.get("unit") or units.first(),
    }
    form = PoolForm(request.POST or None, units=units, initial=initial)
    address = reverse("budgets:pool_list")
    status, asked = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid() and not form.is_confirmed:
            status, asked = (
                200,
                funding_asked(**{name: form.cleaned_data[name] for name in ("unit", "year", "amount")}),
            )
            form.data = {**request.POST.dict(), "confirmed": form.figure}
        elif form.is_valid():
            try:
                made = once(request, lambda: _fund(request, form))
                toast(request, _("The pool has its money"))
                return go(request, made)
            except Refused as refused:
                mark(form, refused)
                status = refused.status
    context = {"form": form, "asked": asked, "title": _("Fund an emergency pool"), "back": address}
    return show_dialog(request, "budgets/pool_fund.html", context, status)


def _fund(request: SignedInRequest, form: PoolForm) -> str:
    pool = fund_pool(actor=request.user, **form.values)
    return f"{reverse('budgets:pool_list')}?year={pool.year}"
