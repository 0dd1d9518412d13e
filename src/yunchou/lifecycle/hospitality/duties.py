"""What care of guests makes people owe."""

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import DutyKind, after, before, declare

RECEPTION: Final = declare(
    DutyKind(
        "hospitality.reception",
        rule="",
        clause="003 三(二)2",
        sentence=_("{task}: {place}, {when}"),
        verb=pgettext_lazy("reception", "Done"),
        label=gettext_lazy("Reception there in time"),
        ladder=(before(working_days=1), before(minutes=60)),
    )
)
RUN: Final = declare(
    DutyKind(
        "hospitality.run",
        rule="",
        clause="003 三(二)2",
        sentence=_("{leg}: {run}, {when}"),
        verb=pgettext_lazy("pick-up", "To the run"),
        label=gettext_lazy("Run looked after"),
        ladder=(before(working_days=1), before(minutes=60)),
    )
)
ROOMS: Final = declare(
    DutyKind(
        "hospitality.rooms",
        rule="",
        clause="003 三(二)2",
        sentence=_("Tell “{hotel}” the final number of {kind}: {rooms} are held"),
        verb=pgettext_lazy("rooms", "Settle the number"),
        label=gettext_lazy("Final number of rooms told in time"),
        ladder=(before(working_days=3), before(working_days=1), after(working_days=0)),
    )
)
