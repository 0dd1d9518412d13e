"""The rulebook is open to all staff (GEN-01); the marketing centre drafts changes of it (R-APR-19)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation.positions import ALL_CODES, MARKETING_DIRECTOR
from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    VIEW = "rulebook.view", _("Read regulations and rules")
    PROPOSE = "rulebook.propose", _("Try and propose changes of regulations and rules")


declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(ALL_CODES, Scope.ALL),
        Perm.PROPOSE: {MARKETING_DIRECTOR: Scope.ALL},
    },
)
