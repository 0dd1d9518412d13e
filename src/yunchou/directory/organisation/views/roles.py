"""Approval roles: who decides for a company, who stands in, until when, and what is vacant (ORG-08)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import Position, Unit
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import RoleForm
from ..permissions import Perm
from ..selectors.roles import ROLE_CODES
from .shared import dialog, own_unit, tabs, unit_or_404


@require_GET
@needs(Perm.VIEW)
def role_list(request: SignedInRequest) -> HttpResponse:
    """The roles of one company (`?unit=code`), the person's own unless another is chosen."""
    places = selectors.companies()
    home = own_unit(request.user)
    chosen = request.GET.get("unit") or (selectors.company_of(home).code if home else "")
    unit = next((place for place in places if place.code == chosen), places[0] if places else None)
    if unit is None or (request.GET.get("unit") and unit.code != chosen):
        raise Http404
    rows = selectors.roles_of(unit)
    context = {
        "unit": unit,
        "places": [
            {"label": place.name, "url": role_address(place), "active": place == unit} for place in places
        ],
        "rows": rows,
        "vacant": sum(row.is_vacant for row in rows),
        "may_appoint": holds(request.user, Perm.APPOINT, unit),
        "tabs": tabs(request, "roles"),
    }
    return render(request, "organisation/role_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def role_assign(request: SignedInRequest, code: str, position: str) -> HttpResponse:
    """Let somebody hold an approval role of the unit."""
    unit = unit_or_404(code)
    role = get_object_or_404(Position, code=position)
    if role.code not in ROLE_CODES:
        raise Http404
    form = RoleForm(request.POST or None)

    def save() -> str:
        held = actions.appoint(unit=unit, position=role.code, actor=request.user, **form.cleaned_data)
        told = {"person": held.user.name, "position": held.position}
        toast(request, _("%(person)s is now %(position)s") % told)
        return role_address(unit)

    title = _("%(position)s of %(unit)s") % {"position": role, "unit": unit.name}
    return dialog(
        request, form, title, _("Appoint"), save, back=role_address(unit), also={"position": "person"}
    )


def role_address(unit: Unit) -> str:
    return f"{reverse('organisation:role_list')}?unit={unit.code}"
