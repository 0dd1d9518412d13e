"""Reads of claims, of the money beside them, and of reports."""

from .analyses import analyses_seen, citable, dues_seen, executed, periods_owed
from .claims import (
    Difference,
    Filters,
    bookings_of,
    claim_content,
    claim_facts,
    claims_seen,
    difference_of,
    findings_of,
    may_pay,
    open_claims,
    payable_count,
    rows_of,
    totals_of_activity,
)
from .duplicates import earlier_use
from .measures import holder_of, may_set, measures_of
from .money import Outlook, accounts_for, activities_for, contracts_of, cost_centres_for, lines_of, look_ahead
from .reports import (
    Row,
    Step,
    Summary,
    figures_of,
    report_content,
    report_facts,
    reporting_units,
    steps_of,
    summary_of,
    year_at_a_glance,
)

__all__ = [
    "Difference", "Filters", "Outlook", "Row", "Step", "Summary", "accounts_for", "activities_for",
    "analyses_seen", "bookings_of", "citable", "claim_content", "claim_facts", "claims_seen",
    "contracts_of", "cost_centres_for", "difference_of", "dues_seen", "earlier_use", "executed",
    "figures_of", "findings_of", "holder_of", "lines_of", "look_ahead", "may_pay", "may_set", "measures_of",
    "open_claims", "payable_count", "periods_owed", "report_content", "report_facts", "reporting_units",
    "rows_of", "steps_of", "summary_of", "totals_of_activity", "year_at_a_glance",
]  # fmt: skip
