"""Pages of the organisation. Whoever may not see it gets 403: it is open to all staff, so there is nothing to hide."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.subjects.models import Member
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from . import actions, selectors
from .forms import (
    AppointForm,
    DeputyForm,
    DutiesForm,
    EndForm,
    NewPersonForm,
    PersonForm,
    RenameForm,
    UnitForm,
    WorkRouteForm,
)
from .permissions import Perm

View = Callable[..., HttpResponse]
SHOWN_MEMBERSHIPS = 50


def needs(right: Perm) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the unit in hand."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


# Units


@require_GET
@needs(Perm.VIEW)
def unit_list(request: SignedInRequest) -> HttpResponse:
    """The organisation, opened at the person's own unit, or at the top."""
    held = Appointment.objects.valid().filter(user=request.user).select_related("unit").first()
    unit = held.unit if held else Unit.objects.filter(parent=None).first()
    return redirect(unit_address(unit)) if unit else render(request, "organisation/no_company.html")


@require_GET
@needs(Perm.VIEW)
def unit_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The tree, and duties and people of one unit; with `?q=` the people found in the whole organisation."""
    unit = get_object_or_404(Unit.objects.select_related("parent", "department"), code=code)
    words, below = request.GET.get("q", "").strip(), request.GET.get("below") == "1"
    people = selectors.people_found(words) if words else selectors.people_of(unit, below=below)
    page = paginate(people, request.GET, by="name_pinyin", total=people.count())
    context = {
        "unit": unit,
        "words": words,
        "page": page,
        "rows": selectors.rows(page, reader=request.user, unit=None if words else unit),
        "views": _breadths(unit, below),
        "tabs": _tabs(request, "units"),
        "may_manage": holds(request.user, Perm.MANAGE, unit),
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


def unit_address(unit: Unit) -> str:
    return reverse("organisation:unit_detail", args=[unit.code])


def _breadths(unit: Unit, below: bool) -> list[dict[str, Any]]:
    """This unit alone, or with what is below it."""
    address = unit_address(unit)
    return [
        {"label": _("This unit"), "url": address, "active": not below},
        {"label": _("With units below"), "url": f"{address}?below=1", "active": below},
    ]


def _ancestors(nodes: list[selectors.Node], unit: Unit) -> list[Unit]:
    """The units above, from the top."""
    return [node.unit for node in selectors.flat(nodes) if node.holds(unit) and node.unit != unit]


def _tabs(request: SignedInRequest, here: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Units and people"), "url": reverse("organisation:unit_list"), "active": here == "units"},
        {
            "label": _("Work routing"),
            "url": reverse("organisation:work_route_list"),
            "active": here == "work",
        },
    ]


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_add(request: SignedInRequest, code: str) -> HttpResponse:
    parent = _unit(code)
    form = UnitForm(request.POST or None)

    def save() -> str:
        unit = actions.create_unit(parent=parent, actor=request.user, **form.cleaned_data)
        toast(request, _("%(unit)s added") % {"unit": unit.name})
        return unit_address(unit)

    title = _("Add a unit below %(unit)s") % {"unit": parent.name}
    return _dialog(request, form, title, _("Add"), save, back=unit_address(parent))


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_rename(request: SignedInRequest, code: str) -> HttpResponse:
    unit = _unit(code)
    form = RenameForm(request.POST or None, initial={"name": unit.name})

    def save() -> str:
        actions.rename_unit(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return unit_address(unit)

    return _dialog(
        request, form, _("Rename %(unit)s") % {"unit": unit.name}, _("Save"), save, back=unit_address(unit)
    )


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def unit_duties(request: SignedInRequest, code: str) -> HttpResponse:
    unit = _unit(code)
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
    return _dialog(request, form, title, _("Save"), save, back=unit_address(unit))


@require_POST
@needs(Perm.MANAGE)
def unit_deactivate(request: SignedInRequest, code: str) -> HttpResponse:
    unit = actions.deactivate_unit(unit=_unit(code), actor=request.user)
    undo = reverse("organisation:unit_reactivate", args=[code])
    toast(request, _("%(unit)s deactivated") % {"unit": unit.name}, undo=undo)
    return _go(request, unit_address(unit.parent or unit))


@require_POST
@needs(Perm.MANAGE)
def unit_reactivate(request: SignedInRequest, code: str) -> HttpResponse:
    unit = actions.reactivate_unit(unit=_unit(code), actor=request.user)
    toast(request, _("%(unit)s reactivated") % {"unit": unit.name})
    return _go(request, unit_address(unit))


# People


@require_GET
@needs(Perm.VIEW)
def people_options(request: SignedInRequest) -> HttpResponse:
    """Up to 20 active people for a picker, by `?q=`: what the select shows, and the parts by name for other uses."""
    found = selectors.person_options(request.GET.get("q", ""))
    results = [
        {
            "value": option.id,
            "text": option.name,
            "note": " · ".join(part for part in (option.unit, option.post) if part),
            "search": option.search,
            "id": option.id,
            "name": option.name,
            "unit": option.unit,
            "post": option.post,
        }
        for option in found
    ]
    return JsonResponse({"results": results})


@require_GET
@needs(Perm.VIEW)
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person's posts, and the campaigns and other things the person belongs to, as far as the reader sees them."""
    person = get_object_or_404(User, pk=pk)
    posts = selectors.posts_of(person)
    units = [post.unit for post in posts if post.state == "now"]
    visible = visible_subjects(request.user).values("pk")
    memberships = (
        Member.objects.filter(user=person, subject__in=visible).select_related("subject").order_by("-pk")
    )
    context = {
        "person": person,
        "posts": posts,
        "memberships": memberships[:SHOWN_MEMBERSHIPS],
        "sees_contact": selectors.sees_contact(request.user, person, units),
        "may_manage": holds(request.user, Perm.MANAGE),
        "may_appoint": holds(request.user, Perm.APPOINT) and person.is_active,
        "is_self": person.pk == request.user.pk,
        "home": units[0] if units else None,
    }
    return render(request, "organisation/person_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def person_add(request: SignedInRequest, code: str) -> HttpResponse:
    unit = _unit(code)
    form = NewPersonForm(request.POST or None)

    def save() -> str:
        person = actions.add_person(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("%(person)s added") % {"person": person.name})
        return person_address(person)

    title = _("Add a person to %(unit)s") % {"unit": unit.name}
    return _dialog(request, form, title, _("Add"), save, back=unit_address(unit))


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def person_change(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    initial = {"name": person.name, "email": person.email, "phone": person.phone}
    form = PersonForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_person(person=person, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return person_address(person)

    title = _("Details of %(person)s") % {"person": person.name}
    return _dialog(request, form, title, _("Save"), save, back=person_address(person))


@require_POST
@needs(Perm.MANAGE)
def person_deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = actions.deactivate_person(person=get_object_or_404(User, pk=pk), actor=request.user)
    undo = reverse("organisation:person_reactivate", args=[pk])
    toast(request, _("The account of %(person)s is closed") % {"person": person.name}, undo=undo)
    return _go(request, person_address(person))


@require_POST
@needs(Perm.MANAGE)
def person_reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = actions.reactivate_person(person=get_object_or_404(User, pk=pk), actor=request.user)
    toast(request, _("The account of %(person)s is open again") % {"person": person.name})
    return _go(request, person_address(person))


def person_address(person: User) -> str:
    return reverse("organisation:person_detail", args=[person.pk])


# Appointments


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def appointment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = AppointForm(request.POST or None, initial={"unit": request.GET.get("unit")})

    def save() -> str:
        held = actions.appoint(person=person, actor=request.user, **form.cleaned_data)
        toast(
            request, _("%(person)s is now %(position)s") % {"person": person.name, "position": held.position}
        )
        return person_address(person)

    title = _("Appoint %(person)s") % {"person": person.name}
    return _dialog(request, form, title, _("Appoint"), save, back=person_address(person))


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def appointment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    held = _appointment(pk)
    form = EndForm(request.POST or None)

    def save() -> str:
        actions.end_appointment(appointment=held, actor=request.user, **form.cleaned_data)
        toast(request, _("The appointment ends"))
        return person_address(held.user)

    title = _("End: %(person)s, %(position)s") % {"person": held.user.name, "position": held.position}
    return _dialog(request, form, title, _("End appointment"), save, back=person_address(held.user))


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def deputy_set(request: SignedInRequest, pk: int) -> HttpResponse:
    held = _appointment(pk)
    form = DeputyForm(request.POST or None)

    def save() -> str:
        deputy = actions.set_deputy(appointment=held, actor=request.user, **form.cleaned_data)
        toast(request, _("%(person)s stands in") % {"person": deputy.user.name})
        return person_address(held.user)

    title = _("Deputy of %(person)s, %(position)s") % {"person": held.user.name, "position": held.position}
    return _dialog(request, form, title, _("Save"), save, back=person_address(held.user))


# Work routing


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
        return _go(request, reverse("organisation:work_route_list"))
    context = {"form": form, "may_manage": may_manage, "tabs": _tabs(request, "work")}
    return render(request, "organisation/work_route_list.html", context, status=422 if form.errors else 200)


# Shared


def _unit(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent", "department"), code=code)


def _appointment(pk: int) -> Appointment:
    return get_object_or_404(Appointment.objects.select_related("user", "unit", "position"), pk=pk)


def _go(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _dialog(
    request: SignedInRequest, form: forms.Form, title: str, verb: str, save: Callable[[], str], *, back: str
) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What the action says about a field is shown at the field, anything else it refuses goes to the middleware.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return _go(request, save())
        except Refused as refused:
            if not (at_fields := {n: t for n, t in refused.fields.items() if n in form.fields}):
                raise
            _mark(form, at_fields)
    context = {"form": form, "title": title, "verb": verb, "back": back, "action": request.get_full_path()}
    template = "organisation/parts/dialog.html" if request.htmx else "organisation/form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _mark(form: forms.Form, faults: dict[str, Text]) -> None:
    for name, text in faults.items():
        form.add_error(name, str(text))
