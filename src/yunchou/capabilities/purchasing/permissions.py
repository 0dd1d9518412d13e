"""Who asks for purchases, who collects offers, opens bids, chooses and signs.

Each is a right of its own, apart from deciding on approvals and from paying: persons are kept apart as well, see
`actions.apart` and `approvals.interested_in_contract`.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

PURCHASE_KIND: Final = "purchase"
CONTRACT_KIND: Final = "contract"


class Perm(models.TextChoices):
    VIEW = "purchasing.view", _("See purchases and contracts")
    REQUEST = "purchasing.request", _("Ask for purchases")
    QUOTE = "purchasing.quote", _("Collect offers, run tenders and draft contracts")
    OPEN_BIDS = "purchasing.open_bids", _("Open sealed bids")
    AWARD = "purchasing.award", _("Choose suppliers and name tender committees")
    SIGN = "purchasing.sign", _("Sign and complete contracts")


JOBS: Final = [spec.code for spec in p.JOBS]
LEADERS: Final = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
FINANCE: Final = {p.FINANCE: Scope.BELOW}
BUYERS: Final = (
    p.MARKETING_MANAGER, p.MARKET_PLANNER, p.MARKETING_SPECIALIST, p.PRODUCT_SPECIALIST,
    p.CUSTOMER_SERVICE_MANAGER,
)  # fmt: skip

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.RECEPTION, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE,
        Perm.REQUEST: dict.fromkeys((*JOBS, p.RECEPTION, p.DEPT_HEAD), Scope.REGION)
        | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.QUOTE: dict.fromkeys(BUYERS, Scope.REGION) | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.OPEN_BIDS: dict.fromkeys((p.DEPT_HEAD, p.MARKETING_MANAGER, p.REGIONAL_LEADERSHIP), Scope.REGION)
        | {p.MARKETING_DIRECTOR: Scope.ALL, p.AUDITOR: Scope.ALL}
        | FINANCE,
        Perm.AWARD: dict.fromkeys((p.DEPT_HEAD, p.MARKETING_MANAGER), Scope.REGION)
        | {p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.SIGN: dict.fromkeys((p.REGIONAL_LEADERSHIP, p.MARKETING_MANAGER), Scope.REGION)
        | dict.fromkeys((p.MARKETING_DIRECTOR, p.GENERAL_MANAGER), Scope.ALL),
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.REQUEST],
        Role.LEAD: [Perm.VIEW, Perm.REQUEST],
        Role.MODULE_LEAD: [Perm.VIEW, Perm.REQUEST],
        Role.MEMBER: [Perm.VIEW],
        Role.APPROVER: [Perm.VIEW],
    },
)
