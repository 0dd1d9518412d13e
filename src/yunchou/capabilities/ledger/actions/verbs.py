"""The verbs of the ledger, in the order of a yuan's life. Each is one posting; see `post` for what all of them refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject

from ..commitments import is_over
from ..models import Account, Balance, Entry, Hold, Posting
from ..moves import Move, Side
from ..selectors.limits import NO_GRANT, Granted, own_slice
from ..states import ALL, OWN, Kind, State
from .posting import Order, Posted, post, take_turn


def fund(*, account: Account, amount: Decimal, order: Order, into: State = State.PLANNED) -> Posted:
    """Bring money into the books: planned when a plan is sent, available when something is approved without a plan."""
    return post(Kind.FUND, [Move(amount, None, Side(account, into))], order)


def confirm(*, account: Account, amount: Decimal, order: Order) -> Posted:
    """Planned money becomes available: the plan was approved."""
    return post(Kind.CONFIRM, [_within(account, amount, State.PLANNED, State.AVAILABLE)], order)


def give_back(
    *,
    account: Account,
    amount: Decimal,
    order: Order,
    out_of: State = State.PLANNED,
    to: Account | None = None,
) -> Posted:
    """Planned or available money leaves the account: out of the books, or back to the account `to` above it."""
    target = Side(to, out_of) if to else None
    return post(Kind.RETURN, [Move(amount, Side(account, out_of), target)], order)


@dataclass(frozen=True)
class Share:
    """An amount in yuan for one account."""

    account: Account
    amount: Decimal


def allot(
    *,
    source: Account | None,
    shares: Iterable[Share],
    order: Order,
    holds: Sequence[Hold] = (),
    back: Iterable[Share] = (),
    kind: Kind = Kind.ALLOT,
) -> Posted | None:
    """Give money to accounts below `source`, and take `back` what others no longer need; one posting.

    What comes back goes to those that get more; then the `holds` are used, reservations of the source in their order:
    what a proposal reserved when it was sent is what it gets when it is approved. The rest comes from what the source has
    available, or from outside the books where there is no source; what is left over goes there. None where nothing moves.
    """
    home = _free(source) if source else None
    moves: list[Move] = []
    given = [(_free(share.account), share.amount) for share in back if share.amount > 0]
    pile = [*((_held(hold), hold.open) for hold in reversed(holds)), *reversed(given)]
    for share in shares:
        rest, target = share.amount, _free(share.account)
        while rest > 0 and pile:
            side, left = pile.pop()
            part = min(rest, left)
            moves.append(Move(part, side, target))
            rest -= part
            if left > part:
                pile.append((side, left - part))
        if rest > 0:
            moves.append(Move(rest, home, target))
    moves += [Move(left, side, home) for side, left in pile if side.hold is None]
    return post(kind, moves, order) if moves else None


def transfer(
    *, source: Account, target: Account, amount: Decimal, order: Order, kind: Kind = Kind.ADJUST
) -> Posted:
    """Move available money to another account: an adjustment, a contingency draw, a grant from the emergency pool."""
    if source.pk == target.pk:
        words = say(_("Choose two different accounts."))
        raise Invalid(words, fields={"target": words})
    move = Move(amount, Side(source, State.AVAILABLE), Side(target, State.AVAILABLE))
    return post(kind, [move], order)


def hand_on(
    *, gifts: Sequence[tuple[Hold, Account]], amount: Decimal, order: Order, kind: Kind = Kind.ADJUST
) -> Posted:
    """Give reserved money to other accounts, all of each hold or nothing: what an adjustment reserved when it was sent.

    Refuses where the holds do not come to `amount`: somebody has let them go.
    """
    if sum((hold.open for hold, _target in gifts), ZERO) != amount:
        words = say(_("The money that was frozen for this is no longer there."))
        raise WrongState(words, fields={"amount": words})
    return post(kind, [Move(hold.open, _held(hold), _free(target)) for hold, target in gifts], order)


def reserve(
    *, account: Account, amount: Decimal, order: Order, supplier: int | None = None, channel: str = ""
) -> Posted:
    """Freeze available money 冻结 for one purpose; answers with the hold."""
    source, target = Side(account, State.AVAILABLE), Side(account, State.RESERVED, channel, supplier)
    return post(Kind.RESERVE, [Move(amount, source, target)], order)


def commit(
    *,
    amount: Decimal,
    order: Order,
    account: Account | None = None,
    hold: Hold | None = None,
    supplier: int | None = None,
    channel: str = "",
) -> Posted:
    """Bind money by a contract or an order 占用: out of a reservation (`hold`) or of what is available."""
    source = _source(account, hold, State.RESERVED)
    target = Side(source.account, State.COMMITTED, channel or source.channel, supplier or source.supplier)
    return post(Kind.COMMIT, [Move(amount, source, target)], order)


def spend(
    *,
    amount: Decimal,
    order: Order,
    account: Account | None = None,
    hold: Hold | None = None,
    supplier: int | None = None,
    channel: str = "",
) -> Posted:
    """Book an expense 实际: out of a commitment or reservation (`hold`), or of what is available."""
    source = _source(account, hold)
    target = Side(source.account, State.SPENT, channel or source.channel, supplier or source.supplier)
    return post(Kind.SPEND, [Move(amount, source, target)], order)


def release(*, hold: Hold, order: Order, amount: Decimal | None = None) -> Posted:
    """Give held money back to what is available: all that is open, or `amount` of it."""
    return post(
        Kind.RELEASE, [Move(hold.open if amount is None else amount, _held(hold), _free(hold.account))], order
    )


@dataclass(frozen=True)
class Use:
    """An amount in yuan of what an account has available, or of what is open of a hold; for whom, through which channel."""

    amount: Decimal
    account: Account | None = None
    hold: Hold | None = None
    supplier: int | None = None
    channel: str = ""

    def move(self, state: State) -> Move:
        """The money as it comes to a state."""
        source = _source(self.account, self.hold)
        target = Side(source.account, state, self.channel or source.channel, self.supplier or source.supplier)
        return Move(self.amount, source, target)


def reserve_all(*, uses: Sequence[Use], order: Order, granted: Granted = NO_GRANT) -> Posted:
    """Freeze several amounts in one posting; its holds come in the order of the uses. Passes ceilings as `granted`."""
    return post(Kind.RESERVE, [use.move(State.RESERVED) for use in uses], order, granted=granted)


def spend_all(*, uses: Sequence[Use], order: Order, granted: Granted = NO_GRANT) -> Posted:
    """Book several expenses in one posting; its entries come in the order of the uses. Passes ceilings as `granted`."""
    return post(Kind.SPEND, [use.move(State.SPENT) for use in uses], order, granted=granted)


def release_all(*, holds: Sequence[Hold], order: Order) -> Posted | None:
    """Give back all that is open of holds, in one posting; None where nothing is."""
    moves = [Move(hold.open, _held(hold), _free(hold.account)) for hold in holds if hold.open > 0]
    return post(Kind.RELEASE, moves, order) if moves else None


@transaction.atomic
def refund(
    *,
    order: Order,
    posting: Posting | None = None,
    entry: Entry | None = None,
    amount: Decimal | None = None,
) -> Posted:
    """Take an expense back 红字冲销, an `entry` or the only one of a `posting`: all of it or `amount`, never more.

    What was paid out of a contract is bound by it again while it is in force; the rest is available. Of a closed account it
    goes where the rest of its money went when it was closed.
    """
    expenses = Entry.objects.select_related("posting", "source_hold__opened_by")
    spent = expenses.get(pk=entry.pk) if entry is not None else expenses.get(posting=posting)
    if spent.target_id is None or spent.target_state != State.SPENT:
        raise WrongState(say(_("Only an expense can be reversed.")))
    take_turn([Account.objects.get(pk=spent.target_id)])
    account = Account.objects.get(pk=spent.target_id)
    wanted = spent.amount if amount is None else amount
    back = Entry.objects.filter(reverses=spent).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if back + wanted > spent.amount:
        left = say(_("{left} yuan of it can still be reversed."), left=format_exact(spent.amount - back))
        raise WrongState(left, fields={"amount": left})
    source = Side(account, State.SPENT, spent.channel, spent.supplier_id)
    moves = [Move(wanted, source, _home(account, spent.source_hold), spent)]
    return post(Kind.REFUND, moves, order, reverses=spent.posting)


def _home(account: Account, hold: Hold | None) -> Side | None:
    """Where an expense that is taken back goes: into its contract, to what is available, or out of the books."""
    if account.is_closed:
        heir = _heir(account)
        return _free(heir) if heir else None
    if hold is None or hold.state != State.COMMITTED or is_over(hold.opened_by.document_id):
        return _free(account)
    hold.account = account
    return _held(hold)


def _heir(account: Account) -> Account | None:
    """Where the rest of a closed account went; None out of the books. Where nothing was left, the nearest open one above."""
    while account.is_closed:
        way = Account.objects.filter(pk__in=account.ids).order_by("path")
        top = next(one for one in way if one.is_closed)
        closing = Entry.objects.filter(posting__kind=Kind.CANCEL, source__path__startswith=top.path)
        last = closing.filter(source_state=State.AVAILABLE).order_by("-pk")
        gone = next((one for one in last.select_related("target") if _is_outside(one.target, top)), None)
        heir = gone.target if gone else top.parent
        if heir is None:
            return None
        account = heir
    return account


def _is_outside(account: Account | None, top: Account) -> bool:
    return account is None or not account.path.startswith(top.path)


@transaction.atomic
def return_extra(*, document: Subject, order: Order) -> Posted | None:
    """Give back what a special review brought in for a document that came to nothing, as far as it is still available.

    To the account it came from, or out of the books. None where there was none.
    """
    brought = Entry.objects.filter(
        posting__kind=Kind.EXTRA, posting__document=document, target__is_closed=False, reverses=None, reversals=None
    ).select_related("source", "target")  # fmt: skip
    entries = [entry for entry in brought.order_by("-pk") if entry.target is not None]
    take_turn([entry.target for entry in entries if entry.target])
    free: dict[int, Decimal] = {}
    moves = []
    for entry in entries:
        account = entry.target
        assert account is not None
        left = free.setdefault(account.pk, _available(account))
        if (amount := min(entry.amount, left)) > 0:
            free[account.pk] -= amount
            home = _free(entry.source) if entry.source and not entry.source.is_closed else None
            moves.append(Move(amount, _free(account), home, entry))
    return post(Kind.EXTRA, moves, order) if moves else None


def _available(account: Account) -> Decimal:
    cut = own_slice(account)
    row = Balance.objects.filter(account=account, dimension=cut.dimension, value=cut.value).first()
    return row.available if row else ZERO


@transaction.atomic
def cancel(*, account: Account, order: Order, to: Account | None = None) -> Posted | None:
    """End a campaign's or item's money: holds of it and of all below are released, and what is available leaves.

    It goes to `to`, the account that gave it, or out of the books. What was spent stays where it is. The accounts are
    closed. None where nothing was left to move.
    """
    take_turn([account])
    below = {one.pk: one for one in Account.objects.filter(path__startswith=account.path)}
    rows = Balance.objects.filter(account__in=below, dimension__in=(ALL.dimension, OWN.dimension))
    moves: list[Move] = []
    free = {row.account_id: row.available for row in rows if row.slice == own_slice(below[row.account_id])}
    for hold in Hold.objects.filter(account__in=below, open__gt=0).select_related("account").order_by("pk"):
        moves.append(Move(hold.open, _held(hold), _free(hold.account)))
        free[hold.account_id] = free.get(hold.account_id, ZERO) + hold.open
    target = _free(to) if to else None
    for pk, amount in sorted(free.items()):
        if amount > 0:
            moves.append(Move(amount, _free(below[pk]), target))
    posted = post(Kind.CANCEL, moves, order) if moves else None
    Account.objects.filter(pk__in=below).update(is_closed=True)
    return posted


def _within(account: Account, amount: Decimal, before: State, after: State) -> Move:
    return Move(amount, Side(account, before), Side(account, after))


def _free(account: Account) -> Side:
    return Side(account, State.AVAILABLE)


def _held(hold: Hold) -> Side:
    return Side(hold.account, State(hold.state), hold.channel, hold.supplier_id, hold)


def _source(account: Account | None, hold: Hold | None, state: State | None = None) -> Side:
    """Where money is used from: a hold, of the given state if one is asked for, or what an account has available."""
    if hold is not None:
        if state is not None and hold.state != state:
            raise WrongState(say(_("Only a reservation can become a commitment.")))
        return _held(hold)
    if account is None:
        raise TypeError("give an account or a hold")
    return _free(account)
