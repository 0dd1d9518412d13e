"""The four health signals 目标 预算 进度 风险: rooms compute them for many subjects at once, pages only draw them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say


class Level(StrEnum):
    """From `look.md` section 4; a signal has the level of its worst part."""

    FINE = "fine"
    WATCH = "watch"
    ACT = "act"
    UNKNOWN = "unknown"

    @property
    def weight(self) -> int:
        return [Level.UNKNOWN, Level.FINE, Level.WATCH, Level.ACT].index(self)


NOTHING = Say("")


@dataclass(frozen=True)
class Signal:
    """`value` is what stands beside the glyph (74.7%, 晚 3 天), `part` names the worst part, `reason` is one sentence.

    `fraction` and `expected` draw the bar (0 to 1), or `segments` one piece each; `base` tells how the value was computed.
    """

    level: Level
    value: Say
    part: Say = NOTHING
    reason: Say = NOTHING
    base: Say = NOTHING
    fraction: float | None = None
    expected: float | None = None
    segments: tuple[Level, ...] = ()


UNKNOWN = Signal(Level.UNKNOWN, say(_("No data")))


def worst(signals: list[Signal]) -> Signal:
    """The one that most needs a person; of equals the first."""
    return max(signals, key=lambda s: s.level.weight) if signals else UNKNOWN
