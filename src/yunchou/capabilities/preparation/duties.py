"""What preparing makes people owe."""

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, role
from yunchou.kernel.subjects.models import Role

DUE_HOUR: Final = 18
LADDER: Final = (before(working_days=1), after(whom=OWNER), after(working_days=1, whom=role(Role.LEAD)))

HOLD = declare(
    DutyKind(
        "preparation.hold",
        rule="R-PRE-01",
        clause="003 二(三)2",
        sentence=_("Confirm {venue} {times} in writing, or release it"),
        verb=pgettext_lazy("venue", "Confirm"),
        label=gettext_lazy("Venues confirmed in time"),
        ladder=(before(working_days=1), before(minutes=120)),
    )
)
AGREEMENT = declare(
    DutyKind(
        "preparation.agreement",
        rule="R-PRE-01",
        clause="004 三(三)",
        sentence=_("Have {name} agreed in writing"),
        verb=pgettext_lazy("agreement", "Confirm"),
        label=gettext_lazy("Agreements signed in time"),
        ladder=LADDER,
    )
)
SUPPLY = declare(
    DutyKind(
        "preparation.supply",
        rule="",
        clause="003 二(三)4",
        sentence=_("Have {name} delivered and accepted"),
        verb=pgettext_lazy("supply", "Accept"),
        label=gettext_lazy("Supplies there in time"),
        ladder=LADDER,
    )
)
PRINT = declare(
    DutyKind(
        "preparation.print",
        rule="",
        clause="004 三(二)",
        sentence=_("Have {name} reviewed, printed and delivered"),
        verb=pgettext_lazy("print", "Track"),
        label=gettext_lazy("Printed matter there in time"),
        ladder=LADDER,
    )
)
PUBLICITY = declare(
    DutyKind(
        "preparation.publicity",
        rule="",
        clause="003 二(三)6",
        sentence=_("Publish: {name}"),
        verb=pgettext_lazy("publicity", "Publish"),
        label=gettext_lazy("Publicity in time"),
        ladder=LADDER,
    )
)
SPEAKER = declare(
    DutyKind(
        "preparation.speaker",
        rule="",
        clause="003 三(三)3",
        sentence=_("Have the material of {name} checked"),
        verb=pgettext_lazy("speaker", "See to it"),
        label=gettext_lazy("Material of speakers checked in time"),
        ladder=LADDER,
    )
)
TRIP = declare(
    DutyKind(
        "preparation.trip",
        rule="",
        clause="003 三(三)5",
        sentence=_("Confirm: {name}"),
        verb=pgettext_lazy("trip", "Confirm"),
        label=gettext_lazy("Trips confirmed in time"),
        ladder=LADDER,
    )
)
CHECK = declare(
    DutyKind(
        "preparation.check",
        rule="R-PRE-03",
        clause="003 二(三)",
        sentence=_("Check: {name}"),
        verb=pgettext_lazy("checklist", "Check"),
        label=gettext_lazy("Checklist worked off in time"),
        ladder=LADDER,
    )
)
REVIEW = declare(
    DutyKind(
        "preparation.review",
        rule="",
        clause="004 三(一)",
        sentence=_("Review what was handed in for {name}"),
        verb=pgettext_lazy("preparation", "Review"),
        label=gettext_lazy("Reviews in time"),
        ladder=(after(whom=OWNER),),
    )
)
RESEARCH = declare(
    DutyKind(
        "preparation.research",
        rule="",
        clause="003 二(一)",
        sentence=_("Gather needs again: {name}"),
        verb=pgettext_lazy("research", "Gather"),
        label=gettext_lazy("Needs gathered in time"),
        ladder=(before(working_days=10), before(working_days=2), after(whom=OWNER)),
    )
)
