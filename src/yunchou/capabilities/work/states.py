"""The words of work: in which state a task is, and in which phase of the whole it lies."""

from __future__ import annotations

import re
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class State(models.TextChoices):
    """What people say of a task (SCH-07). That it is overdue is computed, never stored."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")

    @property
    def is_started(self) -> bool:
        """Has work begun, and perhaps ended?"""
        return self is not State.NOT_STARTED


STATE_WORDS: Final = {
    State.NOT_STARTED: gettext_noop("Not started"),
    State.IN_PROGRESS: gettext_noop("In progress"),
    State.DONE: gettext_noop("Done"),
}
"""The labels as sentences that are stored and read in another language."""

WORDS: Final = {"未开始": State.NOT_STARTED, "进行中": State.IN_PROGRESS, "已完成": State.DONE}
"""The words of the source, 004 三(一)-(二)."""

SYNONYMS: Final = {
    "待开始": State.NOT_STARTED,
    "待启动": State.NOT_STARTED,
    "执行中": State.IN_PROGRESS,
    "已开始": State.IN_PROGRESS,
    "已逾期": State.IN_PROGRESS,
    "完成": State.DONE,
    "已结束": State.DONE,
}


class Phase(models.TextChoices):
    """The three phases of a plan, 004 三(二) (SCH-01)."""

    PREPARATION = "preparation", _("Preparation")
    EXECUTION = "execution", _("Execution")
    CLOSING = "closing", _("Closing")


class DayCount(models.TextChoices):
    """Which days count between two dates of a schedule (R-SCH-01)."""

    CALENDAR = "calendar", _("Calendar days")
    WORKING = "working", _("Working days")


DAY_WORDS: Final = {
    DayCount.CALENDAR: gettext_noop("Calendar days"),
    DayCount.WORKING: gettext_noop("Working days"),
}
"""The labels as sentences that are stored."""


class Hold(models.TextChoices):
    """Which end of the predecessor holds which end of the task; the values are those of `schedule.Kind`."""

    FINISH_START = "FS", _("begins after the end")
    START_START = "SS", _("begins after the start")
    FINISH_FINISH = "FF", _("ends after the end")
    START_FINISH = "SF", _("ends after the start")


_SPEAKS_OF: Final = (
    (Phase.CLOSING, re.compile("复盘|总结|归档|核算|结算|评估|回访|撤场")),
    (Phase.PREPARATION, re.compile("确认|设计|准备|采购|印刷|对接|培训|定稿|筹备|审批|签订")),
    (Phase.EXECUTION, re.compile("执行|启动|预热|直播|投放|推广|上线|落地|现场|开展")),
)


def phase_of(name: str) -> Phase:
    """The phase that a task's name speaks of; preparation where it speaks of none. A person may say otherwise."""
    return next((phase for phase, words in _SPEAKS_OF if words.search(name)), Phase.PREPARATION)
