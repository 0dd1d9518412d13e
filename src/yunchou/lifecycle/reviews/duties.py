"""What a retrospective makes people owe: its actions, beyond the campaign's end (R-RET-03)."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

DUE_HOUR = 18
"""An action is due at the end of the working day."""
VERIFY_DAYS = 5
"""Working days in which a finished action is to be verified."""

ACTION = declare(
    DutyKind(
        "reviews.action",
        rule="R-RET-03",
        clause="004 五(二)",
        sentence=_("Carry out the improvement action “{action}”"),
        verb=gettext_lazy("Report as done"),
        label=gettext_lazy("Improvement actions"),
        ladder=(
            before(working_days=1),
            after(whom=OWNER),
            after(whom=role(Role.LEAD)),
            after(working_days=3),
        ),
    )
)
VERIFY = declare(
    DutyKind(
        "reviews.verify",
        rule="R-RET-03",
        clause="003 五(三)3",
        sentence=_("Verify the effect of “{action}”"),
        verb=gettext_lazy("Verify"),
        label=gettext_lazy("Improvement actions to verify"),
        ladder=(after(whom=OWNER),),
    )
)
