"""The score of a questionnaire goes into the evaluation, where the line waits for it (EVA-03)."""

from __future__ import annotations

from dataclasses import replace

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.surveys.hearing import hears_score
from yunchou.capabilities.surveys.models import Survey
from yunchou.kernel.core import clock
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.kinds import lock_on

from . import journal
from .evaluation import same_indicator
from .fourfold import part_of
from .models import EvaluationLine
from .sheets import evaluation
from .tables import EVALUATION


@hears_score("reviews")
def take_score(survey: Survey, series: Series) -> None:
    """Write the score as the actual of its indicator, unless somebody has written one or the evaluation is locked.

    A part of the four indicators has a source of its own: the score over everything is not its.

    Records `reviews.actual_recorded` by nobody: it came with the end of the questionnaire.
    """
    score = series.figure("cumulative")
    if score is None or lock_on(survey.subject, EVALUATION.key):
        return
    for line in (
        EvaluationLine.objects.select_for_update().filter(subject=survey.subject).order_by("position")
    ):
        row = evaluation.row(line)
        if part_of(row) or not same_indicator(row.indicator, series.indicator):
            continue
        if row.actual and row.actual.value is not None:
            continue
        saved = evaluation.save_row(survey.subject, replace(row, actual=score), actor=None)
        saved.source, saved.measured_at = "metrics", clock.now()
        saved.save(update_fields=["source", "measured_at"])
        told = {"indicator": row.indicator, "before": "—", "after": str(score), "line": saved.pk}
        record(journal.ACTUAL, actor=None, subject=survey.subject, data=told)
