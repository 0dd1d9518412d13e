"""Who sees customers, unmasks, keeps, joins, exports and erases them (CUS-07, CUS-08)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare

CUSTOMER_KIND: Final = "customer"


class Perm(models.TextChoices):
    VIEW = "customers.view", _("See customers, phone numbers and addresses masked")
    REVEAL = "customers.reveal", _("Unmask one value of a customer with a reason")
    APART = "customers.apart", _("Answer for important customers: unmask their data, mark them, grant looks")
    MANAGE = "customers.manage", _("Keep customers, their contacts and consents")
    IMPORT = "customers.import", _("Import lists of customers")
    MERGE = "customers.merge", _("Merge customers entered twice")
    EXPORT = "customers.export", _("Export lists of customers")
    RELEASE = "customers.release", _("Release exports that another person asked for")
    ERASE = "customers.erase", _("Erase customers on their request")


#: Those of the marketing centre who deal with customers; nobody else sees any (002 5.1).
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
SERVICE_HEADS: Final = {
    p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
    p.MARKETING_DIRECTOR: Scope.ALL,
}

declare(
    Perm,
    positions={
        Perm.VIEW: {**SERVING, **HEADS, p.GROUP_CUSTOMER_CLUB: Scope.ALL},
        Perm.REVEAL: {
            **HEADS,
            p.SALES_REPRESENTATIVE: Scope.REGION,
            p.CUSTOMER_SERVICE_SPECIALIST: Scope.REGION,
        },
        Perm.APART: {
            p.MARKETING_DIRECTOR: Scope.ALL,
            p.SALES_DIRECTOR: Scope.ALL,
            p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
        },
        Perm.MANAGE: {**SERVING, **HEADS},
        Perm.IMPORT: HEADS,
        Perm.MERGE: SERVICE_HEADS,
        Perm.EXPORT: HEADS,
        Perm.RELEASE: {p.MARKETING_DIRECTOR: Scope.ALL, p.SECURITY_ADMIN: Scope.ALL},
        Perm.ERASE: SERVICE_HEADS,
    },
)
