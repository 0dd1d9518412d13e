"""The monitored points of a report, as it keeps them (RPT-04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.ui.signals import Level

LABELS = {
    "milestones": _("Key milestones on time"),
    "budget": _("Resources within budget"),
    "feedback": _("User feedback positive"),
}
# What reports of earlier days have kept as the third point, from before opinions were noted.
EARLIER = _("Not connected")


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


def kept(data: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The points as a report keeps them; none for a report that came with a workbook."""
    return [Point.from_json(each) for each in data]
