"""The balances are what the entries come to, and so are the holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Sum

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.verification import Problem, check

from .models import Account, Balance, Entry, Hold
from .moves import Move, Place, Side, deltas_of
from .states import STATES, State

BATCH = 5000


class Kept(NamedTuple):
    """What was kept and what the entries say, of one balance, in yuan per state."""

    place: Place
    kept: tuple[Decimal, ...]
    entries: tuple[Decimal, ...]


@check("ledger")
def balances_are_their_entries() -> Iterator[Problem]:
    """Every balance of every account and slice is the sum of the entries that touched it."""
    for one in differences():
        details = {
            state.value: {"kept": str(kept), "entries": str(said)}
            for state, kept, said in zip(STATES, one.kept, one.entries, strict=True)
            if kept != said
        }
        where = f"account {one.place.account} {one.place.slice.dimension} {one.place.slice.value}".strip()
        yield Problem("differs", where, details)


@check("holds")
def holds_are_what_was_not_used() -> Iterator[Problem]:
    """What is open of a hold is its amount without what entries used of it, and held money is that of open holds."""
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    came_back = Entry.objects.filter(target_hold__isnull=False).exclude(posting=F("target_hold__opened_by"))
    for rows, side, sign in (
        (Entry.objects.filter(source_hold__isnull=False), "source_hold", 1),
        (came_back, "target_hold", -1),
    ):
        for pk, amount in rows.order_by().values_list(side).annotate(sum=Sum("amount")):
            used[pk] += sign * amount
    open_of: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for pk, account, state, amount, left in Hold.objects.values_list(
        "pk", "account_id", "state", "amount", "open"
    ).iterator(chunk_size=BATCH):
        open_of[account, state] += left
        if amount - used[pk] != left:
            yield Problem("differs", f"hold {pk}", {"open": str(left), "used": str(used[pk])})
    for account, state, held in _held_by_entries():
        if open_of.get((account, state), ZERO) != held:
            details = {"holds": str(open_of.get((account, state), ZERO)), "entries": str(held)}
            yield Problem("differs", f"{state} of account {account}", details)


def _held_by_entries() -> Iterator[tuple[int, str, Decimal]]:
    held: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for side, sign in (("source", -1), ("target", 1)):
        rows = Entry.objects.filter(**{f"{side}_state__in": (State.RESERVED, State.COMMITTED)}).order_by()
        for account, state, amount in rows.values_list(f"{side}_id", f"{side}_state").annotate(
            sum=Sum("amount")
        ):
            held[account, state] += sign * amount
    for (account, state), amount in held.items():
        yield account, state, amount


def differences() -> Iterator[Kept]:
    """The balances that are not what the entries say; entries are summed by the database, per side and day."""
    said = _from_entries()
    rows = Balance.objects.order_by("pk").iterator(chunk_size=BATCH)
    for row in rows:
        place = Place(row.account_id, row.slice)
        kept = tuple(row.of(state) for state in STATES)
        expected = said.pop(place, None) or {}
        entries = tuple(expected.get(state, ZERO) for state in STATES)
        if kept != entries:
            yield Kept(place, kept, entries)
    for place, expected in said.items():
        entries = tuple(expected.get(state, ZERO) for state in STATES)
        if any(entries):
            yield Kept(place, (ZERO,) * len(STATES), entries)


def _from_entries() -> dict[Place, dict[State, Decimal]]:
    """Per balance and state, what entered less what left."""
    accounts = Account.objects.in_bulk()
    total: dict[Place, dict[State, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for side in ("source", "target"):
        for pk, state, channel, supplier, day, amount in _sums(side):
            known = Side(accounts[pk], State(state), channel, supplier)
            move = Move(amount, known, None) if side == "source" else Move(amount, None, known)
            for place, delta in deltas_of([move], day).items():
                for changed, by in delta.items():
                    total[place][changed] += by
    return total


def _sums(side: str) -> Iterator[tuple[int, str, str, int | None, date, Decimal]]:
    """Sums of what left (source) or entered (target) by account, state, channel, supplier and accounting date.

    What leaves a hold or goes back into one does so under channel, supplier and day of the hold; what is reversed, under
    those of the entry.
    """
    rows = Entry.objects.filter(**{f"{side}__isnull": False}).order_by()
    own = (f"{side}_id", f"{side}_state", "channel", "supplier", "posting__on")
    hold = f"{side}_hold"
    held = (f"{side}_id", f"{side}_state", f"{hold}__channel", f"{hold}__supplier", f"{hold}__on")
    of_holds = rows.filter(**{f"{hold}__isnull": False})
    yield from of_holds.values_list(*held).annotate(sum=Sum("amount"))
    yield from rows.filter(**{f"{hold}__isnull": True}).values_list(*own).annotate(sum=Sum("amount"))
