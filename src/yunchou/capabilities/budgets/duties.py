"""What moving money makes people owe."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import FINANCE
from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, position

POOL_USE = declare(
    DutyKind(
        "budgets.pool_use",
        rule="R-BUD-15",
        clause="002 9.3(4)",
        sentence=_("Report on the use of {amount} yuan of the emergency pool for “{title}”"),
        verb=gettext_lazy("Report the use"),
        label=gettext_lazy("Reports on the use of the emergency pool"),
        ladder=(before(working_days=3), after(whom=OWNER), after(working_days=3, whom=position(FINANCE))),
    )
)
