"""The risk library: standard scenarios, and what retrospectives taught."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed

from .. import actions
from ..models import Category, LibraryRisk, Risk
from ..permissions import Perm
from ..risk_forms import LibraryForm
from ..rules import band, risks_are_scored
from .shared import BANDS, RULES, dialog, done, said


@require_safe
@login_required
def library_list(request: SignedInRequest) -> HttpResponse:
    """All risks of the library by category; `?category=` shows one, `?q=` looks for words."""
    require(request.user, Perm.VIEW)
    category, words = request.GET.get("category", ""), request.GET.get("q", "").strip()[:40]
    found = LibraryRisk.objects.filter(is_active=True).select_related("origin", "added_by")
    found = found.annotate(uses=Count("copies"))
    if category in Category.values:
        found = found.filter(category=category)
    if words:
        found = found.filter(scenario__icontains=words)
    params = params_on([risks_are_scored])[risks_are_scored.id]
    seen = set(visible_subjects(request.user).values_list("pk", flat=True)) if found else set()
    context = {
        "entries": [(one, BANDS[band(one.score, params)], one.origin_id in seen) for one in found],
        "categories": [{"label": _("All"), "url": "?", "active": not category}]
        + [
            {"label": one.label, "url": f"?category={one.value}", "active": one.value == category}
            for one in Category
        ],
        "words": words,
        "can_keep": holds(request.user, Perm.LIBRARY),
        "rules": RULES,
    }
    return render(request, "operations/library_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def library_edit(request: SignedInRequest, pk: int = 0) -> HttpResponse:
    """Add a risk, or change one, in a dialog. `?risk=` begins with one of an activity, `?subject=` says where it was learnt."""
    require(request.user, Perm.LIBRARY)
    entry = get_object_or_404(LibraryRisk, pk=pk, is_active=True) if pk else None
    origin, initial = _learnt(request)
    form = LibraryForm(typed(request), entry=entry, initial=initial)

    def save() -> str:
        told = form.cleaned_data
        saved = actions.keep_in_library(entry=entry, origin=origin, actor=request.user, **told)
        return said(
            request, _("In the library: %(risk)s") % {"risk": saved}, reverse("operations:library_list")
        )

    title = _("Risk of the library") if entry else _("Add to the risk library")
    return dialog(request, form, save, title=title, verb=_("Save"), told=[origin.title] if origin else [])


def _learnt(request: SignedInRequest) -> tuple[Subject | None, dict[str, Any]]:
    """The subject that taught it, and what the dialog begins with."""
    mine = visible_subjects(request.user)
    asked = request.GET.get("risk", "")
    risk = Risk.objects.filter(pk=int(asked) if asked.isdecimal() else 0, subject__in=mine).first()
    if risk:
        names = ("scenario", "likelihood", "impact", "trigger", "watch", "indicator", "comparator", "value")
        told: dict[str, Any] = {name: getattr(risk, name) for name in names}
        told |= {"responses": "\n".join(risk.responses), "limit_minutes": risk.limit_minutes}
        results = risk.log.exclude(result="").values_list("result", flat=True)
        return risk.subject, {**told, "lesson": "\n".join(results[:3])}
    told = {name: request.GET[name] for name in ("scenario", "responses", "lesson") if name in request.GET}
    told = {**told, "scenario": str(told["scenario"])[:80]} if "scenario" in told else told
    asked = request.GET.get("subject", "")
    return mine.filter(pk=int(asked) if asked.isdecimal() else 0).first(), told


@require_POST
@login_required
def library_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer a risk no longer."""
    require(request.user, Perm.LIBRARY)
    entry = get_object_or_404(LibraryRisk, pk=pk, is_active=True)
    actions.retire_from_library(entry=entry, actor=request.user)
    return done(request, _("Taken out: %(risk)s") % {"risk": entry}, reverse("operations:library_list"))
