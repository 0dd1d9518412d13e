from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.kernel.core.text import Text
from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab
from yunchou.kernel.ui.ways import Way, way_out

from .permissions import Perm

tab("budget", _("Budget"), order=30, url_name="budgets:budget_detail", perm=Perm.VIEW)
nav.entry(
    key="pools",
    label=_("Emergency pool"),
    icon="lifebuoy",
    url_name="budgets:pool_list",
    order=80,
    perm=LedgerPerm.VIEW,
    under="money",
)


@way_out("R-BUD-05", order=10)
@way_out("R-BUD-06", order=10)
def contingency_draw(verdict: Any) -> Way | None:
    """What is missing, drawn from the contingency (X-05)."""
    return _request(verdict, "draw", _("Draw on the contingency"), "shield-half")


@way_out("R-BUD-05", order=20)
@way_out("R-BUD-06", order=20)
def adjustment(verdict: Any) -> Way | None:
    """What is missing, moved from another line (X-05)."""
    return _request(verdict, "shift", _("Ask for a budget adjustment"), "adjustments")


def _request(verdict: Any, way: str, label: Text, icon: str) -> Way | None:
    told = verdict.values
    kind, _colon, line = str(told.get("giver", "")).partition(":")
    if kind != "line" or not line.isdecimal() or "over" not in told:
        return None
    query = urlencode({"way": way, "amount": told["over"]})
    return Way(label, f"{reverse('budgets:line_adjust', args=[line])}?{query}", icon, is_dialog=True)
