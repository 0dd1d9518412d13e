"""The register of strategic goals, with the goals of plans that serve each, and those that serve none (PLN-08)."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.ui.dialogs import dialog, typed
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import StrategicGoalForm
from ..models import Goal, Plan, Status, StrategicGoal
from ..permissions import Perm
from .listing import tabs

SHOWN = 100


@require_safe
@login_required
def strategy_list(request: SignedInRequest) -> HttpResponse:
    """The strategic goals with how many goals of plans serve each, and the goals that serve none."""
    require(request.user, Perm.VIEW)
    plans = Plan.objects.visible_to(request.user).exclude(status=Status.CANCELLED)
    goals = Goal.objects.filter(subject__in=plans.values("pk"))
    served = Counter(goals.exclude(strategy="").values_list("strategy", flat=True))
    context = {
        "goals": [(goal, served.get(goal.code, 0)) for goal in StrategicGoal.objects.all()],
        "unlinked": goals.filter(strategy="")
        .select_related("subject", "owner")
        .order_by("-subject", "position")[:SHOWN],
        "may_keep": holds(request.user, Perm.STRATEGY),
        "tabs": tabs("strategy", request),
    }
    return render(request, "planning/strategy_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def strategy_add(request: SignedInRequest) -> HttpResponse:
    """A new strategic goal, as a dialog."""
    require(request.user, Perm.STRATEGY)
    year = clock.today().year
    form = StrategicGoalForm(typed(request), initial={"from_year": year, "to_year": year + 2})
    back = reverse("planning:strategy_list")

    def save() -> str:
        actions.add_strategic_goal(actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, _("New strategic goal"), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def strategy_change(request: SignedInRequest, code: str) -> HttpResponse:
    """Other words or years of a strategic goal."""
    require(request.user, Perm.STRATEGY)
    goal = get_object_or_404(StrategicGoal, code=code)
    initial = {name: getattr(goal, name) for name in ("title", "description", "from_year", "to_year")}
    form = StrategicGoalForm(typed(request), initial=initial)
    del form.fields["code"]
    back = reverse("planning:strategy_list")

    def save() -> str:
        actions.change_strategic_goal(goal=goal, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, str(goal), _("Save"), save, back=back)
