from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Duty, declare


class Perm(models.TextChoices):
    MANAGE = "accounts.manage", _("Disable accounts and end sessions of others")


declare(Perm, duties={Perm.MANAGE: Duty.SYSTEM})
