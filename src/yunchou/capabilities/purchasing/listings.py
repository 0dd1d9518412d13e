"""Purchases and contracts as lists for the finance department."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare

from .models import Contract, Purchase
from .permissions import Perm
from .selectors.lists import ContractFilters, Filters, purchase_rows
from .selectors.money import moneys_of_contracts

BATCH: Final = 500

COLUMNS: Final = (
    Column("number", _("Number of the contract"), width=20),
    Column("title", _("Title of the contract"), width=32),
    Column("state", _("State"), width=10),
    Column("company", pgettext_lazy("contract", "Company"), width=20),
    Column("activity", _("Activity"), width=28),
    Column("supplier", _("Supplier"), width=26),
    Column("credit_code", _("Unified social credit code"), width=22),
    Column("amount", _("Amount of the contract"), "money", 16, is_summed=True),
    Column("paid", _("Paid"), "money", 16, is_summed=True),
    Column("open", _("Bound, not paid"), "money", 16, is_summed=True),
    Column("signed_on", _("Signed on"), "day", 12),
    Column("starts_on", _("In force from"), "day", 12),
    Column("ends_on", _("In force until"), "day", 12),
    Column("next_on", _("Next instalment"), "day", 12),
    Column("keeper", _("Person in charge"), width=10),
)


def open_contracts(user: User, query: Mapping[str, str]) -> Lines:
    """The contracts as the page lists them. Refuses without `purchasing.view`."""
    require(user, Perm.VIEW)
    found = ContractFilters(query.get("q", ""), query.get("state", "")).of(user)
    return Lines(str(_("Contracts")), found.order_by().count(), _contracts(found.order_by("pk")))


def _contracts(found: QuerySet[Contract]) -> Iterator[Line]:
    waiting = found.iterator(chunk_size=BATCH)
    while batch := list(islice(waiting, BATCH)):
        moneys = moneys_of_contracts([one.pk for one in batch])
        for one in batch:
            money, activity = moneys[one.pk], one.purchase.activity
            due = money.next_due
            yield [
                one.number, one.title, str(one.get_status_display()), one.company.name,
                activity.title if activity else "", one.supplier.name, one.supplier.credit_code,
                money.amount, money.paid, money.open, one.signed_on, one.starts_on, one.ends_on,
                due.instalment.due_on if due else None, str(one.keeper),
            ]  # fmt: skip


PURCHASES_COLUMNS: Final = (
    Column("code", pgettext_lazy("purchase", "Code"), width=16),
    Column("title", pgettext_lazy("purchase", "Title"), width=32),
    Column("state", _("State"), width=10),
    Column("kind", _("Kind of supply"), width=14),
    Column("method", pgettext_lazy("purchase", "Method"), width=12),
    Column("unit", _("Unit"), width=20),
    Column("activity", _("Activity"), width=28),
    Column("estimate", _("At most"), "money", 16, is_summed=True),
    Column("offers", pgettext_lazy("purchase", "Offers"), "number", 8),
    Column("suppliers", _("Chosen supplier"), width=30),
    Column("needed_on", pgettext_lazy("purchase", "Needed by"), "day", 12),
    Column("requester", _("Requested by"), width=10),
)


def open_purchases(user: User, query: Mapping[str, str]) -> Lines:
    """The purchases as the page lists them. Refuses without `purchasing.view`."""
    require(user, Perm.VIEW)
    found = Filters(query.get("q", ""), query.get("status", ""), query.get("kind", "")).of(user)
    return Lines(str(_("Purchases")), found.order_by().count(), _purchases(found.order_by("pk")))


def _purchases(found: QuerySet[Purchase]) -> Iterator[Line]:
    waiting = found.iterator(chunk_size=BATCH)
    while batch := list(islice(waiting, BATCH)):
        for row in purchase_rows(batch):
            one = row.purchase
            yield [
                one.subject.code, one.title, str(one.get_status_display()), str(one.get_kind_display()),
                str(one.get_method_display()), one.subject.unit.name, one.activity.title if one.activity else "",
                row.estimate, row.offers, "、".join(row.suppliers), one.needed_on, str(one.requester),
            ]  # fmt: skip


PURCHASES: Final = declare(Listing("purchasing.purchases", _("Purchases"), PURCHASES_COLUMNS, open_purchases))
CONTRACTS: Final = declare(Listing("purchasing.contracts", _("Contracts"), COLUMNS, open_contracts))
