"""Rules on leads: what makes one valid, which share is, what counts as converted, and how soon somebody turns to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import NO, PERCENT, YES, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, Verdict, failed, passed

from .counting import ALL, VALID, Counted, is_in_window

CONTACT, NEED = "contact", "need"
LACKS: Final[dict[str, Say]] = {
    CONTACT: say(_("contact data incomplete")),
    NEED: say(_("need not explicit")),
}
"""What a lead may lack, in words."""


@dataclass(frozen=True)
class Given:
    """What somebody left: whether there is a name, whether a number or an address reaches them, and their need."""

    has_name: bool
    has_reach: bool
    need: str


@rule(
    "R-GOA-03",
    clause="004 二(一)",
    severity=REMIND,
    params={"contact": True, "need": True, "letters": 2},
    assumed=["letters"],
    title=_("What makes a lead valid"),
    sentence=_(
        "A lead is valid when its contact data are complete (demanded: {contact}) and its need is explicit (demanded: {need};"
        " at least {letters} characters)."
    ),
    bounds={
        "contact": Bound(_("Complete contact data demanded"), choices={YES: _("yes"), NO: _("no")}),
        "need": Bound(_("Explicit need demanded"), choices={YES: _("yes"), NO: _("no")}),
        "letters": Bound(_("Characters of an explicit need"), at_least=1, at_most=100),
    },
)
def lead_is_valid(facts: Given, p: Params) -> Iterator[Verdict]:
    """Name and a number or address that reaches the person, and a need in words."""
    lacking = False
    if p.contact and not (facts.has_name and facts.has_reach):
        lacking = True
        yield failed(LACKS[CONTACT], lacks=CONTACT)
    if p.need and len("".join(facts.need.split())) < p.letters:
        lacking = True
        yield failed(LACKS[NEED], lacks=NEED)
    if not lacking:
        yield passed(say(_("Contact data complete, need explicit.")))


@rule(
    "R-GOA-04",
    clause="004 二(一)",
    severity=REMIND,
    params={"target": Decimal(60)},
    assumed=["target"],
    title=_("The share of valid leads"),
    sentence=_(
        "The valid-lead rate is valid leads of all leads; {target} is aimed at where the activity sets no goal."
    ),
    bounds={"target": Bound(_("Valid-lead rate aimed at"), unit=PERCENT, at_least=0, at_most=100)},
)
def enough_leads_are_valid(facts: Counted, p: Params) -> Verdict:
    """The rate with what it is made of."""
    if facts.valid_rate is None:
        return passed(say(_("There are no leads yet.")))
    words = say(
        _("{valid} of {leads} leads are valid: {rate}%."),
        valid=facts.valid,
        leads=facts.leads,
        rate=str(facts.valid_rate),
    )
    if facts.valid_rate < p.target:
        return failed(words, stored=str(facts.valid_rate), computed=str(p.target))
    return passed(words)


@dataclass(frozen=True)
class Sale:
    """When a lead was left, and when its person ordered."""

    captured_at: datetime
    ordered_at: datetime


@rule(
    "R-GOA-05",
    clause="004 二(一)",
    severity=REMIND,
    params={"days": 30, "base": ALL},
    assumed=["base"],
    title=_("What counts as converted"),
    sentence=_(
        "A lead is converted when its person orders at most {days} days after leaving it; the conversion rate is converted"
        " leads of {base}."
    ),
    bounds={
        "days": Bound(_("Conversion window"), unit=_("days"), at_least=1, at_most=365),
        "base": Bound(
            _("Base of the conversion rate"), choices={ALL: _("all leads"), VALID: _("valid leads")}
        ),
    },
)
def order_is_in_window(facts: Sale, p: Params) -> Verdict:
    """The order came after the lead and within the window."""
    if is_in_window(facts.captured_at, facts.ordered_at, p.days):
        return passed(say(_("Ordered within {days} days of the lead."), days=p.days))
    if facts.ordered_at < facts.captured_at:
        return failed(say(_("The order is older than the lead, so it was not won by it.")))
    late = (facts.ordered_at - facts.captured_at).days
    return failed(
        say(
            _("Ordered {late} days after the lead: beyond the window of {days} days."), late=late, days=p.days
        )
    )


@dataclass(frozen=True)
class Waiting:
    """For how long somebody who left a lead has heard nothing."""

    age: timedelta


@rule(
    "R-CUS-05",
    clause="004 四(二)",
    severity=REMIND,
    params={"hours": 24},
    assumed=["hours"],
    title=_("Every lead is answered"),
    sentence=_(
        "Whoever left a lead hears from us within {hours} hours; else whoever follows it up is warned, then the overall lead,"
        " then their superior."
    ),
    bounds={"hours": Bound(_("Hours until the first contact"), unit=_("hours"), at_least=1, at_most=240)},
)
def lead_is_answered(facts: Waiting, p: Params) -> Verdict:
    """Nobody waits longer than the limit for the first contact."""
    if facts.age <= timedelta(hours=p.hours):
        return passed(say(_("To be contacted within {hours} hours."), hours=p.hours))
    hours = int(facts.age.total_seconds() // 3600)
    return failed(say(_("Not contacted for {age} hours; {hours} are allowed."), age=hours, hours=p.hours))
