"""What the end of a month makes finance owe (R-BUD-13), that of a quarter the departments (BUD-24), and what measures do."""

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
ANALYSIS = declare(
    DutyKind(
        "expenses.analysis",
        rule="R-BUD-13",
        clause="002 9.1(4)3-4",
        sentence=_("Report to the marketing centre how the budget of {unit} was carried out in {period}"),
        verb=gettext_lazy("Report on the budget"),
        label=gettext_lazy("Execution analyses in time"),
        ladder=(before(working_days=3), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
ANALYSIS_DAYS: Final = 10
"""So many working days after the end of a quarter its analysis is due (a)."""
MEASURE = declare(
    DutyKind(
        "expenses.measure",
        rule="R-BUD-13",
        clause="003 四(三)4",
        sentence=_("Carry out the improvement measure “{measure}”"),
        verb=gettext_lazy("Tell the result"),
        label=gettext_lazy("Improvement measures in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
