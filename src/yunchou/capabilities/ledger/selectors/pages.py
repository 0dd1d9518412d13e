"""What the page of an account shows: the way to it, what is below it, its slices, its ceilings, and its entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Subject

from ..models import Account, Balance, Ceiling, Entry
from ..moves import Side
from ..permissions import Perm
from ..states import STATES, USED, Dimension, Kind, Stage, days_of
from .balances import NOTHING, Inside, Level, Money, lying_in, money_at, with_words
from .limits import came_back, part_names, used_at

MANY: Final = frozenset({Dimension.CHANNEL, Dimension.SUPPLIER})
MOST: Final = 12
"""So many rows of a slice stand on the page; the list that is exported has them all."""
CUTS: Final = (Dimension.CATEGORY, Dimension.CHANNEL, Dimension.SUPPLIER, Dimension.QUARTER, Dimension.MONTH)


def may_see(user: User, account: Account) -> bool:
    """Whether the person may read an account: by right on the unit, or on the object the money is for."""
    if holds(user, Perm.VIEW, account.unit):
        return True
    subject = account.subject
    return subject is not None and holds(user, kinds[subject.kind].view_perm, subject)


def veiled(levels: Iterable[Level], user: User) -> list[Level]:
    """Levels as the person may see them: of an account that the person may not read only whether it suffices."""
    levels = list(levels)
    rows = Account.objects.filter(pk__in={one.account for one in levels if one.account})
    seen = {row.pk for row in rows.select_related("unit", "subject__unit") if may_see(user, row)}
    return [
        one if not one.account or one.account in seen else replace(one, is_hidden=True, verdict=None)
        for one in levels
    ]


@dataclass(frozen=True)
class Row:
    """An account or a slice of one, and its money; `address` is its page, or its entries on this one.

    `key` is the kind of the account or the value of the slice.
    """

    name: str
    money: Money
    address: str = ""
    key: str = ""

    @property
    def query(self) -> str:
        """What the address of its entries in one state begins with."""
        return f"{self.address}{'&' if '?' in self.address else '?'}state="

    @property
    def share(self) -> Decimal | None:
        """The execution rate as a part of one."""
        return None if self.money.rate is None else self.money.rate / 100


def way_to(account: Account) -> list[Account]:
    """The accounts from the top of the tree to this one; one query."""
    found = Account.objects.in_bulk(account.ids)
    return [found[pk] for pk in account.ids]


def children_of(account: Account) -> list[Row]:
    """What is directly below, with its money, the largest first; one query."""
    rows = Balance.objects.filter(account__parent=account, dimension=Dimension.ALL).select_related("account")
    found = [
        Row(
            row.account.name,
            money_at(row),
            reverse("ledger:account_detail", args=[row.account_id]),
            row.account.kind,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.money.approved, row.name))


def by_rate(rows: Sequence[Row]) -> list[Row]:
    """Those that were given money, by their execution rate, the highest first."""
    given = [row for row in rows if row.money.rate is not None]
    return sorted(given, key=lambda row: (-(row.money.rate or ZERO), row.name))[:MOST]


@dataclass(frozen=True)
class Cut:
    """An account along one dimension. Only categories are given money; the others know what was used.

    `unassigned` is what lies on no budget line, and so in no category, yet: with it the categories are the `whole`.
    """

    dimension: Dimension
    rows: Sequence[Row]
    others: int = 0
    rest: Money = NOTHING
    unassigned: Money | None = None
    whole: Money | None = None

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


@dataclass(frozen=True)
class Picture:
    """An account's money with all its slices, read at once."""

    money: Money
    own: Money
    cuts: Sequence[Cut]
    months: Mapping[str, Money]
    rows: Mapping[tuple[str, str], Balance]


def picture_of(account: Account) -> Picture:
    """The account, what of it no account below it holds, and its slices by category, channel, supplier, quarter and month.

    One query, and one for the names of suppliers.
    """
    rows = list(Balance.objects.filter(account=account).order_by("value"))
    by_slice = {(row.dimension, row.value): row for row in rows}

    def whole(dimension: Dimension) -> Money:
        row = by_slice.get((dimension, ""))
        return money_at(row) if row else NOTHING

    return Picture(
        whole(Dimension.ALL),
        whole(Dimension.OWN),
        [_filled(cut, whole(Dimension.ALL)) for cut in _cuts(rows)],
        {row.value: money_at(row) for row in rows if row.dimension == Dimension.MONTH},
        by_slice,
    )


def _filled(cut: Cut, whole: Money) -> Cut:
    """A cut by category with what is in none of them."""
    if cut.used_only:
        return cut
    assigned = sum((row.money for row in cut.rows), NOTHING)
    rest = Money(*(getattr(whole, state.value) - getattr(assigned, state.value) for state in STATES))
    return replace(cut, whole=replace(whole, planned=ZERO), unassigned=rest if rest.approved else None)


