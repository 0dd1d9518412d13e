from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.kernel.core.counting import Countable
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.subject_pages import tab
from yunchou.kernel.ui.ways import Way, way_out

from .permissions import Perm


def _payable(user: Any) -> Countable:
    from .selectors.claims import payable  # models are not ready while entries are declared

    return payable(user) if user.has_perm(Perm.PAY) else None


nav.entry(
    key="claims",
    label=pgettext_lazy("menu", "Claims"),
    url_name="expenses:claim_list",
    order=40,
    perm=Perm.VIEW,
    count=_payable,
    under="money",
)
nav.entry(
    key="expense_reports",
    label=pgettext_lazy("menu", "Monthly reports"),
    url_name="expenses:report_list",
    order=50,
    perm=Perm.SEE_REPORTS,
    under="money",
)
nav.entry(
    key="execution_analyses",
    label=pgettext_lazy("menu", "Execution analyses"),
    url_name="expenses:analysis_list",
    order=60,
    perm=Perm.SEE_REPORTS,
    under="money",
)
nav.entry(
    key="cost_items",
    label=pgettext_lazy("menu", "Cost items"),
    url_name="expenses:chart_detail",
    order=70,
    perm=Perm.VIEW,
    under="money",
)
quick_create.entry(
    key="claim",
    label=_("Claim expenses"),
    icon="receipt",
    url_name="expenses:claim_add",
    perm=Perm.CLAIM,
    order=40,
)
tab(
    "expenses",
    pgettext_lazy("menu", "Expenses"),
    order=35,
    url_name="expenses:activity_expenses",
    perm=BudgetPerm.VIEW,
    under="budget",
)


@way_out("R-BUD-05", order=30)
def special_review(verdict: Any) -> Way | None:
    """A claim for what is missing: it lies beyond the budget and is reviewed specially (X-05, R-BUD-06)."""
    told = verdict.values
    kind, _colon, line = str(told.get("giver", "")).partition(":")
    if kind != "line" or "over" not in told:
        return None
    query = urlencode({"line": line, "amount": told["over"]})
    return Way(_("Ask for a special review"), f"{reverse('expenses:claim_add')}?{query}", "scale")
