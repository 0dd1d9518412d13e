"""What this room keeps: claims with their lines, vouchers and bookings, monthly reports, analyses of execution."""

from .claims import BINDING, EDITABLE, OVER, TEXTS, UNDER_WAY, Booking, Claim, ClaimLine, Status, Voucher
from .reports import (
    AnalysisDue,
    Citation,
    ExecutionAnalysis,
    ExpenseReport,
    Measure,
    ReportStatus,
    VarianceNote,
)

__all__ = [
    "BINDING", "EDITABLE", "OVER", "TEXTS", "UNDER_WAY", "AnalysisDue", "Booking", "Citation", "Claim", "ClaimLine",
    "ExecutionAnalysis", "ExpenseReport", "Measure", "ReportStatus", "Status", "VarianceNote", "Voucher",
]  # fmt: skip
