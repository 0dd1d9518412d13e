"""What this room keeps: claims with their lines, vouchers and bookings, monthly reports, analyses of execution."""

from .claims import BINDING, EDITABLE, OVER, TEXTS, Booking, Claim, ClaimLine, Status, Voucher
from .reports import Citation, ExecutionAnalysis, ExpenseReport, ReportStatus, VarianceNote

__all__ = [
    "BINDING", "EDITABLE", "OVER", "TEXTS", "Booking", "Citation", "Claim", "ClaimLine", "ExecutionAnalysis",
    "ExpenseReport", "ReportStatus", "Status", "VarianceNote", "Voucher",
]  # fmt: skip
