"""Who may see, change and staff the organisation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Scope, declare

from .positions import ALL_CODES, SECURITY_ADMIN, SYSTEM_ADMIN


class Perm(models.TextChoices):
    VIEW = "organisation.view", _("See units, people and duties of departments")
    CONTACT = "organisation.contact", _("See phone numbers of colleagues")
    MANAGE = "organisation.manage", _("Change units, people and work routing")
    APPOINT = "organisation.appoint", _("Appoint people to positions")


declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(ALL_CODES, Scope.ALL),
        Perm.CONTACT: dict.fromkeys(ALL_CODES, Scope.REGION),
        Perm.MANAGE: {SYSTEM_ADMIN: Scope.ALL},
        Perm.APPOINT: {SYSTEM_ADMIN: Scope.ALL, SECURITY_ADMIN: Scope.ALL},
    },
)
