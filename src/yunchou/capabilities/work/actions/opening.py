"""How every action of this room begins: right, lock of the subject, and whether the table may be changed now."""

from __future__ import annotations

from typing import Final

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from ..models import GanttTask
from ..states import Phase
from ..tables import SCHEDULE

PROGRESS: Final = "progress"
"""What `lock_on` is asked for when only states and progress change: an approved plan is locked, its progress is not."""
EXECUTION: Final = "execution"
"""What `lock_on` is asked for when a task of the execution phase begins: it waits for the approval (R-APR-07)."""


def check_may_start(subject: Subject, task: GanttTask) -> None:
    """Raise `WrongState` for a task of the execution phase whose plan, or whose own row, is not approved yet."""
    if task.phase != Phase.EXECUTION:
        return
    if reason := lock_on(subject, EXECUTION) or lock_on(subject, f"{SCHEDULE.key}/{task.pk}"):
        raise WrongState(reason)
