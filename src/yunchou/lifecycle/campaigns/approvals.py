"""How a proposal is approved: the facts that routes may ask about, and what the engine asks of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy, override
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.models import Assignment
from yunchou.directory.organisation.routes import HIGH_END, MARKETING, ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import declare
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import people_by_id
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import evaluate, params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .actions import (
    campaign_amended,
    campaign_approved,
    campaign_rejected,
    campaign_returned,
    campaign_withdrawn,
)
from .case_panels import money_panel, rules_panel
from .differing import proposal_difference
from .facts import CampaignFacts
from .models import Kind as CampaignKind
from .rules.book import PROPOSAL, SPLITTING
from .rules.proposal import is_justified_outside_plan, is_large
from .selectors import facts_of

with override(None):
    _KINDS: Final = {str(kind): str(kind.label) for kind in CampaignKind}
    _LEVELS: Final = {str(kind): str(kind.label) for kind in Unit.Kind}

FACTS: Final = {
    "in_plan": Fact(_("In plan"), FactType.FLAG),
    "is_large": Fact(_("Large event"), FactType.FLAG),
    "is_joint": Fact(_("Large only together with campaigns like it"), FactType.FLAG),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
    "is_strategic": Fact(_("Strategic activity"), FactType.FLAG),
    "has_exception": Fact(_("Asks for an exception"), FactType.FLAG),
    "kind": Fact(_("Kind"), FactType.TEXT, _KINDS),
    "unit_level": Fact(_("Level of the unit"), FactType.TEXT, _LEVELS),
    "cost": Fact(_("Cost"), FactType.MONEY),
    "joint_cost": Fact(_("Cost together with campaigns like it"), FactType.MONEY),
    "people": Fact(_("Expected attendance"), FactType.NUMBER),
}

LOW_RISK: Final = Decimal("20000.00")
"""Up to this much, in yuan, an ordinary in-plan proposal may be approved with others at once (a)."""


def route_facts(
    facts: CampaignFacts,
    *,
    is_regional: bool,
    unit_level: str,
    has_exception: bool,
    params: Params | None = None,
) -> dict[str, Any]:
    """The value of every fact for one campaign; pure. `params` are those of R-TYP-01, the declared ones unless given."""
    [large] = is_large.check(facts, params)
    return {
        "in_plan": bool(facts.plan_item),
        "is_large": not large.passed,
        "is_joint": "joint" in str(large.values.get("criteria", "")).split(","),
        "is_regional": is_regional,
        "is_strategic": facts.is_strategic,
        "has_exception": has_exception,
        "kind": str(facts.overview.kind or ""),
        "unit_level": unit_level,
        "cost": facts.cost,
        "joint_cost": facts.joint_cost,
        "people": facts.expected_people or 0,
    }  # fmt: skip


def approval_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a campaign."""
    kinds = dict(Unit.objects.filter(pk__in=subject.unit.ancestor_ids).values_list("pk", "kind"))
    facts = facts_of(subject)
    return route_facts(
        facts,
        is_regional=Unit.Kind.REGION in kinds.values(),
        unit_level=str(subject.unit.kind),
        has_exception=Ruling.objects.filter(subject=subject, kind=Ruling.Kind.EXCEPTION).exists(),
        params=params_on([is_large], facts.rules_day)[is_large.id],
    )


def interested_people(subject: Subject) -> Mapping[User, Say]:
    """Who may not decide, because a line or a task of the proposal is theirs (R-APR-15, APR-15)."""
    why: dict[int, Say] = {}
    lines = BudgetLine.objects.filter(subject=subject, owner__isnull=False).order_by("position", "pk")
    for owner, item in lines.values_list("owner_id", "item"):
        why.setdefault(owner, say(_("owns the budget line “{what}”"), what=LineRow(item=item).item_name))
    rows = Assignment.objects.filter(subject=subject).order_by("position", "pk")
    for owner, assistants, task in rows.values_list("owner_id", "assistants", "task"):
        for person in (owner, *(each.get("id") for each in assistants)):
            if person:
                why.setdefault(person, say(_("works on “{what}”"), what=task))
    people = people_by_id(why)
    return {people[pk]: reason for pk, reason in why.items() if pk in people}


def proposal_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules said when it was sent: its classification, and whatever they found beside it."""
    facts = facts_of(subject)
    said = evaluate([is_large, is_justified_outside_plan, *SPLITTING], facts, day=facts.rules_day)
    found = evaluate(PROPOSAL, facts, day=facts.rules_day)
    told = {(one.rule_id, one.fingerprint) for one in said}
    return [*said, *(one for one in found if not one.passed and (one.rule_id, one.fingerprint) not in told)]


def is_low_risk(case: Case) -> bool:
    """Whether it may be approved together with others: small, in plan, of no special kind and without an exception."""
    facts = case.facts
    return (
        bool(facts.get("in_plan"))
        and not any(facts.get(name) for name in ("is_large", "is_joint", "is_strategic", "has_exception"))
        and facts.get("kind") not in {MARKETING, HIGH_END}
        and Decimal(str(facts.get("cost", "Infinity"))) <= LOW_RISK
    )


CAMPAIGN = declare(
    "campaign",
    label=gettext_lazy("Campaign proposal"),
    facts=FACTS,
    facts_of=approval_facts,
    rows=ROUTES["campaign"],
    on_approved=campaign_approved,
    on_returned=campaign_returned,
    on_rejected=campaign_rejected,
    on_withdrawn=campaign_withdrawn,
    on_amend=campaign_amended,
    interested=interested_people,
    difference=proposal_difference,
    verdicts=proposal_verdicts,
    low_risk=is_low_risk,
    panels=(money_panel, rules_panel),
)
