"""The four health signals of campaigns, gathered from the rooms that compute them (look.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets import selectors as budgets
from yunchou.capabilities.metrics import selectors as metrics
from yunchou.capabilities.operations import selectors as operations
from yunchou.capabilities.work import selectors as work
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import reading
from yunchou.kernel.core.text import say
from yunchou.kernel.ui.signals import UNKNOWN, Level, Signal, worst

from .brief import briefs_of
from .models import Status

NOT_STARTED = Signal(Level.UNKNOWN, say(_("Not started")))
NOT_SUBMITTED = Signal(Level.UNKNOWN, say(_("Not submitted")))


@dataclass(frozen=True)
class Health:
    """目标 预算 进度 风险, always in this order."""

    goal: Signal = UNKNOWN
    money: Signal = UNKNOWN
    schedule: Signal = UNKNOWN
    risk: Signal = UNKNOWN

    @property
    def all(self) -> tuple[Signal, Signal, Signal, Signal]:
        return (self.goal, self.money, self.schedule, self.risk)

    @property
    def worst(self) -> Signal:
        """The signal that most needs a person."""
        return worst(list(self.all))


def health_of(campaign_ids: Sequence[int], now: datetime | None = None) -> dict[int, Health]:
    """The signals of many campaigns at once, in a number of queries that does not depend on how many."""
    now, ids = now or clock.now(), list(campaign_ids)
    with reading():
        goal, money = metrics.signals(ids, now), budgets.signals(ids, now)
        schedule, risk = work.signals(ids, now), operations.signals(ids, now)
        briefs = briefs_of(ids)
    # A draft is not late and behind nothing yet, whatever dates and figures it was imported with.
    for pk, brief in briefs.items():
        if brief.status in {Status.DRAFT, Status.PLANNING}:
            goal[pk] = schedule[pk] = NOT_STARTED
            money[pk] = NOT_SUBMITTED
    return {
        pk: Health(
            goal.get(pk, UNKNOWN), money.get(pk, UNKNOWN), schedule.get(pk, UNKNOWN), risk.get(pk, UNKNOWN)
        )
        for pk in ids
    }
