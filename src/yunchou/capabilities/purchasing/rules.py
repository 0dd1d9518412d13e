"""Rules on purchases. Money in yuan with tax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.models import Supply
from yunchou.directory.suppliers.scorecards import Tally, judged, scale
from yunchou.kernel.core.money import ZERO, format_yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed

LIMIT: Final = Decimal("100000.00")

#: The categories of a budget (004 二(三)) that are approved for what a supplier supplies; others are named nowhere.
APPROVED_FOR: Final[Mapping[str, frozenset[str]]] = {
    Supply.SUPPLIES: frozenset({"物料成本", "其他成本"}),
    Supply.PRINT: frozenset({"物料成本"}),
    Supply.CATERING: frozenset({"其他成本"}),
    Supply.VENUE: frozenset({"其他成本"}),
    Supply.LOGISTICS: frozenset({"其他成本", "物料成本"}),
    Supply.MEDIA: frozenset({"渠道成本"}),
    Supply.SPEAKERS: frozenset({"人力成本"}),
    Supply.OTHER: frozenset({"其他成本"}),
}
CATEGORIES: Final = frozenset({"人力成本", "物料成本", "渠道成本", "其他成本"})

#: What has to be compared before somebody is chosen; services of other kinds ought to be (003 四(三)2).
#: What is named as nothing known is treated like these: another word does not free from comparing.
COMPARED: Final = frozenset({Supply.SUPPLIES, Supply.PRINT, Supply.CATERING, Supply.VENUE, Supply.OTHER})


@dataclass(frozen=True)
class LineFacts:
    """A line of a purchase and the budget line it is charged to.

    `has_money` says that the budget line is approved and not closed; `is_lost` that it is no longer in the budget.
    """

    name: str
    estimate: Decimal
    budget_line: str = ""
    category: str = ""
    is_contingency: bool = False
    has_money: bool = True
    is_lost: bool = False


@dataclass(frozen=True)
class Nearby:
    """What else was bought, or is being bought: for the same activity and kind, or from the same supplier, in yuan.

    Each purchase counts with the largest of what was asked for, chosen and agreed.
    """

    activity: Decimal = ZERO
    purchases: int = 0
    supplier: str = ""
    supplier_total: Decimal = ZERO
    supplier_days: int = 30


@dataclass(frozen=True)
class PurchaseFacts:
    """What the rules judge. `offers` are the valid ones for the line that has the fewest.

    `chosen` is what the chosen offers come to, None while nothing is chosen; `agreed` what its contracts come to with
    their changes. `is_of_kind` says that every chosen supplier supplies what the purchase says it is.
    """

    kind: str
    lines: tuple[LineFacts, ...]
    is_tender: bool = False
    is_for_activity: bool = True
    offers: int = 0
    chosen: Decimal | None = None
    nearby: Nearby = Nearby()
    agreed: Decimal = ZERO
    is_of_kind: bool = True

    @cached_property
    def estimate(self) -> Decimal:
        return sum((line.estimate for line in self.lines), ZERO)

    @property
    def amount(self) -> Decimal:
        """The largest of what was asked for, what was chosen, and what was agreed."""
        return max(self.estimate, self.chosen or ZERO, self.agreed)


@rule(
    "R-BUD-08",
    clause="002 9.3(2)",
    severity=BLOCK,
    title=_("Money is bound to its purpose"),
    sentence=_(
        "What is bought is charged to a line of the approved budget that was approved for it; another purpose or line needs"
        " an approved adjustment first."
    ),
)
def money_keeps_its_purpose(facts: PurchaseFacts, p: Params) -> Iterator[Verdict]:
    """Approved money is used for what it was approved for; for anything else the budget is adjusted first (002 9.3(2))."""
    if not facts.is_for_activity:
        return
    for number, line in enumerate(facts.lines):
        at = Place("purchase", number, "line")
        told: dict[str, str | int | Say] = {"item": line.name, "line": line.budget_line}
        allowed = APPROVED_FOR.get(facts.kind, CATEGORIES)
        if line.is_lost:
            words = say(_("“{item}” is charged to no line of the budget."), **told)
            yield failed(
                words, at=at, fix=Fix(say(_("Choose the line that was approved for it."))), comment="lost"
            )
        elif not line.has_money:
            words = say(_("“{line}” is not approved yet, or closed; nothing is bought from it."), **told)
            yield failed(
                words, at=at, fix=Fix(say(_("Have the budget approved first."))), comment="unapproved"
            )
        elif line.is_contingency:
            words = say(_("“{line}” is held for contingencies, not for “{item}”."), **told)
            yield failed(
                words,
                at=at,
                fix=Fix(say(_("Draw on the contingency for the line that needs it."))),
                comment="contingency",
            )
        elif line.category in CATEGORIES and line.category not in allowed:
            words = say(
                _("“{line}” was approved as {category}, and {kind} is bought from it."),
                category=line.category, kind=_word(facts.kind), **told,
            )  # fmt: skip
            fix = say(
                _("Choose a line that was approved for it, or have an adjustment of the budget approved.")
            )
            yield failed(words, at=at, fix=Fix(fix), comment="category")
        else:
            yield passed(say(_("“{item}” is what “{line}” was approved for."), **told))


def _word(kind: str) -> Say:
    from django.utils.translation import override

    with override(None):
        return Say(str(Supply(kind).label))


@rule(
    "R-BUD-09",
    clause="003 四(三)2",
    severity=BLOCK,
    params={"quotes": 3},
    assumed=["quotes"],
    title=_("Several quotes are compared"),
    sentence=_(
        "Before a supplier of supplies, catering or a venue is chosen, at least {quotes} valid quotes are compared."
    ),
    bounds={"quotes": Bound(_("Valid quotes at least"), at_least=2, at_most=10)},
)
def quotes_are_compared(facts: PurchaseFacts, p: Params) -> Verdict:
    """Supplies, catering and venue are chosen from several quotes, for price and value; fewer need an exception.

    So is what is said to be something else than the chosen supplier supplies.
    """
    if facts.offers >= p.quotes:
        return passed(say(_("{count} valid quotes were compared."), count=facts.offers), offers=facts.offers)
    return failed(
        say(
            _("{count} valid quotes, {least} are needed: {missing} are missing."),
            count=facts.offers,
            least=p.quotes,
            missing=p.quotes - facts.offers,
        ),
        at=Place("purchase", None, "quotes"),
        severity=BLOCK if facts.kind in COMPARED or not facts.is_of_kind else WARN,
        fix=Fix(
            say(
                _(
                    "Ask {missing} more suppliers, or say why fewer are enough: one more person approves then."
                ),
                missing=p.quotes - facts.offers,
            )
        ),
        exception_allowed=True,
        stored=str(facts.offers),
        computed=str(p.quotes),
        offers=facts.offers,
    )


@rule(
    "R-BUD-10",
    clause="002 §9",
    severity=BLOCK,
    params={"limit": LIMIT},
    assumed=["limit"],
    title=_("Large purchases are tendered"),
    sentence=_(
        "A purchase of {limit} or more is tendered; purchases of one kind for one activity count together."
    ),
    bounds={"limit": Bound(_("Tender from"), unit=YUAN, at_least=1)},
)
def large_purchases_are_tendered(facts: PurchaseFacts, p: Params) -> Iterator[Verdict]:
    """From the limit on suppliers compete in a tender; cutting a purchase into parts does not avoid it (002 §9)."""
    together = facts.amount + facts.nearby.activity
    told: dict[str, Any] = {"amount": str(facts.amount), "together": str(together), "limit": str(p.limit)}
    fix = Fix(say(_("Run it as a tender.")))
    at = Place("purchase", None, "method")
    if facts.is_tender:
        yield passed(say(_("It is tendered.")), **told)
    elif facts.amount >= p.limit:
        words = say(
            _("{amount} yuan: from {limit} yuan on a tender is required."),
            amount=format_yuan(facts.amount),
            limit=format_yuan(p.limit),
        )
        yield failed(words, at=at, fix=fix, **told)
    elif together >= p.limit:
        words = say(
            _(
                "Together with {count} more purchases of this kind for the activity it comes to {amount} yuan:"
                " from {limit} yuan on a tender is required."
            ),
            count=facts.nearby.purchases,
            amount=format_yuan(together),
            limit=format_yuan(p.limit),
        )
        yield failed(words, at=at, fix=fix, comment="parts", **told)
    else:
        yield passed(say(_("Below the limit of {limit} yuan."), limit=format_yuan(p.limit)), **told)
    joint = (facts.chosen or ZERO) + facts.nearby.supplier_total
    if (
        facts.chosen
        and facts.nearby.supplier_total
        and not facts.is_tender
        and joint >= p.limit > facts.amount
    ):
        words = say(
            _("{supplier}: {amount} yuan within {days} days, from {limit} yuan on a tender is required."),
            supplier=facts.nearby.supplier,
            amount=format_yuan(joint),
            days=facts.nearby.supplier_days,
            limit=format_yuan(p.limit),
        )
        yield failed(words, at=at, severity=WARN, comment="supplier", **told)


@rule(
    "K-SUP-04",
    clause="003 四(三)2",
    severity=WARN,
    title=_("Suppliers keep to their prices"),
    sentence=_(
        "From {fine} of a supplier’s contracts at no more than the chosen offer it is fine,"
        " below {watch} something has to be done; it weighs {weight} in the score."
    ),
    **scale(weight=20, fine=90, watch=75),
)
def prices_are_kept(tally: Tally, p: Params) -> Verdict:
    """A contract comes to no more than the offer that was chosen for it."""
    return judged(tally, p)


@rule(
    "K-SUP-05",
    clause="003 四(三)2",
    severity=WARN,
    title=_("Suppliers answer invitations to bid"),
    sentence=_(
        "From {fine} of a supplier’s invitations answered by the deadline it is fine,"
        " below {watch} something has to be done; it weighs {weight} in the score."
    ),
    **scale(weight=10, fine=80, watch=50),
)
def invitations_are_answered(tally: Tally, p: Params) -> Verdict:
    """A supplier that is invited to bid hands a bid in by the deadline."""
    return judged(tally, p)


SENDING: Final = (money_keeps_its_purpose, large_purchases_are_tendered)
"""What stops a request from being sent."""
AWARDING: Final = (money_keeps_its_purpose, quotes_are_compared, large_purchases_are_tendered)
"""What stops a supplier from being chosen."""
ALL: Final = AWARDING
