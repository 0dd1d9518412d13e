"""What the page of a proposal's approval shows besides the route: the money asked for, and what the rules say of it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Panel
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.selectors import Shown

from .ahead import levels_ahead
from .selectors import facts_of, proposal_findings


def money_panel(case: Case, user: User) -> Panel | None:
    """The budget that a decision would release, by category, and what it would leave; nothing where no line is written."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in facts_of(case.subject).lines:
        sums[line.category or "—"] += line.amount or Decimal(0)
    if not sums:
        return None
    levels = veiled(levels_ahead(case.subject), user) if case.is_running else []
    context = {"sums": list(sums.items()), "total": sum(sums.values()), "levels": levels}
    return Panel(_("Budget asked for"), "campaigns/parts/case_money.html", context, _("by category, in yuan"))


def rules_panel(case: Case, user: User) -> Panel | None:
    """The exceptions asked for, each with its reason, and what else is open; nothing once the case is decided."""
    if not case.is_running:
        return None
    judged = proposal_findings(case.subject)
    context = {
        "excepted": [Shown(one) for one in judged if one.ruling],
        "open_findings": [Shown(one) for one in judged if one.is_open],
    }
    return Panel(_("Rule check"), "campaigns/parts/case_rules.html", context)
