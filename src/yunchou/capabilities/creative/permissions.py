"""Who sees and writes creative plans, who approves drafts and confirms a plan, who keeps the table of channels."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "creative.view", _("See creative plans, drafts and offers")
    EDIT = "creative.edit", _("Work on creative plans: switch, plan content, hand in drafts, keep offers")
    APPROVE = "creative.approve", _("Approve drafts and confirm the final plan")
    KEEP = "creative.keep", _("Keep channels, forms, audience profiles and competitor analyses")


JOBS: Final = [spec.code for spec in p.JOBS]
LEADERS: Final = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL),
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.APPROVE: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.KEEP: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT, Perm.APPROVE],
        Role.LEAD: [Perm.VIEW, Perm.EDIT, Perm.APPROVE],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
    # Channels, profiles and analyses of the group are there for all its regions.
    shared=(Perm.VIEW,),
)
