"""Supervision teams, audits, findings and evaluations from outside, as other rooms see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import (
    BREACH_KIND,
    CASE_KIND,
    CHECK_KIND,
    CONDUCT_KIND,
    FINDING_KIND,
    OUTSIDE_KIND,
    PLAN_KIND,
    REPORT_KIND,
    TEAM_KIND,
    TIP_KIND,
    Perm,
)

TEAM = declare(SubjectKind(TEAM_KIND, _("Supervision team"), Perm.VIEW, icon="eye-check"))
AUDIT_PLAN = declare(SubjectKind(PLAN_KIND, _("Audit plan"), Perm.SEE_AUDITS, icon="calendar-repeat"))
AUDIT_CASE = declare(SubjectKind(CASE_KIND, _("Audit"), Perm.SEE_AUDITS, icon="zoom-check"))
FINDING = declare(
    SubjectKind(FINDING_KIND, pgettext_lazy("sample", "Finding"), Perm.SEE_AUDITS, icon="alert-triangle")
)
OUTSIDE = declare(SubjectKind(OUTSIDE_KIND, _("Outside evaluation"), Perm.SEE_AUDITS, icon="world-search"))
CHECK = declare(SubjectKind(CHECK_KIND, pgettext_lazy("supervision", "Check"), Perm.VIEW, icon="checklist"))
REPORT = declare(
    SubjectKind(
        REPORT_KIND, pgettext_lazy("supervision", "Supervision report"), Perm.READ_REPORTS, icon="report"
    )
)
TIP = declare(
    SubjectKind(
        TIP_KIND,
        pgettext_lazy("supervision", "Report of misconduct"),
        Perm.HANDLE_TIPS,
        icon="message-report",
    )
)
BREACH = declare(
    SubjectKind(
        BREACH_KIND, pgettext_lazy("supervision", "Breach of conduct"), Perm.SEE_BREACHES, icon="gavel"
    )
)
CONDUCT_ROUND = declare(
    SubjectKind(
        CONDUCT_KIND, pgettext_lazy("supervision", "Code of conduct"), Perm.CONDUCT, icon="writing-sign"
    )
)
