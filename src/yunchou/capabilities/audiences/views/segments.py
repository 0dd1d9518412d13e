"""The library of segments."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..builder import Builder
from ..forms import SegmentForm
from ..models import Segment
from ..permissions import Perm
from ..trees import EVERYBODY, words
from .conditions import builder_context, count_context

CHANGE = ["GET", "HEAD", "POST"]
ENTRIES = 20


@require_safe
@needs(Perm.VIEW)
def segment_list(request: SignedInRequest) -> HttpResponse:
    """The segments of the group and of the own region with their conditions in words, strategy and size (SEG-01)."""
    found = Segment.objects.living().visible_to(request.user).select_related("subject__unit")
    page = paginate(found, request.GET, by="name")
    context = {
        "page": page,
        "rows": [(segment, words(segment.conditions)) for segment in page],
        "may_add": holds(request.user, Perm.KEEP),
    }
    return render(request, "audiences/segment_list.html", context)


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def segment_add(request: SignedInRequest) -> HttpResponse:
    return _segment_page(request, None)


@require_http_methods(CHANGE)
@needs(Perm.VIEW)
def segment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One segment: its conditions to be changed by those who may, and read by the others."""
    found = Segment.objects.visible_to(request.user).select_related("subject__unit")
    return _segment_page(request, get_object_or_404(found, pk=pk))


@require_POST
@needs(Perm.KEEP)
def segment_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    segment = get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    actions.retire_segment(segment=segment, actor=request.user)
    toast(request, _("The segment is retired."))
    return go(request, reverse("audiences:segment_list"))


def _segment_page(request: SignedInRequest, segment: Segment | None) -> HttpResponse:
    user = request.user
    may_keep = holds(user, Perm.KEEP, segment) if segment else True
    may_keep = may_keep and not (segment and segment.retired_at)
    seen = actions.segment_stamp(segment) if segment else ""
    form = SegmentForm(typed(request), user=user, segment=segment, seen=seen)
    builder = (
        Builder.typed(request.POST)
        if request.method == "POST"
        else Builder.of(segment.conditions if segment else EVERYBODY)
    )
    status = 200
    if request.method == "POST" and may_keep:
        status = 422
        try:
            tree = builder.tree()
            if form.is_valid():
                return go(request, once(request, lambda: _save(request, form, segment, tree)))
        except Stale as stale:
            form.see(stale.now)
            form.add_error(None, str(stale))
            status = stale.status
        except Invalid as refused:
            if form.is_valid() or not form.errors:
                mark(form, refused)
        except Refused as refused:
            mark(form, refused)
            status = refused.status
    context = {"form": form, "segment": segment, "may_keep": may_keep, **builder_context(builder)}
    if segment:
        context["entries"] = [
            {"actor": entry.actor, "verb": entry.sentence, "at": entry.at}
            for entry in timeline(segment.subject)[:ENTRIES]
        ]
        if request.method != "POST":
            context |= count_context(segment.conditions, None, user)
    return render(request, "audiences/segment_detail.html", context, status=status)


def _save(request: SignedInRequest, form: SegmentForm, segment: Segment | None, tree: object) -> str:
    given = form.cleaned_data
    common = {"name": given["name"], "strategy": given["strategy"], "tree": tree, "actor": request.user}
    if segment:
        saved = actions.change_segment(segment=segment, seen=given["seen"], **common)
    else:
        saved = actions.add_segment(unit=given["unit"], **common)
    toast(request, _("Saved"))
    return saved.get_absolute_url()
