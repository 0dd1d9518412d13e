"""What keeping customers makes people owe."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import (
    OWNER,
    SUPERVISOR,
    DutyKind,
    after,
    before,
    declare,
    working_days_after,
)

VERIFICATION = declare(
    DutyKind(
        "customers.verification",
        rule="R-CUS-04",
        clause="002 5.1",
        # The record's name stands in the subject, never in the sentence.
        sentence=_("Look whether everything known of this customer is still right"),
        verb=gettext_lazy("Confirm the record"),
        label=gettext_lazy("Records of customers confirmed in time"),
        ladder=(before(working_days=3), after(whom=OWNER), after(working_days=5, whom=SUPERVISOR)),
    )
)


def due_from(now: datetime) -> datetime:
    """Ten working days are time enough to ask somebody."""
    return working_days_after(now, 10)
