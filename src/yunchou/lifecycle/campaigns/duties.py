"""What the end of a campaign makes people owe (R-GOA-02)."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare

DUE_HOUR = 18
"""Final figures are due at the end of the working day."""

GOAL = declare(
    DutyKind(
        "campaigns.goal",
        rule="R-GOA-02",
        clause="004 二(一)",
        sentence=_("Report the final figures of the goal “{goal}”"),
        verb=gettext_lazy("Report figures"),
        label=gettext_lazy("Goal deadlines"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1)),
    )
)
