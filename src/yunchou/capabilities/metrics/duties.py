"""What an alert makes its owner owe (R-DSH-05)."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

# At the limit the overall lead hears of it; after as long again, whoever answers for the owner in management.
ANSWER = declare(
    DutyKind(
        "metrics.answer",
        rule="R-DSH-05",
        clause="004 四(二)",
        sentence=_("Answer the alert on {series}: cause and adjustment"),
        verb=gettext_lazy("Record handling"),
        label=gettext_lazy("Alerts on figures"),
        ladder=(
            before(minutes=10),
            after(whom=OWNER),
            after(whom=role(Role.LEAD)),
            after(minutes=30, whom=SUPERVISOR),
        ),
    )
)
