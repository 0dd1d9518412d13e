"""What the pages of this room have in common: who may come in, one form as a dialog, addresses, tabs."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yunchou.kernel.access.permissions import Perm as AccessPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.ui import dialogs

from ..permissions import Perm

# Key, word, page and right of each tab, in order.
TABS: Final = (
    ("units", gettext_lazy("Units and people"), "unit_list", Perm.VIEW),
    ("roles", gettext_lazy("Approval roles"), "role_list", Perm.VIEW),
    ("meetings", gettext_lazy("Meetings"), "series_list", Perm.SEE_MEETINGS),
    ("points", gettext_lazy("Service network"), "point_list", Perm.SEE_POINTS),
    ("staffing", gettext_lazy("Staffing"), "staffing_list", Perm.VIEW),
    ("personnel", gettext_lazy("Recruitment and training"), "opening_list", Perm.PERSONNEL),
    ("centre", gettext_lazy("Marketing centre"), "centre_home", Perm.OVERSEE_CENTRE),
    ("work", gettext_lazy("Work routing"), "work_route_list", Perm.VIEW),
    ("lists", gettext_lazy("Import and export"), "list_start", Perm.EXPORT),
    ("rights", gettext_lazy("Rights"), "rights_position_list", AccessPerm.EXPLAIN),
    ("audit", gettext_lazy("Journal"), "journal_list", AccessPerm.AUDIT),
)


def unit_address(unit: Unit) -> str:
    return reverse("organisation:unit_detail", args=[unit.code])


def person_address(person: User) -> str:
    return reverse("organisation:person_detail", args=[person.pk])


def tabs(request: SignedInRequest, here: str) -> list[dict[str, Any]]:
    """The tabs of the room that the person may open."""
    return [
        {"label": label, "url": reverse(f"organisation:{name}"), "active": key == here}
        for key, label, name, right in TABS
        if holds(request.user, right)
    ]


def own_unit(user: User) -> Unit | None:
    """Where the person works: the unit of the main post, else of the first."""
    held = Appointment.objects.valid().filter(user=user).select_related("unit")
    first = held.order_by("-is_main", "is_deputy", "pk").first()
    return first.unit if first else None


def unit_or_404(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent", "department"), code=code)


def appointment_or_404(pk: int) -> Appointment:
    return get_object_or_404(Appointment.objects.select_related("user", "unit", "position"), pk=pk)


def dialog(request: SignedInRequest, form: forms.BaseForm, *words: Any, **more: Any) -> HttpResponse:
    """`ui.dialogs.dialog` under the organisation."""
    crumbs = ((_("Organisation"), reverse("organisation:unit_list")),)
    return dialogs.dialog(request, form, *words, crumbs=crumbs, **more)
