"""One task: making, changing and deleting it, its state and progress, what it waits for."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused, RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import mark, typed
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..permissions import Perm
from .lines import dated_words, line_of, task_of
from .shared import dialog, done, here, may_edit


@require_http_methods(["GET", "POST"])
@login_required
def task_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new task, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.TaskForm(typed(request), subject=subject)

    def save() -> str:
        made = actions.add_task(subject=subject, actor=request.user, fields=form.as_fields())
        toast(request, dated_words(_("Added: %(task)s") % {"task": made}, made))
        return here(request, subject)

    title = _("New task")
    return dialog(request, form, title, _("Save"), save, template="work/task_form.html", subject=subject)


@require_http_methods(["GET", "POST"])
@login_required
def task_edit(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """One task in a dialog: everything for those who plan, the state for its owner, reading for the others."""
    subject = open_subject(request, pk, Perm.EDIT if request.method == "POST" else "")
    found = task_of(subject, task)
    row = line_of(request, subject, task)
    if not may_edit(request, subject) and request.method == "GET":
        return render(request, "work/task_card.html", {"subject": subject, "row": row, "task": found})
    form = forms.TaskForm(typed(request), subject=subject, task=found)

    def save() -> str:
        saved = actions.edit_task(task=found, actor=request.user, fields=form.as_fields(), seen=form.stamp)
        toast(request, dated_words(_("Saved: %(task)s") % {"task": saved}, saved))
        return here(request, subject)

    more: dict[str, Any] = {"template": "work/task_form.html", "subject": subject, "task": found, "row": row}
    return dialog(request, form, str(found), _("Save"), save, **more)


@require_safe
@login_required
def task_waits(request: SignedInRequest, pk: int) -> HttpResponse:
    """The predecessors that are chosen in the dialog, each with how it holds."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.TaskForm(request.GET, subject=subject)
    return render(request, "work/_waits.html", {"form": form})


@require_safe
@login_required
def task_row(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """The row of a task in the table."""
    subject = open_subject(request, pk)
    return _row(request, subject, task_of(subject, task).pk)


@require_http_methods(["GET", "POST"])
@login_required
def task_row_edit(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """The row of a task as a form, and saving it."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = task_of(subject, task)
    form = forms.TaskRowForm(typed(request), subject=subject, task=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                fields = form.as_fields()
                actions.edit_task(task=found, actor=request.user, fields=fields, seen=form.stamp)
                return trigger_client_event(_row(request, subject, task), "sheets:changed")
            except Stale as stale:
                form.see(stale.now)
                form.add_error(None, str(stale))
                status = stale.status
            except Refused as refused:
                mark(form, refused)
                status = refused.status
    context = {"subject": subject, "form": form, "row": line_of(request, subject, task)}
    return render(request, "work/_task_row_edit.html", context, status=status)


def _row(request: SignedInRequest, subject: Subject, pk: int) -> HttpResponse:
    return render(request, "work/_task_row.html", {"subject": subject, "row": line_of(request, subject, pk)})


@require_POST
@login_required
def task_delete(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Delete a task; its successors no longer wait for it."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = task_of(subject, task)
    actions.delete_task(task=found, actor=request.user)
    return done(request, subject, _("Deleted: %(task)s") % {"task": found})


# ---------------------------------------------------------------- progress


@require_POST
@login_required
def task_state(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """A new state. Where predecessors are not done, the overall lead is asked for a reason (R-SCH-03)."""
    subject = open_subject(request, pk)
    found = task_of(subject, task)
    form = forms.StateForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("This is not a state.")))
    try:
        actions.set_task_state(task=found, actor=request.user, **form.cleaned_data)
    except RuleRefused as refused:
        if refused.code != "waits" or not request.htmx or not holds(request.user, Perm.OVERRIDE, subject):
            raise
        form.fields["reason"].required = True
        context = {
            "subject": subject,
            "task": found,
            "refused": refused,
            "form": form,
            "state": form.cleaned_data["state"],
        }
        response = render(request, "work/override_form.html", context, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
        return response
    return done(request, subject, _("Saved: %(task)s") % {"task": found})


@require_POST
@login_required
def task_progress(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject = open_subject(request, pk)
    found = task_of(subject, task)
    form = forms.ProgressForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("From 0 to 100 %.")))
    actions.set_progress(task=found, actor=request.user, percent=form.cleaned_data["percent"])
    return done(request, subject, _("Saved: %(task)s") % {"task": found})


# ---------------------------------------------------------------- links


@require_POST
@login_required
def task_link(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Choose which task a predecessor's name means, or add a predecessor."""
    return _linked(request, pk, task, is_link=True)


@require_POST
@login_required
def task_unlink(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Take a predecessor away."""
    return _linked(request, pk, task, is_link=False)


def _linked(request: SignedInRequest, pk: int, task: int, *, is_link: bool) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = task_of(subject, task)
    form = forms.LinkForm(request.POST, subject=subject)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("Choose a task of this schedule.")))
    before = form.cleaned_data["predecessor"]
    if is_link:
        actions.link_tasks(
            task=found, predecessor=before, actor=request.user, given=form.cleaned_data["given"]
        )
    else:
        actions.unlink_tasks(task=found, predecessor=before, actor=request.user)
    return done(request, subject, _("Saved: %(task)s") % {"task": found})
