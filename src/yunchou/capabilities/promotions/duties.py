"""What a forwarding task makes a colleague owe: to invite so many people by its last day."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

FORWARD = declare(
    DutyKind(
        "promotions.forward",
        rule="",
        clause="004 三(三)",
        sentence=_("Invite {quota} people: {task}"),
        verb=pgettext_lazy("forwarding", "Open the task"),
        label=pgettext_lazy("duties", "Forwarding tasks"),
        ladder=(before(minutes=24 * 60), after(whom=OWNER), after(minutes=60, whom=role(Role.LEAD))),
    )
)
