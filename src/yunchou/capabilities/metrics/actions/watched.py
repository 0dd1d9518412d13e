"""Indicators that stand among the figures because something else watches them: a trigger, a weather forecast."""

from __future__ import annotations

from django.db.models import Max

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Comparison, Series


def open_watched(*, subject: Subject, channel: str, indicator: str, owner: User | None) -> Series:
    """An indicator of a subject, opened where it is missing; it has no target and raises no alert of its own.

    The caller has checked the right, and records why it is watched. Its owner may record it.
    """
    last = Series.objects.filter(subject=subject).aggregate(last=Max("position"))["last"] or 0
    found, _made = Series.objects.get_or_create(
        subject=subject,
        channel=channel,
        indicator=indicator[:60],
        defaults={"position": last + 1, "owner": owner, "comparison": Comparison.NONE},
    )
    return found
