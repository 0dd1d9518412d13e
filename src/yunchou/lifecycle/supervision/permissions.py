"""Who appoints supervision teams, who writes their plans, and who notes monitoring and guidance (SUP-01, ORG-02)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

TEAM_KIND = "supervision_team"
NOTED_KINDS = frozenset({"campaign", "plan"})
"""What notes are written on."""


class Perm(models.TextChoices):
    VIEW = "supervision.view", _("See supervision teams, their plans and guidance notes")
    APPOINT = "supervision.appoint", _("Appoint supervision teams")
    PLAN = "supervision.plan", _("Write supervision plans")
    GUIDE = "supervision.guide", _("Note monitoring and guidance on plans and activities")
    OBSERVE = "supervision.observe", _("Note what the team saw, in its unit and during its time")
    ANSWER = "supervision.answer", _("Answer monitoring and guidance")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE,
    p.GROUP_CUSTOMER_CLUB,
    p.VP_MARKETING,
    p.GENERAL_MANAGER,
    p.MANAGEMENT,
    p.AUDITOR,
)

# The group's customer club reads all regions and notes what it saw and advised, but edits no regional record (ORG-02).
declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | {p.FINANCE: Scope.BELOW},
        Perm.APPOINT: dict.fromkeys((p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION},
        Perm.GUIDE: dict.fromkeys((p.GROUP_CUSTOMER_CLUB, p.GROUP_SERVICE_CENTRE), Scope.ALL),
        # The region answers each note (PLN-11): whoever leads the activity, and whoever answers for the region.
        Perm.ANSWER: dict.fromkeys((p.REGIONAL_LEADERSHIP, p.MARKETING_MANAGER), Scope.REGION),
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.ANSWER],
        Role.LEAD: [Perm.VIEW, Perm.PLAN, Perm.OBSERVE, Perm.ANSWER],
        Role.MODULE_LEAD: [Perm.VIEW],
        Role.MEMBER: [Perm.VIEW, Perm.OBSERVE],
        Role.APPROVER: [Perm.VIEW],
    },
    kinds={Perm.PLAN: [TEAM_KIND], Perm.OBSERVE: [TEAM_KIND], Perm.ANSWER: NOTED_KINDS},
)
