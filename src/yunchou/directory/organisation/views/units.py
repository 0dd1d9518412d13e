"""The tree of units, and what is known of one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.identity.selectors import find_units
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import DutiesForm, MoveForm, RenameForm, UnitForm
from ..permissions import Perm
from .shared import dialog, own_unit, tabs, unit_address, unit_or_404

UNITS_FOUND = 12


@require_GET
@needs(Perm.VIEW)
def unit_list(request: SignedInRequest) -> HttpResponse:
    """The organisation, opened at the person's own unit, or at the top."""
    unit = own_unit(request.user) or Unit.objects.filter(parent=None).first()
    return redirect(unit_address(unit)) if unit else render(request, "organisation/no_company.html")


@require_GET
@needs(Perm.VIEW)
def unit_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The tree, and duties and people of one unit; with `?q=` the people found in the whole organisation."""
    unit = get_object_or_404(Unit.objects.select_related("parent", "department"), code=code)
    words, below = request.GET.get("q", "").strip(), request.GET.get("below") == "1"
    may_manage = holds(request.user, Perm.MANAGE, unit)
    loose = may_manage and not words and request.GET.get("without") == "1"
    if not holds(request.user, Perm.VIEW, unit):
        raise Http404
    if loose:
        people = selectors.without_post()
    else:
        people = (
            selectors.people_found(words, request.user) if words else selectors.people_of(unit, below=below)
        )
    page = paginate(people, request.GET, by="name_pinyin", total=people.count())
    context = {
        "unit": unit,
        "words": words,
        "loose": loose,
        "page": page,
        "rows": selectors.rows(page, reader=request.user, unit=None if words or loose else unit),
        "views": _breadths(unit, "without" if loose else "below" if below else "", may_manage),
        "units_found": find_units(words, selectors.units_seen(request.user, Perm.VIEW))
        .select_related("parent")
        .order_by("path")[:UNITS_FOUND]
        if words
        else (),
        "tabs": tabs(request, "units"),
        "may_manage": may_manage,
    }
    if not request.htmx:
        profile = getattr(unit, "department", None)
        nodes = selectors.tree(with_inactive=not unit.is_active)
        context |= {
            "tree": nodes,
            "below": next((n.below for n in selectors.flat(nodes) if n.unit == unit), ()),
            "ancestors": _ancestors(nodes, unit),
            "profile": profile,
            "work": selectors.work_of(profile.kind) if profile else [],
            "head": selectors.head_of(unit),
        }
    template = "organisation/parts/people.html" if request.htmx else "organisation/unit_detail.html"
    return render(request, template, context)


def _breadths(unit: Unit, here: str, may_manage: bool) -> list[dict[str, Any]]:
    """This unit alone, or with what is below it; whoever keeps accounts also finds those that belong nowhere yet."""
    address = unit_address(unit)
    views = [
        {"label": _("This unit"), "url": address, "active": not here},
        {"label": _("With units below"), "url": f"{address}?below=1", "active": here == "below"},
    ]
    if may_manage:
        address = f"{address}?without=1"
        views.append({"label": _("Without a post"), "url": address, "active": here == "without"})
    return views


def _ancestors(nodes: list[selectors.Node], unit: Unit) -> list[Unit]:
    """The units above, from the top."""
    return [node.unit for node in selectors.flat(nodes) if node.holds(unit) and node.unit != unit]


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_add(request: SignedInRequest, code: str) -> HttpResponse:
    parent = unit_or_404(code)
    form = UnitForm(request.POST or None)

    def save() -> str:
        unit = actions.create_unit(parent=parent, actor=request.user, **form.cleaned_data)
        toast(request, _("%(unit)s added") % {"unit": unit.name})
        return unit_address(unit)

    title = _("Add a unit below %(unit)s") % {"unit": parent.name}
    return dialog(request, form, title, _("Add"), save, back=unit_address(parent))


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_rename(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_or_404(code)
    form = RenameForm(request.POST or None, initial={"name": unit.name})

    def save() -> str:
        actions.rename_unit(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return unit_address(unit)

    return dialog(
        request, form, _("Rename %(unit)s") % {"unit": unit.name}, _("Save"), save, back=unit_address(unit)
    )


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_move(request: SignedInRequest, code: str) -> HttpResponse:
    """Hang the unit under another one."""
    unit = unit_or_404(code)
    form = MoveForm(request.POST or None, initial={"parent": unit.parent_id})

    def save() -> str:
        actions.move_unit(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("%(unit)s moved") % {"unit": unit.name})
        return unit_address(unit)

    title = _("Move %(unit)s") % {"unit": unit.name}
    return dialog(request, form, title, _("Move"), save, back=unit_address(unit))


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_duties(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_or_404(code)
    profile = getattr(unit, "department", None)
    initial = (
        {"department": profile.kind, "duties": profile.duties, "authority": profile.authority}
        if profile
        else {}
    )
    form = DutiesForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_duties(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return unit_address(unit)

    title = _("Duties and authority of %(unit)s") % {"unit": unit.name}
    return dialog(request, form, title, _("Save"), save, back=unit_address(unit))


@require_POST
@needs(Perm.MANAGE)
def unit_deactivate(request: SignedInRequest, code: str) -> HttpResponse:
    unit = actions.deactivate_unit(unit=unit_or_404(code), actor=request.user)
    undo = reverse("organisation:unit_reactivate", args=[code])
    toast(request, _("%(unit)s deactivated") % {"unit": unit.name}, undo=undo)
    return go(request, unit_address(unit.parent or unit))


@require_POST
@needs(Perm.MANAGE)
def unit_reactivate(request: SignedInRequest, code: str) -> HttpResponse:
    unit = actions.reactivate_unit(unit=unit_or_404(code), actor=request.user)
    toast(request, _("%(unit)s reactivated") % {"unit": unit.name})
    return go(request, unit_address(unit))
