"""Rights on the ledger: to read the books of a unit, to set ceilings, to close a month (ORG-12, BUD-14, BUD-19)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare


class Perm(models.TextChoices):
    VIEW = "ledger.view", _("See the books")
    LIMIT = "ledger.limit", _("Set ceilings")
    CLOSE = "ledger.close", _("Close months")
    REOPEN = "ledger.reopen", _("Open closed months again")


LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.AUDITOR,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
FINANCE = {p.FINANCE: Scope.BELOW}

declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys(
            (*[spec.code for spec in p.JOBS], p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION
        )
        | dict.fromkeys(LEADERS, Scope.ALL)
        | FINANCE,
        Perm.LIMIT: {**FINANCE, p.MARKETING_DIRECTOR: Scope.ALL},
        Perm.CLOSE: FINANCE,
        # Never by whoever closed it: where finance is one person, management opens it again.
        Perm.REOPEN: {**FINANCE, p.MANAGEMENT: Scope.ALL, p.GENERAL_MANAGER: Scope.ALL},
    },
)
