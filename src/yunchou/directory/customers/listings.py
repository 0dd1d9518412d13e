"""The file of customers: columns by their class, every line marked with the export it left in (CUS-05, CUS-08)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import labels_of, listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing

from .models import ExportRequest, Grade, Identity, Purpose, Source, Stage
from .selectors.register import Filters, exported

COLUMNS = (
    Column("number", pgettext_lazy("customer", "Number"), kind="number", width=10),
    Column("name", pgettext_lazy("customer", "Name"), width=16),
    Column("organisation", pgettext_lazy("customer", "Organisation"), width=28),
    Column("title", pgettext_lazy("customer", "Title"), width=16),
    Column("identities", pgettext_lazy("customer", "Identities"), width=18),
    Column("grade", gettext_lazy("Client grade"), width=10),
    Column("stage", gettext_lazy("Sales stage"), width=12),
    Column("phone", pgettext_lazy("customer", "Phone"), width=18),
    Column("email", pgettext_lazy("customer", "E-mail"), width=28),
    Column("city", gettext_lazy("City"), width=10),
    Column("unit", gettext_lazy("Company"), width=14),
    Column("keeper", gettext_lazy("Relationship owner"), width=12),
    Column("source", gettext_lazy("Lawful source"), width=18),
    Column("mark", gettext_lazy("Watermark"), width=34),
)


def lines_of(request: ExportRequest, user: User) -> Lines:
    """What the person may see now of what was released."""
    purpose = Purpose(request.purpose)
    found = exported(user, Filters.from_json(request.query), purpose, is_clear=request.is_clear)
    mark = f"{_('Export')} {request.pk} · {user.name} · {clock.today().isoformat()} · {purpose.label} · {request.reason}"
    rows = found.select_related("subject__unit", "card", "keeper", "source").prefetch_related("identities")
    return Lines(title=_("Customers"), count=request.count, rows=_rows(rows, mark, request.is_clear))


def _rows(customers: Any, mark: str, is_clear: bool) -> Iterator[Line]:
    identities, grades, stages = labels_of(Identity), labels_of(Grade), labels_of(Stage)
    for one in customers.order_by("-pk").iterator(1000):
        card = getattr(one, "card", None)
        yield (
            one.pk,
            one.name,
            one.organisation,
            one.title,
            listed(identities[each.identity] for each in one.identities.all()),
            grades[one.grade] if one.grade else "",
            stages[one.stage] if one.stage else "",
            _value(card, "phone", is_clear),
            _value(card, "email", is_clear),
            one.city,
            one.subject.unit.name,
            one.keeper.name if one.keeper else "",
            one.source.name if isinstance(one.source, Source) else "",
            mark,
        )


def _value(card: Any, name: str, is_clear: bool) -> str:
    if card is None:
        return ""
    # Of an important customer the card holds no value: no file, whoever released it, has one in clear.
    held = getattr(card, name)
    return str(held.open() if is_clear and held else getattr(card, f"{name}_mask"))


def _nobody(user: User, query: Any) -> Lines:
    raise PermissionError


# Not in the registry of listings: it leaves only through a request that was released.
CUSTOMERS = Listing("customers.exports", gettext_lazy("Customers"), COLUMNS, _nobody)
