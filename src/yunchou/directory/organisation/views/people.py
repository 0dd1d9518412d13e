"""Pickers of people, the page of one person, and his or her account."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.permissions import Perm as AccessPerm
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import NewPersonForm, PersonForm
from ..models import Trainee
from ..permissions import Perm
from .shared import dialog, person_address, unit_address, unit_or_404

SHOWN_MEMBERSHIPS = 50


@require_POST
@needs(Perm.VIEW)
def people_options(request: SignedInRequest) -> HttpResponse:
    """Up to 20 active people for a picker, by `q`: what the select shows, and the parts by name for other uses."""
    found = selectors.person_options(request.POST.get("q", ""), request.user)
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
        "may_explain": person == request.user or holds(request.user, AccessPerm.EXPLAIN),
        "is_self": person.pk == request.user.pk,
        "home": units[0] if units else None,
        "trainings": _trainings(request.user, person),
        "has_several": sum(post.state != "over" and not post.is_deputy for post in posts) > 1,
    }
    return render(request, "organisation/person_detail.html", context)


def _trainings(reader: User, person: User) -> list[Trainee]:
    """A person's trainings with results: for the person, and for those who may see personnel data of the unit."""
    found = Trainee.objects.filter(user=person).select_related("training").order_by("-training__held_on")
    if reader.pk != person.pk:
        found = found.filter(training__unit__in=selectors.units_seen(reader, Perm.PERSONNEL))
    shown = list(found[:SHOWN_MEMBERSHIPS])
    if shown and reader.pk != person.pk:
        actions.tell_of_personnel(what=person.name, actor=reader)
    return shown


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def person_add(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_or_404(code)
    form = NewPersonForm(request.POST or None)

    def save() -> str:
        person = actions.add_person(unit=unit, actor=request.user, **form.cleaned_data)
        toast(request, _("%(person)s added") % {"person": person.name})
        return person_address(person)

    title = _("Add a person to %(unit)s") % {"unit": unit.name}
    return dialog(request, form, title, _("Add"), save, back=unit_address(unit))


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def person_change(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    initial = {name: getattr(person, name) for name in ("name", "email", "phone", "employee_no")}
    form = PersonForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_person(person=person, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return person_address(person)

    title = _("Details of %(person)s") % {"person": person.name}
    return dialog(request, form, title, _("Save"), save, back=person_address(person))


@require_POST
@needs(Perm.MANAGE)
def person_deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = actions.deactivate_person(person=get_object_or_404(User, pk=pk), actor=request.user)
    undo = reverse("organisation:person_reactivate", args=[pk])
    toast(request, _("The account of %(person)s is closed") % {"person": person.name}, undo=undo)
    return go(request, person_address(person))


@require_POST
@needs(Perm.MANAGE)
def person_reactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = actions.reactivate_person(person=get_object_or_404(User, pk=pk), actor=request.user)
    toast(request, _("The account of %(person)s is open again") % {"person": person.name})
    return go(request, person_address(person))
