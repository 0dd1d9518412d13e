"""The lists of a preparation, the venues, the stock and its receipts and issues, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.columns import DateText, Number
from yunchou.kernel.sheets.columns import Money as MoneyColumn
from yunchou.kernel.sheets.columns.base import Column as SheetColumn
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.kernel.sheets.persons import context_for
from yunchou.kernel.sheets.table import Table
from yunchou.kernel.subjects.models import Subject

from .models import StockItem, StockMove
from .permissions import Perm
from .selectors.standing import TOLD, Hands, rows_of
from .selectors.stock import StockFilters
from .selectors.venues import VenueFilters
from .sheets import STORES

STATE: Final = pgettext_lazy("preparation", "State")


def _subject(user: User, query: Mapping[str, str]) -> Subject:
    """The activity named in the address, if the person may see its preparation; 404 or 403 otherwise."""
    asked = query.get("subject", "")
    subject = get_object_or_404(visible_subjects(user), pk=int(asked) if asked.isdecimal() else 0)
    require(user, Perm.VIEW, subject)
    return subject


def _column(column: SheetColumn[Any]) -> Column:
    """A column of a table as one of a list."""
    kind: Any = "text"
    if isinstance(column, MoneyColumn):
        kind = "money"
    elif isinstance(column, Number):
        kind = "number"
    elif isinstance(column, DateText):
        kind = "day"
    return Column(column.key, column.label, kind, max(column.width, 12), is_summed=kind == "money")


def _open_table(key: str, user: User, query: Mapping[str, str]) -> Lines:
    subject = _subject(user, query)
    table, store = STORES[key]
    rows = store.load(subject)
    return Lines(f"{subject.title} {table.title}", len(rows), _table_lines(key, table, rows, subject, user))


def _table_lines(key: str, table: Table[Any], rows: Any, subject: Subject, user: User) -> Iterator[Line]:
    """The rows as people see them, with how each stands."""
    ctx, hands = context_for(subject), Hands(user, edits=False, reviews=False)
    standing = {row.pk: TOLD[key].stand(row, hands) for row in rows_of(key, subject)}
    for row in rows:
        stands = standing[row.pk]
        yield [
            *(_value(column, getattr(row, column.key), ctx) for column in table.columns),
            " · ".join(part for part in (stands.word, stands.note) if part),
        ]


def _value(column: SheetColumn[Any], value: Any, ctx: Any) -> Any:
    if isinstance(column, MoneyColumn | Number | DateText):
        return value
    return str(column.display(value, ctx)) if value is not None else ""


for _key in TOLD:
    _table = STORES[_key][0]
    declare(
        Listing(
            f"preparation.{_key}",
            _table.title,
            (*map(_column, _table.columns), Column("state", STATE, width=24)),
            partial(_open_table, _key),
        )
    )

STOCK_COLUMNS: Final = (
    Column("name", pgettext_lazy("stock", "Item"), width=24),
    Column("kind", pgettext_lazy("preparation", "Kind"), width=12),
    Column("unit", _("Stock of"), width=16),
    Column("place", _("Where it lies"), width=16),
    Column("quantity", _("In stock"), "number", 12),
    Column("measure", pgettext_lazy("preparation", "Measure"), width=8),
    Column("held", _("Handed out"), "number", 12),
    Column("minimum", _("Least stock"), "number", 12),
)


def open_stock(user: User, query: Mapping[str, str]) -> Lines:
    """The stock as the page lists it. Refuses without `preparation.view`."""
    require(user, Perm.VIEW)
    filters = StockFilters(query.get("q", ""), query.get("kind", ""), query.get("state", ""))
    found = filters.of(user).order_by("name", "pk")
    rows: Iterator[Line] = (
        [
            one.name,
            str(one.get_kind_display()),
            one.subject.unit.name,
            one.place,
            one.quantity,
            one.measure,
            getattr(one, "held", None) or Decimal(0),
            one.minimum,
        ]
        for one in found.iterator(chunk_size=500)
    )
    return Lines(str(_("Stock list")), found.count(), rows)


declare(Listing("preparation.stock", _("Stock list"), STOCK_COLUMNS, open_stock))

MOVE_COLUMNS: Final = (
    Column("number", pgettext_lazy("stock", "Number"), width=16),
    Column("made_at", pgettext_lazy("stock", "When"), "moment", 18),
    Column("item", pgettext_lazy("stock", "Item"), width=24),
    Column("kind", _("Movement"), width=10),
    Column("change", pgettext_lazy("stock", "Change"), "number", 12),
    Column("balance", _("In stock after it"), "number", 14),
    Column("measure", pgettext_lazy("preparation", "Measure"), width=8),
    Column("person", pgettext_lazy("preparation", "Person"), width=12),
    Column("activity", pgettext_lazy("stock", "Activity"), width=28),
    Column("note", pgettext_lazy("preparation", "Note"), width=24),
    Column("made_by", _("Entered by"), width=12),
)


def open_moves(user: User, query: Mapping[str, str]) -> Lines:
    """Receipts and issues of the items that the person sees, of one where `item` is named, for one activity by `subject`."""
    require(user, Perm.VIEW)
    found = StockMove.objects.filter(item__in=StockItem.objects.visible_to(user))
    if query.get("item", "").isdecimal():
        found = found.filter(item=int(query["item"]))
    if query.get("subject"):
        found = found.filter(activity=_subject(user, query))
    found = found.select_related("item", "person", "activity", "made_by").order_by("pk")
    seen = set(
        visible_subjects(user).filter(pk__in=found.order_by().values("activity")).values_list("pk", flat=True)
    )
    lines: Iterator[Line] = (
        [
            one.number,
            one.made_at,
            one.item.name,
            str(one.get_kind_display()),
            one.change,
            one.balance,
            one.item.measure,
            one.person.name if one.person else "",
            one.activity.title if one.activity and one.activity_id in seen else "",
            one.note,
            one.made_by.name,
        ]
        for one in found.iterator(chunk_size=500)
    )
    return Lines(str(_("Receipts and issues")), found.count(), lines)


declare(Listing("preparation.moves", _("Receipts and issues"), MOVE_COLUMNS, open_moves))

VENUE_COLUMNS: Final = (
    Column("name", _("Name of the venue"), width=24),
    Column("unit", _("Register of"), width=16),
    Column("address", _("Address"), width=32),
    Column("surroundings", pgettext_lazy("venue", "Surroundings"), width=12),
    Column("capacity", _("Seatings"), width=28),
    Column("equipment", _("Equipment"), width=32),
    Column("price", _("Asking price"), "money", 14),
    Column("deposit", _("Deposit asked"), "money", 14),
    Column("contact", pgettext_lazy("venue", "Contact"), width=20),
    Column("blocked", pgettext_lazy("venue", "Blocked"), width=24),
)


def open_venues(user: User, query: Mapping[str, str]) -> Lines:
    """The venues as the page lists them. Refuses without `preparation.view`."""
    require(user, Perm.VIEW)
    people = query.get("people", "")
    filters = VenueFilters(
        query.get("q", ""), int(people) if people.isdecimal() else None, query.get("surroundings", "")
    )
    found = filters.of(user).order_by("name", "pk")
    lines: Iterator[Line] = (
        [
            one.name,
            one.subject.unit.name,
            one.address,
            str(one.get_surroundings_display()),
            " · ".join(map(str, one.seatings.all())),
            " · ".join(one.equipment),
            one.price,
            one.deposit,
            one.contact,
            one.blocked_reason,
        ]
        for one in found.iterator(chunk_size=500)
    )
    return Lines(str(_("Venues")), found.count(), lines)


declare(Listing("preparation.venues", _("Venues"), VENUE_COLUMNS, open_venues))
