"""The safety emergency plan, one emergency in a dialog."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject

from .. import actions
from ..models import Emergency, Scenario
from ..permissions import Perm
from ..risk_forms import EmergencyForm
from .shared import dialog, done, said


@require_http_methods(["GET", "POST"])
@login_required
def emergency_edit(request: SignedInRequest, pk: int, emergency: int = 0) -> HttpResponse:
    """Write what is done in an emergency; `?scenario=` begins with one of the known ones."""
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.EDIT, subject)
    kept = get_object_or_404(Emergency, subject=subject, pk=emergency) if emergency else None
    asked = request.GET.get("scenario", "")
    form = EmergencyForm(
        typed(request),
        subject=subject,
        emergency=kept,
        scenario=asked if asked in Scenario.values else "",
    )

    def save() -> str:
        told = form.cleaned_data
        saved = actions.plan_emergency(subject=subject, emergency=kept, actor=request.user, **told)
        return said(request, _("Saved: %(name)s") % {"name": saved}, _at(subject))

    return dialog(request, form, save, title=_("Safety emergency plan"), verb=_("Save"))


@require_POST
@login_required
def emergency_drop(request: SignedInRequest, pk: int, emergency: int) -> HttpResponse:
    """Take an emergency out of the plan."""
    subject = open_subject(request, pk, Perm.VIEW)
    kept = get_object_or_404(Emergency.objects.select_related("subject"), subject=subject, pk=emergency)
    actions.drop_emergency(emergency=kept, actor=request.user)
    return done(request, _("Removed"), _at(subject))


def _at(subject: Subject) -> str:
    return f"{reverse('operations:risk_list', args=[subject.pk])}?view=safety"
