from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    OVERSEE = "duties.oversee", _("See what people below owe, and hear of what is late")


# Position codes of a new company; whoever holds the right in a unit is the supervisor of the people in and below it.
declare(
    Perm,
    positions={
        Perm.OVERSEE: {
            "dept_head": Scope.BELOW,
            "marketing_manager": Scope.BELOW,
            "marketing_director": Scope.BELOW,
            "regional_leadership": Scope.BELOW,
            "vp_marketing": Scope.ALL,
            "general_manager": Scope.ALL,
            "management": Scope.ALL,
        }
    },
)
