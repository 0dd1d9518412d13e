"""Claims and vouchers as lists for the finance department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare

from .forms import FilterForm
from .models import Claim, ClaimLine, Status, Voucher
from .permissions import Perm
from .selectors import Filters
from .selectors.claims import ALL, MINE, TO_PAY

BATCH: Final = 500

CLAIM_COLUMNS: Final = (
    Column("code", pgettext_lazy("claim", "Number"), width=16),
    Column("state", pgettext_lazy("claims", "State"), width=10),
    Column("unit", _("Unit"), width=20),
    Column("activity", _("Activity"), width=28),
    Column("claimant", _("Claimant"), width=10),
    Column("payee", _("Paid to"), width=26),
    Column("credit_code", _("Unified social credit code"), width=22),
    Column("purpose", _("Purpose"), width=30),
    Column("items", _("Cost items"), width=26),
    Column("groups", _("Accounting groups"), width=24),
    Column("claimed", pgettext_lazy("sum", "Claimed"), "money", 16, is_summed=True),
    Column("proved", pgettext_lazy("sum", "Vouchers"), "money", 16, is_summed=True),
    Column("beyond", _("Beyond the budget"), "money", 14, is_summed=True),
    Column("vouchers", _("Numbers of the vouchers"), width=30),
    Column("sent", pgettext_lazy("claim", "Sent"), "moment", 16),
    Column("approved", pgettext_lazy("claim", "Approved"), "moment", 16),
    Column("paid_on", _("Accounting date"), "day", 12),
    Column("paid_by", _("Paid by"), width=10),
)
VOUCHER_COLUMNS: Final = (
    Column("number", _("Number of the voucher"), width=20),
    Column("kind", _("Kind of voucher"), width=12),
    Column("issued_on", _("Date of the voucher"), "day", 12),
    Column("payee", _("Paid to"), width=26),
    Column("amount", _("Amount"), "money", 16, is_summed=True),
    Column("claim", _("Claim"), width=16),
    Column("state", pgettext_lazy("claims", "State"), width=10),
    Column("unit", _("Unit"), width=20),
    Column("activity", _("Activity"), width=28),
    Column("claimant", _("Claimant"), width=10),
    Column("paid_on", _("Accounting date"), "day", 12),
    Column("file", pgettext_lazy("voucher", "File"), width=26),
    Column("void", _("Void"), width=8),
)


def filters_of(user: User, query: Mapping[str, str]) -> tuple[Filters, FilterForm]:
    """What an address narrows the claims to, and the form that says so; unknown values are left out."""
    form = FilterForm(query, units=units_with(user, Perm.VIEW).order_by("path"))
    form.is_valid()
    data: dict[str, Any] = getattr(form, "cleaned_data", {})
    views = (MINE, ALL, TO_PAY) if user.has_perm(Perm.PAY) else (MINE, ALL)
    asked = query.get("view", "")
    view = asked if asked in views else (TO_PAY if TO_PAY in views else MINE)
    filters = Filters(
        view, data.get("q", ""), data.get("status", ""), data.get("unit"), None, data.get("since"), data.get("until"),
    )  # fmt: skip
    return filters, form


def open_claims_list(user: User, query: Mapping[str, str]) -> Lines:
    """The claims as the page lists them. Refuses without `expenses.view`."""
    require(user, Perm.VIEW)
    filters, _form = filters_of(user, query)
    found = filters.apply(user).select_related("paid_by").order_by("pk")
    return Lines(str(_("Claims")), found.order_by().count(), _claims(found))


def _claims(found: QuerySet[Claim]) -> Iterator[Line]:
    waiting = found.iterator(chunk_size=BATCH)
    while batch := list(islice(waiting, BATCH)):
        lines, vouchers = _lines_of(batch), _vouchers_of(batch)
        for claim in batch:
            supplier = claim.payee_supplier
            yield [
                claim.code, str(claim.get_status_display()), claim.subject.unit.name,
                claim.activity.title if claim.activity else "", str(claim.claimant), claim.payee,
                supplier.credit_code if supplier else "", claim.purpose,
                _words(line.item.label for line in lines[claim.pk]),
                _words(line.item.group.label for line in lines[claim.pk]),
                getattr(claim, "claimed", None) or ZERO, getattr(claim, "proved", None) or ZERO,
                getattr(claim, "beyond", None) or ZERO, "; ".join(vouchers[claim.pk]),
                claim.sent_at, claim.approved_at, claim.paid_on, str(claim.paid_by or ""),
            ]  # fmt: skip


def _lines_of(claims: Sequence[Claim]) -> dict[int, list[ClaimLine]]:
    found: dict[int, list[ClaimLine]] = defaultdict(list)
    for line in ClaimLine.objects.filter(claim__in=claims):
        found[line.claim_id].append(line)
    return found


def _vouchers_of(claims: Sequence[Claim]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for claim, number in Voucher.objects.filter(claim__in=claims).values_list("claim", "number"):
        found[claim].append(number)
    return found


def _words(labels: Iterator[Any]) -> str:
    """Each word once, in their order."""
    return "、".join(dict.fromkeys(str(label) for label in labels))


def open_vouchers(user: User, query: Mapping[str, str]) -> Lines:
    """The vouchers of the claims that the page lists. Refuses without `expenses.view`."""
    require(user, Perm.VIEW)
    filters, _form = filters_of(user, query)
    claims = filters.apply(user).order_by().values("pk")
    found = Voucher.objects.filter(claim__in=claims).select_related(
        "claim__subject__unit", "claim__activity", "claim__claimant", "attachment"
    )
    return Lines(str(_("Vouchers")), found.count(), _vouchers(found.order_by("issued_on", "pk")))


def _vouchers(found: QuerySet[Voucher]) -> Iterator[Line]:
    for one in found.iterator(chunk_size=BATCH):
        claim, day = one.claim, one.issued_on
        assert isinstance(day, date)
        yield [
            one.number, str(one.get_kind_display()), day, one.payee, one.amount, claim.code,
            str(Status(claim.status).label), claim.subject.unit.name,
            claim.activity.title if claim.activity else "", str(claim.claimant), claim.paid_on,
            one.attachment.name if one.attachment else "", str(_("void")) if one.is_void else "",
        ]  # fmt: skip


CLAIMS: Final = declare(Listing("expenses.claims", _("Claims"), CLAIM_COLUMNS, open_claims_list))
VOUCHERS: Final = declare(Listing("expenses.vouchers", _("Vouchers"), VOUCHER_COLUMNS, open_vouchers))
