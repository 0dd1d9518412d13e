"""Supervision teams, their notes, checks and reports, audits, findings, evaluations from outside, misconduct."""

from .audits import UNREPORTED, AuditCase, AuditKind, AuditPlan, CaseStatus, SampleItem
from .checks import Answer, Check, Mode, SupervisionReport, report_key
from .conduct import (
    Acknowledgement,
    Breach,
    ConductRound,
    Tip,
    TipFile,
    TipKind,
    TipStatus,
)
from .findings import SETTLED, Correction, Finding, FindingKind, FindingStatus, Reply, Severity
from .outside import OutsideEvaluation, OutsideStatus, Rating
from .teams import Field, GuidanceNote, NoteAnswer, PlanLine, Team

__all__ = [
    "SETTLED", "UNREPORTED", "Acknowledgement", "Answer", "AuditCase", "AuditKind", "AuditPlan", "Breach", "CaseStatus", "Check",
    "ConductRound", "Correction", "Field", "Finding",
    "FindingKind", "FindingStatus", "GuidanceNote", "Mode", "NoteAnswer", "OutsideEvaluation", "OutsideStatus", "PlanLine",
    "Rating", "Reply", "SampleItem", "Severity", "SupervisionReport", "Team", "Tip", "TipFile", "TipKind",
    "TipStatus", "report_key",
]  # fmt: skip
