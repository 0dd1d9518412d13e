"""Rules on one budget. Money in yuan; shares in percent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO, format_exact, format_percent, format_yuan, ratio, yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import PERCENT, YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed

from .chart import HEADINGS, Heading
from .tables import LineRow


@dataclass(frozen=True)
class BudgetFacts:
    """The lines in order, the total that a file or a person states (None where nobody does), and what is required.

    `without` are the headings of an event under which somebody said that nothing is spent; None where none are asked for.
    """

    lines: tuple[LineRow, ...]
    stated_total: Decimal | None = None
    needs_contingency: bool = True
    without: frozenset[str] | None = None

    @cached_property
    def total(self) -> Decimal:
        """The sum of the lines: the only total that counts (BUD-07)."""
        return sum((line.amount for line in self.lines if line.amount is not None), ZERO)

    @cached_property
    def contingency(self) -> Decimal:
        return sum((line.amount or ZERO for line in self.lines if line.is_contingency), ZERO)

    @property
    def contingency_position(self) -> int | None:
        return next((n for n, line in enumerate(self.lines) if line.is_contingency), None)

    @cached_property
    def headings(self) -> dict[Heading, Decimal]:
        """What the lines plan under each heading of an event that one of them pays for, in yuan."""
        found: dict[Heading, Decimal] = {}
        for line in self.lines:
            if line.amount is not None and line.heading in HEADINGS:
                found[line.heading] = found.get(line.heading, ZERO) + line.amount
        return found


@rule(
    "R-BUD-01",
    clause="004 二(三)",
    severity=BLOCK,
    title=_("Amount is the product"),
    sentence=_("Where a line states factors, its amount is their product."),
)
def amount_is_product(facts: BudgetFacts, p: Params) -> Iterator[Verdict]:
    """Where a line states factors, its amount is their product."""
    for position, line in enumerate(facts.lines):
        if line.product is None or line.amount is None:
            continue
        if line.product == line.amount:
            yield passed(
                say(_("{item}: {calculation} = {amount}"), item=line.item_name, calculation=line.calculation,
                    amount=format_yuan(line.amount))
            )  # fmt: skip
            continue
        at = Place("budget", position, "amount")
        yield failed(
            say(
                _("{item}: {calculation} gives {product}, the line says {amount}."),
                item=line.item_name,
                calculation=line.calculation,
                product=format_yuan(line.product),
                amount=format_yuan(line.amount),
            ),
            at=at,
            stored=format_exact(line.amount),
            computed=format_exact(line.product),
            fix=Fix(
                say(_("Set the amount to {amount}."), amount=format_yuan(line.product)), {at: line.product}
            ),
        )


@rule(
    "R-BUD-02",
    clause="004 二(三)",
    severity=BLOCK,
    title=_("Total is the sum"),
    sentence=_("A stated total equals the sum of the lines; a difference is shown and stops submission."),
)
def total_is_sum(facts: BudgetFacts, p: Params) -> Verdict:
    """A stated total equals the sum of the lines; a difference is shown and stops submission."""
    if facts.stated_total is None or facts.stated_total == facts.total:
        return passed(say(_("The lines add up to {total}."), total=format_yuan(facts.total)))
    at = Place("budget", None, "amount")
    return failed(
        say(
            _(
                "The stated total is {stated}, the {count} lines add up to {total}: a difference of "
                "{difference}."
            ),
            stated=format_yuan(facts.stated_total),
            count=len(facts.lines),
            total=format_yuan(facts.total),
            difference=format_yuan(abs(facts.stated_total - facts.total)),
        ),
        at=at,
        stored=format_exact(facts.stated_total),
        computed=format_exact(facts.total),
        fix=Fix(say(_("Set the total to {total}."), total=format_yuan(facts.total)), {at: facts.total}),
        comment="A1",
        difference=str(facts.stated_total - facts.total),
    )


@rule(
    "R-BUD-03",
    clause="004 二(三)",
    severity=BLOCK,
    params={"lo": Decimal("10"), "hi": Decimal("15")},
    title=_("Contingency in range"),
    sentence=_(
        "The contingency is between {lo} and {hi} of the total that contains it, where the kind requires "
        "one; otherwise the proposal is not sent, unless finance reviews an exception asked for with a "
        "reason."
    ),
    bounds={
        # A contingency of 100 % would leave no other line to be the rest.
        "lo": Bound(_("Lower limit"), unit=PERCENT, at_least=0, at_most=99),
        "hi": Bound(_("Upper limit"), unit=PERCENT, at_least=0, at_most=99),
    },
    ordered=(("lo", "hi"),),
)
def contingency_in_range(facts: BudgetFacts, p: Params) -> Verdict:
    """The contingency is between 10 % and 15 % of the total that contains it, where the kind requires one.

    Of the other lines L and a rate r the allowed amount is L x r / (1 - r). An exception needs a reason and one more
    approver.
    """
    if not facts.needs_contingency or not facts.lines:
        return passed(say(_("This kind of campaign needs no contingency.")))
    total, held = facts.total, facts.contingency
    share = ratio(held, total) or Decimal("0.00")
    others = total - held
    low, high = allowed_contingency(others, p.lo, p.hi)
    known: dict[str, Any] = {"share": str(share), "low": str(low), "high": str(high), "base": str(total)}
    if low <= held <= high:
        return passed(
            say(
                _("The contingency is {share} of {total}."),
                share=format_percent(share),
                total=format_yuan(total),
            ),
            **known,
        )
    position = facts.contingency_position
    target = low if held < low else high
    at = Place("budget", position, "amount")
    # Several lines may hold the contingency: the first one takes the whole difference, if it can.
    first = (facts.lines[position].amount or ZERO) if position is not None else ZERO
    amount = first + target - held
    return failed(
        say(
            _(
                "The contingency of ¥{held} is {share} of the total ¥{total}, outside {lo}%–{hi}%. "
                "Allowed: ¥{low} to ¥{high}."
            ),
            held=format_yuan(held),
            share=format_percent(share),
            total=format_yuan(total),
            lo=f"{p.lo:f}",
            hi=f"{p.hi:f}",
            low=format_exact(low),
            high=format_exact(high),
        ),
        at=at,
        stored=format_exact(held),
        computed=f"{format_exact(low)}–{format_exact(high)}",
        fix=Fix(
            say(_("Raise the contingency to {low}–{high}."), low=format_exact(low), high=format_exact(high))
            if held < low
            else say(
                _("Lower the contingency to {low}–{high}."), low=format_exact(low), high=format_exact(high)
            ),
            {at: amount} if position is not None and amount >= 0 else {},
        ),
        comment="A2",
        exception_allowed=True,
        **known,
    )


def allowed_contingency(others: Decimal, lo: Decimal, hi: Decimal) -> tuple[Decimal, Decimal]:
    """The smallest and the largest contingency in yuan beside `others`, for rates in percent of the total with it.

    Rounded half up to the fen, and the rule judges by these amounts, so that the limits people read are the limits.
    """
    return yuan(others * lo / (100 - lo)), yuan(others * hi / (100 - hi))


@rule(
    "R-BUD-11",
    clause="004 二(三)",
    severity=WARN,
    params={"tolerance": Decimal("0.00")},
    assumed=["tolerance"],
    title=_("A variance has a note"),
    sentence=_(
        "Where the actual cost of a line differs from its budget by more than {tolerance}, a note says why."
    ),
    bounds={
        "tolerance": Bound(_("Permitted difference"), unit=YUAN, at_least=0, at_most=1_000_000),
    },
)
def variance_has_a_note(facts: BudgetFacts, p: Params) -> Iterator[Verdict]:
    """Where the actual cost of a line differs from its budget, a note says why."""
    for position, line in enumerate(facts.lines):
        if line.variance is None or line.amount is None:
            continue
        share = ratio(line.variance, line.amount)
        told: dict[str, Any] = {
            "variance": str(line.variance),
            "percent": "" if share is None else str(share),
        }
        if abs(line.variance) <= p.tolerance or line.variance_note.strip():
            yield passed(
                say(
                    _("{item}: variance {variance}"),
                    item=line.item_name,
                    variance=format_exact(line.variance),
                ),
                **told,
            )
            continue
        yield failed(
            say(
                _(
                    "{item}: actual {actual}, budget {amount}, variance {variance} ({percent}) without a "
                    "note."
                ),
                item=line.item_name,
                actual=format_yuan(line.actual or ZERO),
                amount=format_yuan(line.amount),
                variance=format_yuan(line.variance),
                percent="—" if share is None else format_percent(share),
            ),
            at=Place("budget", position, "variance_note"),
            fix=Fix(say(_("Say why it differs."))),
            **told,
        )


HEADING_WORDS: Final[Mapping[Heading, str]] = {
    Heading.VENUE: _("venue hire"),
    Heading.GUESTS: _("guest invitation"),
    Heading.SUPPLIES: _("supplies"),
    Heading.CATERING: _("catering"),
    Heading.TRANSPORT: _("transport"),
    Heading.STAFF: _("staff"),
    Heading.PUBLICITY: _("publicity"),
}


@rule(
    "K-BUD-05",
    clause="003 四(一)1",
    severity=BLOCK,
    title=_("The seven headings of an event are considered"),
    sentence=_(
        "The budget of a high-end event has a line for venue, guests, supplies, catering, transport, staff and publicity, or"
        " somebody says that there is none."
    ),
)
def headings_are_considered(facts: BudgetFacts, p: Params) -> Iterator[Verdict]:
    """Under each of the seven headings of a high-end event there is a line, or somebody's word that nothing is spent."""
    if facts.without is None:
        return
    for heading in HEADINGS:
        name = say(HEADING_WORDS[heading])
        if heading in facts.headings:
            yield passed(
                say(_("{heading}: {amount}"), heading=name, amount=format_yuan(facts.headings[heading]))
            )
        elif heading.value in facts.without:
            yield passed(say(_("{heading}: somebody said that there is none."), heading=name))
        else:
            yield failed(
                say(_("Nobody has considered “{heading}”."), heading=name),
                at=Place("budget", None, "item"),
                fix=Fix(say(_("Add a line for it, or say above the lines that there is none."))),
                heading=heading.value,
            )


