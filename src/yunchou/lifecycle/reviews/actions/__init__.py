"""Writes to evaluations (`evaluation`), the four indicators (`fourfold`), retrospectives and actions (`improving`)."""

from .evaluation import open_evaluation, record_actual, state_gain
from .fourfold import take_actuals
from .improving import finish_action, verify_action
from .retrospective import record_meeting, submit_retrospective

__all__ = [
    "finish_action",
    "open_evaluation",
    "record_actual",
    "record_meeting",
    "state_gain",
    "submit_retrospective",
    "take_actuals",
    "verify_action",
]
