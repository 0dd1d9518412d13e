"""Who sees, keeps, assesses and joins suppliers."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    VIEW = "suppliers.view", _("See suppliers")
    CONTACT = "suppliers.contact", _("See phone numbers of suppliers")
    SEE_BANK = "suppliers.see_bank", _("See bank accounts of suppliers")
    MANAGE = "suppliers.manage", _("Keep suppliers and their documents")
    ASSESS = "suppliers.assess", _("Grade and block suppliers")
    MERGE = "suppliers.merge", _("Merge suppliers entered twice")
    EXPORT = "suppliers.export", _("Export lists of suppliers")


# Finance and the heads of marketing answer for the register: the group's finance everywhere, a region's in its own.
KEEPERS: Final = {
    p.FINANCE: Scope.BELOW,
    p.MARKETING_DIRECTOR: Scope.ALL,
    p.MARKETING_MANAGER: Scope.REGION,
}
BUYERS: Final = {
    p.MARKET_PLANNER: Scope.REGION,
    p.MARKETING_SPECIALIST: Scope.REGION,
    p.PRODUCT_SPECIALIST: Scope.REGION,
}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(p.ALL_CODES, Scope.REGION),
        Perm.CONTACT: {**BUYERS, **KEEPERS},
        Perm.SEE_BANK: KEEPERS,
        Perm.MANAGE: KEEPERS,
        Perm.ASSESS: KEEPERS,
        Perm.MERGE: {p.FINANCE: Scope.BELOW, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.EXPORT: {**KEEPERS, p.GENERAL_MANAGER: Scope.ALL, p.MANAGEMENT: Scope.ALL},
    },
    # A supplier of the group is there for all its regions.
    shared=(Perm.VIEW, Perm.CONTACT, Perm.SEE_BANK),
)
