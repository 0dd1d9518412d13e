"""How a proposal is approved: the facts that routes may ask about, and what the engine asks of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy, override
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.tables import AssignmentRow
from yunchou.directory.organisation.routes import HIGH_END, MARKETING, ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.registry import declare
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import evaluate, params_on, rulings_of
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
from .neighbours import regions
from .rules.book import PROPOSAL, SPLITTING
from .rules.execution import BudgetOpinion, management_gives_its_opinion
from .rules.proposal import is_justified_outside_plan, is_large
from .selectors import facts_of, proposal_of

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
    facts = facts_of(subject)
    return route_facts(
        facts,
        is_regional=not regions().isdisjoint(subject.unit.ancestor_ids),
        unit_level=str(subject.unit.kind),
        has_exception=any(ruling.kind == Ruling.Kind.EXCEPTION for ruling in rulings_of(subject.pk)),
        params=params_on([is_large], facts.rules_day)[is_large.id],
    )


def interested_people(subject: Subject) -> Mapping[int, Say]:
    """Who may not decide, because a line or a task of the proposal is theirs (R-APR-15, APR-15)."""
    why: dict[int, Say] = {}
    proposal = proposal_of(subject)
    for line in proposal.rows(LineRow):
        if line.owner and line.owner.id:
            why.setdefault(line.owner.id, say(_("owns the budget line “{what}”"), what=line.item_name))
    for row in proposal.rows(AssignmentRow):
        for person in (row.owner, *row.assistants):
            if person and person.id:
                why.setdefault(person.id, say(_("works on “{what}”"), what=row.task))
    return why


def proposal_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules said when it was sent: its classification, and whatever they found beside it."""
    facts = facts_of(subject)
    said = evaluate([is_large, is_justified_outside_plan, *SPLITTING], facts, day=facts.rules_day)
    found = evaluate(PROPOSAL, facts, day=facts.rules_day)
    told = {(one.rule_id, one.fingerprint) for one in said}
    return [*said, *(one for one in found if not one.passed and (one.rule_id, one.fingerprint) not in told)]


def approved_with_opinions(case: Case, actor: User) -> None:
    """What `campaign_approved` does, once management has said of a high-end budget what it thinks of it (R-APR-09)."""
    agreed = Task.objects.filter(step__case=case, decision=Task.Decision.APPROVED).exclude(
        state=Task.State.VOID
    )
    for task in agreed.select_related("step"):
        if any(reason["rule"] == management_gives_its_opinion.id for reason in task.step.reasons):
            [verdict] = management_gives_its_opinion.check(BudgetOpinion(task.opinion))
            if not verdict.passed:
                raise Invalid(verdict.reason, fields={"opinion": verdict.reason})
    campaign_approved(case, actor)


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
    on_approved=approved_with_opinions,
    on_returned=campaign_returned,
    on_rejected=campaign_rejected,
    on_withdrawn=campaign_withdrawn,
    on_amend=campaign_amended,
    interested=interested_people,
    difference=proposal_difference,
    verdicts=proposal_verdicts,
    judged=facts_of,
    low_risk=is_low_risk,
    panels=(money_panel, rules_panel),
    asks={
        "reasonable": gettext_lazy("Reasonableness of the budget"),
        "necessary": gettext_lazy("Necessity of the budget"),
    },
)
