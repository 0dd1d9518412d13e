"""Improvement measures of a report or an analysis, and who sets them."""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import ExecutionAnalysis, ExpenseReport, Measure
from ..permissions import REPORT_KIND, Perm


def may_set(holder: ExpenseReport | ExecutionAnalysis) -> tuple[str, object]:
    """The right to set measures, and on what it is asked."""
    if isinstance(holder, ExpenseReport):
        return Perm.REPORT, holder.unit
    return Perm.ANALYSE, holder.unit


def holder_of(measure: Measure) -> ExpenseReport | ExecutionAnalysis:
    """The report or the analysis that a measure belongs to; one query."""
    if measure.subject.kind == REPORT_KIND:
        report: ExpenseReport = ExpenseReport.objects.select_related("unit", "subject").get(
            pk=measure.subject_id
        )
        return report
    analysis: ExecutionAnalysis = ExecutionAnalysis.objects.select_related("unit", "subject").get(
        pk=measure.subject_id
    )
    return analysis


def measures_of(holder: ExpenseReport | ExecutionAnalysis) -> QuerySet[Measure]:
    """The measures of a report or an analysis by their day."""
    return Measure.objects.filter(subject=holder.pk).select_related("owner", "ended_by")
