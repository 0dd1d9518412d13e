"""Who appoints supervision teams and notes monitoring and guidance (SUP-01, ORG-02); who audits, corrects and has projects
evaluated from outside (BUD-25, BUD-26, SUP-05).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Duty, Scope, declare
from yunchou.kernel.subjects.models import Role

TEAM_KIND = "supervision_team"
PLAN_KIND, CASE_KIND, FINDING_KIND = "audit_plan", "audit_case", "finding"
OUTSIDE_KIND = "outside_evaluation"
CHECK_KIND, REPORT_KIND = "supervision_check", "supervision_report"
TIP_KIND, BREACH_KIND, CONDUCT_KIND = "tip", "breach", "conduct_round"
NOTED_KINDS = frozenset({"campaign", "plan"})
"""What notes are written on."""


class Perm(models.TextChoices):
    VIEW = "supervision.view", _("See supervision teams, their plans and guidance notes")
    APPOINT = "supervision.appoint", _("Appoint supervision teams")
    PLAN = "supervision.plan", _("Write supervision plans")
    GUIDE = "supervision.guide", _("Note monitoring and guidance on plans and activities")
    OBSERVE = "supervision.observe", _("Note what the team saw, in its unit and during its time")
    ANSWER = "supervision.answer", _("Answer monitoring and guidance")
    SEE_AUDITS = "supervision.see_audits", _("See audits, their findings and evaluations from outside")
    AUDIT = "supervision.audit", _("Plan and carry out internal audits, verify corrections")
    CORRECT = "supervision.correct", _("Answer findings and correct them")
    COMMISSION = "supervision.commission", _("Have projects evaluated by outside institutions")
    VERIFY = "supervision.verify", _("Record findings of a check and verify their correction")
    REPORT = "supervision.report", _("Write and send the monthly report of supervision")
    READ_REPORTS = "supervision.read_reports", _("Read the monthly reports of supervision")
    HANDLE_TIPS = "supervision.handle_tips", _("See and handle reports of misconduct, and who made them")
    CONDUCT = "supervision.conduct", _("Ask for the code of conduct and see who has not acknowledged it")
    SEE_BREACHES = "supervision.see_breaches", _("See breaches of the code of conduct")
    RECORD_BREACHES = "supervision.record_breaches", _("Record breaches of the code of conduct")


JOBS = [spec.code for spec in p.JOBS]
LEADERS = (
    p.GROUP_SERVICE_CENTRE,
    p.GROUP_CUSTOMER_CLUB,
    p.VP_MARKETING,
    p.GENERAL_MANAGER,
    p.MANAGEMENT,
    p.AUDITOR,
)
TOP = (p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.MARKETING_DIRECTOR)

# The group's customer club reads all regions and notes what it saw and advised, but edits no regional record (ORG-02).
declare(
    Perm,
    positions={
        Perm.VIEW: dict.fromkeys((*JOBS, p.REGIONAL_LEADERSHIP, p.DEPT_HEAD), Scope.REGION)
        | dict.fromkeys(LEADERS, Scope.ALL)
        | {p.FINANCE: Scope.BELOW},
        Perm.APPOINT: dict.fromkeys((p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION},
        Perm.GUIDE: dict.fromkeys((p.GROUP_CUSTOMER_CLUB, p.GROUP_SERVICE_CENTRE), Scope.ALL),
        # The region answers each note (PLN-11): whoever leads the activity, and whoever answers for the region.
        Perm.ANSWER: dict.fromkeys((p.REGIONAL_LEADERSHIP, p.MARKETING_MANAGER), Scope.REGION),
        # The audited see what concerns them and answer it; top management sees everything (002 9.2 五).
        Perm.SEE_AUDITS: dict.fromkeys((*TOP, p.AUDITOR, p.GROUP_SERVICE_CENTRE), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION, p.DEPT_HEAD: Scope.BELOW, p.FINANCE: Scope.BELOW},
        Perm.AUDIT: {p.AUDITOR: Scope.ALL},
        Perm.CORRECT: {p.REGIONAL_LEADERSHIP: Scope.REGION, p.DEPT_HEAD: Scope.BELOW},
        Perm.COMMISSION: dict.fromkeys((*TOP, p.AUDITOR), Scope.ALL),
        Perm.READ_REPORTS: dict.fromkeys((*TOP, p.AUDITOR, p.GROUP_SERVICE_CENTRE), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION},
        # Two offices, so that a report on one of them still finds somebody; neither belongs to a campaign.
        Perm.HANDLE_TIPS: dict.fromkeys((p.AUDITOR, p.GENERAL_MANAGER), Scope.ALL),
        Perm.CONDUCT: dict.fromkeys((p.AUDITOR, p.GENERAL_MANAGER, p.MANAGEMENT), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION, p.DEPT_HEAD: Scope.BELOW},
        Perm.SEE_BREACHES: dict.fromkeys((p.AUDITOR, p.GENERAL_MANAGER, p.MANAGEMENT), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION},
        Perm.RECORD_BREACHES: dict.fromkeys((p.AUDITOR, p.GENERAL_MANAGER), Scope.ALL)
        | {p.REGIONAL_LEADERSHIP: Scope.REGION},
    },
    relations={
        Role.OWNER: [Perm.VIEW, Perm.ANSWER, Perm.SEE_AUDITS, Perm.CORRECT, Perm.SEE_BREACHES],
        Role.LEAD: [
            Perm.VIEW,
            Perm.PLAN,
            Perm.OBSERVE,
            Perm.ANSWER,
            Perm.VERIFY,
            Perm.REPORT,
            Perm.READ_REPORTS,
            Perm.SEE_AUDITS,
        ],
        Role.MODULE_LEAD: [Perm.VIEW],
        Role.MEMBER: [Perm.VIEW, Perm.OBSERVE, Perm.VERIFY, Perm.READ_REPORTS, Perm.SEE_AUDITS],
        Role.APPROVER: [Perm.VIEW],
    },
    # Whoever audits neither keeps accounts nor gives rights.
    duties={Perm.AUDIT: Duty.AUDIT},
    kinds={
        Perm.PLAN: [TEAM_KIND],
        Perm.OBSERVE: [TEAM_KIND],
        Perm.ANSWER: NOTED_KINDS,
        Perm.SEE_AUDITS: [FINDING_KIND],
        Perm.VERIFY: [CHECK_KIND],
        Perm.REPORT: [REPORT_KIND],
        Perm.READ_REPORTS: [REPORT_KIND],
        Perm.SEE_BREACHES: [BREACH_KIND],
        Perm.CORRECT: [FINDING_KIND],
    },
)