def _cuts(rows: Sequence[Balance]) -> list[Cut]:
    """The slices by dimension, each row with the address of its entries; of many, those that used most."""
    suppliers = {row.value for row in rows if row.dimension == Dimension.SUPPLIER}
    names = dict(Subject.objects.filter(pk__in=suppliers).values_list("pk", "title")) if suppliers else {}
    found = []
    for dimension in CUTS:
        own = [row for row in rows if row.dimension == dimension]
        if dimension in MANY:
            own.sort(key=lambda row: -money_at(row).used)
        shown = [
            Row(
                names.get(int(row.value), row.value) if dimension == Dimension.SUPPLIER else row.value,
                money_at(row),
                f"?{dimension}={quote(row.value)}",
                row.value,
            )
            for row in own[:MOST]
        ]
        rest = sum((money_at(row) for row in own[MOST:]), NOTHING)
        if shown:
            found.append(Cut(dimension, shown, len(own) - len(shown), rest))
    return found


@dataclass(frozen=True)
class Cap:
    """A ceiling, the part of the account it limits, and what counts against it at its strictest stage, in yuan."""

    ceiling: Ceiling
    used: Decimal
    part: str = ""

    @property
    def left(self) -> Decimal:
        return self.ceiling.limit - self.used


def caps_of(account: Account, rows: Mapping[tuple[str, str], Balance]) -> list[Cap]:
    """The ceilings of an account beside its balances; a query, one where one is of a supplier, and one for every period."""
    found = list(
        Ceiling.objects.filter(account=account).select_related("account").order_by("dimension", "value")
    )
    parts = part_names(found)
    return [
        Cap(
            one,
            used_at(rows.get((one.dimension, one.value)), Stage.RESERVE) + came_back(one),
            parts[one.pk],
        )
        for one in found
    ]


@dataclass(frozen=True)
class Asked:
    """Which entries a page or a list asks for; whatever cannot be read is left out."""

    kind: str = ""
    state: str = ""
    category: str = ""
    channel: str = ""
    supplier: str = ""
    quarter: str = ""
    month: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        known = {name: str(query.get(name, ""))[:60] for name in cls.__dataclass_fields__}
        return cls(**known)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode(
            {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}
        )

    def without(self, name: str) -> str:
        """The address without one of the filters."""
        return replace(self, **{name: ""}).query

    def narrow(self, account: Account, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries of which a side that lies in the account belongs to the slices and the state asked for."""
        inside = lying_in(account)
        entries = entries.filter(self._side("source", inside) | self._side("target", inside))
        if self.kind in Kind.values:
            entries = entries.filter(posting__kind=self.kind)
        if self.channel:
            entries = entries.filter(Q(channel=self.channel) | Q(source_hold__channel=self.channel))
        if self.supplier.isdecimal():
            of = int(self.supplier)
            entries = entries.filter(Q(supplier=of) | Q(source_hold__supplier=of))
        return entries

    @property
    def days(self) -> tuple[date, date] | None:
        """From the first day of the period that is asked for to the first day after it."""
        try:
            return days_of(self.month or self.quarter)
        except ValueError:
            return None

    def _side(self, side: str, inside: Inside) -> Q:
        condition = inside(side)
        if self.category:
            condition &= Q(**{f"{side}__category": self.category})
        if self.state in STATES:
            condition &= Q(**{f"{side}_state": self.state})
        if days := self.days:
            unheld = Q(**{f"{side}_hold": None}) & _within("posting__on", days)
            condition &= unheld | _within(f"{side}_hold__on", days)
        return condition

    def counts(self, side: Side, day: date) -> bool:
        """Whether what one side of an entry moves on a day belongs to the slices asked for, as balances count it."""
        counted = side.hold.on if side.hold else day
        if (days := self.days) and not days[0] <= counted < days[1]:
            return False
        if self.category and side.account.category != self.category:
            return False
        if (self.channel or self.supplier.isdecimal()) and side.state not in USED:
            return False
        if self.channel and side.channel != self.channel:
            return False
        return not self.supplier.isdecimal() or side.supplier == int(self.supplier)


def _within(column: str, days: tuple[date, date]) -> Q:
    return Q(**{f"{column}__gte": days[0], f"{column}__lt": days[1]})


def entries_asked(account: Account, asked: Asked) -> QuerySet[Entry]:
    """The entries of an account and what is below it, as a page asks for them, newest first."""
    return asked.narrow(account, with_words(Entry.objects.order_by("-pk")))


def readable_documents(user: User, entries: Sequence[Entry]) -> set[int]:
    """The documents behind entries that the person may open; one query, none where no entry has one."""
    wanted = {pk for entry in entries if (pk := entry.posting.document_id)}
    return set(visible_subjects(user).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def unit_accounts(user: User, year: int) -> list[Account]:
    """The accounts of the units of a year that the person may see, top first; a query and what rights need."""
    found = Account.objects.filter(kind=Account.Kind.UNIT, year=year).select_related("unit").order_by("path")
    return [account for account in found if holds(user, Perm.VIEW, account.unit)]


def years() -> list[int]:
    """The years that have books, newest first; one query."""
    found = Account.objects.filter(kind=Account.Kind.UNIT, parent=None).order_by("-year")
    return list(found.values_list("year", flat=True))
