"""What the end of a month makes finance owe (R-BUD-13)."""

from typing import Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare

DUE_HOUR: Final = 18
WORKING_DAYS: Final = 5
"""So long after the end of a month its report is due (a)."""

REPORT = declare(
    DutyKind(
        "expenses.report",
        rule="R-BUD-13",
        clause="002 9.2 四; 003 四(三)4",
        sentence=_("Analyse the costs of {month} of {unit} and report them to management"),
        verb=gettext_lazy("Write the report"),
        label=gettext_lazy("Monthly expense reports in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
