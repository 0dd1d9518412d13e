"""What reports, large issues and risk responses make people owe."""

from django.utils.translation import gettext_lazy
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
        verb=gettext_lazy("Write report"),
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