@dataclass(frozen=True)
class Draw:
    """Money that is asked for from a contingency or a pool, in yuan: what is there, and how much is wanted."""

    name: str
    held: Decimal
    amount: Decimal


def _fits(draw: Draw) -> Verdict:
    if draw.amount <= draw.held:
        left = format_exact(draw.held - draw.amount)
        return passed(say(_("{name}: {left} yuan would be left."), name=draw.name, left=left))
    return failed(
        say(
            _("{name} has {held} yuan; {amount} yuan exceeds it by {over} yuan."),
            name=draw.name,
            held=format_exact(draw.held),
            amount=format_exact(draw.amount),
            over=format_exact(draw.amount - draw.held),
        ),
        fix=Fix(say(_("Ask for {held} yuan at most."), held=format_exact(draw.held))),
        stored=format_exact(draw.amount),
        computed=format_exact(draw.held),
        over=str(draw.amount - draw.held),
    )


@rule(
    "R-BUD-04",
    clause="004 二(三)",
    severity=BLOCK,
    title=_("Contingency is drawn within its balance"),
    sentence=_(
        "The contingency is drawn with a reason and an approval, or as a risk's plan was approved, and never beyond what is"
        " left of it."
    ),
)
def draw_within_contingency(draw: Draw, p: Params) -> Verdict:
    """The contingency is drawn with a reason and an approval, and never beyond what is left of it."""
    return _fits(draw)


@rule(
    "R-BUD-15",
    clause="002 9.3(4)",
    severity=BLOCK,
    params={"report_days": 30},
    assumed=["report_days"],
    title=_("Emergency pool within its balance"),
    sentence=_(
        "The emergency pool gives, with an approval, at most what it has; its use is reported within {report_days} days."
    ),
    bounds={
        "report_days": Bound(_("Days until the use is reported"), unit=_("days"), at_least=1, at_most=366)
    },
)
def draw_within_pool(draw: Draw, p: Params) -> Verdict:
    """The emergency pool gives, with an approval, at most what it has; its use is reported within 30 days."""
    return _fits(draw)
