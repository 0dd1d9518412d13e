"""Kinds of duties, declared by the rooms whose rules demand them (in their `duties.py`).

DAILY_REPORT = declare(
    DutyKind("reports.daily", rule="R-RPT-01", clause="004 四(一)", sentence=_("Hand in the progress report of {day}"),
             verb=_lazy("Write report"), ladder=(before(minutes=60), after(minutes=0, whom=role(Role.LEAD)))))
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise

from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.registry import Registry

OWNER = "owner"
SUPERVISOR = "supervisor"


def role(name: str) -> str:
    """People tied to the subject by this role."""
    return f"role:{name}"


def position(code: str) -> str:
    """Holders of this position for the subject's unit."""
    return f"position:{code}"


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day on the n-th working day after (before, when negative), in UTC."""
    local = clock.local(moment)
    day = add_working_days(local.date(), days)
    return clock.moment(day, local.hour, local.minute) + timedelta(seconds=local.second)


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: at this distance from the due time (negative: before it), these people hear of the duty."""

    whom: str = OWNER
    minutes: int = 0
    working_days: int = 0

    def moment(self, due_at: datetime) -> datetime:
        """When the rung is reached, for a duty due at `due_at`."""
        start = working_days_after(due_at, self.working_days) if self.working_days else due_at
        return start + timedelta(minutes=self.minutes)

    def to_json(self) -> dict[str, Any]:
        return {"whom": self.whom, "minutes": self.minutes, "working_days": self.working_days}


def before(*, minutes: int = 0, working_days: int = 0, whom: str = OWNER) -> Rung:
    """A reminder ahead of the due time."""
    return Rung(whom, -minutes, -working_days)


def after(*, minutes: int = 0, working_days: int = 0, whom: str = SUPERVISOR) -> Rung:
    """What happens at the due time (0) or that long after it."""
    return Rung(whom, minutes, working_days)


@dataclass(frozen=True)
class DutyKind:
    """What one rule makes people owe. `sentence` is a msgid with `{named}` parameters, `verb` the word on the button."""

    key: str
    rule: str
    clause: str
    sentence: str
    verb: str | Promise
    label: str | Promise = ""
    ladder: tuple[Rung, ...] = ()


kinds: Registry[DutyKind] = Registry("duty kind")


def declare(kind: DutyKind) -> DutyKind:
    """Make a kind known; called once at import."""
    return kinds.add(kind.key, kind)


def climb_order(ladder: Iterable[Rung], due_at: datetime) -> list[tuple[datetime, Rung]]:
    """The rungs with their moments, earliest first."""
    return sorted(((rung.moment(due_at), rung) for rung in ladder), key=lambda pair: pair[0])
