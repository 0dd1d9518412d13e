"""Forwarding tasks: setting them, giving them to people, counting, rewarding; and a colleague's own page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import ForwardsForm, PromotersForm, TaskForm
from ..models import ForwardTask, Promoter
from ..permissions import Perm
from ..selectors.forwarding import standing_of
from .shared import METHODS, dialog, part_url, unkept


@require_http_methods(METHODS)
@login_required
def task_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = TaskForm(
        typed(request), subject=subject, initial={"keeper": request.user.pk, "starts_on": clock.today()}
    )

    def save() -> str:
        actions.make_task(
            subject=subject, facts=form.facts, keeper=form.cleaned_data["keeper"], actor=request.user
        )
        return part_url(subject, "forwarding")

    words = (_("New forwarding task"), pgettext("forwarding", "Set"))
    return dialog(request, form, *words, save, back=part_url(subject, "forwarding"))


@require_http_methods(METHODS)
@login_required
def promoters_add(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject, found = _task(request, pk, task)
    form = PromotersForm(typed(request), subject=subject)

    def save() -> str:
        count = actions.add_promoters(task=found, actor=request.user, **form.cleaned_data)
        toast(request, ngettext("Given to %(n)s more", "Given to %(n)s more", count) % {"n": count})
        return part_url(subject, "forwarding")

    words = (_("Give the task to people"), pgettext("forwarding", "Give"))
    return dialog(request, form, *words, save, back=part_url(subject, "forwarding"))


@require_POST
@login_required
def task_close(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject, found = _task(request, pk, task)
    actions.close_task(task=found, actor=request.user)
    return go(request, part_url(subject, "forwarding"))


@require_http_methods(METHODS)
@login_required
def forwards_note(request: SignedInRequest, pk: int, promoter: int) -> HttpResponse:
    subject, found = _promoter(request, pk, promoter, Perm.REDEEM)
    form = ForwardsForm(typed(request))

    def save() -> str:
        actions.note_forwards(promoter=found, actor=request.user, **form.cleaned_data)
        return part_url(subject, "forwarding")

    title = _("Forwards of %(name)s") % {"name": found.name}
    back = part_url(subject, "forwarding")
    return dialog(request, form, title, pgettext("forwarding", "Note down"), save, back=back)


@require_POST
@login_required
def reward_give(request: SignedInRequest, pk: int, promoter: int) -> HttpResponse:
    subject, found = _promoter(request, pk, promoter, Perm.REDEEM)
    actions.give_reward(promoter=found, actor=request.user)
    toast(request, pgettext("forwarding", "Reward given"))
    return go(request, part_url(subject, "forwarding"))


@require_POST
@login_required
def promoter_remove(request: SignedInRequest, pk: int, promoter: int) -> HttpResponse:
    subject, found = _promoter(request, pk, promoter, Perm.EDIT)
    actions.remove_promoter(promoter=found, actor=request.user)
    return go(request, part_url(subject, "forwarding"))


@require_safe
@login_required
def promoter_link(request: SignedInRequest, pk: int, promoter: int) -> HttpResponse:
    """The link of a promoter, to be handed to them: as a code to scan and as text."""
    _subject, found = _promoter(request, pk, promoter, Perm.VIEW)
    return _own(request, found, is_own=False)


@require_safe
@login_required
def own_task(request: SignedInRequest, promoter: int) -> HttpResponse:
    """A colleague's own task: what to forward, the link that counts for them, and how far they are."""
    found = get_object_or_404(_rows(), pk=promoter, user=request.user, removed_at=None)
    return _own(request, found, is_own=True)


@require_http_methods(METHODS)
@login_required
def own_forwards(request: SignedInRequest, promoter: int) -> HttpResponse:
    """A colleague notes how often they forwarded."""
    found = get_object_or_404(_rows(), pk=promoter, user=request.user, removed_at=None)
    form = ForwardsForm(typed(request))

    def save() -> str:
        actions.note_forwards(promoter=found, actor=request.user, **form.cleaned_data)
        return found.get_absolute_url()

    words = (_("How often you forwarded it"), pgettext("forwarding", "Note down"))
    return dialog(request, form, *words, save, back=found.get_absolute_url())


def _own(request: SignedInRequest, promoter: Promoter, *, is_own: bool) -> HttpResponse:
    address = request.build_absolute_uri(promoter.form.path)
    context = {
        "promoter": promoter, "task": promoter.task, "subject": promoter.task.subject, "standing": standing_of(promoter),
        "address": address, "drawn": drawn_code(address), "is_own": is_own,
        "reports": list(promoter.reports.select_related("by")[:50]),
    }  # fmt: skip
    return unkept(render(request, "promotions/own_task.html", context))


def _rows() -> QuerySet[Promoter]:
    return Promoter.objects.select_related("task__subject__unit", "user", "customer", "form")


def _task(request: SignedInRequest, pk: int, task: int) -> tuple[Subject, ForwardTask]:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(ForwardTask, pk=task, subject=subject)
    found.subject = subject
    return subject, found


def _promoter(request: SignedInRequest, pk: int, promoter: int, right: str) -> tuple[Subject, Promoter]:
    subject = open_subject(request, pk, right)
    found: Promoter = get_object_or_404(_rows(), pk=promoter, task__subject=subject)
    found.task.subject = subject
    return subject, found
