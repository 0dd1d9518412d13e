"""What leads make people owe: a first contact in time (R-CUS-05)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare, role
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Role

from .rules import lead_is_answered

AT_LEAST: Final = timedelta(hours=1)
"""So long there is for leads that were older than the limit when they came in."""

CONTACT = declare(
    DutyKind(
        "sales.contact",
        rule="R-CUS-05",
        clause="004 四(二)",
        # Who it is stands on the page of the lead, never in the sentence.
        sentence=_("Contact the person who left a lead: {channel}, {place}"),
        verb=pgettext_lazy("lead", "Contact"),
        label=pgettext_lazy("duties", "Leads contacted in time"),
        ladder=(
            before(minutes=240),
            after(whom=OWNER),
            after(minutes=60, whom=role(Role.LEAD)),
            after(minutes=24 * 60, whom=SUPERVISOR),
        ),
    )
)


def due_from(captured_at: datetime) -> datetime:
    """When the first contact is due; later for what came in late."""
    hours = params_on([lead_is_answered])[lead_is_answered.id].hours
    return max(captured_at + timedelta(hours=hours), clock.now() + AT_LEAST)
