"""What plans rest on: the library of channels, forms and studies, and taking them into a plan."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.ui.dialogs import dialog, go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import ActivityFormForm, FormsForm, GroupForm, LinkForm, StudyForm
from ..models import ActivityForm, AudienceGroup, Study
from ..permissions import Perm
from ..selectors.basis import forms_of, studies_for
from .shared import BASIS, part_url

CHANGE = ["GET", "HEAD", "POST"]


def _library() -> str:
    return reverse("creative:library")


@require_safe
@needs(Perm.VIEW)
def library(request: SignedInRequest) -> HttpResponse:
    """Channels by audience, forms, audience profiles and competitor analyses."""
    studies = list(studies_for(request.user))
    context = {
        "groups": AudienceGroup.objects.all(),
        "forms": ActivityForm.objects.all(),
        "profiles": [one for one in studies if one.kind == Study.Kind.PROFILE],
        "competitors": [one for one in studies if one.kind == Study.Kind.COMPETITOR],
        "may_keep": holds(request.user, Perm.KEEP),
        "kept_units": set(units_with(request.user, Perm.KEEP).values_list("pk", flat=True)),
    }
    return render(request, "creative/library.html", context)


def _group_dialog(request: SignedInRequest, group: AudienceGroup | None) -> HttpResponse:
    form = GroupForm(typed(request), group=group)

    def save() -> str:
        given = form.cleaned_data
        actions.keep_group(
            name=given["name"], words=given["words"].splitlines(), channels=given["channels"].splitlines(),
            group=group, actor=request.user, seen=given["seen"],
        )  # fmt: skip
        return _library()

    title = _("Channels of a group") if group is None else _("Channels of %(group)s") % {"group": group.name}
    return dialog(request, form, title, _("Save"), save, back=_library(), wide=("name",))


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def group_add(request: SignedInRequest) -> HttpResponse:
    return _group_dialog(request, None)


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def group_change(request: SignedInRequest, group: int) -> HttpResponse:
    return _group_dialog(request, get_object_or_404(AudienceGroup, pk=group))


@require_POST
@needs(Perm.KEEP)
def group_drop(request: SignedInRequest, group: int) -> HttpResponse:
    actions.drop_group(group=get_object_or_404(AudienceGroup, pk=group), actor=request.user)
    return go(request, _library())


def _form_dialog(request: SignedInRequest, found: ActivityForm | None) -> HttpResponse:
    form = ActivityFormForm(typed(request), form=found)

    def save() -> str:
        given = form.cleaned_data
        actions.keep_form(
            name=given["name"], is_high_end=given["is_high_end"], lowest_grade=given["lowest_grade"],
            is_used=given.get("is_used", True), form=found, actor=request.user, seen=given["seen"],
        )  # fmt: skip
        return _library()

    return dialog(request, form, _("Form of activities"), _("Save"), save, back=_library())


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def form_add(request: SignedInRequest) -> HttpResponse:
    return _form_dialog(request, None)


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def form_change(request: SignedInRequest, form: int) -> HttpResponse:
    return _form_dialog(request, get_object_or_404(ActivityForm, pk=form))


@require_POST
@needs(Perm.KEEP)
def form_drop(request: SignedInRequest, form: int) -> HttpResponse:
    actions.drop_form(form=get_object_or_404(ActivityForm, pk=form), actor=request.user)
    return go(request, _library())


def _study_dialog(request: SignedInRequest, kind: str, study: Study | None) -> HttpResponse:
    form = StudyForm(typed(request), kind=kind, study=study)
    back = study.get_absolute_url() if study else _library()

    def save() -> str:
        unit = study.unit if study else form.cleaned_data["unit"]
        made = actions.keep_study(
            unit=unit, studied=form.studied, study=study, actor=request.user, seen=form.cleaned_data["seen"]
        )
        return made.get_absolute_url()

    return dialog(request, form, str(Study.Kind(kind).label), _("Save"), save, back=back)


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def study_add(request: SignedInRequest, kind: str) -> HttpResponse:
    if kind not in Study.Kind.values:
        raise Http404
    return _study_dialog(request, kind, None)


@require_http_methods(CHANGE)
@needs(Perm.KEEP)
def study_change(request: SignedInRequest, study: int) -> HttpResponse:
    found = get_object_or_404(studies_for(request.user), pk=study)
    require(request.user, Perm.KEEP, found.unit)
    return _study_dialog(request, found.kind, found)


# ---------------------------------------------------------------- of one plan


@require_http_methods(CHANGE)
@login_required
def forms_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Combine forms of the list."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = FormsForm(typed(request), subject=subject, offered=forms_of(subject).offered)
    back = part_url(subject, BASIS)

    def save() -> str:
        given = form.cleaned_data
        actions.choose_forms(subject=subject, forms=given["forms"], actor=request.user, seen=given["seen"])
        return back

    return dialog(
        request, form, _("Combine forms"), _("Save"), save, back=back, wide=("forms",),
        hint=_("What the overview says besides these stays."),
    )  # fmt: skip


@require_POST
@login_required
def channels_take(request: SignedInRequest, pk: int, group: int) -> HttpResponse:
    """Take the channels that are suggested into the channel mix."""
    subject = open_subject(request, pk, Perm.EDIT)
    taken = actions.take_channels(
        subject=subject, group=get_object_or_404(AudienceGroup, pk=group), actor=request.user
    )
    toast(request, _("Taken into the channel mix: %(channels)s") % {"channels": "、".join(taken)})
    return go(request, part_url(subject, BASIS))


@require_http_methods(CHANGE)
@login_required
def study_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which study the plan rests on."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = LinkForm(typed(request))
    field: Any = form.fields["study"]
    field.queryset = studies_for(request.user).exclude(uses__subject=subject)
    field.label_from_instance = lambda one: f"{one.get_kind_display()} · {one.name} ({one.as_of:%Y-%m-%d})"
    back = part_url(subject, BASIS)

    def save() -> str:
        actions.link_study(study=form.cleaned_data["study"], subject=subject, actor=request.user)
        return back

    title = _("The plan rests on")
    return dialog(request, form, title, pgettext("creative", "Link"), save, back=back, wide=("study",))


@require_POST
@login_required
def study_unlink(request: SignedInRequest, pk: int, study: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Study.objects.filter(uses__subject=subject), pk=study)
    actions.unlink_study(study=found, subject=subject, actor=request.user)
    return go(request, part_url(subject, BASIS))
