"""Who sees figures, who records them, and who may end an alert by signature. Progress is open to the region (GEN-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.accounts.tokens import offer
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "metrics.view", _("See figures")
    RECORD = "metrics.record", _("Record figures")
    EDIT = "metrics.edit", _("Edit indicators and their thresholds")
    SIGN = "metrics.sign", _("Sign off alerts")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
# Of its own company: the group's finance of everything, a region's of the region (ORG-12).
FINANCE = {p.FINANCE: Scope.BELOW}
PLANNERS = {
    p.MARKETING_MANAGER: Scope.REGION,
    p.MARKET_PLANNER: Scope.REGION,
    p.MARKETING_DIRECTOR: Scope.ALL,
}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE,
        Perm.RECORD: PLANNERS | {p.MARKET_RESEARCHER: Scope.REGION, p.MARKETING_SPECIALIST: Scope.REGION},
        Perm.EDIT: PLANNERS,
        Perm.SIGN: {p.MARKETING_DIRECTOR: Scope.ALL},
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.RECORD, Perm.EDIT, Perm.SIGN],
        Role.LEAD: [Perm.VIEW, Perm.RECORD, Perm.EDIT, Perm.SIGN],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.RECORD],
        Role.MEMBER: [Perm.VIEW, Perm.RECORD],
        Role.APPROVER: [Perm.VIEW],
    },
)
offer(Perm.VIEW)
offer(Perm.RECORD)
