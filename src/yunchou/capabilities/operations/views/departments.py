"""Recurring reports of departments: who owes what when, what came, and who has read it."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate

from .. import actions
from ..models import RecurringReport
from ..permissions import Perm
from ..report_forms import RecurringForm, SendForm
from .shared import attempt, dialog, done, said


@require_safe
@login_required
def recurring_list(request: SignedInRequest) -> HttpResponse:
    """The recurring reports that this person may see, each with its last and its next."""
    require(request.user, Perm.VIEW)
    found = RecurringReport.objects.visible_to(request.user).select_related("subject__unit", "author")
    found = found.annotate(
        last_at=Max("deliveries__sent_at"),
        next_at=Max("deliveries__due_at", filter=Q(deliveries__sent_at=None)),
    )
    page = paginate(
        found.order_by("-is_active", "subject__unit__path", "name"), request.GET, total=found.count()
    )
    context = {"page": page, "now": clock.now(), "can_lay_down": holds(request.user, Perm.SCHEDULE)}
    return render(request, "operations/recurring_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def recurring_edit(request: SignedInRequest, pk: int = 0) -> HttpResponse:
    """Lay a recurring report down, or change one, in a dialog."""
    report = _report(request, pk) if pk else None
    require(request.user, Perm.SCHEDULE, report.subject if report else None)
    form = RecurringForm(
        typed(request), units=_units(request.user, report), people=User.objects.active().order_by("name_pinyin"),
        report=report,
    )  # fmt: skip

    def save() -> str:
        kept = actions.set_recurring(report=report, actor=request.user, **form.cleaned_data)
        return said(request, _("Laid down: %(report)s") % {"report": kept.name}, kept.get_absolute_url())

    return dialog(request, form, save, title=_("Recurring report"), verb=_("Save"))


@require_http_methods(["GET", "POST"])
@login_required
def recurring_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One recurring report: what is due, what was sent, who has read it. Its author sends here."""
    report = _report(request, pk)
    actions.note_read(report, request.user)
    waiting = report.deliveries.filter(sent_at__isnull=True).order_by("due_at").first()
    may_send = waiting is not None and report.author_id == request.user.pk
    form: Any = SendForm(request.POST or None, request.FILES or None) if may_send else None
    if request.method == "POST" and waiting and form and form.is_valid():
        told = form.cleaned_data
        saved = attempt(
            form,
            lambda: actions.send_report(
                delivery=waiting, text=told["text"], upload=told["file"], actor=request.user
            ),
        )
        if saved is not None:
            return done(request, _("Report sent"), report.get_absolute_url())
    sent = report.deliveries.filter(sent_at__isnull=False).select_related("sent_by", "file")
    context = {
        "report": report,
        "waiting": waiting,
        "now": clock.now(),
        "form": form,
        "sent": sent.prefetch_related("receipts__user"),
        "people": report.recipients.order_by("name_pinyin"),
        "can_lay_down": holds(request.user, Perm.SCHEDULE, report.subject),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "operations/recurring_detail.html", context, status=status)


@require_POST
@login_required
def recurring_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Owe a report no longer."""
    report = _report(request, pk)
    actions.end_recurring(report=report, actor=request.user)
    return done(request, _("Ended: %(report)s") % {"report": report}, report.get_absolute_url())


def _report(request: SignedInRequest, pk: int) -> RecurringReport:
    found = RecurringReport.objects.visible_to(request.user).select_related("subject__unit", "author")
    report: RecurringReport = get_object_or_404(found, pk=pk)
    return report


def _units(user: User, report: RecurringReport | None) -> Any:
    """The departments for which this person may lay reports down."""
    if report:
        return Unit.objects.filter(pk=report.subject.unit_id)
    found = [
        unit.pk for unit in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT) if holds(user, Perm.SCHEDULE, unit)
    ]
    return Unit.objects.filter(pk__in=found).order_by("path")
