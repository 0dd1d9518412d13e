"""What the pages of this room have in common: one claim, one report, one analysis."""

from __future__ import annotations

import re
from typing import Final

from django.shortcuts import get_object_or_404

from yunchou.kernel.accounts.requests import SignedInRequest

from ..models import Claim, ExecutionAnalysis, ExpenseReport

YEAR: Final = re.compile(r"^20\d\d$")


def is_key(text: str) -> bool:
    """Whether a text that came with an address may be the key of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 18


def claim_or_404(request: SignedInRequest, pk: int) -> Claim:
    """The claim if the person sees it, else 404."""
    found = Claim.objects.visible_to(request.user).select_related(
        "subject__unit", "activity", "claimant", "payee_person", "payee_supplier", "paid_by"
    )
    claim: Claim = get_object_or_404(found, pk=pk)
    return claim


def report_or_404(request: SignedInRequest, pk: int) -> ExpenseReport:
    found = ExpenseReport.objects.visible_to(request.user).select_related(
        "subject__unit", "unit", "verified_by", "closed_by"
    )
    report: ExpenseReport = get_object_or_404(found, pk=pk)
    return report


def analysis_or_404(request: SignedInRequest, pk: int) -> ExecutionAnalysis:
    found = ExecutionAnalysis.objects.visible_to(request.user).select_related(
        "subject__unit", "unit__parent", "reported_by"
    )
    analysis: ExecutionAnalysis = get_object_or_404(found, pk=pk)
    return analysis
