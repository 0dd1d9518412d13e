"""How a budget adjustment is approved: by whoever is responsible for the campaign (R-APR-17), the pool by its own route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.routes import HIGH_END, MARKETING, ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Panel, declare, definitions
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .actions.adjusting import (
    adjustment_approved,
    adjustment_rejected,
    adjustment_returned,
    adjustment_withdrawn,
)
from .adjustments import view_of
from .models import Adjustment, BudgetLine
from .tables import LineRow

KINDS: Final = {
    MARKETING: _("Marketing campaign"),
    HIGH_END: _("High-end client event"),
    "customer": _("Customer event"),
    "pr": _("Public relations event"),
    "promotion": _("Promotion"),
    "targeted": _("Targeted campaign"),
}
FACTS: Final = {
    "in_plan": Fact(_("In plan"), FactType.FLAG),
    "is_large": Fact(_("Large event"), FactType.FLAG),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
    "is_strategic": Fact(_("Strategic activity"), FactType.FLAG),
    "kind": Fact(_("Kind"), FactType.TEXT, KINDS),
    "joint_cost": Fact(_("Cost together with campaigns like it"), FactType.MONEY),
    "amount": Fact(_("Amount that is moved"), FactType.MONEY),
}


def adjustment_facts(subject: Subject) -> Mapping[str, Any]:
    """The facts of the campaign that is adjusted, as its own definition tells them, and the amount."""
    one = Adjustment.objects.select_related("budget__unit").get(pk=subject.pk)
    known = definitions[one.budget.kind].facts_of(one.budget)
    return {**{name: known[name] for name in FACTS if name in known}, "amount": one.amount}


def pool_facts(subject: Subject) -> Mapping[str, Any]:
    return {"amount": Adjustment.objects.get(pk=subject.pk).amount}


def owners_of_lines(subject: Subject) -> Mapping[int, Say]:
    """Who may not decide, because one of the two lines is theirs (R-APR-15)."""
    one = Adjustment.objects.get(pk=subject.pk)
    lines = BudgetLine.objects.filter(account__in=(one.source_id, one.target_id), owner__isnull=False)
    return {
        line.owner_id: say(_("owns the budget line “{what}”"), what=LineRow(item=line.item).item_name)
        for line in lines
        if line.owner_id
    }


def adjustment_panel(case: Case, reader: User) -> Panel | None:
    """What moves from where to where, what is there now, and what would be left."""
    shown = view_of(case.subject_id)
    return (
        None
        if shown is None
        else Panel(say(_("Money that moves")), "budgets/adjustment_panel.html", {"shown": shown})
    )


OUTCOMES: Final[dict[str, Any]] = {
    "on_approved": adjustment_approved,
    "on_returned": adjustment_returned,
    "on_rejected": adjustment_rejected,
    "on_withdrawn": adjustment_withdrawn,
    "interested": owners_of_lines,
    "panels": (adjustment_panel,),
}

ADJUSTMENT = declare(
    "adjustment",
    label=gettext_lazy("Budget adjustment"),
    facts=FACTS,
    facts_of=adjustment_facts,
    rows=ROUTES["adjustment"],
    **OUTCOMES,
)
POOL = declare(
    "emergency_pool",
    label=gettext_lazy("Money from the emergency pool"),
    facts={"amount": FACTS["amount"]},
    facts_of=pool_facts,
    rows=ROUTES["emergency_pool"],
    **OUTCOMES,
)
