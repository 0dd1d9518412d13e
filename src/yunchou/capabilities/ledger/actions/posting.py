"""The one way money moves: lock the balances in order, judge, then write entries and balances together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
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
from ..selectors.limits import NO_GRANT, Granted, judge
from ..states import ALL, HELD, STATES, Kind, State, month_of

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
    """What a request came to: the posting, its entries in the order of the moves, the holds it opened, the warnings."""

    posting: Posting
    holds: tuple[Hold, ...] = ()
    entries: tuple[Entry, ...] = ()
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
    granted: Granted = NO_GRANT,
) -> Posted:
    """Move money, all of it or none. `check` is called once everything is locked and may refuse.

    Refuses nothing to move, amounts that are none, a closed account or month, more than there is, and more than a ceiling allows
    (R-BUD-05) beyond what was `granted`, by the id of the ceiling. Rights are the business of the action that asks. One
    statement locks, few write, however many entries.
    """
    if not moves:
        raise WrongState(say(_("There is nothing to move.")))
    for move in moves:
        exact_amount(move.amount)
    deltas = deltas_of(moves, order.day)
    rows = _locked({*deltas, *_tops(moves)})
    if order.key and (earlier := Posting.objects.filter(key=order.key).first()):
        entries = tuple(earlier.entries.order_by("pk"))
        return Posted(earlier, tuple(earlier.holds.order_by("pk")), entries, is_repeat=True)
    if check is not None:
        check()
    _refuse_closed(kind, moves, order.day)
    warnings = judge(kind, moves, deltas, rows, granted)
    blocking = [verdict for verdict in warnings if verdict.blocks]
    if blocking:
        raise RuleRefused(blocking[0].reason, fields={"amount": blocking[0].reason}, verdicts=blocking)
    _consume(moves)
    _give_back(moves)
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


def count_otherwise(deltas: Mapping[Place, Delta]) -> None:
    """Let money that stays where it is count in other slices. Within a transaction that has taken its turn."""
    _apply(deltas, _locked(deltas))


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


def _refuse_closed(kind: Kind, moves: Sequence[Move], day: date) -> None:
    """Nothing is posted to a closed account or month; an expense that was made before may still be taken back."""
    sides = [side for move in moves for side in (move.source, move.target) if side is not None]
    taken_back = {id(move.source) for move in moves if kind == Kind.REFUND}
    for side in sides:
        _refuse_before(side, day)
        if side.account.is_closed and id(side) not in taken_back:
            words = say(
                _("“{account}” is closed; nothing is posted to it any more."), account=side.account.name
            )
            raise WrongState(words)
    ids = {pk for side in sides for pk in side.account.ids}
    month = month_of(day).value
    # A month belongs to the unit: money of the year before that is spent in January meets January.
    units = Account.objects.filter(pk__in=ids, kind=Account.Kind.UNIT).values("unit")
    if ClosedMonth.objects.filter(account__unit__in=units, month=month).exists():
        words = say(_("The month {month} is closed. Choose a date in an open month."), month=month)
        raise WrongState(words, fields={"on": words})


def _refuse_before(side: Side, day: date) -> None:
    """Money of a year is not spent before the year: no report of that time would show it."""
    if side.state == State.SPENT and day.year < side.account.year:
        words = say(
            _("The money of “{account}” is that of {year}; choose a date from {year} on."),
            account=side.account.name,
            year=str(side.account.year),
        )
        raise Invalid(words, fields={"on": words})


def _give_back(moves: Sequence[Move]) -> None:
    """Open holds again by what goes back into them, never beyond what they were made for."""
    for move in moves:
        hold = move.target.hold if move.target else None
        if hold is None:
            continue
        more = Value(move.amount, output_field=YuanField())
        if not Hold.objects.filter(pk=hold.pk, open__lte=F("amount") - more).update(open=F("open") + more):
            raise WrongState(say(_("More would be bound again than was ever bound.")))


def _consume(moves: Sequence[Move]) -> None:
    """Take from the holds what the moves use of them, by one statement."""
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for move in moves:
        if move.source and move.source.hold:
            used[move.source.hold.pk] += move.amount
    if not used:
        return
    enough = Q(*(Q(pk=pk, open__gte=amount) for pk, amount in used.items()), _connector=Q.OR)
    taken = Case(
        *(When(pk=pk, then=Value(amount, output_field=YuanField())) for pk, amount in used.items()),
        output_field=YuanField(),
    )
    if Hold.objects.filter(enough).update(open=F("open") - taken) < len(used):
        short = next(hold for hold in Hold.objects.filter(pk__in=used).exclude(enough).order_by("pk"))
        # What was taken of the others is rolled back with the refusal; what is open of this one is as it was.
        words = say(_("Only {left} yuan of it is still open."), left=f"{short.open:,.2f}")
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
    entries: list[Entry] = []
    holds: list[Hold] = []
    for move in moves:
        source, target = move.source, move.target
        hold = _hold(target, move.amount, posting)
        if hold is not None and hold.pk is None:
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
                reverses=move.reverses,
            )
        )
    if holds:
        Hold.objects.bulk_create(holds)
    Entry.objects.bulk_create(entries)
    return Posted(posting, tuple(holds), tuple(entries), warnings)


def _first(source: Side | None, target: Side | None, name: str) -> Any:
    """What the entry was for: of the side that enters use, else of the one that leaves it."""
    return next((getattr(side, name) for side in (target, source) if side and getattr(side, name)), None)


def _hold(target: Side | None, amount: Decimal, posting: Posting) -> Hold | None:
    """Money that comes to be held waits in a hold of its own, unless it goes back to where it came from."""
    if target is None or target.state not in HELD:
        return None
    return target.hold or Hold(
        account=target.account, state=target.state, amount=amount, open=amount, channel=target.channel,
        supplier_id=target.supplier, opened_by=posting, on=posting.on,
    )  # fmt: skip
