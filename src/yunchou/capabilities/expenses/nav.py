from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm


def _payable(user: Any) -> int | None:
    from .selectors import payable_count  # models are not ready while entries are declared

    return payable_count(user) or None if user.has_perm(Perm.PAY) else None


nav.entry(
    key="expenses",
    label=pgettext_lazy("menu", "Expenses"),
    icon="receipt",
    url_name="expenses:claim_list",
    order=50,
    perm=Perm.VIEW,
    count=_payable,
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
)
