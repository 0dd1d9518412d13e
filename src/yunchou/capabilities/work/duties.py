"""What the schedule makes people owe (R-SCH-04)."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, Rung, after, before, declare, role
from yunchou.kernel.subjects.models import Role

DUE_HOUR = 18
"""A task is due at the end of the working day on which it ends."""
NEXT_MORNING = (24 - DUE_HOUR + 9) * 60
DAY = 24 * 60


def ladder(remind_days: int) -> tuple[Rung, ...]:
    """A reminder so many days ahead; the morning after the end, the owner and the overall lead hear that it is late."""
    return (
        before(minutes=remind_days * DAY),
        after(minutes=NEXT_MORNING, whom=OWNER),
        after(minutes=NEXT_MORNING, whom=role(Role.LEAD)),
    )


TASK = declare(
    DutyKind(
        "work.task",
        rule="R-SCH-04",
        clause="000 §3.2",
        sentence=_("Finish {task}"),
        verb=gettext_lazy("Set state"),
        label=gettext_lazy("Tasks"),
        ladder=ladder(1),
    )
)
