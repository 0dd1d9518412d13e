"""Reports after an event: which are there, which are missing, and whether it is late (EXE-12)."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.core import clock
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..events import event
from ..models import Publicity, PublicityChannel
from ..rules import Reports, reports_follow_the_event

CHANNELS = (PublicityChannel.WEBSITE, PublicityChannel.SOCIAL)


@dataclass(frozen=True)
class Told:
    """The reports of an event, whether some are to be planned yet, and what the rule says."""

    rows: tuple[Publicity, ...]
    to_plan: bool
    verdict: Verdict | None = None

    @property
    def is_flagged(self) -> bool:
        return self.verdict is not None

    @property
    def reach(self) -> int:
        return sum(row.reach or 0 for row in self.rows)


def reports_of(subject: Subject) -> Told:
    """One statement, and what is known of the event."""
    rows = tuple(
        Publicity.objects.filter(subject=subject, is_report=True).select_related("owner", "material__file")
    )
    planned = {row.channel for row in rows}
    published = {row.channel for row in rows if row.published_on}
    ends = event(subject).ends_on
    verdict = None
    if ends is not None and ends <= clock.today():
        missing = tuple(str(one.label) for one in CHANNELS if one not in published)
        [found] = evaluate([reports_follow_the_event], Reports((clock.today() - ends).days, missing))
        verdict = None if found.passed else found
    return Told(rows, not {str(one.value) for one in CHANNELS} <= planned, verdict)
