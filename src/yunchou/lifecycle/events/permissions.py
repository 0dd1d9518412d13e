"""Who sees guests, keeps the list, runs the door and watches the day."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "events.view", _("See sessions and guests of activities")
    ADD = "events.add", _("Put guests on the list and enter their replies")
    EDIT = "events.edit", _("Keep sessions, guests, seats and the run of show")
    INVITE = "events.invite", _("Send invitations")
    DOOR = "events.door", _("Check guests in, and set up devices for the door")
    EXPORT = "events.export", _("Export lists of guests")


SERVING: Final = {
    p.MARKET_PLANNER: Scope.REGION,
    p.MARKETING_SPECIALIST: Scope.REGION,
    p.SALES_REPRESENTATIVE: Scope.REGION,
    p.CUSTOMER_SERVICE_SPECIALIST: Scope.REGION,
}
HEADS: Final = {
    p.MARKETING_DIRECTOR: Scope.ALL,
    p.MARKETING_MANAGER: Scope.REGION,
    p.SALES_MANAGER: Scope.REGION,
    p.SALES_DIRECTOR: Scope.ALL,
    p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
}

declare(
    Perm,
    positions={
        Perm.VIEW: {**SERVING, **HEADS, p.RECEPTION: Scope.REGION, p.GROUP_CUSTOMER_CLUB: Scope.ALL},
        Perm.ADD: {**SERVING, **HEADS},
        Perm.EDIT: {**HEADS, p.MARKET_PLANNER: Scope.REGION},
        Perm.INVITE: {**HEADS, p.MARKET_PLANNER: Scope.REGION},
        Perm.DOOR: {**SERVING, **HEADS, p.RECEPTION: Scope.REGION},
        Perm.EXPORT: HEADS,
    },
    relations={
        Role.OWNER: list(Perm),
        Role.LEAD: list(Perm),
        Role.MODULE_LEAD: [Perm.VIEW, Perm.ADD, Perm.EDIT, Perm.INVITE, Perm.DOOR],
        Role.MEMBER: [Perm.VIEW, Perm.ADD, Perm.DOOR],
    },
)
