"""Staffing standard of marketing centres: standard, actual, gap, and every change with its reason (ORG-09)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import Position
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import CentreForm, StandardForm
from ..models import CentreSize
from ..permissions import Perm
from ..positions import JOBS
from .shared import dialog, tabs


@require_GET
@needs(Perm.VIEW)
def staffing_list(request: SignedInRequest) -> HttpResponse:
    """Every centre against the standard of its size, the standards, and their history."""
    positions = {position.code: position for position in Position.objects.all()}
    sizes = [
        {
            "value": size,
            "label": label,
            "lines": [(positions[code], people) for code, people in counts.items() if people],
        }
        for (size, label), counts in zip(CentreSize.choices, selectors.standards().values(), strict=True)
    ]
    history = selectors.staffing_history()
    context = {
        "centres": selectors.staff_of_centres(),
        "sizes": sizes,
        "page": paginate(history, request.GET, by="-pk", total=history.count()),
        "may_change": holds(request.user, Perm.STAFFING),
        "tabs": tabs(request, "staffing"),
    }
    return render(request, "organisation/staffing_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.STAFFING)
def centre_set(request: SignedInRequest) -> HttpResponse:
    """Say which unit is a centre of which size."""
    form = CentreForm(request.POST or None, initial={"size": CentreSize.SMALL})

    def save() -> str:
        actions.set_centre(actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return reverse("organisation:staffing_list")

    back = reverse("organisation:staffing_list")
    return dialog(request, form, _("Size of a marketing centre"), _("Save"), save, back=back)


@require_http_methods(["GET", "POST"])
@needs(Perm.STAFFING)
def standard_change(request: SignedInRequest, size: str) -> HttpResponse:
    """Change the head counts of one size."""
    if size not in CentreSize.values:
        raise Http404
    jobs = Position.objects.filter(code__in=[spec.code for spec in JOBS])
    form = StandardForm(request.POST or None, positions=jobs, counts=selectors.standard_on(size))

    def save() -> str:
        made = actions.change_standard(size=size, actor=request.user, **form.values())
        toast(request, _("Saved") if made else _("Nothing differs from the standard in force"))
        return reverse("organisation:staffing_list")

    title = _("Standard: %(size)s") % {"size": CentreSize(size).label}
    return dialog(request, form, title, _("Save"), save, back=reverse("organisation:staffing_list"))
