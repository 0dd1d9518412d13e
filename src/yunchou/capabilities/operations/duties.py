"""What reports, large issues and risk responses make people owe."""

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import MANAGEMENT
from yunchou.kernel.duties.kinds import (
    OWNER,
    SUPERVISOR,
    DutyKind,
    Rung,
    after,
    before,
    declare,
    position,
    role,
)
from yunchou.kernel.subjects.models import Role

TOLD_LEAD = 60
"""So many minutes after the limit the overall lead hears of a missing report."""


def report_ladder(ahead: int) -> tuple[Rung, ...]:
    """A reminder so many minutes ahead; at the limit the owner hears that it is missing, later the overall lead does."""
    return (before(minutes=ahead), after(whom=OWNER), after(minutes=TOLD_LEAD, whom=role(Role.LEAD)))


PROGRESS = declare(
    DutyKind(
        "operations.progress_report",
        rule="R-RPT-01",
        clause="004 四(一)",
        sentence=_("Progress report of {day}"),
        verb=pgettext_lazy("daily report", "Write report"),
        label=gettext_lazy("Progress reports in time"),
        ladder=report_ladder(30),
    )
)
DATA = declare(
    DutyKind(
        "operations.data_report",
        rule="R-RPT-02",
        clause="004 三(一)",
        sentence=_("Data report of {day}"),
        verb=gettext_lazy("Write data report"),
        label=gettext_lazy("Data reports in time"),
        ladder=report_ladder(30),
    )
)
# Overrun goes to management; whoever is next above the owner hears of it first-hand as well.
ISSUE = declare(
    DutyKind(
        "operations.large_issue",
        rule="R-ISS-02",
        clause="004 四(三)",
        sentence=_("Solution for: {problem}"),
        verb=gettext_lazy("Decide"),
        label=gettext_lazy("Large issues in time"),
        ladder=(
            before(minutes=30),
            after(whom=OWNER),
            after(whom=SUPERVISOR),
            after(whom=position(MANAGEMENT)),
        ),
    )
)
RESPONSE = declare(
    DutyKind(
        "operations.risk_response",
        rule="R-RSK-04",
        clause="004 三(三)",
        sentence=_("Respond to: {risk}"),
        verb=gettext_lazy("Record response"),
        label=gettext_lazy("Risk responses in time"),
        ladder=(after(whom=OWNER), after(whom=role(Role.LEAD))),
    )
)
# A measure with a time limit of its own: a technician within 30 minutes, a backup venue confirmed a day ahead (RSK-05).
MEASURE = declare(
    DutyKind(
        "operations.risk_measure",
        rule="R-RSK-04",
        clause="004 三(三)",
        sentence=_("{measure} ({risk})"),
        verb=gettext_lazy("Record measure"),
        label=gettext_lazy("Measures against risks in time"),
        ladder=(after(whom=OWNER), after(whom=role(Role.LEAD))),
    )
)
# Friday 18:00; the draft stands ready from its dailies (R-RPT-03).
WEEKLY = declare(
    DutyKind(
        "operations.weekly_report",
        rule="R-RPT-03",
        clause="004 四(一)",
        sentence=_("Weekly report from {week}"),
        verb=gettext_lazy("Write weekly report"),
        label=gettext_lazy("Weekly reports in time"),
        ladder=(before(minutes=120), after(whom=OWNER), after(minutes=15 * 60, whom=SUPERVISOR)),
    )
)
REQUEST = declare(
    DutyKind(
        "operations.resource_request",
        rule="",
        clause="004 四(一)",
        sentence=_("Answer what is needed: {need}"),
        verb=gettext_lazy("Answer"),
        label=gettext_lazy("Requests to departments answered in time"),
        ladder=(before(minutes=120), after(whom=OWNER), after(whom=SUPERVISOR)),
    )
)
DEPARTMENT = declare(
    DutyKind(
        "operations.department_report",
        rule="",
        clause="002 2.2",
        sentence=_("{report}: {period}"),
        verb=gettext_lazy("Write report"),
        label=gettext_lazy("Reports of departments in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)
REMEDY = declare(
    DutyKind(
        "operations.issue_adjustment",
        rule="R-ISS-03",
        clause="004 四(三)",
        sentence=_("{remedy} ({problem})"),
        verb=gettext_lazy("Report the result"),
        label=gettext_lazy("Adjustments of issues in time"),
        ladder=(before(minutes=9 * 60), after(whom=OWNER), after(whom=role(Role.LEAD))),
    )
)
