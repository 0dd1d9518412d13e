"""What meetings make people owe, and the head of a marketing centre."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare

DUE_HOUR = 18
"""A follow-up item is due at this hour of its day."""

FOLLOW_UP = declare(
    DutyKind(
        "organisation.follow_up",
        rule="",
        clause="002 2.1",
        sentence=_("{task} ({meeting})"),
        verb=gettext_lazy("Report the outcome"),
        label=gettext_lazy("Follow-up items of meetings in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)

CENTRE_REPORT = declare(
    DutyKind(
        "organisation.centre_report",
        rule="",
        clause="002 2",
        sentence=_("Report to top management on {period}"),
        verb=gettext_lazy("Write report"),
        label=gettext_lazy("Reports of marketing centres in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)
