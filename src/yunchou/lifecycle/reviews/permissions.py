"""Who sees evaluations and retrospectives, who writes them, and who confirms that an action had its effect."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "reviews.view", _("See evaluations and retrospectives")
    EDIT = "reviews.edit", _("Write evaluations and retrospectives")
    VERIFY = "reviews.verify", _("Verify improvement actions")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
# Of its own company: the group's finance of everything, a region's of the region (ORG-12).
FINANCE = {p.FINANCE: Scope.BELOW}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(
            (*JOBS, p.RECEPTION, p.ARCHIVIST, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION
        )
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE,
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.VERIFY: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.DEPT_HEAD: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
    },
    relations={
        Role.OWNER: list(Perm),
        Role.LEAD: list(Perm),
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
)
