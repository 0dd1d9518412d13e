"""What the pages of this room have in common: who may come in, one form as a dialog, addresses, tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.permissions import Perm as AccessPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..permissions import Perm

View = Callable[..., HttpResponse]

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


def needs(right: str) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the unit in hand."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


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
    also: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What the action says about a field is shown at the field (`also` names those that are called otherwise in the form),
    anything else it refuses goes to the middleware.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, save())
        except Refused as refused:
            told = {(also or {}).get(name, name): text for name, text in refused.fields.items()}
            if not (at_fields := {n: t for n, t in told.items() if n in form.fields}):
                raise
            mark(form, at_fields)
    context = {"form": form, "title": title, "verb": verb, "back": back, "action": request.get_full_path()}
    template = "organisation/parts/dialog.html" if request.htmx else "organisation/form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def mark(form: forms.Form, faults: Mapping[str, Text]) -> None:
    """Show what an action said about fields at these fields."""
    for name, text in faults.items():
        form.add_error(name, str(text))
