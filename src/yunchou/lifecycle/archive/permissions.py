"""Who sees archives, who files items and packs, and who may take a package away."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "archive.view", _("See archives")
    FILE = "archive.file", _("File items in archives")
    TAKE = "archive.take", _("Download and verify archive packages")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT,
)  # fmt: skip
# Of its own company: the group's finance of everything, a region's of the region (ORG-12).
FINANCE = {p.FINANCE: Scope.BELOW}
KEEPERS = {p.ARCHIVIST: Scope.REGION, p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE
        | KEEPERS
        | {p.AUDITOR: Scope.ALL},
        Perm.FILE: KEEPERS | {p.MARKETING_SPECIALIST: Scope.REGION, p.MARKET_PLANNER: Scope.REGION},
        Perm.TAKE: KEEPERS | {p.AUDITOR: Scope.ALL, p.VP_MARKETING: Scope.ALL},
    },
    relations={
        Role.OWNER: list(Perm),
        Role.LEAD: list(Perm),
        Role.MODULE_LEAD: [Perm.VIEW, Perm.FILE],
        Role.MEMBER: [Perm.VIEW, Perm.FILE],
        Role.APPROVER: [Perm.VIEW],
    },
)
