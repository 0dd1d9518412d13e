"""Live streams: planned, told, imported."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.sales.intake import sheet_from, template_of
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark, sent, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import ResultForm, StreamForm, StreamsForm, stream_values
from ..intake import STREAMS, read_streams
from ..models import Stream
from ..permissions import Perm
from .shared import METHODS, dialog, part_url, unkept


def _stream(request: SignedInRequest, pk: int, stream: int, right: str) -> tuple[Subject, Stream]:
    subject = open_subject(request, pk, right)
    found = get_object_or_404(
        Stream.objects.select_related("form"), pk=stream, subject=subject, removed_at=None
    )
    found.subject = subject
    return subject, found


@require_http_methods(METHODS)
@login_required
def stream_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = StreamForm(typed(request))

    def save() -> str:
        actions.plan_stream(subject=subject, facts=form.facts, actor=request.user)
        return part_url(subject, "streams")

    words = (_("Plan a live stream"), pgettext("stream", "Plan"))
    return dialog(request, form, *words, save, back=part_url(subject, "streams"))


@require_http_methods(METHODS)
@login_required
def stream_change(request: SignedInRequest, pk: int, stream: int) -> HttpResponse:
    subject, found = _stream(request, pk, stream, Perm.EDIT)
    form = StreamForm(typed(request), initial=stream_values(found, StreamForm))

    def save() -> str:
        actions.change_stream(
            stream=found, facts=form.facts, actor=request.user, seen=form.cleaned_data["seen"]
        )
        return part_url(subject, "streams")

    back = part_url(subject, "streams")
    return dialog(request, form, _("Change the live stream"), _("Save"), save, back=back)


@require_http_methods(METHODS)
@login_required
def stream_tell(request: SignedInRequest, pk: int, stream: int) -> HttpResponse:
    subject, found = _stream(request, pk, stream, Perm.REDEEM)
    initial = stream_values(found, ResultForm)
    if found.held_from is None:
        planned = stream_values(found, StreamForm)
        initial |= {"held_from": planned["planned_from"], "held_until": planned["planned_until"]}
    form = ResultForm(typed(request), initial=initial)

    def save() -> str:
        actions.tell_stream(
            stream=found, result=form.result, actor=request.user, seen=form.cleaned_data["seen"]
        )
        return part_url(subject, "streams")

    back = part_url(subject, "streams")
    return dialog(request, form, _("What the live stream came to"), _("Save"), save, back=back)


@require_POST
@login_required
def stream_remove(request: SignedInRequest, pk: int, stream: int) -> HttpResponse:
    subject, found = _stream(request, pk, stream, Perm.EDIT)
    actions.remove_stream(stream=found, actor=request.user)
    return go(request, part_url(subject, "streams"))


@require_safe
@login_required
def stream_poster(request: SignedInRequest, pk: int, stream: int) -> HttpResponse:
    """The session's own link by which viewers leave leads, as a code and as text."""
    subject, found = _stream(request, pk, stream, Perm.VIEW)
    return redirect(reverse("sales:form_poster", args=[subject.pk, found.form_id]))


@require_http_methods(METHODS)
@login_required
def stream_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """A table of sessions: read and shown line by line first, taken in when that is confirmed."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = StreamsForm(typed(request), sent(request))
    intake = None
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            data = read["file"].read() if read["file"] else None
            intake = read_streams(sheet_from(STREAMS, data, read["pasted"] or read["kept"]))
            if request.POST.get("confirm") == "1":
                rows = intake.rows

                def save() -> str:
                    came = actions.import_streams(subject=subject, rows=rows, actor=request.user)
                    count = came.new + came.known
                    words = ngettext("%(n)s live stream taken in", "%(n)s live streams taken in", count)
                    toast(request, words % {"n": count})
                    return part_url(subject, "streams")

                return redirect(once(request, save))
        except Refused as refused:
            mark(form, refused)
            intake = None
            form.show_again(read["pasted"] or read["kept"])
    back = part_url(subject, "streams")
    context = page_context(request, subject, "promotions", form=form, intake=intake, back=back)
    return unkept(render(request, "promotions/import.html", context, status=422 if form.errors else 200))


@require_safe
@login_required
def stream_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table to fill in."""
    open_subject(request, pk, Perm.EDIT)
    response = HttpResponse(template_of(STREAMS), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="streams.csv"'
    return response
