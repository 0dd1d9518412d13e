"""Recruitment and trainings: only for those who may see personnel data (ORG-10, GEN-01)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import (
    AssessmentForm,
    CandidateForm,
    OpeningChangeForm,
    OpeningForm,
    ResultsForm,
    TrainingForm,
)
from ..models import Candidate, Opening, Result, Stage, Training
from ..permissions import Perm
from .shared import dialog, tabs


def _views(here: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Recruitment"),
            "url": reverse("organisation:opening_list"),
            "active": here == "openings",
        },
        {
            "label": _("Trainings"),
            "url": reverse("organisation:training_list"),
            "active": here == "trainings",
        },
    ]


def _opening(request: SignedInRequest, pk: int) -> Opening:
    """A recruitment of the units whose personnel data the person may see; others are not found."""
    units = selectors.units_seen(request.user, Perm.PERSONNEL)
    found = Opening.objects.filter(unit__in=units).select_related("unit__parent", "position")
    return get_object_or_404(found, pk=pk)


def _training(request: SignedInRequest, pk: int) -> Training:
    units = selectors.units_seen(request.user, Perm.PERSONNEL)
    return get_object_or_404(Training.objects.filter(unit__in=units).select_related("unit__parent"), pk=pk)


@require_GET
@needs(Perm.PERSONNEL)
def opening_list(request: SignedInRequest) -> HttpResponse:
    """Whom the units in reach look for, with the number of candidates."""
    units = selectors.units_seen(request.user, Perm.PERSONNEL)
    openings = (
        Opening.objects.filter(unit__in=units)
        .select_related("unit__parent", "position")
        .annotate(
            candidate_count=Count("candidates"),
            hired=Count("candidates", filter=Q(candidates__stage=Stage.HIRED)),
        )
    )
    context = {
        "page": paginate(openings, request.GET, by="-pk", total=openings.count()),
        "views": _views("openings"),
        "tabs": tabs(request, "personnel"),
    }
    return render(request, "organisation/opening_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def opening_add(request: SignedInRequest) -> HttpResponse:
    form = OpeningForm(request.POST or None)

    def save() -> str:
        opening = actions.open_recruitment(actor=request.user, **form.cleaned_data)
        toast(request, _("Recruitment opened"))
        return opening_address(opening)

    back = reverse("organisation:opening_list")
    return dialog(request, form, _("Look for people"), _("Open recruitment"), save, back=back)


@require_GET
@needs(Perm.PERSONNEL)
def opening_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The criteria, and the candidates with stage and assessment."""
    opening = _opening(request, pk)
    actions.tell_of_personnel(what=str(opening), actor=request.user)
    context = {"opening": opening, "candidates": opening.candidates.all(), "tabs": tabs(request, "personnel")}
    return render(request, "organisation/opening_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def opening_change(request: SignedInRequest, pk: int) -> HttpResponse:
    opening = _opening(request, pk)
    initial = {"people": opening.people, "criteria": opening.criteria}
    form = OpeningChangeForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_recruitment(opening=opening, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return opening_address(opening)

    return dialog(request, form, str(opening), _("Save"), save, back=opening_address(opening))


@require_POST
@needs(Perm.PERSONNEL)
def opening_close(request: SignedInRequest, pk: int) -> HttpResponse:
    opening = actions.close_recruitment(opening=_opening(request, pk), actor=request.user)
    toast(request, _("Recruitment closed"))
    return go(request, opening_address(opening))


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def candidate_add(request: SignedInRequest, pk: int) -> HttpResponse:
    opening = _opening(request, pk)
    form = CandidateForm(request.POST or None)

    def save() -> str:
        actions.add_candidate(opening=opening, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return opening_address(opening)

    return dialog(request, form, _("Add a candidate"), _("Add"), save, back=opening_address(opening))


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def candidate_assess(request: SignedInRequest, pk: int) -> HttpResponse:
    units = selectors.units_seen(request.user, Perm.PERSONNEL)
    found = Candidate.objects.filter(opening__unit__in=units).select_related("opening__unit")
    candidate = get_object_or_404(found, pk=pk)
    fields = ("name", "phone", "source", "stage", "assessment")
    form = AssessmentForm(request.POST or None, initial={name: getattr(candidate, name) for name in fields})

    def save() -> str:
        actions.assess_candidate(candidate=candidate, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return opening_address(candidate.opening)

    return dialog(request, form, candidate.name, _("Save"), save, back=opening_address(candidate.opening))


def opening_address(opening: Opening) -> str:
    return reverse("organisation:opening_detail", args=[opening.pk])


# Trainings


@require_GET
@needs(Perm.PERSONNEL)
def training_list(request: SignedInRequest) -> HttpResponse:
    """Trainings of the units in reach, with participants and how many passed."""
    units = selectors.units_seen(request.user, Perm.PERSONNEL)
    trainings = (
        Training.objects.filter(unit__in=units)
        .select_related("unit__parent")
        .annotate(
            people=Count("trainees"), passed=Count("trainees", filter=Q(trainees__result=Result.PASSED))
        )
    )
    context = {
        "page": paginate(trainings, request.GET, by="-held_on", total=trainings.count()),
        "views": _views("trainings"),
        "tabs": tabs(request, "personnel"),
    }
    return render(request, "organisation/training_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def training_add(request: SignedInRequest) -> HttpResponse:
    form = TrainingForm(request.POST or None)

    def save() -> str:
        training = actions.keep_training(actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return training_address(training)

    back = reverse("organisation:training_list")
    return dialog(request, form, _("Register a training"), _("Save"), save, back=back)


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def training_change(request: SignedInRequest, pk: int) -> HttpResponse:
    training = _training(request, pk)
    fields = ("title", "kind", "trainer", "held_on", "hours", "content")
    initial = {name: getattr(training, name) for name in fields}
    initial |= {"unit": training.unit_id, "people": [t.user_id for t in training.trainees.all()]}
    form = TrainingForm(request.POST or None, initial=initial)
    del form.fields["unit"]

    def save() -> str:
        actions.change_training(training=training, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return training_address(training)

    return dialog(request, form, training.title, _("Save"), save, back=training_address(training))


@require_http_methods(["GET", "POST"])
@needs(Perm.PERSONNEL)
def training_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The training, and the results of its participants as one form."""
    training = _training(request, pk)
    if request.method == "GET":
        actions.tell_of_personnel(what=training.title, actor=request.user)
    trainees = training.trainees.select_related("user")
    form = ResultsForm(request.POST or None, trainees=trainees)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_results(training=training, outcomes=form.outcomes(), actor=request.user)
        except Refused as refused:
            if not mark(form, refused):
                raise
        else:
            toast(request, _("Saved"))
            return go(request, training_address(training))
    context = {"training": training, "form": form, "rows": form.rows(), "tabs": tabs(request, "personnel")}
    return render(request, "organisation/training_detail.html", context, status=422 if form.errors else 200)


def training_address(training: Training) -> str:
    return reverse("organisation:training_detail", args=[training.pk])
