"""What the page of an account shows: the way to it, what is below it, its slices, ceilings and closed months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Subject

from ..models import Account, Balance, Ceiling, Entry
from ..permissions import Perm
from ..states import COUNTED, Dimension, Kind, Stage
from .balances import NOTHING, Money, entries_below, money_at

CUTS: Final = (Dimension.CATEGORY, Dimension.CHANNEL, Dimension.SUPPLIER, Dimension.QUARTER, Dimension.MONTH)


def may_see(user: User, account: Account) -> bool:
    """Whether the person may read an account: by right on the unit, or on the object the money is for."""
    if holds(user, Perm.VIEW, account.unit):
        return True
    subject = account.subject
    return subject is not None and holds(user, kinds[subject.kind].view_perm, subject)


@dataclass(frozen=True)
class Row:
    """An account or a slice of one, and its money; `address` is where its own entries are."""

    name: str
    money: Money
    address: str = ""


def way_to(account: Account) -> list[Account]:
    """The accounts from the top of the tree to this one; one query."""
    found = Account.objects.in_bulk(account.ids)
    return [found[pk] for pk in account.ids]


def children_of(account: Account) -> list[Row]:
    """What is directly below, with its money, the largest first; one query."""
    rows = Balance.objects.filter(account__parent=account, dimension=Dimension.ALL).select_related("account")
    found = [Row(row.account.name, money_at(row), f"/money/{row.account_id}/") for row in rows]
    return sorted(found, key=lambda row: (-row.money.approved, row.name))


def own_of(account: Account) -> Money:
    """What of it no account below it holds; one query."""
    row = Balance.objects.filter(account=account, dimension=Dimension.OWN).first()
    return money_at(row) if row else NOTHING


@dataclass(frozen=True)
class Cut:
    """An account along one dimension. Only categories are given money; the others know what was used."""

    dimension: Dimension
    rows: Sequence[Row]

    @property
    def label(self) -> str:
        return str(self.dimension.label)

    @property
    def used_only(self) -> bool:
        return self.dimension != Dimension.CATEGORY

    @property
    def widest(self) -> Decimal:
        """What the longest bar stands for, in yuan."""
        return max((row.money.used for row in self.rows), default=ZERO)


def cuts_of(account: Account) -> list[Cut]:
    """The account by category, channel, supplier, quarter and month, each row with its entries' address; two queries."""
    rows = list(Balance.objects.filter(account=account, dimension__in=CUTS).order_by("value"))
    suppliers = {row.value for row in rows if row.dimension == Dimension.SUPPLIER}
    names = dict(Subject.objects.filter(pk__in=suppliers).values_list("pk", "title")) if suppliers else {}
    found: dict[Dimension, list[Row]] = {}
    for row in rows:
        name = names.get(int(row.value), row.value) if row.dimension == Dimension.SUPPLIER else row.value
        address = f"?{row.dimension}={row.value}#entries"
        found.setdefault(Dimension(row.dimension), []).append(Row(name, money_at(row), address))
    return [Cut(dimension, found[dimension]) for dimension in CUTS if dimension in found]


@dataclass(frozen=True)
class Cap:
    """A ceiling and what counts against it at its strictest stage, in yuan."""

    ceiling: Ceiling
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.ceiling.limit - self.used


def caps_of(account: Account) -> list[Cap]:
    """The ceilings of an account; two queries."""
    ceilings = list(
        Ceiling.objects.filter(account=account).select_related("account").order_by("dimension", "value")
    )
    rows = (
        {(row.dimension, row.value): row for row in Balance.objects.filter(account=account)}
        if ceilings
        else {}
    )
    return [Cap(one, _counted(rows.get((one.dimension, one.value)))) for one in ceilings]


def _counted(row: Balance | None) -> Decimal:
    return sum((row.of(state) for state in COUNTED[Stage.RESERVE]), ZERO) if row else ZERO


@dataclass(frozen=True)
class Asked:
    """Which entries a page asks for; whatever cannot be read is left out."""

    kind: str = ""
    category: str = ""
    channel: str = ""
    supplier: str = ""
    quarter: str = ""
    month: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Asked:
        known = {name: str(query.get(name, ""))[:60] for name in cls.__dataclass_fields__}
        return cls(**known)

    def narrow(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that belong to the slices asked for."""
        if self.kind in Kind.values:
            entries = entries.filter(posting__kind=self.kind)
        if self.category:
            entries = entries.filter(Q(source__category=self.category) | Q(target__category=self.category))
        if self.channel:
            entries = entries.filter(channel=self.channel)
        if self.supplier.isdigit():
            entries = entries.filter(supplier=int(self.supplier))
        if days := _days(self.quarter, self.month):
            entries = entries.filter(posting__on__gte=days[0], posting__on__lt=days[1])
        return entries


def _days(quarter: str, month: str) -> tuple[date, date] | None:
    """From the first day of a period to the first day after it."""
    try:
        if month:
            year, first = int(month[:4]), int(month[5:7])
            length = 1
        elif quarter:
            year, first = int(quarter[:4]), int(quarter[5:6]) * 3 - 2
            length = 3
        else:
            return None
        after = first + length
        return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1)
    except ValueError:
        return None


def entries_asked(account: Account, asked: Asked) -> QuerySet[Entry]:
    """The entries of an account and what is below it, as a page asks for them, newest first."""
    return asked.narrow(entries_below(account))


def unit_accounts(user: User, year: int) -> list[Account]:
    """The accounts of the units of a year that the person may see, top first; a query and what rights need."""
    found = Account.objects.filter(kind=Account.Kind.UNIT, year=year).select_related("unit").order_by("path")
    return [account for account in found if holds(user, Perm.VIEW, account.unit)]


def years() -> list[int]:
    """The years that have books, newest first; one query."""
    found = Account.objects.filter(kind=Account.Kind.UNIT, parent=None).order_by("-year")
    return list(found.values_list("year", flat=True))
