from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    ROBOTS = "notify.robots", _("Let a group chat hear what happens in a unit")


declare(
    Perm,
    positions={
        Perm.ROBOTS: {
            "marketing_director": Scope.BELOW,
            "regional_leadership": Scope.BELOW,
            "vp_marketing": Scope.ALL,
            "system_admin": Scope.ALL,
        }
    },
)
