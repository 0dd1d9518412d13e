"""Who holds which position: appointing, ending, standing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import AppointForm, DeputyForm, EndForm
from ..permissions import Perm
from .shared import appointment_or_404, dialog, person_address


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
    return dialog(request, form, title, _("Appoint"), save, back=person_address(person))


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def appointment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    held = appointment_or_404(pk)
    form = EndForm(request.POST or None)

    def save() -> str:
        actions.end_appointment(appointment=held, actor=request.user, **form.cleaned_data)
        toast(request, _("The appointment ends"))
        return person_address(held.user)

    title = _("End: %(person)s, %(position)s") % {"person": held.user.name, "position": held.position}
    return dialog(request, form, title, _("End appointment"), save, back=person_address(held.user))


@require_http_methods(["GET", "POST"])
@needs(Perm.APPOINT)
def deputy_set(request: SignedInRequest, pk: int) -> HttpResponse:
    held = appointment_or_404(pk)
    form = DeputyForm(request.POST or None)

    def save() -> str:
        deputy = actions.set_deputy(appointment=held, actor=request.user, **form.cleaned_data)
        toast(request, _("%(person)s stands in") % {"person": deputy.user.name})
        return person_address(held.user)

    title = _("Deputy of %(person)s, %(position)s") % {"person": held.user.name, "position": held.position}
    return dialog(request, form, title, _("Save"), save, back=person_address(held.user))


@require_POST
@needs(Perm.APPOINT)
def main_post_set(request: SignedInRequest, pk: int) -> HttpResponse:
    held = actions.set_main_post(appointment=appointment_or_404(pk), actor=request.user)
    toast(request, _("%(position)s is the main post") % {"position": held.position})
    return go(request, person_address(held.user))
