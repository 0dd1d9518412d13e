"""What talk makes people owe: announcements to be read, and reminders."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

CLAUSE: Final = "000 §3.2, §4"
DUE_HOUR: Final = 18

READ = declare(
    DutyKind(
        "discussion.read",
        rule="",
        clause=CLAUSE,
        sentence=_("Read the announcement “{title}”"),
        verb=pgettext_lazy("announcement", "Read"),
        label=gettext_lazy("Announcements read in time"),
        ladder=(before(minutes=120), after(whom=OWNER), after(working_days=1, whom=role(Role.LEAD))),
    )
)
REMINDER = declare(
    DutyKind(
        "discussion.reminder",
        rule="",
        clause=CLAUSE,
        sentence=_("{text}"),
        verb=pgettext_lazy("reminder", "Open"),
        label=gettext_lazy("Reminders followed in time"),
        ladder=(before(minutes=30), after(whom=OWNER)),
    )
)
