"""Who drafts plans, who reads them, and who keeps what all plans refer to (GEN-01, ORG-02, ORG-03)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

PLAN_KIND = "plan"
DEADLINE_KIND = "plan_deadline"


class Perm(models.TextChoices):
    VIEW = "planning.view", _("See plans")
    DRAFT = "planning.draft", _("Draft plans and change approved ones")
    SUBMIT = "planning.submit", _("Send plans for approval")
    RUN = "planning.run", _("Break plans down, keep their items, evaluate and close them")
    CANCEL = "planning.cancel", _("Cancel plans")
    SUPERVISE = "planning.supervise", _("Supervise dedicated money of plans")
    STRATEGY = "planning.keep_strategy", _("Keep the register of strategic goals")
    OCCASIONS = "planning.keep_occasions", _("Keep the calendar of marketing occasions")


JOBS = [spec.code for spec in p.JOBS]

# Plans, budgets and progress are open to the staff of the region, and to the group for all regions (GEN-01, ORG-12).
READERS = (
    dict.fromkeys((*JOBS, p.RECEPTION, p.ARCHIVIST, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
    | dict.fromkeys(
        (
            p.GROUP_SERVICE_CENTRE,
            p.GROUP_CUSTOMER_CLUB,
            p.VP_MARKETING,
            p.GENERAL_MANAGER,
            p.MANAGEMENT,
            p.AUDITOR,
            p.MARKETING_DIRECTOR,
        ),
        Scope.ALL,
    )
    | {p.FINANCE: Scope.BELOW}
)
# The group's customer club drafts the group's plan and touches no region's (ORG-02); the regional club is made up of the
# people who plan and care for the customers of the region (ORG-03).
DRAFTERS = dict.fromkeys(
    (p.MARKETING_MANAGER, p.MARKET_PLANNER, p.CUSTOMER_SERVICE_MANAGER), Scope.REGION
) | {
    p.GROUP_CUSTOMER_CLUB: Scope.UNIT,
    p.MARKETING_DIRECTOR: Scope.ALL,
}
SENDERS = dict.fromkeys((p.MARKETING_MANAGER, p.CUSTOMER_SERVICE_MANAGER), Scope.REGION) | {
    p.GROUP_CUSTOMER_CLUB: Scope.UNIT,
    p.MARKETING_DIRECTOR: Scope.ALL,
}

declare(
    Perm,
    positions={
        Perm.VIEW: READERS,
        Perm.DRAFT: DRAFTERS,
        Perm.SUBMIT: SENDERS,
        Perm.RUN: DRAFTERS,
        Perm.CANCEL: SENDERS,
        # Apart from those who spend it: finance, audit, the head of marketing (a).
        Perm.SUPERVISE: {p.FINANCE: Scope.BELOW}
        | dict.fromkeys((p.AUDITOR, p.MARKETING_DIRECTOR, p.GROUP_SERVICE_CENTRE), Scope.ALL),
        Perm.STRATEGY: dict.fromkeys((p.VP_MARKETING, p.GENERAL_MANAGER, p.MARKETING_DIRECTOR), Scope.ALL),
        Perm.OCCASIONS: {
            p.GROUP_CUSTOMER_CLUB: Scope.ALL,
            p.MARKETING_DIRECTOR: Scope.ALL,
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
        },
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.DRAFT, Perm.SUBMIT, Perm.RUN, Perm.CANCEL],
        Role.LEAD: [Perm.VIEW, Perm.DRAFT, Perm.SUBMIT, Perm.RUN, Perm.CANCEL],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
    kinds={each: [PLAN_KIND] for each in (Perm.VIEW, Perm.DRAFT, Perm.SUBMIT, Perm.RUN, Perm.CANCEL)},
)
