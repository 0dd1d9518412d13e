"""The standards of teams: the list, one of them, and keeping it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.toasts import toast

from .. import actions, team_forms
from ..models import StandardPart, TeamStandard
from ..occasions import kind_choices
from ..permissions import Perm
from .shared import dialog

LISTED = 200


@require_safe
@login_required
def standard_list(request: SignedInRequest) -> HttpResponse:
    """Every standard that holds for the person, and those the person keeps."""
    kinds = dict(kind_choices())
    found = TeamStandard.objects.visible_to(request.user).select_related("unit").prefetch_related("parts")
    rows = [
        (one, kinds.get(one.kind, "—"), sum(part.people for part in one.parts.all()))
        for one in found[:LISTED]
    ]
    context = {"rows": rows, "may_keep": holds(request.user, Perm.STANDARDS)}
    return render(request, "work/standard_list.html", context)


@require_safe
@login_required
def standard_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One standard with its parts."""
    standard = _standard(request, pk)
    parts = list(standard.parts.all())
    context = {
        "standard": standard,
        "kind": dict(kind_choices()).get(standard.kind, "—"),
        "parts": parts,
        "people": sum(part.people for part in parts),
        "may_keep": _keeps(request, standard),
    }
    return render(request, "work/standard_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def standard_add(request: SignedInRequest) -> HttpResponse:
    """A new standard; `?from=` takes over the parts of another."""
    require(request.user, Perm.STANDARDS)
    asked = request.GET.get("from", "")
    source = (
        TeamStandard.objects.visible_to(request.user).filter(pk=asked).first() if asked.isdecimal() else None
    )
    form = team_forms.StandardForm(typed(request), user=request.user, standard=source)

    def save() -> str:
        made = actions.make_standard(head=form.as_head(), actor=request.user, source=source)
        return _page(made)

    hint = _("It begins with the parts of “%(name)s”.") % {"name": source} if source else ""
    return dialog(request, form, _("New team standard"), pgettext("verb", "Make"), save, hint=hint)


@require_http_methods(["GET", "POST"])
@login_required
def standard_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, kind and unit."""
    standard = _standard(request, pk, is_kept=True)
    form = team_forms.StandardForm(typed(request), user=request.user, standard=standard)

    def save() -> str:
        return _page(actions.edit_standard(standard=standard, head=form.as_head(), actor=request.user))

    danger = {
        "url": reverse("work:standard_delete", args=[pk]),
        "question": _("Delete this standard? Teams formed by it stay."),
        "verb": _("Delete"),
    }
    return dialog(request, form, standard.name, _("Save"), save, danger=danger)


@require_POST
@login_required
def standard_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a standard."""
    standard = _standard(request, pk, is_kept=True)
    actions.delete_standard(standard=standard, actor=request.user)
    toast(request, _("Deleted: %(task)s") % {"task": standard})
    return go(request, reverse("work:standard_list"))


@require_http_methods(["GET", "POST"])
@login_required
def part_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new part."""
    return _part(request, _standard(request, pk, is_kept=True), None)


@require_http_methods(["GET", "POST"])
@login_required
def part_edit(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """A part as it is."""
    standard = _standard(request, pk, is_kept=True)
    return _part(request, standard, get_object_or_404(StandardPart, standard=standard, pk=part))


@require_POST
@login_required
def part_delete(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """Take a part out."""
    standard = _standard(request, pk, is_kept=True)
    found = get_object_or_404(StandardPart.objects.select_related("standard"), standard=standard, pk=part)
    actions.delete_part(part=found, actor=request.user)
    return go(request, _page(standard))


def _part(request: SignedInRequest, standard: TeamStandard, part: StandardPart | None) -> HttpResponse:
    form = team_forms.PartForm(typed(request), part=part)

    def save() -> str:
        actions.set_part(standard=standard, actor=request.user, fields=form.as_fields(), part=part)
        return _page(standard)

    danger = part and {
        "url": reverse("work:part_delete", args=[standard.pk, part.pk]),
        "question": _("Take this part out of the standard?"),
        "verb": _("Delete"),
    }
    title = part.name if part else _("New part")
    return dialog(request, form, title, _("Save") if part else _("Add"), save, danger=danger)


def _standard(request: SignedInRequest, pk: int, *, is_kept: bool = False) -> TeamStandard:
    """One that holds for the person, else 404; 403 where it is to be changed and the person does not keep it."""
    found = get_object_or_404(TeamStandard.objects.visible_to(request.user).select_related("unit"), pk=pk)
    if is_kept:
        require(request.user, Perm.STANDARDS, *([found.unit] if found.unit else []))
    return found


def _keeps(request: SignedInRequest, standard: TeamStandard) -> bool:
    return holds(request.user, Perm.STANDARDS, *([standard.unit] if standard.unit else []))


def _page(standard: TeamStandard) -> str:
    return reverse("work:standard_detail", args=[standard.pk])
