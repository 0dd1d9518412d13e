"""Looking at plans again: the oversight of one plan, dedicated money and risks to budgets over all plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.ui.dialogs import dialog, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.scope import chosen_path
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, listing
from ..dedicated import dedicated_of, dedicated_plans
from ..duties import REVIEW, SUPERVISION
from ..forms import ReviewForm, RiskForm, SupervisionForm
from ..models import IN_FORCE, Item, Plan, Review, Risk, RiskKind, RiskState, Status, Supervision
from ..permissions import Perm
from .listing import tabs
from .shared import open_plan, plan_at

SIZE = 50
MOST_PLANS = 200
"""So many plans of a year with dedicated money are told; a company has fewer."""


@require_safe
@login_required
def plan_oversight(request: SignedInRequest, pk: int) -> HttpResponse:
    """Reviews of the monitor, dedicated money and who looked at it, risks to the budget (PLN-10, BUD-27, BUD-28)."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_oversight")
    plan: Plan = context["plan"]
    dedicated = dedicated_of(plan, context["header"].monitor)
    duties = {
        duty.kind: duty
        for duty in Duty.objects.open().filter(subject=pk, kind__in=(REVIEW.key, SUPERVISION.key))
    }
    context |= {
        "reviews": Review.objects.filter(plan=pk).select_related("author"),
        "dedicated": dedicated,
        "supervisions": Supervision.objects.filter(plan=pk).select_related("author"),
        "review_duty": duties.get(REVIEW.key),
        "supervision_duty": duties.get(SUPERVISION.key),
        "may_supervise": plan.is_in_force
        and request.user.pk not in dedicated.users
        and holds(request.user, Perm.SUPERVISE, subject),
    }
    return render(request, "planning/plan_oversight.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a look at the monitor showed, as a dialog."""
    open_plan(request, pk, Perm.RUN)
    form = ReviewForm(typed(request))
    back = reverse("planning:plan_oversight", args=[pk])

    def save() -> str:
        actions.review_plan(plan=plan_at(pk), actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return f"{back}#reviews"

    return dialog(request, form, _("Review the monitor"), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def supervision_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a look at dedicated money showed, as a dialog."""
    open_plan(request, pk, Perm.SUPERVISE)
    form = SupervisionForm(typed(request))
    back = reverse("planning:plan_oversight", args=[pk])

    def save() -> str:
        actions.supervise(plan=plan_at(pk), actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return f"{back}#dedicated"

    return dialog(request, form, _("Look at the dedicated money"), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def risk_review(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """What became of a risk, as a dialog."""
    subject = open_plan(request, pk)
    found = get_object_or_404(Risk.objects.filter(subject=pk), pk=risk)
    if found.owner_id != request.user.pk:
        require(request.user, Perm.RUN, subject)
    form = RiskForm(typed(request), initial={"state": found.state})
    back = reverse("planning:plan_oversight", args=[pk])

    def save() -> str:
        actions.review_risk(risk=found, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return f"{back}#risk-{risk}"

    title = _("Review: %(risk)s") % {"risk": found.title}
    return dialog(request, form, title, _("Save"), save, back=back)


@require_safe
@login_required
def dedicated_list(request: SignedInRequest) -> HttpResponse:
    """Money dedicated to advertising and public relations over all plans of a year, and who looked at it last (BUD-27)."""
    require(request.user, Perm.VIEW)
    year = _year(request)
    plans = Plan.objects.visible_to(request.user).filter(year=year, status__in=[*IN_FORCE, Status.CLOSED])
    if path := chosen_path(request):
        plans = plans.filter(subject__unit__path__startswith=path)
    marked = Item.objects.exclude(dedicated="").values("subject")
    plans = plans.filter(pk__in=marked).select_related("subject__unit", "owner")
    found = dedicated_plans(list(plans.order_by("subject__unit__path", "pk")[:MOST_PLANS]))
    due = {
        duty.subject_id: duty
        for duty in Duty.objects.open()
        .filter(subject__in=[one.plan.pk for one in found], kind=SUPERVISION.key)
        .select_related("owner")
    }
    # What a plan has taken out of the one above it is part of that one's.
    listed = {one.plan.pk for one in found}
    budget = sum((one.budget for one in found if one.plan.parent_id not in listed), Decimal(0))
    used = sum((one.used for one in found), Decimal(0))
    context = {
        "year": year,
        "years": _years(request),
        "found": [(one, due.get(one.plan.pk)) for one in found],
        "budget": budget,
        "used": used,
        "spent": sum((one.spent for one in found), Decimal(0)),
        "left": budget - used,
        "tabs": tabs("dedicated", request),
    }
    return render(request, "planning/dedicated_list.html", context)


@require_safe
@login_required
def risk_list(request: SignedInRequest) -> HttpResponse:
    """The register of risks to budget and cost over all plans that the person sees (BUD-28)."""
    require(request.user, Perm.VIEW)
    plans = Plan.objects.visible_to(request.user).exclude(status=Status.CANCELLED)
    if path := chosen_path(request):
        plans = plans.filter(subject__unit__path__startswith=path)
    year = _year(request)
    risks = Risk.objects.filter(subject__in=plans.filter(year=year).values("pk"))
    kind, state = request.GET.get("kind", ""), request.GET.get("state", RiskState.OPEN)
    if kind in RiskKind.values:
        risks = risks.filter(kind=kind)
    if state in RiskState.values:
        risks = risks.filter(state=state)
    page = paginate(
        risks.select_related("subject__unit", "owner"),
        request.GET,
        by="review_on",
        size=SIZE,
        total=risks.count(),
    )
    every = list(risks.values_list("effect", "likelihood", "saving"))
    context = {
        "year": year,
        "years": _years(request),
        "page": page,
        "today": clock.today(),
        "kinds": _options(request, "kind", kind, RiskKind.choices),
        "states": _options(request, "state", state, RiskState.choices),
        "effect": sum((effect or Decimal(0) for effect, _l, _s in every), Decimal(0)),
        "expected": sum(
            ((effect or Decimal(0)) * (likelihood or 0) / 100 for effect, likelihood, _s in every), Decimal(0)
        ),
        "saving": sum((saving or Decimal(0) for _e, _l, saving in every), Decimal(0)),
        "tabs": tabs("risks", request),
    }
    return render(request, "planning/risk_list.html", context)


def _options(request: SignedInRequest, name: str, asked: str, choices: Any) -> list[dict[str, Any]]:
    """The values of a filter as segments, each with the address that chooses it."""
    found = []
    for value, label in (("all", _("All")), *choices):
        query = request.GET.copy()
        for each in ("after", "before"):
            query.pop(each, None)
        query[name] = value
        chosen = asked == value or (value == "all" and asked not in dict(choices))
        found.append({"label": label, "url": f"?{query.urlencode()}", "active": chosen})
    return found


def _year(request: SignedInRequest) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else clock.today().year
    return min(max(year, 2000), 2100)


def _years(request: SignedInRequest) -> list[int]:
    """The years of which the person sees plans, this one and the next, newest first."""
    return listing.years(request.user)[:6]
