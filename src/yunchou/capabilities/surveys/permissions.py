"""Who sees results, and who builds questionnaires, asks people and sees who has not answered (lessons E2)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "surveys.view", _("See questionnaires and their results")
    EDIT = (
        "surveys.edit",
        _("Build questionnaires, ask people and see who has not answered; keep notes of interviews"),
    )


JOBS: Final = [spec.code for spec in p.JOBS]
LEADERS: Final = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL),
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKET_RESEARCHER: Scope.REGION,
            p.CUSTOMER_SERVICE_MANAGER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT],
        Role.LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
)
