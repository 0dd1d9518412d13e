"""Every write to evaluations (`evaluation`), to retrospectives (`retrospective`) and to their actions (`improving`)."""

from .evaluation import open_evaluation, record_actual, state_gain
from .improving import finish_action, verify_action
from .retrospective import record_meeting, submit_retrospective

__all__ = [
    "finish_action",
    "open_evaluation",
    "record_actual",
    "record_meeting",
    "state_gain",
    "submit_retrospective",
    "verify_action",
]
