from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, declare

# Due after the days of R-APR-16 `remind`; the ladder is laid down with the duty, from the parameters then in force.
DECIDE = declare(
    DutyKind(
        "approvals.approve",
        rule="R-APR-16",
        clause="002 1.3",
        sentence=_("Approve: {title}"),
        verb=pgettext_lazy("step", "Approve"),
        label=gettext_lazy("Approvals in time"),
        ladder=(after(whom=OWNER), after(working_days=1)),
    )
)
REVIEW = declare(
    DutyKind(
        "approvals.review",
        rule="R-APR-16",
        clause="002 1.3",
        sentence=_("Review: {title}"),
        verb=pgettext_lazy("step", "Review"),
        label=gettext_lazy("Reviews in time"),
        ladder=(after(whom=OWNER), after(working_days=1)),
    )
)
# Nobody holds the seat: an administrator owes that somebody does.
FILL = declare(
    DutyKind(
        "approvals.fill_seat",
        rule="R-APR-16",
        clause="002 1.3",
        sentence=_("Find somebody who decides as {position}: {title}"),
        verb=pgettext_lazy("step", "Fill the seat"),
        label=gettext_lazy("Vacant seats filled in time"),
        ladder=(after(whom=OWNER), after(working_days=1)),
    )
)
#: What goes with a task: shown in the inbox of approvals, handed over with the task.
KINDS = frozenset({DECIDE.key, REVIEW.key, FILL.key})
