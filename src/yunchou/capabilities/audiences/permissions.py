"""Who sees, keeps and freezes segments and target lists. Whoever sees customers may count them; lists follow their subject."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

SEGMENT_KIND: Final = "segment"


class Perm(models.TextChoices):
    VIEW = "audiences.view", _("See segments and target lists")
    KEEP = "audiences.keep", _("Keep segments")
    EDIT = "audiences.edit", _("Build and freeze target lists of activities")


HEADS: Final = {
    p.MARKETING_DIRECTOR: Scope.ALL,
    p.SALES_DIRECTOR: Scope.ALL,
    p.MARKETING_MANAGER: Scope.REGION,
    p.SALES_MANAGER: Scope.REGION,
    p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
    p.MARKET_PLANNER: Scope.REGION,
    p.MARKET_RESEARCHER: Scope.REGION,
}

declare(
    Perm,
    positions={
        Perm.VIEW: {
            **HEADS,
            p.MARKETING_SPECIALIST: Scope.REGION,
            p.SALES_REPRESENTATIVE: Scope.REGION,
            p.CUSTOMER_SERVICE_SPECIALIST: Scope.REGION,
            p.GROUP_CUSTOMER_CLUB: Scope.ALL,
        },
        Perm.KEEP: HEADS,
        Perm.EDIT: {
            p.MARKETING_DIRECTOR: Scope.ALL,
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
        },
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT],
        Role.LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
    },
    kinds={Perm.EDIT: ("campaign",)},
    # A segment of the group is there for all its regions; each counts its own customers by it.
    shared=(Perm.VIEW,),
)
