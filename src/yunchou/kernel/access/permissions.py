"""Rights on rights. Who gives rights, who keeps accounts and who reads the journal are three people (等保 8.1.4)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Duty, Scope, declare


class Perm(models.TextChoices):
    GRANT = "access.grant", _("Change which rights a position brings")
    EXPLAIN = "access.explain", _("See what others may do, and why")
    AUDIT = "access.audit", _("Read the journal of everything")


# Position codes of a new company.
declare(
    Perm,
    positions={
        Perm.GRANT: {"security_admin": Scope.ALL},
        Perm.EXPLAIN: dict.fromkeys(("system_admin", "security_admin", "auditor"), Scope.ALL),
        Perm.AUDIT: {"auditor": Scope.ALL},
    },
    duties={Perm.GRANT: Duty.SECURITY, Perm.AUDIT: Duty.AUDIT},
)
