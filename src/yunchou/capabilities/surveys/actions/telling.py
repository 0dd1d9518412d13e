"""The score of a questionnaire becomes a reading of the activity's satisfaction, so that its evaluation reads it."""

from __future__ import annotations

from dataclasses import replace

from yunchou.capabilities.metrics.actions.readings import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.goals import goals_of, plain_name
from yunchou.capabilities.metrics.models import ReadingKind, Series, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..hearing import hearers
from ..library import SATISFACTION
from ..models import Purpose, Survey
from ..selectors.results import Result


def tell_score(survey: Survey, result: Result, actor: User | None) -> bool:
    """Record the score with its sample as a reading; says whether there was one. Records `surveys.told`.

    Only questionnaires on satisfaction with the activity count, not what is heard on the way. Figures that are locked,
    because the evaluation is complete, stay as they are.
    """
    if survey.purpose != Purpose.EVENT or result.score is None:
        return False
    series = satisfaction_series(survey.subject, survey.keeper)
    point = Point(
        channel=series.channel, indicator=series.indicator, day=clock.today(), value=result.score.value,
        kind=ReadingKind.CUMULATIVE, unit=series.unit or BY_KEY["satisfaction"].unit, note=str(result.told)[:200],
    )  # fmt: skip
    try:
        record_readings(
            subject=survey.subject, points=[point], actor=None, source=Source.PAGE, key=f"survey:{survey.pk}",
            origin=survey.title,
        )  # fmt: skip
    except WrongState:
        return False
    data = {"title": survey.title, "score": str(result.score.value), "sample": result.score.sample}
    record(journal.TOLD, actor=actor, subject=survey.subject, data=data)
    series.refresh_from_db()
    _name_unit(series)
    for hear in hearers:
        hear(survey, series)
    return True


def satisfaction_series(subject: Subject, owner: User) -> Series:
    """The indicator that a score is read into: the one of the goal on satisfaction, where there is one; opened where missing.

    Of several channels it is the one for the whole; opened with the goal's target, so that attainment is shown.
    """
    goal = next((goal for goal in goals_of(subject) if SATISFACTION in goal.indicator), None)
    name = plain_name(goal.indicator) if goal else BY_KEY["satisfaction"].name
    alike = [
        one for one in Series.objects.filter(subject=subject).order_by("position", "pk")
        if (plain_name(one.indicator) == name if goal else SATISFACTION in one.indicator)
    ]  # fmt: skip
    whole = [one for one in alike if one.channel == WHOLE]
    if whole or len(alike) == 1:
        return (whole or alike)[0]
    made = open_watched(subject=subject, channel=WHOLE, indicator=name, owner=owner)
    if goal and made.target is None:
        made.target = goal.row_target.to_json()
        made.save(update_fields=["target"])
    return made


def _name_unit(series: Series) -> None:
    """An indicator without a target learns from its first reading what it is counted in."""
    figure = series.figure("cumulative")
    if figure is not None and not figure.unit:
        series.cumulative = replace(figure, unit=BY_KEY["satisfaction"].unit).to_json()
        series.save(update_fields=["cumulative"])
