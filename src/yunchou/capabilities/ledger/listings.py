"""The entries of the books in the columns of the finance department (BUD-18, BUD-19).

Below the entries stand their sums: signed per state they come to what the account holds, as its page says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final, NamedTuple

from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, Value, declare

from .books import Told, told_of
from .models import Account, Entry
from .moves import Side
from .selectors.pages import Asked, entries_asked, may_see
from .states import STATES, State

BATCH: Final = 1000
LEVELS: Final = (Account.Kind.UNIT, Account.Kind.PLAN, Account.Kind.CAMPAIGN, Account.Kind.LINE)

COLUMNS: Final = (
    Column("on", pgettext_lazy("ledger", "Date"), "day", 12),
    Column("number", _("Posting number"), width=18),
    Column("kind", pgettext_lazy("ledger", "Type"), width=12),
    Column("unit", pgettext_lazy("account", "Unit"), width=20),
    Column("plan", pgettext_lazy("account", "Plan"), width=22),
    Column("campaign", pgettext_lazy("account", "Campaign"), width=26),
    Column("line", pgettext_lazy("account", "Budget line"), width=24),
    Column("category", _("Category"), width=12),
    Column("group", _("Accounting group"), width=14),
    Column("item", _("Cost item"), width=16),
    Column("source", _("From account"), width=24),
    Column("source_state", _("From state"), width=10),
    Column("target", _("To account"), width=24),
    Column("target_state", _("To state"), width=10),
    Column("amount", pgettext_lazy("ledger", "Amount"), "money", 16),
    *[
        Column(f"by_{state}", format_lazy("{} ±", state.label), "money", 16, is_summed=True)
        for state in STATES
    ],
    Column("channel", _("Channel"), width=12),
    Column("supplier", _("Supplier"), width=26),
    Column("credit_code", _("Unified social credit code"), width=22),
    Column("vouchers", _("Vouchers and their kinds"), width=30),
    Column("document", _("Claim or contract"), width=18),
    Column("actor", pgettext_lazy("ledger", "By"), width=10),
    Column("reason", pgettext_lazy("ledger", "Reason"), width=36),
    Column("at", _("Entered at"), "moment", 16),
)


def open_entries(user: User, query: Mapping[str, str]) -> Lines:
    """The entries of the account `account` and what is below it, narrowed as on its page. 404 for who may not see it."""
    given = query.get("account", "")
    account = (
        Account.objects.select_related("unit", "subject__unit")
        .filter(pk=given if given.isdecimal() else 0)
        .first()
    )
    if account is None or not may_see(user, account):
        raise Http404
    asked = Asked.of(query)
    found = entries_asked(account, asked).order_by("pk").select_related(
        "posting__actor", "posting__document", "source", "target", "supplier", "source_hold",
        "target_hold",
    )  # fmt: skip
    return Lines(
        account.name, found.order_by().count(), _lines(account, asked, found.iterator(chunk_size=BATCH))
    )


def _lines(account: Account, asked: Asked, entries: Iterable[Entry]) -> Iterator[Line]:
    """A thousand entries at a time, with what other rooms know of them."""
    names: dict[int, Known] = {}
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH)):
        _learn(names, batch)
        codes = _codes(batch)
        told = told_of(batch)
        for entry in batch:
            yield _line(account, asked, entry, names, codes, told.get(entry.pk, Told()))


class Known(NamedTuple):
    """What is kept of an account while the list is written."""

    kind: str
    name: str


def _learn(names: dict[int, Known], entries: Sequence[Entry]) -> None:
    """Every account on the way to those of the entries, each asked for once; one query where there is a new one."""
    asked = {pk for one in entries for side in (one.source, one.target) if side for pk in side.ids}
    if missing := asked - names.keys():
        rows = Account.objects.filter(pk__in=missing).values_list("pk", "kind", "name")
        names.update({pk: Known(kind, name) for pk, kind, name in rows})


def _codes(entries: Sequence[Entry]) -> dict[int, str]:
    """The credit codes of the suppliers of these entries; one query."""
    suppliers = {entry.supplier_id for entry in entries if entry.supplier_id}
    return dict(Supplier.objects.filter(pk__in=suppliers).values_list("pk", "credit_code"))


def sides_of(entry: Entry) -> Iterator[tuple[Side, int]]:
    """The two sides as balances count them, with their sign; what leaves a hold leaves under the hold's own."""
    hold = entry.source_hold
    if entry.source is not None:
        channel, supplier = (hold.channel, hold.supplier_id) if hold else (entry.channel, entry.supplier_id)
        yield Side(entry.source, State(entry.source_state), channel, supplier, hold), -1
    if entry.target is not None:
        back = entry.target_hold
        yield Side(entry.target, State(entry.target_state), entry.channel, entry.supplier_id, back), 1


def moved(account: Account, asked: Asked, entry: Entry) -> dict[State, Decimal]:
    """What the entry moved in the account and below it, per state, as far as it belongs to what is asked for."""
    found = dict.fromkeys(STATES, ZERO)
    for side, sign in sides_of(entry):
        if side.account.path.startswith(account.path) and asked.counts(side, entry.posting.on):
            found[side.state] += sign * entry.amount
    return found


def _line(
    account: Account,
    asked: Asked,
    entry: Entry,
    names: Mapping[int, Known],
    codes: Mapping[int, str],
    told: Told,
) -> list[Value]:
    posting = entry.posting
    place = _place(account, entry)
    by_kind = {known.kind: known.name for pk in place.ids if (known := names.get(pk))}
    by_state = moved(account, asked, entry)
    document = posting.document
    return [
        posting.on,
        posting.number,
        str(posting.get_kind_display()),
        *(by_kind.get(level, "") for level in LEVELS),
        place.category,
        told.group,
        told.cost_item,
        entry.source.name if entry.source else "",
        _state(entry.source_state),
        entry.target.name if entry.target else "",
        _state(entry.target_state),
        entry.amount,
        *(by_state[state] or None for state in STATES),
        entry.channel,
        str(entry.supplier or ""),
        codes.get(entry.supplier_id or 0, ""),
        told.vouchers or posting.evidence,
        told.number or (document.code if document else ""),
        str(posting.actor),
        posting.reason,
        posting.at,
    ]


def _place(account: Account, entry: Entry) -> Account:
    """Where the entry lies: the account it enters, else the one it leaves, as far as they belong to this account."""
    sides = [side for side in (entry.target, entry.source) if side is not None]
    return next((side for side in sides if side.path.startswith(account.path)), sides[0])


def _state(value: str) -> str:
    return str(State(value).label) if value else ""


ENTRIES: Final = declare(Listing("ledger.entries", _("Entries of the books"), COLUMNS, open_entries))
