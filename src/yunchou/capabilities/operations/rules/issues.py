"""The rules on issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import PERCENT, YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, Fix, Place, Verdict, failed, passed


@dataclass(frozen=True)
class IssueFacts:
    """An issue: whether it is large, what it costs extra, whether it touches a milestone, and how far its loop has come.

    `delay_days` is how late it makes anything, `goal_effect` what it takes away from a goal, in percent.
    """

    is_large: bool
    reported_at: datetime
    now: datetime
    extra_cost: Decimal = Decimal("0.00")
    touches_milestone: bool = False
    delay_days: int = 0
    goal_effect: Decimal = Decimal("0.00")
    decided_at: datetime | None = None
    is_verified: bool = False


@rule(
    "R-ISS-01",
    clause="004 四(三)",
    severity=BLOCK,
    assumed=["small", "delay", "effect"],
    params={"small": Decimal("0.00"), "delay": 0, "effect": Decimal("0.00")},
    title=_("A small issue is small"),
    sentence=_(
        "A small issue, which the module lead decides on the spot, costs at most {small} extra, touches no milestone,"
        " delays by at most {delay} and takes at most {effect} from a goal."
    ),
    bounds={
        "small": Bound(_("Extra cost at most"), unit=YUAN, at_least=0, at_most=100_000),
        "delay": Bound(_("Delay at most"), unit=_("days"), at_least=0, at_most=30),
        "effect": Bound(_("Effect on a goal at most"), unit=PERCENT, at_least=0, at_most=100),
    },
)
def small_issue_is_small(facts: IssueFacts, p: Params) -> Verdict:
    """A small issue, which the module lead decides on the spot, costs nothing extra and touches no milestone.

    Nor does it delay anything, or take anything from a goal, beyond what the company lets pass (ISS-06).
    """
    is_small = (
        facts.extra_cost <= p.small
        and not facts.touches_milestone
        and facts.delay_days <= p.delay
        and facts.goal_effect <= p.effect
    )
    if facts.is_large or is_small:
        return passed(say(_("The module lead may decide it.") if not facts.is_large else _("Large issue")))
    return failed(
        say(
            _(
                "This issue costs extra money, touches a milestone, delays work or takes from a goal: it is large."
            )
        ),
        at=Place("issue", None, "size"),
        fix=Fix(say(_("Classify it as large; the overall lead decides."))),
    )


@rule(
    "R-ISS-02",
    clause="004 四(三)",
    severity=REMIND,
    params={"hours": 2},
    title=_("A large issue is answered"),
    sentence=_(
        "A large issue is the overall lead's, with a solution within {hours} hours; after that management"
        " is told."
    ),
    bounds={
        "hours": Bound(_("Solution within"), unit=_("h"), at_least=1, at_most=72),
    },
)
def large_issue_is_answered(facts: IssueFacts, p: Params) -> Verdict:
    """A large issue is the overall lead's, with a solution within 2 hours; after that management is told."""
    if not facts.is_large:
        return passed(say(_("Small issue")))
    due_at = issue_due(facts.reported_at, p)
    answered = facts.decided_at or facts.now
    if answered <= due_at:
        return passed(say(_("Solution due within {hours} hours."), hours=p.hours), due_at=due_at.isoformat())
    late = int((answered - due_at).total_seconds() // 60)
    return failed(
        say(_("No solution within {hours} hours: {minutes} minutes over."), hours=p.hours, minutes=late),
        fix=Fix(say(_("Record the solution."))),
        due_at=due_at.isoformat(),
        late=late,
    )


def issue_due(reported_at: datetime, p: Params) -> datetime:
    """When the solution of a large issue is due."""
    return reported_at + timedelta(hours=p.hours)


@rule(
    "R-ISS-03",
    clause="004 四(三)",
    severity=BLOCK,
    title=_("A closed issue is verified"),
    sentence=_("An issue is closed only after somebody verified that the adjustment worked."),
)
def closed_issue_is_verified(facts: IssueFacts, p: Params) -> Verdict:
    """An issue is closed only after somebody verified that the adjustment worked."""
    if facts.is_verified:
        return passed(say(_("Verified")))
    return failed(
        say(_("The result has not been verified.")),
        at=Place("issue", None, "verification"),
        fix=Fix(say(_("Say how it was verified that the adjustment worked."))),
    )
