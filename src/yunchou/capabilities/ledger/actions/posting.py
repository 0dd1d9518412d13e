"""The one way money moves: lock the balances in order, judge, then write entries and balances together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import ZERO, yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import Account, Balance, ClosedMonth, Entry, Hold, Posting
from ..moves import Delta, Move, Place, Side, deltas_of
from ..selectors.limits import judge
from ..states import ALL, HELD, STATES, Kind, month_of

TOO_MUCH: Final = Decimal(10) ** 12
FEW: Final = 3


@dataclass(frozen=True)
class Order:
    """What every posting says of itself.

    `key` names the request: the same request again answers with what it posted the first time. `on` is the accounting
    date, today unless given.
    """

    actor: User
    subject: Subject | None = None
    document: Subject | None = None
    evidence: str = ""
    reason: str = ""
    on: date | None = None
    key: str = ""

    @property
    def day(self) -> date:
        return self.on or clock.today()


@dataclass(frozen=True)
class Posted:
    """What a request came to: the posting, the holds it opened, and the warnings of ceilings."""

    posting: Posting
    holds: tuple[Hold, ...] = ()
    warnings: tuple[Verdict, ...] = ()
    is_repeat: bool = False

    @property
    def hold(self) -> Hold:
        """The one hold it opened."""
        (hold,) = self.holds
        return hold


Check = Callable[[], None]


@transaction.atomic
def post(
    kind: Kind,
    moves: Sequence[Move],
    order: Order,
    *,
    reverses: Posting | None = None,
    check: Check | None = None,
) -> Posted:
    """Move money, all of it or none. `check` is called once everything is locked and may refuse.

    Refuses amounts that are none, a closed account or month, more than there is, and more than a ceiling allows
    (R-BUD-05). Rights are the business of the action that asks. One statement locks, few write, however many entries.
    """
    for move in moves:
        exact_amount(move.amount)
    deltas = deltas_of(moves, order.day)
    rows = _locked({*deltas, *_tops(moves)})
    if order.key and (earlier := Posting.objects.filter(key=order.key).first()):
        return Posted(earlier, tuple(earlier.holds.all()), is_repeat=True)
    if check is not None:
        check()
    _refuse_closed(moves, order.day)
    warnings = judge(kind, moves, deltas, rows)
    blocking = [verdict for verdict in warnings if verdict.blocks]
    if blocking:
        raise RuleRefused(blocking[0].reason, fields={"amount": blocking[0].reason}, verdicts=blocking)
    _consume(moves)
    _apply(deltas, rows)
    return _written(kind, moves, order, reverses, tuple(warnings))


def exact_amount(amount: Decimal) -> Decimal:
    """The amount, if it is one: above zero, at most two decimals, at most twelve digits before them."""
    problem = None
    if not amount.is_finite() or amount <= 0:
        problem = say(_("Give an amount above zero."))
    elif yuan(amount) != amount:
        problem = say(_("Give at most two decimals."))
    elif amount >= TOO_MUCH:
        problem = say(_("Give an amount below a trillion yuan."))
    if problem:
        raise Invalid(problem, fields={"amount": problem})
    return yuan(amount)


def take_turn(accounts: Iterable[Account]) -> None:
    """Wait until nobody else posts in the trees of these accounts: what is read from here on still holds when it is posted.

    For actions that have to look before they know what to post. Within a transaction; every posting takes the same lock.
    """
    tops = {Place(account.ids[0], ALL) for account in accounts}
    _locked(tops)


def _tops(moves: Sequence[Move]) -> Iterator[Place]:
    """The whole of each tree that is touched. It was opened first, so it is locked first: nobody meets in a deadlock."""
    for move in moves:
        for side in (move.source, move.target):
            if side is not None:
                yield Place(side.account.ids[0], ALL)


def _locked(places: Collection[Place]) -> dict[Place, Balance]:
    """The balances by place, locked in order of id; those that do not exist yet are made."""
    rows = _lock(places)
    missing = sorted(set(places) - set(rows))
    if missing:
        Balance.objects.bulk_create(
            [Balance(account_id=pk, dimension=cut.dimension, value=cut.value) for pk, cut in missing],
            ignore_conflicts=True,
        )
        rows = _lock(places)
    return rows


def _lock(places: Collection[Place]) -> dict[Place, Balance]:
    """In one plain statement: the few balances it locks beyond those asked for lie on the same accounts."""
    found = Balance.objects.filter(
        account__in={place.account for place in places},
        dimension__in={place.slice.dimension for place in places},
        value__in={place.slice.value for place in places},
    )
    locked = {
        Place(row.account_id, row.slice): row for row in found.select_for_update(no_key=True).order_by("pk")
    }
    return {place: row for place, row in locked.items() if place in places}


def _refuse_closed(moves: Sequence[Move], day: date) -> None:
    sides = [side for move in moves for side in (move.source, move.target) if side is not None]
    for side in sides:
        if side.account.is_closed:
            words = say(
                _("“{account}” is closed; nothing is posted to it any more."), account=side.account.name
            )
            raise WrongState(words)
    ids = {pk for side in sides for pk in side.account.ids}
    month = month_of(day).value
    if ClosedMonth.objects.filter(account__in=ids, month=month).exists():
        words = say(_("The month {month} is closed. Choose a date in an open month."), month=month)
        raise WrongState(words, fields={"on": words})


def _consume(moves: Sequence[Move]) -> None:
    """Take from the holds what the moves use of them."""
    for move in moves:
        hold = move.source.hold if move.source else None
        if hold is None:
            continue
        left = Hold.objects.filter(pk=hold.pk, open__gte=move.amount)
        if not left.update(open=F("open") - Value(move.amount, output_field=YuanField())):
            open_now = Hold.objects.get(pk=hold.pk).open
            words = say(_("Only {left} yuan of it is still open."), left=f"{open_now:,.2f}")
            raise WrongState(words, fields={"amount": words})


def _apply(deltas: Mapping[Place, Delta], rows: Mapping[Place, Balance]) -> None:
    """Add the deltas to the locked balances: those that change alike by one statement, many kinds of change all by one."""
    alike: dict[tuple[Decimal, ...], list[int]] = defaultdict(list)
    for place, delta in deltas.items():
        alike[tuple(delta.get(state, ZERO) for state in STATES)].append(rows[place].pk)
    if len(alike) > FEW:
        _apply_at_once(deltas, rows)
        return
    for change, pks in alike.items():
        by = {
            state.value: F(state.value) + Value(amount, output_field=YuanField())
            for state, amount in zip(STATES, change, strict=True)
            if amount
        }
        Balance.objects.filter(pk__in=pks).update(**by)


def _apply_at_once(deltas: Mapping[Place, Delta], rows: Mapping[Place, Balance]) -> None:
    changed = {state for delta in deltas.values() for state in delta}
    for place, delta in deltas.items():
        for state, by in delta.items():
            setattr(rows[place], state.value, rows[place].of(state) + by)
    Balance.objects.bulk_update([rows[place] for place in deltas], [state.value for state in changed])


def _written(
    kind: Kind, moves: Sequence[Move], order: Order, reverses: Posting | None, warnings: tuple[Verdict, ...]
) -> Posted:
    posting = Posting.objects.create(
        kind=kind, subject=order.subject, document=order.document, evidence=order.evidence, reason=order.reason,
        actor=order.actor, on=order.day, key=order.key, reverses=reverses,
    )  # fmt: skip
    entries, holds = [], []
    for move in moves:
        source, target = move.source, move.target
        hold = _hold(target, move.amount, posting)
        if hold is not None:
            holds.append(hold)
        entries.append(
            Entry(
                posting=posting,
                amount=move.amount,
                source=source.account if source else None,
                source_state=source.state if source else "",
                source_hold=source.hold if source else None,
                target=target.account if target else None,
                target_state=target.state if target else "",
                target_hold=hold,
                channel=_first(source, target, "channel") or "",
                supplier_id=_first(source, target, "supplier"),
            )
        )
    if holds:
        Hold.objects.bulk_create(holds)
    Entry.objects.bulk_create(entries)
    return Posted(posting, tuple(holds), warnings)


def _first(source: Side | None, target: Side | None, name: str) -> Any:
    """What the entry was for: of the side that enters use, else of the one that leaves it."""
    return next((getattr(side, name) for side in (target, source) if side and getattr(side, name)), None)


def _hold(target: Side | None, amount: Decimal, posting: Posting) -> Hold | None:
    """Money that comes to be held waits in a hold of its own."""
    if target is None or target.state not in HELD:
        return None
    return Hold(
        account=target.account, state=target.state, amount=amount, open=amount, channel=target.channel,
        supplier_id=target.supplier, opened_by=posting,
    )  # fmt: skip
