"""Finished work: handing it in with evidence, and accepting it or sending it back."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import sent, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, team_forms
from ..deliveries import Acceptors, Work, deliveries_of
from ..models import Assignment, Delivery, GanttTask
from ..permissions import Perm
from .shared import dialog


def _work(subject: Subject, table: str, pk: int) -> Work:
    if table == "tasks":
        return get_object_or_404(
            GanttTask.objects.select_related("subject__unit", "owner"), subject=subject, pk=pk
        )
    if table == "division":
        return get_object_or_404(
            Assignment.objects.select_related("subject__unit", "owner"), subject=subject, pk=pk
        )
    raise Http404


def _back(request: SignedInRequest, work: Work) -> str:
    """Where the person came from: the own list of the day, or the table."""
    here = (request.htmx.current_url_abs_path or "") if request.htmx else ""
    view = "division" if isinstance(work, Assignment) else "tasks"
    return here or reverse("work:schedule_detail", args=[work.subject_id]) + f"?view={view}"


@require_http_methods(["GET", "POST"])
@login_required
def hand_in(request: SignedInRequest, pk: int, table: str, row: int) -> HttpResponse:
    """Say that it is finished, with what shows it."""
    subject = open_subject(request, pk)
    work = _work(subject, table, row)
    if work.owner_id != request.user.pk:
        require(request.user, Perm.PROGRESS, subject)
    form = team_forms.HandInForm(typed(request), sent(request), needs_files=bool(work.standard))

    def save() -> str:
        data = form.cleaned_data
        actions.hand_in(work=work, actor=request.user, note=data["note"], files=data["evidence"])
        toast(request, _("Handed in: %(task)s") % {"task": work})
        return _back(request, work)

    asked = Acceptors.of(subject).asked(work)
    return dialog(
        request,
        form,
        _("Hand in as finished"),
        pgettext("task", "Hand in"),
        save,
        template="work/hand_in.html",
        work=work,
        asked=asked,
    )


@require_http_methods(["GET", "POST"])
@login_required
def delivery(request: SignedInRequest, pk: int, delivery: int) -> HttpResponse:
    """What was handed in beside its standard; whoever accepts decides here, everybody else reads."""
    subject = open_subject(request, pk)
    found: Delivery = get_object_or_404(
        deliveries_of(subject).prefetch_related("evidence__file"), pk=delivery
    )
    may = found.is_waiting and Acceptors.of(subject).may(request.user, found.work)
    form = team_forms.DecideForm(typed(request))

    def save() -> str:
        if request.POST.get("verdict") == Delivery.Verdict.ACCEPTED:
            actions.accept_delivery(delivery=found, actor=request.user)
            toast(request, _("Accepted: %(task)s") % {"task": found.work})
        else:
            actions.return_delivery(delivery=found, actor=request.user, reason=form.cleaned_data["reason"])
            toast(request, _("Sent back: %(task)s") % {"task": found.work})
        return _back(request, found.work)

    title, verb = str(found.work), pgettext("delivery", "Accept")
    return dialog(
        request,
        form,
        title,
        verb,
        save,
        template="work/delivery.html",
        delivery=found,
        work=found.work,
        may_decide=may,
    )
