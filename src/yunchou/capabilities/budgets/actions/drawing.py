"""Draws on the contingency that were agreed to with the plan, and what becomes of any draw or grant (BUD-09, BUD-10)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..duties import POOL_USE
from ..models import Adjustment, AdjustmentStatus, BudgetLine
from ..permissions import Perm
from .adjusting import (
    KINDS,
    Way,
    account_of_line,
    demand_balance,
    giver_of,
    lock_budget,
    note_before,
    open_adjustment,
    order_of,
    tell,
    told_of,
    words_of,
)


@dataclass(frozen=True)
class Cause:
    """What was agreed to with the plan and calls for the money: `risk:12`, and how it is called."""

    key: str
    name: str


@transaction.atomic
def draw_preapproved(
    *, target: BudgetLine, amount: Decimal, reason: str, cause: Cause, actor: User
) -> Adjustment:
    """Move money of the contingency to a line at once, because the plan that was approved says so (R-BUD-04, R-RSK-05).

    The caller has found that the person may and that the cause covers it. Refuses more than the contingency has, and
    before the budget is approved. Records `budgets.drawn`; those concerned are told.
    """
    budget = lock_budget(target.subject)
    ledger.exact_amount(amount)
    taker, giver = account_of_line(target), giver_of(Way.DRAW, budget, None)
    if giver.pk == taker.pk:
        words = say(_("Choose another line: the money lies there already."))
        raise Invalid(words, fields={"target": words})
    demand_balance(Way.DRAW, giver, amount)
    one = open_adjustment(
        budget=budget, way=Way.DRAW, source=giver, target=taker, amount=amount, reason=reason, actor=actor,
        status=AdjustmentStatus.APPROVED, cause_key=cause.key, cause=cause.name[:160], decided_at=clock.now(),
    )  # fmt: skip
    note_before(one)
    one.save(update_fields=["source_before", "target_before"])
    ledger.transfer(
        source=giver, target=taker, amount=amount, order=order_of(one, actor), kind=KINDS[Way.DRAW]
    )
    record(journal.DRAWN, actor=actor, subject=budget, data={**told_of(one), "cause": cause.name})
    tell(one, say(_("{amount} yuan were moved to “{target}” of “{title}”: {reason}"), **words_of(one)))
    return one


@transaction.atomic
def account_for_use(*, adjustment: Adjustment, report: str, actor: User) -> Adjustment:
    """Write a draw or a grant off by what was used of it; the rest goes back to where it came from (BUD-09, BUD-10).

    A line uses its own money first: what it has left, up to what it was given, was not needed. Refuses without
    `budgets.book` or `budgets.edit` on the budget, a grant of the pool without a report, and while money of the line is
    still frozen or bound, since nobody knows yet what will be used. Records `budgets.accounted`.
    """
    budget = lock_budget(adjustment.budget)
    if not actor.has_perm(Perm.BOOK, budget):
        require(actor, Perm.EDIT, budget)
    found = Adjustment.objects.select_for_update(of=("self",)).select_related("source", "target", "subject")
    one: Adjustment = found.get(pk=adjustment.pk)
    if not one.is_to_account_for:
        raise WrongState(say(_("Nothing is to be written off here any more.")))
    if one.way == Way.POOL and not report.strip():
        words = say(_("Report what the money of the pool was used for."))
        raise Invalid(words, fields={"report": words})
    ledger.take_turn([one.source, one.target])
    money = money_of(one.target)
    if bound := money.reserved + money.committed:
        raise WrongState(
            say(
                _(
                    "{amount} yuan of “{line}” are still frozen or bound; write off once they are spent or free."
                ),
                amount=format_exact(bound),
                line=one.target.name,
            )
        )
    back = min(one.amount, money.available)
    if back > ZERO:
        order = order_of(one, actor)
        ledger.transfer(
            source=one.target, target=one.source, amount=back, order=order, kind=KINDS[Way(one.way)]
        )
    one.used, one.report = one.amount - back, report.strip()
    one.accounted_at, one.accounted_by = clock.now(), actor
    one.save(update_fields=["used", "report", "accounted_at", "accounted_by"])
    told = {
        **told_of(one),
        "used": format_exact(one.used),
        "returned": format_exact(back),
        "report": one.report,
    }
    record(journal.ACCOUNTED, actor=actor, subject=budget, data=told)
    fulfil(actor=actor, kind=POOL_USE.key, subject=one.subject)
    return one
