"""Rules on moving money. Money in yuan; shares in percent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO, format_exact, format_percent, format_yuan, ratio
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed

from .states import Effect, Stage

WAYS_OUT = _("Draw on the contingency, ask for a budget adjustment, or ask for a special review.")


@dataclass(frozen=True)
class Limit:
    """One limit that a move comes up against.

    `name` says what is limited. `before` is what counts at this stage already, `amount` what the move adds, in yuan.
    Without a `limit` nobody has set one. A limit that is the money itself (`is_balance`) cannot be passed at all. `giver` is
    the key of the account whose money is wanted, `account` the id of the one that is limited. What is only written yet
    (`is_draft`) is mended where it is written, `at` a place of a table.
    """

    name: Say
    stage: Stage
    limit: Decimal | None
    before: Decimal
    amount: Decimal
    effect: Effect = Effect.BLOCK
    is_balance: bool = False
    giver: str = ""
    account: int = 0
    is_draft: bool = False
    at: Place | None = None

    @property
    def after(self) -> Decimal:
        return self.before + self.amount

    @property
    def left(self) -> Decimal | None:
        """What would be left after the move, below zero where it does not fit."""
        return None if self.limit is None else self.limit - self.after


@rule(
    "R-BUD-05",
    clause="002 §9",
    severity=BLOCK,
    params={"watch_at": Decimal("80")},
    assumed=["watch_at"],
    title=_("Within the ceiling"),
    sentence=_(
        "What is reserved, committed or spent stays within the money and the ceilings of line, category, "
        "campaign, unit and period; from {watch_at} of a ceiling on it warns."
    ),
    bounds={"watch_at": Bound(_("Warns from"), unit=PERCENT, at_least=1, at_most=100)},
)
def within_ceiling(limits: tuple[Limit, ...], p: Params) -> Iterator[Verdict]:
    """A reservation, commitment or expense stays within the money and every ceiling (002 §9; 003 四(三)1; X-05).

    Past a ceiling it blocks or warns as the ceiling says; there are three legal ways out of a block.
    """
    for one in limits:
        if one.limit is None or one.left is None:
            continue
        share = ratio(one.after, one.limit)
        told: dict[str, Any] = {"limit": str(one.limit), "before": str(one.before), "amount": str(one.amount)}
        if one.giver:
            told["giver"] = one.giver
        if one.left < ZERO and (one.is_balance or one.effect != Effect.ALLOW):
            over, left = -one.left, max(ZERO, one.limit - one.before)
            yield failed(
                _short(one, left, over) if one.is_balance else _over(one, over),
                severity=BLOCK if one.is_balance or one.effect == Effect.BLOCK else WARN,
                at=one.at or (),
                fix=_less(one, left, over),
                stored=format_exact(one.after),
                computed=format_exact(one.limit),
                over=str(over),
                **told,
            )
        elif share is not None and share >= p.watch_at and one.effect != Effect.ALLOW and not one.is_balance:
            yield failed(
                say(
                    _("{name}: {share} of the ceiling of {limit} yuan would be used."),
                    name=one.name,
                    share=format_percent(share, 1),
                    limit=format_yuan(one.limit),
                ),
                severity=WARN,
                **told,
            )
        else:
            yield passed(
                say(_("{name}: {left} yuan left."), name=one.name, left=format_yuan(one.left)), **told
            )


def _less(one: Limit, left: Decimal, over: Decimal) -> Fix:
    if one.is_draft:
        words = _("Lower the lines by {over} yuan to {left} yuan, or have the plan changed.")
        return Fix(say(words, over=format_exact(over), left=format_exact(left)))
    return Fix(say(_("Ask for {left} yuan at most. {ways}"), left=format_exact(left), ways=say(WAYS_OUT)))


def _short(one: Limit, left: Decimal, over: Decimal) -> Say:
    return say(
        _("{name} has {left} yuan left; {amount} yuan is {over} yuan too much."),
        name=one.name,
        left=format_exact(left),
        amount=format_exact(one.amount),
        over=format_exact(over),
    )


def _over(one: Limit, over: Decimal) -> Say:
    return say(
        _("{name}: the ceiling of {limit} yuan would be passed by {over} yuan."),
        name=one.name,
        limit=format_exact(one.limit or ZERO),
        over=format_exact(over),
    )
