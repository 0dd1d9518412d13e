"""Rounds of needs research, and attaching them to activities."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.core import clock
from yunchou.kernel.files.actions import attach_file
from yunchou.kernel.files.selectors import attachments_of
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import go, sent, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..following import part_url
from ..forms import AttachForm, FileForm, ResearchForm
from ..models import Research
from ..permissions import Perm
from ..selectors.research import ResearchFilters, attachable
from .shared import dialog


@require_safe
@needs(Perm.VIEW)
def research_list(request: SignedInRequest) -> HttpResponse:
    """The rounds that the person sees, newest first."""
    query = request.GET
    filters = ResearchFilters(query.get("q", ""), query.get("state", ""))
    found = filters.of(request.user)
    views = [
        {"label": label, "url": f"?state={key}", "active": filters.state == key}
        for key, label in (("", _("All")), ("due", _("Next round is late")))
    ]
    context = {
        "page": paginate(found, query, by="-until_on", total=found.count()),
        "filters": filters,
        "views": views,
        "today": clock.today(),
        "may_add": holds(request.user, Perm.EDIT),
        "list_query": query.urlencode(),
    }
    return render(request, "preparation/research_list.html", context)


def _research(request: SignedInRequest, pk: int, right: str = "") -> Research:
    """The round if the person sees it, else 404; 403 without `right` on it."""
    found: Research = get_object_or_404(
        Research.objects.visible_to(request.user).select_related(
            "subject__unit", "keeper", "follows", "followed_by"
        ),
        pk=pk,
    )
    if right:
        require(request.user, right, found)
    return found


@require_safe
@needs(Perm.VIEW)
def research_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was learned, from whom, and which plans it is attached to."""
    research = _research(request, pk)
    used = visible_subjects(request.user).filter(pk__in=research.links.values("subject")).order_by("-pk")
    context = {
        "research": research,
        "next": getattr(research, "followed_by", None),
        "files": list(attachments_of(research.subject, request.user)),
        "used": list(used),
        "today": clock.today(),
        "entries": lately(research.subject),
        "may_edit": holds(request.user, Perm.EDIT, research),
    }
    return render(request, "preparation/research_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.EDIT)
def research_add(request: SignedInRequest) -> HttpResponse:
    """A new round; `?after=` the one it follows, `?for=` the activity it is attached to at once."""
    follows = None
    asked = request.GET.get("after", "")
    if asked.isdecimal():
        follows = _research(request, int(asked), Perm.EDIT)
    initial: dict[str, Any] = {"until_on": clock.today()}
    if follows is not None:
        initial |= {
            "title": follows.title, "audience": follows.audience, "sources": follows.sources,
            "every_months": follows.every_months, "unit": follows.subject.unit_id, "from_on": follows.until_on,
        }  # fmt: skip
    activity = request.GET.get("for", "")
    form = ResearchForm(typed(request), user=request.user, initial=initial)

    def save() -> str:
        research = actions.keep_research(
            unit=form.cleaned_data["unit"], gathered=form.gathered, follows=follows, actor=request.user
        )
        if activity.isdecimal():
            subject = open_subject(request, int(activity), Perm.EDIT)
            actions.attach_research(research=research, subject=subject, actor=request.user)
            return part_url(subject, "research")
        return research.get_absolute_url()

    back = reverse("preparation:research_list")
    return dialog(request, form, _("File a needs research"), pgettext("research", "File"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def research_change(request: SignedInRequest, pk: int) -> HttpResponse:
    research = _research(request, pk, Perm.EDIT)
    form = ResearchForm(typed(request), user=request.user, research=research)

    def save() -> str:
        actions.change_research(
            research=research, gathered=form.gathered, actor=request.user, seen=form.cleaned_data["seen"]
        )
        return research.get_absolute_url()

    title = _("Change the needs research")
    return dialog(request, form, title, _("Save"), save, back=research.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def research_file(request: SignedInRequest, pk: int) -> HttpResponse:
    research = _research(request, pk, Perm.EDIT)
    form = FileForm(typed(request), sent(request))

    def save() -> str:
        attach_file(
            subject=research.subject, upload=form.cleaned_data["file"], actor=request.user, needs=Perm.EDIT
        )
        return research.get_absolute_url()

    title = _("Add the questionnaire, the data or the notes")
    return dialog(request, form, title, _("Add"), save, back=research.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def research_attach(request: SignedInRequest, pk: int) -> HttpResponse:
    """Attach a round to the plan of an activity."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = AttachForm(typed(request))
    field: Any = form.fields["research"]
    field.queryset = attachable(subject, request.user)

    def save() -> str:
        actions.attach_research(research=form.cleaned_data["research"], subject=subject, actor=request.user)
        toast(request, pgettext("preparation", "Attached"))
        return part_url(subject, "research")

    back = part_url(subject, "research")
    return dialog(
        request, form, _("Attach a needs research"), pgettext("preparation", "Attach"), save, back=back
    )


@require_POST
@login_required
def research_detach(request: SignedInRequest, pk: int, research: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = _research(request, research)
    actions.detach_research(research=found, subject=subject, actor=request.user)
    return go(request, part_url(subject, "research"))
