"""The division of work: its rows in a dialog, and how far they have come."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..models import Assignment
from ..permissions import Perm
from .shared import dialog, done, here

FORM = "work/assignment_form.html"


def _assignment(subject: Subject, pk: int) -> Assignment:
    return get_object_or_404(Assignment.objects.select_related("subject__unit"), subject=subject, pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
def assignment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new row, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.AssignmentForm(typed(request), subject=subject)

    def save() -> str:
        made = actions.add_assignment(subject=subject, actor=request.user, fields=form.as_fields())
        toast(request, _("Added: %(task)s") % {"task": made})
        return here(request, subject, "division")

    return dialog(request, form, _("New assignment"), _("Save"), save, template=FORM, subject=subject)


@require_http_methods(["GET", "POST"])
@login_required
def assignment_edit(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """A row as it is, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = _assignment(subject, row)
    form = forms.AssignmentForm(typed(request), subject=subject, assignment=found)

    def save() -> str:
        fields = form.as_fields()
        saved = actions.edit_assignment(assignment=found, actor=request.user, fields=fields, seen=form.stamp)
        toast(request, _("Saved: %(task)s") % {"task": saved})
        return here(request, subject, "division")

    more: dict[str, Any] = {"template": FORM, "subject": subject, "assignment": found}
    return dialog(request, form, str(found), _("Save"), save, **more)


@require_POST
@login_required
def assignment_state(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """A new state of a row."""
    subject = open_subject(request, pk)
    found = _assignment(subject, row)
    form = forms.StateForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("This is not a state.")))
    actions.set_assignment_state(assignment=found, actor=request.user, state=form.cleaned_data["state"])
    return done(request, subject, _("Saved: %(task)s") % {"task": found}, view="division")


@require_POST
@login_required
def assignment_delete(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """Delete a row."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = _assignment(subject, row)
    actions.delete_assignment(assignment=found, actor=request.user)
    return done(request, subject, _("Deleted: %(task)s") % {"task": found}, view="division")
