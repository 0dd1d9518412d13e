from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    CONFIGURE = "approvals.configure", _("Maintain approval routes, and hear when none applies")


declare(Perm, positions={Perm.CONFIGURE: {"system_admin": Scope.ALL}})
