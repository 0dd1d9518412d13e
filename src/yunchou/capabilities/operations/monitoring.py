"""What every progress report watches (RPT-04): milestones on time, resources within budget, feedback positive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.selectors import signals as money_signals
from yunchou.capabilities.work.selectors import signals as schedule_signals
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level, Signal

LABELS = {
    "milestones": _("Key milestones on time"),
    "budget": _("Resources within budget"),
    "feedback": _("User feedback positive"),
}
# Comments of social media and of the site are not collected yet (RPT-06); until then nobody knows.
FEEDBACK = Signal(Level.UNKNOWN, say(_("Not connected")))


@dataclass(frozen=True)
class Point:
    """One monitored point: how it stands, in one value, and the part that is worst."""

    key: str
    level: Level
    value: Say
    part: Say

    @property
    def label(self) -> Say:
        return say(LABELS[self.key])

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "level": self.level.value,
            "value": self.value.to_json(),
            "part": self.part.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Point:
        """The point that `to_json` wrote."""
        value, part = Say.from_json(data["value"]), Say.from_json(data["part"])
        return cls(data["key"], Level(data["level"]), value, part)


def monitored(subject: Subject, now: datetime) -> list[Point]:
    """The three points of a subject as they stand."""
    found = {
        "milestones": schedule_signals([subject.pk], now)[subject.pk],
        "budget": money_signals([subject.pk], now)[subject.pk],
        "feedback": FEEDBACK,
    }
    return [Point(key, signal.level, signal.value, signal.part) for key, signal in found.items()]


def kept(data: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The points as a report keeps them; none for a report that came with a workbook."""
    return [Point.from_json(each) for each in data]
