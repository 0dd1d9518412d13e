"""Rules on the data of customers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

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
class Placed:
    """A record: the grade that holds, what the customer is to the company, whether marked by hand, and whether kept apart."""

    grade: str = ""
    identities: frozenset[str] = frozenset()
    is_marked: bool = False
    is_apart: bool = False


#: Grades from the highest down.
RANKS = ("high_end", "key", "regular")
NOBODY = "none"


def counted_grades(p: Params) -> tuple[str, ...]:
    """The grades from which on a customer is important."""
    return () if p.grade == NOBODY else RANKS[: RANKS.index(p.grade) + 1]


def is_important(facts: Placed, p: Params) -> bool:
    """Important are those of a grade, those of an identity, and whom somebody marked by hand."""
    return facts.is_marked or facts.grade in counted_grades(p) or p.identity in facts.identities


@rule(
    "K-CUS-06",
    clause="002 5.1",
    severity=REMIND,
    params={"grade": "high_end", "identity": NOBODY},
    assumed=["grade", "identity"],
    title=_("Data of important customers are kept apart"),
    sentence=_(
        "Important is a customer of the grade “{grade}” or above, of the identity “{identity}”, and whom somebody marked with a"
        " reason. Contacts, papers, diet and profile of these stand in a store of their own under keys of their own, and are"
        " unmasked one at a time by whoever answers for them or has a dated grant."
    ),
    bounds={
        "grade": Bound(
            _("Grade from which on a customer is important"),
            choices={
                NOBODY: _("none: the grade does not count"),
                "high_end": _("High-end clients"),
                "key": _("Key clients"),
                "regular": _("Regular clients"),
            },
        ),
        "identity": Bound(
            _("Identity that makes a customer important"),
            choices={
                NOBODY: _("none: the identity does not count"),
                "member": _("Members of the club"),
                "owner": _("Owners of property"),
                "media": _("Contacts in the media"),
                "partner": _("Partners of the company"),
            },
        ),
    },
)
def kept_where_they_belong(facts: Placed, p: Params) -> Verdict:
    """Important customers are kept apart, others are not."""
    if is_important(facts, p) == facts.is_apart:
        return passed()
    return failed(say(_("This record does not stand in the store where it belongs; it is moved this night.")))


@dataclass(frozen=True)
class Granted:
    """For how many days somebody is to look at important customers."""

    days: int


@rule(
    "K-CUS-07",
    clause="002 5.1",
    severity=BLOCK,
    params={"days": 90},
    assumed=["days"],
    title=_("Looks at important customers are granted for a purpose and a time"),
    sentence=_("A grant names its purpose and ends after {days} days at most; then it is asked for anew."),
    bounds={"days": Bound(_("Days that a grant to look lasts at most"), at_least=1, at_most=366)},
)
def granted_for_a_time(facts: Granted, p: Params) -> Verdict:
    """Nobody looks at important customers for ever because they once had to."""
    if facts.days <= p.days:
        return passed()
    return failed(say(_("A grant lasts at most {days} days."), days=p.days))


@dataclass(frozen=True)
class Reserved:
    """A right to query customers and the position that is to bring it."""

    is_marketing: bool
    is_explained: bool = False


@rule(
    "K-CUS-08",
    clause="002 5.1",
    severity=BLOCK,
    title=_("Only the marketing centre queries customers"),
    sentence=_(
        "Rights to query customers come with the jobs of the marketing centre and with the group's customer club, held outside"
        " finance, administration, research, production and logistics. Another position brings one only as an exception whose"
        " reason stands in the journal and on the page of rights."
    ),
)
def kept_to_marketing(facts: Reserved, p: Params) -> Verdict:
    """Whoever does not serve customers does not look them up."""
    if facts.is_marketing or facts.is_explained:
        return passed()
    return failed(
        say(
            _(
                "Only positions of the marketing centre query customers. Give the right to one of these, or say why this"
                " position needs it; the reason stands in the journal."
            )
        )
    )


@dataclass(frozen=True)
class Looked:
    """A look, or a file taken: how many customers the person opened within this hour, how many lines the file has.

    Lines count together with those of the files that the person took without a release in the days before.
    """

    views: int = 0
    lines: int = 0
    has_clear: bool = False
    is_released: bool = False


@rule(
    "R-CUS-02",
    clause="002 5.1",
    severity=BLOCK,
    params={"views": 300, "lines": 500, "clear": 50, "days": 7},
    assumed=["views", "lines", "clear", "days"],
    title=_("Customers are looked at one by one and taken out only with a release"),
    sentence=_(
        "Whoever opens more than {views} customers within an hour is stopped and the security administrator is told. A file of"
        " {lines} customers or more, or of {clear} with contacts in clear, leaves only after a second person released it; files"
        " of {days} days count together. It names a purpose and holds only those who agreed to that."
    ),
    bounds={
        "views": Bound(_("Customers opened within an hour"), at_least=20, at_most=5_000),
        "lines": Bound(_("Customers in a file"), at_least=1, at_most=500),
        "clear": Bound(_("Customers in a file with contacts in clear"), at_least=1, at_most=50),
        "days": Bound(_("Days whose files count together"), at_least=1, at_most=90),
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


@dataclass(frozen=True)
class History:
    """What a customer did within the months that count: purchases, in how many months, how many of them at an activity, and
    to how many activities they were invited and came or said yes."""

    orders: int = 0
    months: int = 0
    at_activities: int = 0
    invited: int = 0
    reacted: int = 0


@dataclass(frozen=True)
class Traits:
    """Three traits from 0 to 100; None where the history does not say anything yet."""

    loyalty: int | None
    price: int | None
    promotion: int | None
    orders: int
    invited: int


def score(history: History, p: Params) -> Traits:
    """Loyalty: in how many different months they bought. Price sensitivity: which share they bought only at an activity.
    Reaction to promotion: to which share of the activities they were invited to they came or said yes."""
    loyalty = min(100, round(100 * history.months / p.loyal)) if history.orders else None
    enough = history.orders >= p.least
    price = round(100 * history.at_activities / history.orders) if enough else None
    promotion = round(100 * history.reacted / history.invited) if history.invited >= p.least else None
    return Traits(loyalty, price, promotion, history.orders, history.invited)


@rule(
    "K-SEG-03",
    clause="002 4.3",
    severity=REMIND,
    params={"months": 24, "loyal": 12, "least": 3},
    assumed=["months", "loyal", "least"],
    title=_("Traits of behaviour are scored from history"),
    sentence=_(
        "From the last {months} months: brand loyalty is full with purchases in {loyal} different months; price sensitivity"
        " is the share of purchases made at an activity; reaction to promotion is the share of invitations followed."
        " The shares need at least {least} purchases or invitations, and everything needs the consent to profiling."
    ),
    bounds={
        "months": Bound(_("Months of history that count"), at_least=3, at_most=120),
        "loyal": Bound(_("Months with a purchase that make loyalty full"), at_least=1, at_most=60),
        "least": Bound(_("Purchases or invitations that a share needs"), at_least=1, at_most=50),
    },
)
def scored_from_history(facts: Traits, p: Params) -> Verdict:
    """A score says how much history it rests on; with too little there is none."""
    if facts.orders >= p.least or facts.invited >= p.least:
        return passed()
    return failed(say(_("There is too little history for a score.")))


@dataclass(frozen=True)
class Graded:
    """A grade somebody wants to give, and the yuan bought within twelve months."""

    grade: str
    spent: Decimal
    is_explained: bool = False


@rule(
    "K-SEG-08",
    clause="003 一(二)",
    severity=BLOCK,
    params={"high_end": 500_000, "key": 100_000},
    assumed=["high_end", "key"],
    title=_("High grades of clients rest on criteria"),
    sentence=_(
        "High-end is who bought for {high_end} yuan within twelve months, key who bought for {key}. Another grade is given only"
        " with the word that it departs from the criteria, and its reason; every such grade has an end."
    ),
    bounds={
        "high_end": Bound(
            _("Yuan within twelve months of a high-end client"), at_least=1, at_most=100_000_000
        ),
        "key": Bound(_("Yuan within twelve months of a key client"), at_least=1, at_most=100_000_000),
    },
    ordered=[("key", "high_end")],
)
def graded_by_criteria(facts: Graded, p: Params) -> Verdict:
    """A high grade needs the purchases that the criteria ask for, or somebody who says why it departs from them."""
    least = {"high_end": p.high_end, "key": p.key}.get(facts.grade)
    if least is None or facts.spent >= Decimal(least) or facts.is_explained:
        return passed()
    return failed(
        say(
            _(
                "The criteria ask for {least} yuan within twelve months, and {spent} were bought. Choose the grade that the"
                " criteria give, or say that you depart from them, and why."
            ),
            least=least,
            spent=str(facts.spent),
        )
    )


@dataclass(frozen=True)
class ListKept:
    """How many days ago a list was taken over, or handed in and never taken over."""

    days: int


@rule(
    "K-CUS-03",
    clause="002 5.1",
    severity=REMIND,
    params={"days": 30},
    assumed=["days"],
    title=_("Lists of customers are destroyed when they are no longer needed"),
    sentence=_(
        "The content of a list and its lines are destroyed {days} days after it was taken over or left lying."
    ),
    bounds={"days": Bound(_("Days that the content of a list is kept"), at_least=1, at_most=365)},
)
def lists_go(facts: ListKept, p: Params) -> Verdict:
    """What stands in the register needs no second copy."""
    if facts.days < p.days:
        return passed()
    return failed(say(_("This list was needed {count} days ago; its content goes."), count=facts.days))
