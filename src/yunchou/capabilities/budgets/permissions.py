"""Rights on budgets. Plans and budgets are open to the staff of a region (GEN-01); booking is finance's and the owners'."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "budgets.view", _("See budgets")
    EDIT = "budgets.edit", _("Edit budgets")
    BOOK = "budgets.book", _("Book actual costs")
    SETTLE = "budgets.settle", _("Book costs of an approved budget without a claim")


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
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE,
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.BOOK: {**FINANCE, p.MARKETING_MANAGER: Scope.REGION},
        # Money in the books is spent by claims; finance alone books otherwise, with a voucher.
        Perm.SETTLE: FINANCE,
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT, Perm.BOOK],
        Role.LEAD: [Perm.VIEW, Perm.EDIT, Perm.BOOK],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.BOOK],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
)
