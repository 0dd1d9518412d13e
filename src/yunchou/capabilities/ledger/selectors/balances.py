"""Reads of the ledger: what there is, what would be left, and which entries it is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from django.db.models import Q, QuerySet

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, ratio
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import Account, Balance, Entry, Hold
from ..moves import Move, Place, Side, deltas_of
from ..rules import Limit, within_ceiling
from ..states import ALL, STATES, Dimension, Effect, Slice, Stage, State
from .limits import ceilings, own_slice

FEW = 400
"""So many accounts can be named in one statement at no cost."""


@dataclass(frozen=True)
class Money:
    """What of an account is in which state, in yuan."""

    planned: Decimal = ZERO
    available: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO

    @property
    def approved(self) -> Decimal:
        """What was ever given and not taken back: everything that is no longer only planned."""
        return self.available + self.used

    @property
    def used(self) -> Decimal:
        """What is reserved, committed or spent."""
        return self.reserved + self.committed + self.spent

    @property
    def variance(self) -> Decimal:
        """Actual minus budget (R-BUD-11)."""
        return self.spent - self.approved

    @property
    def rate(self) -> Decimal | None:
        """Execution rate 执行率: spent in percent of what was approved; None where nothing was."""
        return ratio(self.spent, self.approved)

    def __add__(self, other: Money) -> Money:
        return Money(*(getattr(self, s.value) + getattr(other, s.value) for s in STATES))


NOTHING = Money()


def money_at(row: Balance) -> Money:
    return Money(row.planned, row.available, row.reserved, row.committed, row.spent)


def money_of(account: Account, cut: Slice = ALL) -> Money:
    """What of an account, with everything below it, or of one slice of it, is in which state; one query."""
    row = Balance.objects.filter(account=account, dimension=cut.dimension, value=cut.value).first()
    return money_at(row) if row else NOTHING


def money_of_many(keys: Collection[str], *, own: bool = False) -> dict[str, Money]:
    """The same of many accounts by key; accounts that do not exist are left out; one query."""
    dimension = Dimension.OWN if own else Dimension.ALL
    rows = Balance.objects.filter(account__key__in=keys, dimension=dimension, value="").select_related(
        "account"
    )
    return {row.account.key: money_at(row) for row in rows}


def slices_of(account: Account, dimension: Dimension) -> dict[str, Money]:
    """The parts of an account by category, channel, supplier (id of its subject), quarter or month; one query."""
    rows = Balance.objects.filter(account=account, dimension=dimension).order_by("value")
    return {row.value: money_at(row) for row in rows}


@dataclass(frozen=True)
class Level:
    """What one level would have left after a move.

    `left` is what is not used of the level's money, or of its ceiling where it has one, in yuan; `verdict` what the rule
    says where it does not let the move pass in silence. Of one that `is_hidden` only `suffices` is told, see `veiled`.
    """

    name: Say
    before: Decimal
    after: Decimal
    whole: Decimal
    verdict: Verdict | None
    account: int = 0
    is_hidden: bool = False

    @property
    def suffices(self) -> bool:
        """All that is told of a level which the person may not see."""
        return self.after >= 0

    @property
    def used_before(self) -> Decimal:
        """What is used of the whole already, in yuan."""
        return self.whole - self.before

    @property
    def more(self) -> Decimal:
        """What the move would take, in yuan."""
        return self.before - self.after

    @property
    def used_after(self) -> Decimal:
        """What would be used of the whole, in yuan."""
        return self.whole - self.after

    @property
    def share(self) -> Decimal:
        """What would be used, in percent of the whole."""
        return ratio(self.whole - self.after, self.whole) or ZERO


def outlook(
    account: Account,
    amount: Decimal,
    stage: Stage,
    *,
    supplier: int | None = None,
    channel: str = "",
    on: date | None = None,
) -> list[Level]:
    """What line, campaign, plan, units and every ceiling would have left if `amount` yuan were used now.

    Nearest first. Locks nothing and promises nothing: posting judges again. Four queries.
    """
    return levels_of(limits_ahead(account, amount, stage, supplier=supplier, channel=channel, on=on))


def limits_ahead(
    account: Account,
    amount: Decimal,
    stage: Stage,
    *,
    supplier: int | None = None,
    channel: str = "",
    on: date | None = None,
    frozen: Decimal = ZERO,
) -> list[Limit]:
    """The limits that such a move would come up against, nearest first: first the account's own money.

    `frozen` of the amount, in yuan, are held for it already and count as if they were not. Three queries.
    """
    state = {Stage.RESERVE: State.RESERVED, Stage.COMMIT: State.COMMITTED, Stage.SPEND: State.SPENT}[stage]
    target = Side(account, state, channel, supplier)
    moves = [Move(amount, Side(account, State.AVAILABLE), target)]
    deltas = deltas_of(moves, on or clock.today())
    rows = {Place(row.account_id, row.slice): row for row in Balance.objects.filter(account__in=account.ids)}
    moneys = (
        replace(one, limit=(one.limit or ZERO) + frozen) for one in _moneys(account, amount, stage, rows)
    )
    caps = (replace(one, before=one.before - frozen) for one in ceilings(deltas, rows, account.key))
    return [*moneys, *caps]


def levels_of(limits: Iterable[Limit]) -> list[Level]:
    """Limits as pages show them, with what the rule says of each."""
    params = params_on([within_ceiling])[within_ceiling.id]
    return [_level(one, params) for one in limits if one.limit is not None]


def _moneys(
    account: Account, amount: Decimal, stage: Stage, rows: Mapping[Place, Balance]
) -> Iterable[Limit]:
    """What every account from the line up has available; only the account that gives can lack it."""
    names = dict(Account.objects.filter(pk__in=account.ids).values_list("pk", "name"))
    for pk in reversed(account.ids):
        row = rows.get(Place(pk, own_slice(account) if pk == account.pk else ALL))
        held = row.available if row else ZERO
        yield Limit(
            say(names[pk]), stage, held, ZERO, amount, is_balance=pk == account.pk, effect=Effect.ALLOW,
            giver=account.key, account=pk,
        )  # fmt: skip


def _level(one: Limit, params: object) -> Level:
    limit = one.limit or ZERO
    failures = within_ceiling.failures((one,), params)  # type: ignore[arg-type]
    verdict = failures[0] if failures else None
    return Level(one.name, limit - one.before, limit - one.after, limit, verdict, one.account)


def entries_below(account: Account) -> QuerySet[Entry]:
    """The entries that touched an account or one below it, newest first, with what a page shows of each."""
    inside = lying_in(account)
    return with_words(Entry.objects.filter(inside("source") | inside("target")).order_by("-pk"))


Inside: TypeAlias = Callable[[str], Q]


def lying_in(account: Account) -> Inside:
    """That a side of an entry (`source`, `target`) lies in an account or below it, as a condition; one query.

    Few accounts are named, so that theirs are found by index; of many accounts the newest entries are soon met with.
    """
    below = list(
        Account.objects.filter(path__startswith=account.path).values_list("pk", flat=True)[: FEW + 1]
    )
    if len(below) <= FEW:
        return lambda side: Q(**{f"{side}__in": below})
    return lambda side: Q(**{f"{side}__path__startswith": account.path})


def with_words(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with what a page shows of each."""
    return entries.select_related("posting__actor", "posting__document", "source", "target", "supplier")


def account_of(key: str) -> Account | None:
    """The account by what it stands for; None while it has none."""
    return Account.objects.filter(key=key).first()


def accounts_of(keys: Sequence[str]) -> dict[str, Account]:
    """Accounts by key; one query."""
    return {account.key: account for account in Account.objects.filter(key__in=keys)}


def holds_of(document: Subject, account: Account | None = None) -> list[Hold]:
    """What is still held for a document, oldest first, of one account or of all; one query."""
    found = Hold.objects.filter(opened_by__document=document, open__gt=0).select_related("account")
    return list((found.filter(account=account) if account else found).order_by("pk"))
