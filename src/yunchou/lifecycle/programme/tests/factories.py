"""An evening with a dinner at 18:30 on 2 August 2024, and its run sheet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.tests.door_factories import EVENING, make_evening
from yunchou.lifecycle.programme.actions.running import ItemFacts, keep_item
from yunchou.lifecycle.programme.models import ItemKind, RunSheetItem

__all__ = ["EVENING", "at", "make_evening", "make_item", "make_sheet"]


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the evening."""
    return clock.moment(clock.local(EVENING).date(), hour, minute)


def make_item(
    subject: Subject, firm: Firm, title: str, starts: datetime, minutes: int, **fields: Any
) -> RunSheetItem:
    facts = ItemFacts(title=title, starts_at=starts, minutes=minutes, **fields)
    return keep_item(subject=subject, facts=facts, actor=firm.owner)


def make_sheet(subject: Subject, firm: Firm) -> list[RunSheetItem]:
    """致辞 18:30 10, 分享 18:40 20, 交流 19:00 20, 晚宴 19:30 60 (fixed): ten minutes of air before dinner."""
    return [
        make_item(subject, firm, "致辞", EVENING, 10, kind=ItemKind.CEREMONY),
        make_item(subject, firm, "分享", EVENING + timedelta(minutes=10), 20, kind=ItemKind.TALK),
        make_item(
            subject, firm, "交流", EVENING + timedelta(minutes=30), 20, kind=ItemKind.INTERACTION,
            topics="客户关心的三个问题", form="圆桌提问",
        ),
        make_item(subject, firm, "晚宴", EVENING + timedelta(minutes=60), 60, kind=ItemKind.MEAL, is_fixed=True),
    ]  # fmt: skip
