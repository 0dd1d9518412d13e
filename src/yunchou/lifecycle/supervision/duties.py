"""What a note on a plan or activity makes its owner owe (PLN-11)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare

ANSWER_WORKING_DAYS = 3
"""So many working days an answer has, unless the note names another day."""
DUE_HOUR = 18

ANSWER = declare(
    DutyKind(
        "supervision.answer",
        rule="",
        clause="001 §5 ¶5",
        sentence=_("Answer the note of {person}"),
        verb=gettext_lazy("Answer"),
        label=gettext_lazy("Notes on plans and activities answered in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)
