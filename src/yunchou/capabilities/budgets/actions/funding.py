"""A budget's money in the ledger: frozen when it is sent, given to its lines when it is approved, followed when it changes.

The room above says where the money comes from (`source`, an account of a plan item, a plan or a unit); without one it
comes into the books with the approval, as money outside the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import NOTHING, holds_of, money_of_many
from yunchou.capabilities.ledger.states import Kind
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import BudgetLine
from ..tables import LineRow


@transaction.atomic
def reserve_budget(*, subject: Subject, source: Account | None, actor: User) -> None:
    """Freeze what a budget needs beyond what it was given, on the account it is to come from.

    In place of what was frozen for it before, so that nobody else takes it while the approvers decide. Refuses where the
    account has less (R-BUD-05).
    """
    release_budget(subject=subject, actor=actor)
    needed = sum(((line.amount or ZERO) - (line.approved or ZERO) for line in _lines(subject)), ZERO)
    if source is not None and needed > 0:
        ledger.reserve(account=source, amount=needed, order=_order(subject, actor))


@transaction.atomic
def release_budget(*, subject: Subject, actor: User) -> None:
    """Give back what was frozen for a budget that is not being decided on any more."""
    for hold in holds_of(subject):
        if hold.account.kind != Account.Kind.LINE:
            ledger.release(hold=hold, order=_order(subject, actor))


@dataclass(frozen=True)
class Settled:
    """What settling moved, in yuan: what lines got, and what went back."""

    given: Decimal
    returned: Decimal


@transaction.atomic
def settle_budget(*, subject: Subject, source: Account | None, year: int, actor: User) -> Settled:
    """Make the money of the lines what the approved budget says: open their accounts, give and take the differences.

    Called when a budget is approved and when a change of it is (APR-13): what a change takes from lines goes to those that
    get more. What was recorded as actual before there were accounts is taken over. Refuses where a line would keep less
    than is used of it, and where the source has too little (R-BUD-05).
    """
    top = _open_campaign(subject, source, year)
    lines = _lines(subject)
    _open_lines(lines, top)
    shares, back = _differences(lines, top)
    order = _order(subject, actor)
    holds = [hold for hold in holds_of(subject) if hold.account.kind != Account.Kind.LINE]
    is_first = all(line.approved is None for line in lines)
    ledger.allot(
        source=source, shares=shares, back=back, holds=holds, order=order,
        kind=Kind.ALLOT if is_first else Kind.ADJUST,
    )  # fmt: skip
    if holds:
        release_budget(subject=subject, actor=actor)
    for line in lines:
        line.approved = line.amount or ZERO
    BudgetLine.objects.bulk_update(lines, ["account", "approved"])
    _take_over(lines, order)
    return Settled(sum((share.amount for share in shares), ZERO), sum((share.amount for share in back), ZERO))


@transaction.atomic
def cancel_budget(*, subject: Subject, source: Account | None, actor: User) -> None:
    """Give back everything that a cancelled campaign did not spend, and close its accounts."""
    release_budget(subject=subject, actor=actor)
    top = Account.objects.filter(key=campaign_key(subject)).first()
    if top is not None and not top.is_closed:
        ledger.cancel(account=top, to=source, order=_order(subject, actor))


def follow_spending(lines: Sequence[BudgetLine]) -> None:
    """Make the column of actual costs what was spent from the accounts of the lines; called by whoever posts."""
    keys = {line.pk: line_key(line) for line in lines if line.account_id is not None}
    money = money_of_many(set(keys.values()))
    for line in lines:
        spent = money[keys[line.pk]].spent if keys.get(line.pk) in money else None
        if spent is not None and spent != (line.actual or ZERO):
            line.actual = spent
            line.given = {key: cell for key, cell in line.given.items() if key != "actual"}
            line.save(update_fields=["actual", "given"])


def campaign_key(subject: Subject) -> str:
    """The key of the account of a subject's whole budget."""
    return f"campaign:{subject.pk}"


def line_key(line: BudgetLine) -> str:
    """The key of a line's account."""
    return f"line:{line.pk}"


def _order(subject: Subject, actor: User) -> ledger.Order:
    return ledger.Order(actor=actor, subject=subject, document=subject, reason=subject.title[:300])


def _lines(subject: Subject) -> list[BudgetLine]:
    return list(
        BudgetLine.objects.filter(subject=subject).select_related("account").order_by("position", "pk")
    )


def _open_campaign(subject: Subject, source: Account | None, year: int) -> Account:
    parent = source or ledger.open_unit(unit=subject.unit, year=year)
    return ledger.open_account(
        kind=Account.Kind.CAMPAIGN,
        parent=parent,
        key=campaign_key(subject),
        name=subject.title,
        subject=subject,
    )


def _open_lines(lines: Sequence[BudgetLine], top: Account) -> None:
    """Each line's own account, with the category as it is when the line is first approved."""
    new = [line for line in lines if line.account is None]
    wanted = [ledger.Line(line_key(line), LineRow(item=line.item).item_name, line.category) for line in new]
    for line, account in zip(new, ledger.open_lines(parent=top, lines=wanted) if new else (), strict=True):
        line.account = account


def _differences(lines: Sequence[BudgetLine], top: Account) -> tuple[list[ledger.Share], list[ledger.Share]]:
    """What lines get and what they give; a line that is gone gives everything, and may have used nothing."""
    shares, back = [], []
    for line in lines:
        assert line.account is not None
        more = (line.amount or ZERO) - (line.approved or ZERO)
        if more > 0:
            shares.append(ledger.Share(line.account, more))
        elif more < 0:
            back.append(ledger.Share(line.account, -more))
    kept = {line.account_id for line in lines}
    gone = [one for one in top.children.order_by("pk") if one.pk not in kept]
    money = money_of_many({one.key for one in gone}) if gone else {}
    for account in gone:
        left = money.get(account.key, NOTHING)
        if left.used:
            words = _("“{line}” was used already; it stays in the budget, with at least what is used of it.")
            raise WrongState(say(words, line=account.name))
        if left.available:
            back.append(ledger.Share(account, left.available))
    return shares, back


def _take_over(lines: Sequence[BudgetLine], order: ledger.Order) -> None:
    """Costs that were written down before the line had an account become expenses; what is beyond its budget comes in."""
    recorded = [line for line in lines if line.actual]
    money = money_of_many({line_key(line) for line in recorded}) if recorded else {}
    for line in recorded:
        assert line.account is not None
        assert line.actual is not None
        there = money.get(line_key(line), NOTHING)
        more = line.actual - there.spent
        if more <= 0:
            continue
        if more > there.available:
            beyond = ledger.Share(line.account, more - there.available)
            ledger.allot(source=None, shares=[beyond], order=order, kind=Kind.EXTRA)
        ledger.spend(account=line.account, amount=more, order=order)
