"""Rights on campaigns: by position within a scope, and by belonging to a campaign's team."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    VIEW = "campaigns.view", _("See campaigns")
    CREATE = "campaigns.create", _("Create and import campaigns")
    EDIT = "campaigns.edit", _("Edit campaigns")
    SUBMIT = "campaigns.submit", _("Send campaigns for approval")
    RUN = "campaigns.run", _("Start, suspend and close campaigns")
    CANCEL = "campaigns.cancel", _("Cancel campaigns")
    KEEP_AIMS = "campaigns.keep_aims", _("Keep the registers of purposes and audiences")


JOBS = [spec.code for spec in p.JOBS]

# Plans, budgets and progress are open to the staff of the region, and to the group for all regions (GEN-01, ORG-12).
REGIONAL = dict.fromkeys((*JOBS, p.RECEPTION, p.ARCHIVIST, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
GROUP = dict.fromkeys(
    (
        p.GROUP_SERVICE_CENTRE,
        p.GROUP_CUSTOMER_CLUB,
        p.VP_MARKETING,
        p.GENERAL_MANAGER,
        p.MANAGEMENT,
        p.AUDITOR,
        p.MARKETING_DIRECTOR,
    ),
    Scope.ALL,
)
PLANNERS = dict.fromkeys((p.MARKETING_MANAGER, p.MARKET_PLANNER), Scope.REGION)

# The regional customer club plans events of its region (ORG-03); who creates one leads it, and by that may do the rest.
FURTHER_CREATORS = dict.fromkeys((p.MARKETING_SPECIALIST, p.CUSTOMER_SERVICE_MANAGER), Scope.REGION)

declare(
    Perm,
    positions={
        # Finance of its own company: the group's sees everything, a region's the region.
        Perm.VIEW: REGIONAL | GROUP | {p.FINANCE: Scope.BELOW},
        Perm.CREATE: PLANNERS | FURTHER_CREATORS | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.EDIT: PLANNERS | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.SUBMIT: PLANNERS | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.RUN: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.CANCEL: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.KEEP_AIMS: {p.SYSTEM_ADMIN: Scope.ALL, p.MARKETING_DIRECTOR: Scope.ALL},
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT, Perm.SUBMIT, Perm.RUN, Perm.CANCEL],
        Role.LEAD: [Perm.VIEW, Perm.EDIT, Perm.SUBMIT, Perm.RUN, Perm.CANCEL],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
)
