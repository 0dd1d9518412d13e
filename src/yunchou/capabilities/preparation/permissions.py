"""Who sees and prepares, who reviews what is printed and said, who keeps venues and stock, who decides to go ahead."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

VENUE_KIND: Final = "venue"
STOCK_KIND: Final = "stock_item"
RESEARCH_KIND: Final = "needs_research"
PUBLICITY_KIND: Final = "publicity"


class Perm(models.TextChoices):
    VIEW = "preparation.view", _("See preparations, venues and stock")
    EDIT = "preparation.edit", _("Prepare: book venues, keep supplies, publicity, trainings and trips")
    REVIEW = "preparation.review", _("Review artwork and material of speakers")
    OVERRIDE = "preparation.override", _("Begin although the readiness check says no")
    KEEP_VENUES = "preparation.keep_venues", _("Keep the register of venues")
    KEEP_STOCK = "preparation.keep_stock", _("Keep the stock")


JOBS: Final = [spec.code for spec in p.JOBS]
LEADERS: Final = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
HEADS: Final = {
    p.MARKETING_MANAGER: Scope.REGION,
    p.DEPT_HEAD: Scope.REGION,
    p.MARKETING_DIRECTOR: Scope.ALL,
}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.RECEPTION, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | {p.FINANCE: Scope.BELOW},
        Perm.EDIT: {
            p.MARKETING_MANAGER: Scope.REGION,
            p.MARKET_PLANNER: Scope.REGION,
            p.MARKETING_DIRECTOR: Scope.ALL,
        },
        Perm.REVIEW: HEADS,
        # The overall lead alone: nobody overrides by a position.
        Perm.OVERRIDE: {},
        Perm.KEEP_VENUES: HEADS
        | dict.fromkeys((p.MARKET_PLANNER, p.MARKETING_SPECIALIST, p.RECEPTION), Scope.REGION),
        Perm.KEEP_STOCK: HEADS | dict.fromkeys((p.MARKETING_SPECIALIST, p.RECEPTION), Scope.REGION),
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.EDIT, Perm.REVIEW, Perm.OVERRIDE],
        Role.LEAD: [Perm.VIEW, Perm.EDIT, Perm.REVIEW, Perm.OVERRIDE],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.EDIT],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
    # Venues and stock of the group are there for all its regions.
    shared=(Perm.VIEW,),
)
