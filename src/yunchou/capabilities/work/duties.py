"""What the schedule makes people owe (R-SCH-04)."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, Rung, after, before, declare, role
from yunchou.kernel.subjects.models import Role

DUE_HOUR = 18
"""A task is due at the end of the working day on which it ends."""
NEXT_MORNING = (24 - DUE_HOUR + 9) * 60
THAT_MORNING = (DUE_HOUR - 9) * 60
DAY = 24 * 60


def ladder(remind_days: int) -> tuple[Rung, ...]:
    """Reminders so many days ahead and in the morning of the last day; the morning after, owner and overall lead hear of it."""
    return (
        before(minutes=remind_days * DAY),
        before(minutes=THAT_MORNING),
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

ACCEPTANCE = declare(
    DutyKind(
        "work.acceptance",
        rule="K-TEA-05",
        clause="004 三(一)",
        sentence=_("Check against its delivery standard: {task}"),
        verb=gettext_lazy("Accept or send back"),
        label=gettext_lazy("Acceptance of work"),
        ladder=(after(minutes=0, whom=OWNER), after(minutes=NEXT_MORNING, whom=role(Role.LEAD))),
    )
)
