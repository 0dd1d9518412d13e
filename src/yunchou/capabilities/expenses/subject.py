"""What rooms that serve any subject need to know of claims, reports and analyses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import ANALYSIS_KIND, CLAIM_KIND, DUE_KIND, REPORT_KIND, Perm

# This is found while the apps are still loading, so the selectors are asked for when they are needed.


def _claim(subject: Subject) -> dict[str, Any]:
    from .selectors import claim_content

    return claim_content(subject)


def _report(subject: Subject) -> dict[str, Any]:
    from .selectors import report_content

    return report_content(subject)


declare(SubjectKind(key=CLAIM_KIND, label=_("Claim"), view_perm=Perm.VIEW, icon="receipt", content=_claim))
declare(
    SubjectKind(
        key=REPORT_KIND,
        label=_("Expense report"),
        view_perm=Perm.SEE_REPORTS,
        icon="report-money",
        content=_report,
    )
)
declare(
    SubjectKind(
        key=ANALYSIS_KIND, label=_("Execution analysis"), view_perm=Perm.SEE_REPORTS, icon="chart-bar"
    )
)
declare(
    SubjectKind(
        key=DUE_KIND, label=_("Analysis that is due"), view_perm=Perm.SEE_REPORTS, icon="calendar-due"
    )
)
