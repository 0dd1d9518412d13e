"""What a wall is made of, whatever it shows: one head, one hero number with its curve, cards at the right, tiles below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from yunchou.kernel.core.text import Text
from yunchou.kernel.ui.signals import Level, Signal

MOST_TILES: Final = 5
WIDE, HIGH = 640, 500
"""The drawing of a curve, in units of its own."""


@dataclass(frozen=True)
class Row:
    """One line of a tile that counts several things of a kind: a session, a door, a grade."""

    key: str
    label: Text
    count: int
    whole: int | None = None

    @property
    def percent(self) -> float | None:
        return round(min(self.count / self.whole, 1) * 100, 2) if self.whole else None


@dataclass(frozen=True)
class Tile:
    """One number below the hero: `value` of `whole`, its bar and where it should be by now, one line in words; or rows."""

    key: str
    label: Text
    value: Text
    whole: Text = ""
    count: int | None = None
    fraction: float | None = None
    due: float | None = None
    level: Level = Level.UNKNOWN
    words: Text = ""
    rows: Sequence[Row] = ()

    @property
    def is_dense(self) -> bool:
        """So many rows that there is no room for their bars."""
        return len(self.rows) > 3

    @property
    def percent(self) -> float | None:
        """How far the bar goes."""
        return None if self.fraction is None else round(min(max(self.fraction, 0), 1) * 100, 2)

    @property
    def due_percent(self) -> float | None:
        return None if self.due is None else round(min(max(self.due, 0), 1) * 100, 2)


@dataclass(frozen=True)
class Hero:
    """The one number: `count` of `whole`, what is due by now, and the verdict in words."""

    label: Text
    count: int
    lines: Sequence[tuple[Text, Text]] = ()
    level: Level = Level.UNKNOWN
    words: Text = ""
    small: Sequence[tuple[str, Text, Text]] = ()


@dataclass(frozen=True)
class Curve:
    """The hero's way so far, drawn by the server: lines as points, labels with their places."""

    line: str
    area: str
    expected: str
    ticks: list[tuple[float, str]]
    labels: list[tuple[float, str]]
    x: float
    y: float
    last: str
    expected_words: Text
    expected_y: float


@dataclass(frozen=True)
class AlarmCard:
    """The card first at the right; red at most one."""

    title: Text
    words: Text
    since: datetime | None = None
    is_drill: bool = False


@dataclass(frozen=True)
class Cue:
    """What runs, or comes next: with `until` the seconds are counted down; `then` is said when they are over."""

    label: Text
    title: Text
    words: Text = ""
    until: datetime | None = None
    is_late: bool = False
    then: Text = ""


@dataclass(frozen=True)
class Happened:
    """A line of what happened."""

    at: datetime
    words: Text


@dataclass(frozen=True)
class Bar:
    """A choice of a poll with its answers."""

    label: str
    count: int
    percent: int

    @property
    def fraction(self) -> float:
        """Its share of those who answered."""
        return self.percent / 100


@dataclass(frozen=True)
class Stage:
    """What everybody looks at now: a poll with its bars, or a draw with its prizes and winners."""

    kind: str
    title: str
    words: Text
    bars: list[Bar] = field(default_factory=list)
    prizes: list[dict[str, Any]] = field(default_factory=list)
    facts: Sequence[tuple[Text, str]] = ()
    url: str = ""
    code: str = ""


@dataclass(frozen=True)
class Wall:
    """Everything on one wall, as it stands."""

    title: str
    line: Text
    hero: Hero
    curve: Curve | None = None
    signals: Sequence[tuple[Text, Signal]] = ()
    alarm: AlarmCard | None = None
    cues: Sequence[Cue] = ()
    feed: Sequence[Happened] = ()
    waiting: Sequence[tuple[str, str]] = ()
    tiles: Sequence[Tile] = ()
    stage: Stage | None = None


def curve(
    values: Sequence[float | None],
    labels: Sequence[str],
    *,
    expected: Sequence[float | None] = (),
    words: Text = "",
    last: str = "",
) -> Curve | None:
    """Draw values from left to right; what is not known yet ends the line. None where there is nothing to draw."""
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    if not known or len(values) < 2:
        return None
    due = [(n, value) for n, value in enumerate(expected) if value is not None]
    top = _round_up(max(value for _n, value in [*known, *due]))
    step = WIDE / (len(values) - 1)

    def place(n: int, value: float) -> tuple[float, float]:
        return round(n * step, 1), round(HIGH - value / top * HIGH, 1)

    points = [place(n, value) for n, value in known]
    drawn = " ".join(f"{x},{y}" for x, y in points)
    dashed = [place(n, value) for n, value in due]
    every = max(1, (len(labels) - 1) // 5) if len(labels) > 1 else 1
    return Curve(
        line=drawn,
        area=f"{points[0][0]},{HIGH} {drawn} {points[-1][0]},{HIGH}",
        expected=" ".join(f"{x},{y}" for x, y in dashed),
        ticks=[(round(HIGH - n * HIGH / 5, 1), f"{top * n / 5:,.0f}") for n in range(6)],
        labels=[(round(n * step, 1), label) for n, label in enumerate(labels) if n % every == 0],
        x=points[-1][0],
        y=points[-1][1],
        last=last or f"{known[-1][1]:,.0f}",
        expected_words=words,
        expected_y=dashed[-1][1] if dashed else 0,
    )


def _round_up(value: float) -> int:
    """The end of an axis: a number that five steps divide evenly."""
    step = 5
    while step < value:
        for factor in (2, 4, 5, 8, 10):
            if step * factor >= value:
                return step * factor
        step *= 10
    return step
