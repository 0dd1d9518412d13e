"""Who sees leads and orders, takes leads in and follows them up, and keeps orders, offers and benefits."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.accounts.tokens import offer
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "sales.view", _("See leads and orders of activities")
    CAPTURE = "sales.capture", _("Take leads in and follow them up")
    EDIT = "sales.edit", _("Assign leads; keep orders, offers, benefits and capture forms")


#: Those of the marketing centre who deal with customers, as in the directory of customers; nobody else sees any.
SERVING: Final = {
    p.SALES_REPRESENTATIVE: Scope.REGION,
    p.CUSTOMER_SERVICE_SPECIALIST: Scope.REGION,
    p.MARKETING_SPECIALIST: Scope.REGION,
    p.MARKET_PLANNER: Scope.REGION,
}
HEADS: Final = {
    p.MARKETING_DIRECTOR: Scope.ALL,
    p.SALES_DIRECTOR: Scope.ALL,
    p.MARKETING_MANAGER: Scope.REGION,
    p.SALES_MANAGER: Scope.REGION,
    p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
}

declare(
    Perm,
    positions={
        Perm.VIEW: {**SERVING, **HEADS, p.GROUP_CUSTOMER_CLUB: Scope.ALL},
        Perm.CAPTURE: {**SERVING, **HEADS, p.RECEPTION: Scope.REGION},
        Perm.EDIT: {**HEADS, p.MARKET_PLANNER: Scope.REGION},
    },
    relations={
        Role.OWNER: list(Perm),
        Role.LEAD: list(Perm),
        Role.MODULE_LEAD: list(Perm),
        Role.MEMBER: [Perm.VIEW, Perm.CAPTURE],
    },
)
offer(Perm.CAPTURE)
offer(Perm.EDIT)
