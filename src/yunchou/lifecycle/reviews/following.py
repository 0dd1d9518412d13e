"""The four indicators of a high-end event begin with its evaluation, and hear of questionnaires that end (EVA-03)."""

from __future__ import annotations

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.surveys.hearing import hears_score
from yunchou.capabilities.surveys.models import Survey
from yunchou.lifecycle.campaigns import flow as campaigns
from yunchou.lifecycle.campaigns.models import Campaign

from .actions.fourfold import open_four, take_actuals


@campaigns.CLOSE.follow
def begin(campaign: Campaign) -> None:
    """A high-end event that goes to evaluation has the lines of the four indicators by itself."""
    open_four(subject=campaign.subject)


@hears_score("reviews.four")
def take_parts(survey: Survey, series: Series) -> None:
    """The end of a questionnaire brings the parts that it asked about."""
    take_actuals(subject=survey.subject, actor=None)
