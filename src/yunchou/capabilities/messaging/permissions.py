"""Who sees mailings and texts, and who keeps texts, senders and the addresses left alone. Sending is a right of each use."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "messaging.view", _("See mailings, their texts and what became of them")
    KEEP = "messaging.keep", _("Keep texts of messages and their senders")
    ADDRESSES = "messaging.addresses", _("Keep the addresses left alone, and hand in reports of bounces")


HEADS: Final = {
    p.MARKETING_DIRECTOR: Scope.ALL,
    p.SALES_DIRECTOR: Scope.ALL,
    p.MARKETING_MANAGER: Scope.REGION,
    p.SALES_MANAGER: Scope.REGION,
    p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
}
SERVING: Final = {
    p.MARKET_PLANNER: Scope.REGION,
    p.MARKETING_SPECIALIST: Scope.REGION,
    p.SALES_REPRESENTATIVE: Scope.REGION,
    p.CUSTOMER_SERVICE_SPECIALIST: Scope.REGION,
}

declare(
    Perm,
    positions={
        Perm.VIEW: {**SERVING, **HEADS, p.AUDITOR: Scope.ALL, p.GROUP_CUSTOMER_CLUB: Scope.ALL},
        Perm.KEEP: {**HEADS, p.MARKET_PLANNER: Scope.REGION},
        Perm.ADDRESSES: {p.CUSTOMER_SERVICE_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
    },
    relations={Role.OWNER: [Perm.VIEW], Role.LEAD: [Perm.VIEW], Role.MODULE_LEAD: [Perm.VIEW]},
)
