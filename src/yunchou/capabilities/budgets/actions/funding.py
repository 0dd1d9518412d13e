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
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import BudgetLine
from ..tables import LineRow


@transaction.atomic
def reserve_budget(*, subject: Subject, source: Account | None, actor: User) -> None:
    """Freeze what a budget needs beyond what it was given, on the account it is to come from.

    What a change takes from lines is frozen on them. All in place of what was frozen for it before, so that nobody else
    takes it while the approvers decide. Refuses where an account has less (R-BUD-05).
    """
    release_budget(subject=subject, actor=actor)
    lines = _lines(subject)
    more = {line: (line.amount or ZERO) - (line.approved or ZERO) for line in lines}
    uses = [
        ledger.Use(-by, account=line.account)
        for line, by in more.items()
        if by < 0 and line.account is not None
    ]
    _refuse_less_than_used(uses)
    if source is not None and (needed := sum(more.values(), ZERO)) > 0:
        uses.append(ledger.Use(needed, account=source))
    if uses:
        ledger.reserve_all(uses=uses, order=_order(subject, actor))


def _refuse_less_than_used(uses: Sequence[ledger.Use]) -> None:
    """What is held or spent of a line stays in it: its author is told, not the last approver."""
    accounts = [use.account for use in uses if use.account]
    ledger.take_turn(accounts)
    money = money_of_many({account.key for account in accounts}) if accounts else {}
    for use in uses:
        assert use.account is not None
        held = money.get(use.account.key, NOTHING)
        if use.amount > held.available:
            words = _("“{line}” keeps at least ¥{used}: that much of it is held or spent.")
            raise WrongState(say(words, line=use.account.name, used=format_exact(held.used)))


@transaction.atomic
def release_budget(*, subject: Subject, actor: User) -> None:
    """Give back what was frozen for a budget that is not being decided on any more."""
    ledger.release_all(holds=holds_of(subject), order=_order(subject, actor))


@dataclass(frozen=True)
class Settled:
    """What settling moved, in yuan: what lines got, and what went back."""

    given: Decimal
    returned: Decimal


@transaction.atomic
def settle_budget(
    *, subject: Subject, source: Account | None, year: int, actor: User, takes_over: bool = False
) -> Settled:
    """Make the money of the lines what the approved budget says: open their accounts, give and take the differences.

    Called when a budget is approved and when a change of it is (APR-13): what a change takes from lines goes to those that
    get more. Names and categories of the accounts become those that were approved. Refuses where a line would keep less
    than is used of it, and where the source has too little (R-BUD-05). What was typed as actual cost stays a figure, and
    is spent only with `takes_over`, for a campaign that ran before there were books.
    """
    lines = _lines(subject, lock=True)
    top = _open_campaign(subject, source, year)
    _open_lines(lines, top)
    order = _order(subject, actor)
    frozen = holds_of(subject)
    ledger.release_all(holds=[one for one in frozen if one.account.kind == Account.Kind.LINE], order=order)
    shares, back = _differences(lines, top)
    holds = [one for one in frozen if one.account.kind != Account.Kind.LINE]
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
    if takes_over:
        _take_over(lines, order)
    return Settled(sum((share.amount for share in shares), ZERO), sum((share.amount for share in back), ZERO))


@transaction.atomic
def return_rest(*, subject: Subject, source: Account, actor: User) -> None:
    """Give back to the account it came from what a campaign that is over neither spent nor holds.

    Its accounts stay open for what is still to be paid; again gives back what became free since.
    """
    top = Account.objects.filter(key=campaign_key(subject), is_closed=False).first()
    if top is None:
        return
    ledger.take_turn([top])
    accounts = [top, *top.children.filter(is_closed=False).order_by("pk")]
    own = money_of_many({one.key for one in accounts}, own=True)
    whole = money_of_many({one.key for one in accounts if one.kind == Account.Kind.LINE})
    free = {one: {**own, **whole}.get(one.key, NOTHING).available for one in accounts}
    back = [ledger.Share(one, amount) for one, amount in free.items() if amount > 0]
    ledger.allot(source=source, shares=(), back=back, order=_order(subject, actor), kind=Kind.RETURN)


@transaction.atomic
def cancel_budget(*, subject: Subject, source: Account | None, actor: User) -> None:
    """Give back everything that a cancelled campaign did not spend, and close its accounts."""
    release_budget(subject=subject, actor=actor)
    top = Account.objects.filter(key=campaign_key(subject)).first()
    if top is not None and not top.is_closed:
        ledger.cancel(account=top, to=source, order=_order(subject, actor))


def follow_spending(lines: Sequence[BudgetLine]) -> None:
    """Make the column of actual costs what was spent from the accounts of the lines; called by whoever posts.

    The caller has locked the lines before the books. Two queries.
    """
    keys = {line.pk: line_key(line) for line in lines if line.account_id is not None}
    money = money_of_many(set(keys.values()))
    changed = []
    for line in lines:
        spent = money[keys[line.pk]].spent if keys.get(line.pk) in money else None
        if spent is not None and spent != (line.actual or ZERO):
            line.actual = spent
            line.given = {key: cell for key, cell in line.given.items() if key != "actual"}
            changed.append(line)
    if changed:
        BudgetLine.objects.bulk_update(changed, ["actual", "given"])


def campaign_key(subject: Subject) -> str:
    """The key of the account of a subject's whole budget."""
    return f"campaign:{subject.pk}"


def line_key(line: BudgetLine) -> str:
    """The key of a line's account."""
    return f"line:{line.pk}"


def _order(subject: Subject, actor: User) -> ledger.Order:
    return ledger.Order(actor=actor, subject=subject, document=subject, reason=subject.title[:300])


def _lines(subject: Subject, *, lock: bool = False) -> list[BudgetLine]:
    """The lines in order. Who will move their money locks them before the books, as whoever pays a claim does."""
    found = BudgetLine.objects.filter(subject=subject).select_related("account").order_by("position", "pk")
    return list(found.select_for_update(of=("self",), no_key=True) if lock else found)


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
    """Each line's own account, called and counted as the line was approved: what rules read until it is approved anew."""
    new = [line for line in lines if line.account is None]
    rows = [LineRow(category=line.category, item=line.item) for line in lines]
    for line, row in zip(lines, rows, strict=True):
        account = line.account
        if account is not None and (account.name, account.category) != (row.item_name[:200], row.group):
            line.account = ledger.rename_line(account=account, name=row.item_name, category=row.group)
    wanted = [
        ledger.Line(line_key(line), row.item_name, row.group)
        for line, row in zip(lines, rows, strict=True)
        if line.account is None
    ]
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
