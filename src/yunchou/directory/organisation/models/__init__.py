"""What the business knows of the organisation beyond the kernel's units, positions and appointments."""

from .departments import OUTSIDE_THE_CENTRE, DepartmentKind, DepartmentProfile, WorkType, WorkTypeRoute
from .exchange import ListImport
from .leadership import CentreReport, ReportRhythm, RiskLevel, RiskNote
from .meetings import FollowUp, Meeting, Rhythm, Series
from .personnel import Candidate, Opening, Result, Stage, Trainee, Training, TrainingKind
from .service_points import PointKind, ServicePoint
from .staffing import Centre, CentreSize, StaffingRule

__all__ = [
    "OUTSIDE_THE_CENTRE",
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
    "PointKind",
    "ReportRhythm",
    "Result",
    "Rhythm",
    "RiskLevel",
    "RiskNote",
    "Series",
    "ServicePoint",
    "StaffingRule",
    "Stage",
    "Trainee",
    "Training",
    "TrainingKind",
    "WorkType",
    "WorkTypeRoute",
]
