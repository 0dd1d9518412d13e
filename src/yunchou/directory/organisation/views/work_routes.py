"""Which department does which work."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import WorkRouteForm
from ..models import WorkType
from ..permissions import Perm
from .shared import own_unit, tabs


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def work_route_list(request: SignedInRequest) -> HttpResponse:
    """Which department does which work; open to all staff, changed by administrators."""
    may_manage = holds(request.user, Perm.MANAGE)
    form = WorkRouteForm(request.POST or None, initial=selectors.work_routes())
    if request.method == "POST" and form.is_valid():
        for work_type, kind in form.changes():
            actions.change_work_route(work_type=work_type, department_kind=kind, actor=request.user)
        toast(request, _("Saved"))
        return go(request, reverse("organisation:work_route_list"))
    home = own_unit(request.user)
    context = {
        "form": form,
        "may_manage": may_manage,
        "home": home,
        "goes_to": _goes_to(home) if home else [],
        "tabs": tabs(request, "work"),
    }
    return render(request, "organisation/work_route_list.html", context, status=422 if form.errors else 200)


def _goes_to(home: Unit) -> list[tuple[str, selectors.Destination]]:
    """Where the work of the reader's own unit goes, in the order of the routes."""
    found = selectors.destinations(home)
    return [(str(WorkType(value).label), found[value]) for value in WorkType.values]
