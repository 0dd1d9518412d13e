"""Trainings for an event, and who came."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject

from .. import actions
from ..following import part_url
from ..forms import AttendanceForm, TrainingForm
from ..models import Training
from ..permissions import Perm
from ..selectors.people import posts_of
from .shared import dialog


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new training; those who serve on site are invited unless others are named."""
    subject = open_subject(request, pk, Perm.EDIT)
    roster = {post.person.pk: post.person for post in posts_of(subject) if post.person}
    form = TrainingForm(typed(request), people=list(roster.values()))

    def save() -> str:
        actions.put_training(subject=subject, actor=request.user, **form.cleaned_data)
        return part_url(subject, "people")

    return dialog(request, form, _("Plan a training"), _("Save"), save, back=part_url(subject, "people"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_change(request: SignedInRequest, pk: int, training: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Training, subject=subject, pk=training)
    form = TrainingForm(typed(request), training=found)

    def save() -> str:
        actions.put_training(subject=subject, training=found, actor=request.user, **form.cleaned_data)
        return part_url(subject, "people")

    return dialog(request, form, _("Change the training"), _("Save"), save, back=part_url(subject, "people"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_attend(request: SignedInRequest, pk: int, training: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Training, subject=subject, pk=training)
    form = AttendanceForm(typed(request), training=found)

    def save() -> str:
        present = [int(user) for user in form.cleaned_data["present"]]
        actions.record_attendance(training=found, present=present, actor=request.user)
        return part_url(subject, "people")

    hint = _("Whoever is not ticked was absent.")
    return dialog(request, form, _("Who came"), _("Save"), save, back=part_url(subject, "people"), hint=hint)


@require_POST
@login_required
def training_remove(request: SignedInRequest, pk: int, training: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Training, subject=subject, pk=training)
    actions.remove_training(training=found, actor=request.user)
    return go(request, part_url(subject, "people"))
