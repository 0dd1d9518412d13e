from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Duty, Scope, declare


class Perm(models.TextChoices):
    VIEW = "backups.view", _("See how data is protected")
    KEEP = "backups.keep", _("Make and test backups, and keep their key")


declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(("system_admin", "security_admin", "auditor"), Scope.ALL),
        Perm.KEEP: {"system_admin": Scope.ALL},
    },
    duties={Perm.KEEP: Duty.SYSTEM},
)
