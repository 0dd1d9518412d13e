from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.counting import Countable
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab
from yunchou.kernel.ui.ways import Way, way_out

from .addresses import issue_address
from .permissions import Perm


def _open(subject: Subject) -> Countable:
    from .selectors import opened  # models are not ready while tabs are declared

    return opened(subject)


tab("reports", _("Reports"), order=80, url_name="operations:report_list", perm=Perm.VIEW)
tab("risks", _("Risks and issues"), order=90, url_name="operations:risk_list", perm=Perm.VIEW, count=_open)


nav.entry(key="registers", label=_("Risks and reports"), icon="alert-triangle", order=640, group="lower")
nav.entry(
    key="warnings", label=_("Early warnings"), url_name="operations:warning_list", order=10, perm=Perm.VIEW,
    under="registers",
)  # fmt: skip
nav.entry(
    key="risk_library", label=_("Risk library"), url_name="operations:library_list", order=20, perm=Perm.VIEW,
    under="registers",
)  # fmt: skip
nav.entry(
    key="department_reports", label=_("Department reports"), url_name="operations:recurring_list", order=30,
    perm=Perm.VIEW, under="registers",
)  # fmt: skip


@way_out("metrics.alert")
def issue_of_alert(alert: Any) -> Way:
    """An alert that nobody can answer at once becomes an issue (ISS-07)."""
    from .models import Issue  # models are not ready while ways are declared

    told = alert.values
    address = issue_address(
        told["subject"],
        problem=told["reason"],
        origin=Issue.Origin.ALERT,
        source=told["source"],
        at=told["at"],
    )
    return Way(_("Make it an issue"), address, "alert-circle", is_dialog=True)


@way_out("R-RSK-05")
def ordinary_draw(verdict: Any) -> Way | None:
    """What a risk's plan does not cover is asked for as any other draw."""
    told = verdict.values
    query = urlencode({"way": "draw", "amount": told["amount"], "reason": told["risk"]})
    address = f"{reverse('budgets:line_adjust', args=[told['line']])}?{query}"
    return (
        Way(_("Ask for an ordinary draw"), address, "shield-half", is_dialog=True)
        if told.get("line")
        else None
    )
