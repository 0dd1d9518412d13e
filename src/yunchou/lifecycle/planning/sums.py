"""Whether the values of goals add up from month to quarter to year, and from shares to the whole. Pure (R-PLN-04)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .periods import MONTHS, QUARTERS, months_of
from .tables import GoalRow, ShareRow


@dataclass(frozen=True)
class Gap:
    """A stated value and what its parts add up to. `column` is the cell of the stated one."""

    column: str
    stated: Decimal
    computed: Decimal

    @property
    def difference(self) -> Decimal:
        return self.computed - self.stated


def added(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is stated; None where nothing is."""
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None


def gaps(goal: GoalRow, tolerance: Decimal = Decimal(0)) -> list[Gap]:
    """Where an additive goal does not add up; nothing is compared with parts of which none is stated.

    The year is compared with the quarters, and with the months where no quarter is stated.
    """
    if not goal.is_additive:
        return []
    found: list[Gap] = []
    for quarter in QUARTERS:
        _compare(
            found, f"q{quarter}", goal.quarter(quarter), added(map(goal.month, months_of(quarter))), tolerance
        )
    quarters = added(map(goal.quarter, QUARTERS))
    parts = quarters if quarters is not None else added(map(goal.month, MONTHS))
    _compare(found, "year_value", goal.year_value, parts, tolerance)
    return found


def _compare(
    found: list[Gap], column: str, stated: Decimal | None, computed: Decimal | None, tolerance: Decimal
) -> None:
    if stated is not None and computed is not None and abs(computed - stated) > tolerance:
        found.append(Gap(column, stated, computed))


@dataclass(frozen=True)
class ShareGap:
    """A goal, or a team's share of it (`team`), and what its shares add up to."""

    metric: str
    team: str
    stated: Decimal
    computed: Decimal


def share_gaps(goals: Sequence[GoalRow], shares: Sequence[ShareRow]) -> list[ShareGap]:
    """Additive goals whose teams do not add up to them, and teams whose people do not add up to the team."""
    found: list[ShareGap] = []
    for goal in goals:
        own = [share for share in shares if share.metric == goal.metric]
        if not (goal.is_additive and own and goal.target is not None):
            continue
        teams = {share.team: share for share in own if share.owner is None}
        people = [share for share in own if share.owner is not None]
        # Whoever belongs to no team with a share of its own counts beside the teams.
        outside = [share.value for share in people if share.team not in teams]
        whole = added([*(share.value for share in teams.values()), *outside])
        if whole is not None and whole != goal.target:
            found.append(ShareGap(goal.metric, "", goal.target, whole))
        for team, share in teams.items():
            inside = added(person.value for person in people if person.team == team)
            if inside is not None and share.value is not None and inside != share.value:
                found.append(ShareGap(goal.metric, team, share.value, inside))
    return found


@dataclass(frozen=True)
class Coverage:
    """What stands above, and what stands below it altogether: a figure of the parent against its children's."""

    stated: Decimal | None
    computed: Decimal | None
    count: int = 0

    @property
    def fraction(self) -> float | None:
        """How much of the parent's is covered; more than 1 where the children want more."""
        if not self.stated or self.computed is None:
            return None
        return float(self.computed / self.stated)

    @property
    def difference(self) -> Decimal | None:
        """What the children have too much (negative: too little)."""
        if self.stated is None or self.computed is None:
            return None
        return self.computed - self.stated

    @property
    def level(self) -> str:
        """As signals say it: act where the children want more than there is, watch where something is left open."""
        difference = self.difference
        if difference is None:
            return "unknown"
        return "act" if difference > 0 else "watch" if difference < 0 else "fine"
