"""What websites and social platforms say of an activity, beside questionnaire and interviews (EVA-05, EVA-03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.figures import shown
from yunchou.capabilities.metrics.goals import plain_name
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.preparation.models import Publicity
from yunchou.kernel.subjects.models import Subject

EFFECT: Final = ("exposure", "topic_reads", "search_index", "media_reports", "shares")
"""Indicators of the catalogue that tell how far the word went: reports' exposure and social attention."""


@dataclass(frozen=True)
class Effect:
    """One number of a channel: how many people what was published reached, or a figure of the dashboard."""

    channel: str
    what: str
    value: str


def effect_of(subject: Subject) -> list[Effect]:
    """What was published with its reach, then the figures of media and platforms; two queries."""
    published = Publicity.objects.filter(subject=subject, reach__isnull=False).order_by("position", "pk")
    found = [Effect(row.get_channel_display() or "—", row.content, f"{row.reach:,}") for row in published]
    names = {BY_KEY[key].name for key in EFFECT}
    series = Series.objects.filter(subject=subject).order_by("position", "pk")
    return found + [
        Effect(one.channel, one.indicator, shown(one.figure("cumulative")))
        for one in series
        if one.cumulative and plain_name(one.indicator) in names
    ]
