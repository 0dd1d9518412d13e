"""What media published about an activity (TYP-06)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, sent, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from ..actions.media import keep_media_report, take_media_report_back
from ..forms.media import MediaReportForm
from ..kinds import has_media
from ..models import MediaReport
from ..permissions import Perm
from ..selectors.media import publicity_of
from .shared import dialog, event_of

BOTH = ["GET", "HEAD", "POST"]


def _event(request: SignedInRequest, pk: int, perm: str = Perm.VIEW) -> Subject:
    subject = event_of(request, pk, perm)
    if not has_media(subject):
        raise Http404
    return subject


def _address(pk: int) -> str:
    return reverse("events:media_report_list", args=[pk])


@require_safe
@login_required
def media_report_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The brand publicity obtained: every report, and what they come to."""
    subject = _event(request, pk)
    context = {"publicity": publicity_of(subject), "may_edit": holds(request.user, Perm.EDIT, subject)}
    return render(request, "events/media_reports.html", page_context(request, subject, "media", **context))


@require_http_methods(BOTH)
@login_required
def media_report_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _keep(request, _event(request, pk, Perm.EDIT), None)


@require_http_methods(BOTH)
@login_required
def media_report_change(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    subject = _event(request, pk, Perm.EDIT)
    found = get_object_or_404(MediaReport, pk=report, subject=subject, taken_back_at=None)
    return _keep(request, subject, found)


def _keep(request: SignedInRequest, subject: Subject, report: MediaReport | None) -> HttpResponse:
    form = MediaReportForm(typed(request), sent(request), subject=subject, user=request.user, report=report)

    def save() -> str:
        keep_media_report(
            subject=subject, reported=form.reported, clipping=form.cleaned_data["clipping"], report=report,
            actor=request.user, seen=form.cleaned_data["seen"],
        )  # fmt: skip
        toast(request, _("Saved"))
        return _address(subject.pk)

    title = _("Enter a media report") if report is None else _("Change a media report")
    wide = ("title", "address", "clipping")
    return dialog(request, form, title, _("Save"), save, back=_address(subject.pk), wide=wide)


@require_POST
@login_required
def media_report_drop(request: SignedInRequest, pk: int, report: int) -> HttpResponse:
    """Take back what was entered by mistake."""
    subject = _event(request, pk, Perm.EDIT)
    found = get_object_or_404(MediaReport.objects.select_related("subject"), pk=report, subject=subject)
    take_media_report_back(report=found, actor=request.user)
    toast(request, _("Taken back"))
    return go(request, _address(pk))
