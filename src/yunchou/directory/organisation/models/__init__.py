"""What the business knows of the organisation beyond the kernel's units, positions and appointments."""

from .departments import DepartmentKind, DepartmentProfile, WorkType, WorkTypeRoute
from .exchange import ListImport
from .leadership import CentreReport, RiskLevel, RiskNote
from .meetings import FollowUp, Meeting, Rhythm, Series
from .personnel import Candidate, Opening, Result, Stage, Trainee, Training, TrainingKind
from .staffing import Centre, CentreSize, StaffingRule

__all__ = [
    "Candidate",
    "Centre",
    "CentreReport",
    "CentreSize",
    "DepartmentKind",
    "DepartmentProfile",
    "FollowUp",
    "ListImport",
    "Meeting",
    "Opening",
    "Result",
    "Rhythm",
    "RiskLevel",
    "RiskNote",
    "Series",
    "StaffingRule",
    "Stage",
    "Trainee",
    "Training",
    "TrainingKind",
    "WorkType",
    "WorkTypeRoute",
]
