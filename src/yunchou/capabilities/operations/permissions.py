"""Rights on risks, reports and issues. They are open to the staff of a region; who belongs to the team hands in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "operations.view", _("See risks, reports and issues")
    EDIT = "operations.edit", _("Edit the risk plan")
    REPORT = "operations.report", _("Hand in reports, report issues and set off risks")
    SETTLE = "operations.settle", _("Decide small issues")
    DECIDE = "operations.decide", _("Decide large issues")
    LIBRARY = "operations.library", _("Keep the risk library")
    WARN = "operations.warn", _("Keep the early-warning register")
    SCHEDULE = "operations.schedule", _("Lay down recurring reports of departments")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
# Of its own company: the group's finance of everything, a region's of the region (ORG-12).
FINANCE = {p.FINANCE: Scope.BELOW}

OF_ACTIVITY = [Perm.VIEW, Perm.EDIT, Perm.REPORT, Perm.SETTLE, Perm.DECIDE]
"""What the overall lead of an activity does; the registers of the marketing centre are no activity's."""

# A small issue is the module lead's to decide on the spot, a large one the overall lead's (004 四(三)).
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
        Perm.REPORT: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.SETTLE: {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.DECIDE: {p.MARKETING_DIRECTOR: Scope.ALL},
        # The marketing centre keeps what holds for all activities (002 1.3, §2, §3).
        Perm.LIBRARY: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.WARN: {
            p.MARKET_RESEARCHER: Scope.REGION,
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.SCHEDULE: {
            p.DEPT_HEAD: Scope.BELOW,
            p.MARKETING_MANAGER: Scope.REGION,
            p.REGIONAL_LEADERSHIP: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
    },
    relations={
        Role.OWNER: OF_ACTIVITY,
        Role.LEAD: OF_ACTIVITY,
        Role.MODULE_LEAD: [Perm.VIEW, Perm.REPORT, Perm.SETTLE],
        Role.MEMBER: [Perm.VIEW, Perm.REPORT],
        Role.APPROVER: [Perm.VIEW],
    },
)
