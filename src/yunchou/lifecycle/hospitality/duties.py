"""What care of guests makes people owe."""

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import DutyKind, before, declare

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
