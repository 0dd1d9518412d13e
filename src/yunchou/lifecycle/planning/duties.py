"""What a planning round and an approved plan make people owe."""

from typing import Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB
from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, before, declare, position

DUE_HOUR: Final = 18
"""Whatever is due on a day is due at the end of the working day."""

LADDER = (
    before(working_days=20),
    before(working_days=5),
    after(whom=OWNER),
    after(working_days=1),
    after(working_days=3, whom=position(GROUP_CUSTOMER_CLUB)),
)

YEAR_PLAN = declare(
    DutyKind(
        "planning.year_plan",
        rule="R-PLN-01",
        clause="001 §5 ¶1-¶2",
        sentence=_("{plan} {year}: draft it and have it approved"),
        verb=gettext_lazy("Draft the plan"),
        label=gettext_lazy("Year plans in time"),
        ladder=LADDER,
    )
)
TARGETED_PLAN = declare(
    DutyKind(
        "planning.targeted_plan",
        rule="R-PLN-02",
        clause="000 §4",
        sentence=_("{plan} {year}: draft it and have it approved"),
        verb=gettext_lazy("Draft the plan"),
        label=gettext_lazy("Targeted plan in time"),
        ladder=LADDER,
    )
)
BREAKDOWN = declare(
    DutyKind(
        "planning.breakdown",
        rule="R-PLN-05",
        clause="001 §5 ¶3",
        sentence=_("Break the plan down into quarters and projects"),
        verb=gettext_lazy("Break down"),
        label=gettext_lazy("Breakdown of regional plans"),
        ladder=(before(working_days=3), after(whom=OWNER), after(working_days=1)),
    )
)
ITEM = declare(
    DutyKind(
        "planning.item",
        rule="",
        clause="002 §3",
        sentence=_("Carry out the plan item {item}"),
        verb=gettext_lazy("Open the item"),
        label=gettext_lazy("Plan items in time"),
        ladder=(before(working_days=5), after(whom=OWNER), after(working_days=2)),
    )
)
BUDGET_PLAN = declare(
    DutyKind(
        "planning.period_budget",
        rule="R-APR-12",
        clause="002 9.3(1)",
        sentence=_("{plan} {year}: draft it and have it approved"),
        verb=gettext_lazy("Draft the plan"),
        label=gettext_lazy("Expense targets in time"),
        ladder=LADDER[1:],
    )
)
REVIEW = declare(
    DutyKind(
        "planning.review",
        rule="K-PLN-14",
        clause="002 3.1(7)",
        sentence=_("Review the monitor of the plan"),
        verb=gettext_lazy("Review"),
        label=gettext_lazy("Reviews of plans in time"),
        ladder=(before(working_days=2), after(whom=OWNER), after(working_days=3)),
    )
)
SUPERVISION = declare(
    DutyKind(
        "planning.supervision",
        rule="K-PLN-15",
        clause="002 §8",
        sentence=_("Look at the dedicated money of the plan"),
        verb=gettext_lazy("Look at it"),
        label=gettext_lazy("Dedicated money supervised in time"),
        ladder=(before(working_days=2), after(whom=OWNER), after(working_days=3)),
    )
)
RISK = declare(
    DutyKind(
        "planning.risk",
        rule="K-PLN-13",
        clause="002 §9",
        sentence=_("Review the risk “{risk}” to the budget"),
        verb=gettext_lazy("Review the risk"),
        label=gettext_lazy("Budget risks reviewed in time"),
        ladder=(before(working_days=2), after(whom=OWNER), after(working_days=3)),
    )
)
EVALUATION = declare(
    DutyKind(
        "planning.evaluation",
        rule="",
        clause="002 3.1(8)",
        sentence=_("Evaluate the plan, whose period is over"),
        verb=gettext_lazy("Evaluate"),
        label=gettext_lazy("Evaluations of plans in time"),
        ladder=(after(whom=OWNER), after(working_days=5)),
    )
)
