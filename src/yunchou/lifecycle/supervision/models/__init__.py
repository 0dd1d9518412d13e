"""Supervision teams and their notes, internal audits, what checks found, and evaluations from outside."""

from .audits import UNREPORTED, AuditCase, AuditKind, AuditPlan, CaseStatus, SampleItem
from .findings import SETTLED, Correction, Finding, FindingKind, FindingStatus, Reply, Severity
from .outside import OutsideEvaluation, OutsideStatus, Rating
from .teams import Field, GuidanceNote, NoteAnswer, PlanLine, Team

__all__ = [
    "SETTLED", "UNREPORTED", "AuditCase", "AuditKind", "AuditPlan", "CaseStatus", "Correction", "Field", "Finding",
    "FindingKind", "FindingStatus", "GuidanceNote", "NoteAnswer", "OutsideEvaluation", "OutsideStatus", "PlanLine",
    "Rating", "Reply", "SampleItem", "Severity", "Team",
]  # fmt: skip
