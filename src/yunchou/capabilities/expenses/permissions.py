"""Who claims, who pays, who reports. Paying is a right of its own: it is never that of the one who claims or decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.subjects.models import Role

CLAIM_KIND = "claim"
REPORT_KIND = "expense_report"
ANALYSIS_KIND = "execution_analysis"
DUE_KIND = "analysis_due"


class Perm(models.TextChoices):
    VIEW = "expenses.view", _("See claims")
    CLAIM = "expenses.claim", _("Write claims")
    PAY = "expenses.pay", _("Pay claims and reverse payments")
    SEE_REPORTS = "expenses.see_reports", _("See expense reports and execution analyses")
    REPORT = "expenses.report", _("Write the monthly expense report")
    ANALYSE = "expenses.analyse", _("Report on the execution of a department's budget")


JOBS = [spec.code for spec in p.JOBS]
GROUP_LEADERS = (
    p.GROUP_SERVICE_CENTRE, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT,
    p.MARKETING_DIRECTOR,
)  # fmt: skip
FINANCE = {p.FINANCE: Scope.BELOW}
# A claim tells who was where and with whom: staff see their own, those who answer for the money see all of theirs.
READERS = (
    dict.fromkeys((*JOBS, p.RECEPTION, p.ARCHIVIST), Scope.SELF)
    | dict.fromkeys((p.MARKETING_MANAGER, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
    | dict.fromkeys((*GROUP_LEADERS, p.AUDITOR), Scope.ALL)
    | FINANCE
)

declare(
    Perm,
    positions={
        Perm.VIEW: READERS,
        Perm.CLAIM: dict.fromkeys((*JOBS, p.RECEPTION, p.ARCHIVIST, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(GROUP_LEADERS, Scope.ALL)
        # It reads all regions and edits nothing of theirs (ORG-02).
        | {p.GROUP_CUSTOMER_CLUB: Scope.UNIT}
        | FINANCE,
        Perm.PAY: FINANCE,
        Perm.SEE_REPORTS: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys((*GROUP_LEADERS, p.AUDITOR), Scope.ALL)
        | FINANCE,
        Perm.REPORT: FINANCE,
        Perm.ANALYSE: dict.fromkeys((p.MARKETING_MANAGER, p.DEPT_HEAD, p.REGIONAL_LEADERSHIP), Scope.REGION)
        | {p.MARKETING_DIRECTOR: Scope.ALL}
        | FINANCE,
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.CLAIM],
        Role.LEAD: [Perm.CLAIM],
        Role.MODULE_LEAD: [Perm.CLAIM],
        Role.MEMBER: [Perm.VIEW, Perm.CLAIM],
        Role.APPROVER: [Perm.VIEW, Perm.SEE_REPORTS],
    },
    kinds={
        Perm.VIEW: [CLAIM_KIND],
        Perm.SEE_REPORTS: [REPORT_KIND, ANALYSIS_KIND, DUE_KIND],
    },
)  # fmt: skip
