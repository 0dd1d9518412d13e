"""The final plan: what was confirmed, whether it still is so, and what stops a confirmation (CRE-08)."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.kinds import findings_of
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import present_digest

from ..models import ContentItem, FinalPlan
from ..plans import CREATIVE
from .contents import findings_of as findings_of_contents


@dataclass(frozen=True)
class Final:
    """The plan that was confirmed last and those before it; `is_changed` where the plan was written on since."""

    last: FinalPlan | None
    earlier: tuple[FinalPlan, ...]
    is_changed: bool


def final_of(subject: Subject) -> Final:
    found = list(
        FinalPlan.objects.filter(subject=subject)
        .select_related("version", "confirmed_by")
        .defer("version__content")
    )
    last = found[0] if found else None
    changed = last is not None and last.version.digest != present_digest(subject)
    return Final(last, tuple(found[1:]), changed)


def what_stops(subject: Subject) -> list[Verdict]:
    """What the rules have against the creative plan and its contents as they stand."""
    found = [
        judged.verdict
        for judged in findings_of(subject)
        if judged.stops and any(place.table == CREATIVE for place in judged.verdict.at)
    ]
    items = ContentItem.objects.filter(subject=subject).order_by("position", "pk")
    return [*found, *(one for one in findings_of_contents(subject, items) if one.blocks)]
