"""What the day makes people owe: rounds that are walked in time, hazards that are mended."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

MEND_WITHIN: Final = 30
"""Minutes in which a hazard is mended, or somebody says why not."""

ROUND = declare(
    DutyKind(
        "programme.round",
        rule="",
        clause="003 三(四)3",
        sentence=_("Walk the round: {place}"),
        verb=pgettext_lazy("patrol", "Walk"),
        label=gettext_lazy("Rounds walked in time"),
        ladder=(before(minutes=5), after(whom=OWNER), after(minutes=10, whom=role(Role.LEAD))),
    )
)
HAZARD = declare(
    DutyKind(
        "programme.hazard",
        rule="",
        clause="003 三(四)3",
        sentence=_("Mend the hazard at {place}"),
        verb=pgettext_lazy("patrol", "Mend"),
        label=gettext_lazy("Hazards mended in time"),
        ladder=(after(whom=OWNER), after(minutes=10, whom=role(Role.LEAD))),
    )
)
