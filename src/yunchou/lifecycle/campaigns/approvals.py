"""How a proposal is approved: the facts that routes may ask about, and the routes of a new company.

Levels order the steps from lower to higher: region 10, finance 20, customer club 30, service centre 40, vice president
50, general manager and company management 60; what is filed for record comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.approvals.conditions import Condition, Fact, FactType, Kind, Row, StepSpec
from yunchou.kernel.approvals.registry import declare
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.selectors import people_by_id
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.subjects.models import Subject

from .actions import campaign_approved, campaign_rejected, campaign_returned, campaign_withdrawn
from .case_panels import money_panel, rules_panel
from .models import Kind as CampaignKind
from .rules.proposal import is_large
from .selectors import facts_of

FACTS = {
    "in_plan": Fact(_("In plan"), FactType.FLAG),
    "is_large": Fact(_("Large event"), FactType.FLAG),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
    "has_exception": Fact(_("Asks for an exception"), FactType.FLAG),
    "kind": Fact(_("Kind"), FactType.TEXT, {str(kind): str(kind.label) for kind in CampaignKind}),
    "cost": Fact(_("Cost"), FactType.MONEY),
    "people": Fact(_("Expected attendance"), FactType.NUMBER),
}

IN_PLAN, OUT_OF_PLAN = Condition("in_plan", "eq", True), Condition("in_plan", "eq", False)
LARGE, NOT_LARGE = Condition("is_large", "eq", True), Condition("is_large", "eq", False)
REGIONAL, GROUP = Condition("is_regional", "eq", True), Condition("is_regional", "eq", False)

REGION_APPROVES = StepSpec(Kind.APPROVE, p.REGIONAL_LEADERSHIP, 10)
REGION_REVIEWS = StepSpec(Kind.REVIEW, p.REGIONAL_LEADERSHIP, 10)
CLUB_REVIEWS = StepSpec(Kind.REVIEW, p.GROUP_CUSTOMER_CLUB, 30)
CLUB_FILES = StepSpec(Kind.FILE, p.GROUP_CUSTOMER_CLUB, 90)
CENTRE_APPROVES = StepSpec(Kind.APPROVE, p.GROUP_SERVICE_CENTRE, 40)
VP_APPROVES = StepSpec(Kind.APPROVE, p.VP_MARKETING, 50)

ROWS = [
    Row("R-APR-03", "001 §5 ¶4", _("In plan and not large: the region approves, the customer club files it."),
        (IN_PLAN, NOT_LARGE, REGIONAL), (REGION_APPROVES, CLUB_FILES)),
    Row("R-APR-04", "001 §5 ¶4, §6", _("In plan and large: the region, then the customer club, then the vice president."),
        (IN_PLAN, LARGE, REGIONAL), (REGION_APPROVES, CLUB_REVIEWS, VP_APPROVES)),
    Row("R-APR-05", "001 §5 ¶6", _("Out of plan: the region reviews, the group customer service centre approves."),
        (OUT_OF_PLAN, NOT_LARGE, REGIONAL), (REGION_REVIEWS, CENTRE_APPROVES)),
    Row("R-APR-06", "001 §5 ¶6", _("Out of plan and large: additionally the vice president approves."),
        (OUT_OF_PLAN, LARGE, REGIONAL), (REGION_REVIEWS, CENTRE_APPROVES, VP_APPROVES)),
    # The source speaks of regions only; campaigns of the group itself go to the centre that approves the regions' (a).
    Row("R-APR-03", "001 §5 ¶4", _("A campaign of the group, in plan and not large: the service centre approves."),
        (IN_PLAN, NOT_LARGE, GROUP), (CENTRE_APPROVES, CLUB_FILES)),
    Row("R-APR-04", "001 §5 ¶4, §6", _("A campaign of the group, in plan and large: the club, then the vice president."),
        (IN_PLAN, LARGE, GROUP), (CLUB_REVIEWS, CENTRE_APPROVES, VP_APPROVES)),
    Row("R-APR-05", "001 §5 ¶6", _("A campaign of the group, out of plan: the service centre approves."),
        (OUT_OF_PLAN, NOT_LARGE, GROUP), (CENTRE_APPROVES,)),
    Row("R-APR-06", "001 §5 ¶6", _("A campaign of the group, out of plan and large: additionally the vice president."),
        (OUT_OF_PLAN, LARGE, GROUP), (CENTRE_APPROVES, VP_APPROVES)),
    Row("R-APR-09", "003 四(二)", _("High-end client event: company management approves the budget of ¥{cost}."),
        (Condition("kind", "eq", CampaignKind.HIGH_END.value),), (StepSpec(Kind.APPROVE, p.MANAGEMENT, 60),)),
    Row("R-APR-10", "004 三(二)", _("Marketing campaign: the general manager confirms the final plan."),
        (Condition("kind", "eq", CampaignKind.MARKETING.value),), (StepSpec(Kind.APPROVE, p.GENERAL_MANAGER, 60),)),
    Row("R-BUD-03", "004 二(三)", _("An exception from a rule is asked for: finance reviews it."),
        (Condition("has_exception", "eq", True),), (StepSpec(Kind.REVIEW, p.FINANCE, 20),)),
]  # fmt: skip


def approval_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a campaign."""
    facts = facts_of(subject)
    ids = subject.unit.ancestor_ids
    return {
        "in_plan": bool(facts.plan_item),
        "is_large": not is_large.check(facts)[0].passed,
        "is_regional": Unit.objects.filter(pk__in=ids, kind=Unit.Kind.REGION).exists(),
        "has_exception": Ruling.objects.filter(subject=subject, kind=Ruling.Kind.EXCEPTION).exists(),
        "kind": str(facts.overview.kind or ""),
        "cost": facts.cost,
        "people": facts.expected_people or 0,
    }


def interested_people(subject: Subject) -> Mapping[User, Say]:
    """Who may not decide, because a line or a task of the proposal is theirs (R-APR-15, APR-15)."""
    facts = facts_of(subject)
    why: dict[int, Say] = {}
    for line in facts.lines:
        if line.owner and line.owner.id:
            why.setdefault(line.owner.id, say(_("owns the budget line “{what}”"), what=line.item_name))
    for row in facts.assignments:
        for person in (row.owner, *row.assistants):
            if person and person.id:
                why.setdefault(person.id, say(_("works on “{what}”"), what=row.task))
    people = people_by_id(why)
    return {people[pk]: reason for pk, reason in why.items() if pk in people}


CAMPAIGN = declare(
    "campaign",
    label=gettext_lazy("Campaign proposal"),
    facts=FACTS,
    facts_of=approval_facts,
    rows=ROWS,
    on_approved=campaign_approved,
    on_returned=campaign_returned,
    on_rejected=campaign_rejected,
    on_withdrawn=campaign_withdrawn,
    interested=interested_people,
    panels=(money_panel, rules_panel),
)
