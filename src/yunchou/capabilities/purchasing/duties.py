"""What contracts and tenders make people owe."""

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare

DUE_HOUR: Final = 18

INSTALMENT = declare(
    DutyKind(
        "purchasing.instalment",
        rule="",
        clause="002 9.2 二",
        sentence=_("{contract}: have “{name}” of {amount} yuan claimed and paid"),
        verb=gettext_lazy("See to the payment"),
        label=gettext_lazy("Instalments paid in time"),
        ladder=(
            before(working_days=5),
            before(working_days=1),
            after(whom=OWNER),
            after(working_days=3, whom=SUPERVISOR),
        ),
    )
)
SCORING = declare(
    DutyKind(
        "purchasing.scoring",
        rule="R-BUD-10",
        clause="002 §9",
        sentence=_("Evaluate the bids for “{purchase}”"),
        verb=pgettext_lazy("purchasing", "Evaluate"),
        label=gettext_lazy("Bids evaluated in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
