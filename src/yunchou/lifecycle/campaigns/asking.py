"""Questionnaires follow the course of a campaign: feedback opens with it, the one on satisfaction when it ends (R-EVA-03)."""

from __future__ import annotations

from yunchou.capabilities.surveys.actions import activity_began, activity_ended
from yunchou.kernel.identity.models import User

from .models import Campaign, Kind

OWED = frozenset({Kind.HIGH_END, Kind.CUSTOMER, Kind.TARGETED})
"""Kinds of events whose participants are always asked (003 五(二)2)."""


def open_feedback(campaign: Campaign, actor: User) -> None:
    """The way in which customers say what they think of it is open from now on (SUP-07)."""
    activity_began(subject=campaign.subject, actor=actor)


def ask_who_came(campaign: Campaign, actor: User) -> None:
    """What was prepared is sent at once; where nothing was, the overall lead of an event for customers owes it (EVA-04)."""
    activity_ended(subject=campaign.subject, actor=actor, is_owed=campaign.kind in OWED)
