"""Rules on the data of customers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, Verdict, failed, passed


@dataclass(frozen=True)
class Kept:
    """What is to be saved: whether it holds sensitive data, and whether the customer agreed to that."""

    holds_sensitive: bool
    has_consent: bool


@rule(
    "R-CUS-01",
    clause="002 5.1",
    severity=BLOCK,
    title=_("Contacts are kept apart and encrypted, sensitive data only with consent"),
    sentence=_(
        "Contact values of every customer stand encrypted on a card of their own and are shown masked; sensitive data are"
        " encrypted too and saved only when the customer agreed to it."
    ),
)
def sensitive_needs_consent(facts: Kept, p: Params) -> Verdict:
    """Sensitive data (diet, identity papers) are saved only with a consent to sensitive data.

    PIPL 28 counts what tells of faith or health as sensitive; what somebody does not eat tells of both.
    """
    if not facts.holds_sensitive or facts.has_consent:
        return passed()
    return failed(
        say(
            _(
                "The customer has not agreed that sensitive data such as diet are kept. Note the consent first."
            )
        )
    )


@dataclass(frozen=True)
class Looked:
    """A look, or a file taken: how many customers the person opened within this hour, how many lines the file has."""

    views: int = 0
    lines: int = 0
    has_clear: bool = False
    is_released: bool = False


@rule(
    "R-CUS-02",
    clause="002 5.1",
    severity=BLOCK,
    params={"views": 300, "lines": 500, "clear": 50},
    assumed=["views", "lines", "clear"],
    title=_("Customers are looked at one by one and taken out only with a release"),
    sentence=_(
        "Whoever opens more than {views} customers within an hour is stopped and the security administrator is told. A file of"
        " {lines} customers or more, or of {clear} with contacts in clear, leaves only after a second person released it."
    ),
    bounds={
        "views": Bound(_("Customers opened within an hour"), at_least=20, at_most=5_000),
        "lines": Bound(_("Customers in a file"), at_least=1, at_most=500),
        "clear": Bound(_("Customers in a file with contacts in clear"), at_least=1, at_most=50),
    },
    ordered=[("clear", "lines")],
)
def looked_at_with_purpose(facts: Looked, p: Params) -> Verdict:
    """Looking at customers by the hundred and taking them out in files needs somebody else's word."""
    if facts.views > p.views:
        return failed(
            say(
                _(
                    "You opened more than {count} customers within an hour. Go on later, or ask the security administrator."
                ),
                count=p.views,
            )
        )
    if facts.lines >= (p.clear if facts.has_clear else p.lines) and not facts.is_released:
        return failed(say(_("An export of this size leaves only after a second person released it.")))
    return passed()


@dataclass(frozen=True)
class Confirmed:
    """How many whole months ago somebody confirmed a record."""

    months: int


@rule(
    "R-CUS-04",
    clause="002 5.1",
    severity=REMIND,
    params={"months": 12},
    assumed=["months"],
    title=_("Records of customers are confirmed regularly"),
    sentence=_(
        "A record that nobody has confirmed for {months} months is owed a look by its relationship owner."
    ),
    bounds={"months": Bound(_("Months until a record is looked at again"), at_least=1, at_most=60)},
)
def confirmed_regularly(facts: Confirmed, p: Params) -> Verdict:
    """Somebody has looked at the record within the set time."""
    if facts.months < p.months:
        return passed()
    return failed(say(_("Nobody has confirmed this record for {count} months."), count=facts.months))
