"""Risks with their responses, safety plans, warnings, reports, feedback, and issues of any subject."""

from .departments import Delivery, Every, Receipt, RecurringReport, ReportKind
from .feedback import Feedback, Place, Tone
from .issues import Issue, IssueQuerySet, Remedy
from .library import Category, LibraryRisk
from .reports import DailyReport, DataReport, ResourceRequest, WeeklyReport
from .risks import (
    Comparator,
    Measure,
    PreparedResource,
    Risk,
    RiskResponse,
    Triggered,
    Watch,
    Wish,
    grade_word,
)
from .safety import Emergency, Scenario
from .warnings import EarlyWarning, Warned, WarningField, WarningStep

__all__ = [
    "Category",
    "Comparator",
    "DailyReport",
    "DataReport",
    "Delivery",
    "EarlyWarning",
    "Emergency",
    "Every",
    "Feedback",
    "Issue",
    "IssueQuerySet",
    "LibraryRisk",
    "Measure",
    "Place",
    "PreparedResource",
    "Receipt",
    "RecurringReport",
    "Remedy",
    "ReportKind",
    "ResourceRequest",
    "Risk",
    "RiskResponse",
    "Scenario",
    "Tone",
    "Triggered",
    "Warned",
    "WarningField",
    "WarningStep",
    "Watch",
    "WeeklyReport",
    "Wish",
    "grade_word",
]
