"""Who sees coupons, forwarding tasks and live streams, prepares them, and redeems coupons at the counter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.sales.permissions import HEADS, SERVING
from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "promotions.view", _("See coupons, forwarding tasks and live streams")
    REDEEM = "promotions.redeem", _("Issue and redeem coupons, note forwards")
    EDIT = "promotions.edit", _("Prepare coupons, forwarding tasks and live streams")


declare(
    Perm,
    positions={
        Perm.VIEW: {**SERVING, **HEADS, p.GROUP_CUSTOMER_CLUB: Scope.ALL},
        Perm.REDEEM: {**SERVING, **HEADS, p.RECEPTION: Scope.REGION},
        Perm.EDIT: {**HEADS, p.MARKET_PLANNER: Scope.REGION},
    },
    relations={
        Role.OWNER: list(Perm),
        Role.LEAD: list(Perm),
        Role.MODULE_LEAD: list(Perm),
        Role.MEMBER: [Perm.VIEW, Perm.REDEEM],
    },
)
