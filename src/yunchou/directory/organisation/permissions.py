"""Who may see, change and staff the organisation."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Duty, Scope, declare
from yunchou.kernel.subjects.models import Role

from . import positions as p


class Perm(models.TextChoices):
    VIEW = "organisation.view", _("See units, people and duties of departments")
    CONTACT = "organisation.contact", _("See phone numbers of colleagues")
    MANAGE = "organisation.manage", _("Change units, people and work routing")
    APPOINT = "organisation.appoint", _("Appoint people to positions")
    EXPORT = "organisation.export", _("Export lists of units, people and posts")
    STAFFING = "organisation.staffing", _("Change the staffing standard")
    PERSONNEL = "organisation.personnel", _("See and keep candidates and trainings with their results")
    SEE_MEETINGS = "organisation.see_meetings", _("See meetings, minutes and follow-up items")
    KEEP_MEETINGS = "organisation.keep_meetings", _("Call meetings and write their minutes")
    OVERSEE_CENTRE = "organisation.oversee_centre", _("See the head's page of a marketing centre")
    SEE_POINTS = "organisation.see_points", _("See the service network of communities")
    KEEP_POINTS = "organisation.keep_points", _("Keep the service network of communities")


# Heads of departments and of companies: who calls people together and answers for them.
HEADS: Final = {
    p.GENERAL_MANAGER: Scope.ALL,
    p.MANAGEMENT: Scope.ALL,
    p.VP_MARKETING: Scope.ALL,
    p.GROUP_SERVICE_CENTRE: Scope.REGION,
    p.REGIONAL_LEADERSHIP: Scope.REGION,
    p.MARKETING_DIRECTOR: Scope.REGION,
    p.MARKETING_MANAGER: Scope.REGION,
    p.DEPT_HEAD: Scope.BELOW,
}
LINE_MANAGERS: Final = {
    p.SALES_DIRECTOR: Scope.BELOW,
    p.SALES_MANAGER: Scope.BELOW,
    p.CUSTOMER_SERVICE_MANAGER: Scope.BELOW,
    # Its own meetings only: it reads the regions, and edits no regional record (ORG-02).
    p.GROUP_CUSTOMER_CLUB: Scope.UNIT,
}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(p.ALL_CODES, Scope.ALL),
        Perm.CONTACT: dict.fromkeys(p.ALL_CODES, Scope.REGION),
        Perm.MANAGE: {p.SYSTEM_ADMIN: Scope.ALL},
        Perm.APPOINT: {p.SYSTEM_ADMIN: Scope.ALL, p.SECURITY_ADMIN: Scope.ALL},
        Perm.EXPORT: {
            p.SYSTEM_ADMIN: Scope.ALL,
            p.GENERAL_MANAGER: Scope.ALL,
            p.MANAGEMENT: Scope.ALL,
            p.REGIONAL_LEADERSHIP: Scope.REGION,
        },
        Perm.STAFFING: dict.fromkeys((p.GENERAL_MANAGER, p.MANAGEMENT, p.MARKETING_DIRECTOR), Scope.ALL),
        # Not the system administrator: he keeps accounts, not people (GEN-01).
        Perm.PERSONNEL: HEADS,
        # Minutes are open to those concerned: the own region, and for leaders everything (GEN-01).
        Perm.SEE_MEETINGS: {**dict.fromkeys(p.ALL_CODES, Scope.REGION), **HEADS, p.DEPT_HEAD: Scope.REGION},
        Perm.KEEP_MEETINGS: {**HEADS, **LINE_MANAGERS},
        Perm.SEE_POINTS: dict.fromkeys(p.ALL_CODES, Scope.REGION),
        # The customer club of each region keeps its own register (ORG-03): its staff, and who leads the region.
        Perm.KEEP_POINTS: {
            **dict.fromkeys((spec.code for spec in p.JOBS), Scope.UNIT),
            **dict.fromkeys((p.CUSTOMER_SERVICE_MANAGER, p.MARKETING_MANAGER), Scope.REGION),
            p.DEPT_HEAD: Scope.BELOW,
            p.REGIONAL_LEADERSHIP: Scope.REGION,
        },
        Perm.OVERSEE_CENTRE: {code: scope for code, scope in HEADS.items() if code != p.DEPT_HEAD},
    },
    duties={Perm.MANAGE: Duty.SYSTEM},
    relations={
        Role.OWNER: [Perm.SEE_MEETINGS, Perm.KEEP_MEETINGS],
        Role.MEMBER: [Perm.SEE_MEETINGS],
    },
    kinds={Perm.SEE_MEETINGS: ["meeting_series"], Perm.KEEP_MEETINGS: ["meeting_series"]},
)
