"""Who may change plans of work, and who says how far work has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    EDIT = "work.edit", _("Edit division of work and schedule")
    PROGRESS = "work.progress", _("Say how far any task has come")
    OVERRIDE = "work.override", _("Let a task begin before its predecessors are done")
    TEMPLATES = "work.templates", _("Keep schedule templates")
    TEAM = "work.team", _("Put a team together and name its overall lead")
    ACCEPT = "work.accept", _("Accept finished work against its delivery standard")
    STANDARDS = "work.standards", _("Keep the standards of teams")


# The overall lead has authority over progress (004 三(一)); whoever owns a task needs no right to say how far it is.
declare(
    Perm,
    positions={
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.PROGRESS: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.TEMPLATES: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.TEAM: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.STANDARDS: {p.MARKETING_DIRECTOR: Scope.ALL},
    },
    # A module lead accepts the work of the own modules only; `deliveries.may_accept` looks at which they are.
    relations={
        Role.OWNER: [Perm.EDIT, Perm.PROGRESS, Perm.OVERRIDE, Perm.TEAM, Perm.ACCEPT],
        Role.LEAD: [Perm.EDIT, Perm.PROGRESS, Perm.OVERRIDE, Perm.TEAM, Perm.ACCEPT],
        Role.MODULE_LEAD: [Perm.EDIT, Perm.PROGRESS, Perm.ACCEPT],
    },
)
