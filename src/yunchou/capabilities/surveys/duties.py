"""What questionnaires make people owe (R-EVA-03)."""

from typing import Final

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

DUE_HOUR: Final = 18

SEND = declare(
    DutyKind(
        "surveys.send",
        rule="R-EVA-03",
        clause="003 五(二)2",
        sentence=_("Send the questionnaire to those who took part"),
        verb=pgettext_lazy("survey", "Send"),
        label=pgettext_lazy("duties", "Questionnaires sent in time"),
        ladder=(before(minutes=180), after(whom=OWNER), after(working_days=1, whom=role(Role.LEAD))),
    )
)
REMIND = declare(
    DutyKind(
        "surveys.remind",
        rule="R-EVA-03",
        clause="003 五(二)2",
        sentence=_("Remind the {count} people who have not answered “{title}”"),
        verb=pgettext_lazy("survey", "Remind"),
        label=pgettext_lazy("duties", "Reminders of questionnaires in time"),
        ladder=(before(minutes=120), after(whom=OWNER)),
    )
)
