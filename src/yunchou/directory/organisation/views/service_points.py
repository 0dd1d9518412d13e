"""The register of the service network in the communities (ORG-03)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import NewPointForm, PointForm
from ..models import ServicePoint
from ..permissions import Perm
from .shared import dialog, tabs

FIELDS = ("community", "name", "kind", "address", "services", "hours", "phone", "keeper")


def _back() -> str:
    return reverse("organisation:point_list")


def _point(request: SignedInRequest, pk: int) -> ServicePoint:
    return get_object_or_404(selectors.points_seen(request.user), pk=pk)


@require_GET
@needs(Perm.SEE_POINTS)
def point_list(request: SignedInRequest) -> HttpResponse:
    """The points in reach by region and community; `?q=` narrows them by community, name, address or region."""
    words = request.GET.get("q", "").strip()
    points = selectors.points_seen(request.user, words=words)
    clubs = selectors.clubs_kept(request.user)
    context = {
        "page": paginate(points, request.GET, by="-pk", total=points.count()),
        "words": words,
        "kept": {club.pk for club in clubs},
        "may_keep": bool(clubs),
        "communities": points.filter(closed_on=None)
        .order_by()
        .values("unit", "community")
        .distinct()
        .count(),
        "tabs": tabs(request, "points"),
    }
    return render(request, "organisation/point_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.KEEP_POINTS)
def point_add(request: SignedInRequest) -> HttpResponse:
    clubs = selectors.clubs_kept(request.user)
    form = NewPointForm(request.POST or None, clubs=clubs, initial={"opened_on": clock.today()})

    def save() -> str:
        point = actions.register_point(actor=request.user, **form.cleaned_data)
        toast(request, _("%(point)s is registered") % {"point": point})
        return _back()

    return dialog(request, form, _("Register a service point"), _("Register"), save, back=_back())


@require_http_methods(["GET", "POST"])
@needs(Perm.KEEP_POINTS)
def point_change(request: SignedInRequest, pk: int) -> HttpResponse:
    point = _point(request, pk)
    form = PointForm(request.POST or None, initial={name: getattr(point, name) for name in FIELDS})

    def save() -> str:
        actions.change_point(point=point, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return _back()

    return dialog(request, form, str(point), _("Save"), save, back=_back())


@require_POST
@needs(Perm.KEEP_POINTS)
def point_close(request: SignedInRequest, pk: int) -> HttpResponse:
    point = actions.close_point(point=_point(request, pk), actor=request.user)
    undo = reverse("organisation:point_reopen", args=[pk])
    toast(request, _("%(point)s is closed") % {"point": point}, undo=undo)
    return go(request, _back())


@require_POST
@needs(Perm.KEEP_POINTS)
def point_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    point = actions.reopen_point(point=_point(request, pk), actor=request.user)
    toast(request, _("%(point)s is open again") % {"point": point})
    return go(request, _back())
