"""Opening accounts, setting ceilings, closing months."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Account, Balance, Ceiling, ClosedMonth, Reopening
from ..moves import Place
from ..permissions import Perm
from ..selectors.limits import ceiling_names, cuts_of
from ..states import ALL, STATES, Dimension, Effect, Slice
from .posting import count_otherwise, exact_amount, take_turn


@dataclass(frozen=True)
class Line:
    """A line's account to be opened."""

    key: str
    name: str
    category: str = ""


MONTH = re.compile(r"^20\d\d-(0[1-9]|1[0-2])$")


@transaction.atomic
def open_unit(*, unit: Unit, year: int) -> Account:
    """The account of a unit in a year, with those of the units above it; opens what is not open yet."""
    key = unit_key(unit.pk, year)
    found = Account.objects.filter(key=key).first()
    if found is not None:
        return found
    parent = open_unit(unit=unit.parent, year=year) if unit.parent else None
    return _open(key, kind=Account.Kind.UNIT, parent=parent, name=f"{unit.name} {year}", unit=unit, year=year)


@transaction.atomic
def open_account(
    *,
    kind: Account.Kind,
    parent: Account,
    key: str,
    name: str,
    subject: Subject | None = None,
    category: str = "",
) -> Account:
    """The account by key, opened below `parent` where there is none yet; its year and unit are those of the parent."""
    unit = subject.unit if subject else parent.unit
    return _open(
        key, kind=kind, parent=parent, name=name[:200], unit=unit, year=parent.year, subject=subject,
        category=category,
    )  # fmt: skip


@transaction.atomic
def open_lines(*, parent: Account, lines: Sequence[Line]) -> list[Account]:
    """New accounts of lines below a campaign's, in their order; three statements, however many there are.

    The caller holds the lock of the campaign and asks only for lines that have none.
    """
    made = [
        Account(
            kind=Account.Kind.LINE, parent=parent, key=line.key, name=line.name[:200], unit=parent.unit,
            year=parent.year, subject=parent.subject, category=line.category,
        )
        for line in lines
    ]  # fmt: skip
    Account.objects.bulk_create(made)
    for account in made:
        account.path = f"{parent.path}{account.pk}/"
    way = Concat(Value(parent.path), Cast("pk", CharField()), Value("/"))
    Account.objects.filter(pk__in=[account.pk for account in made]).update(path=way)
    return made


@transaction.atomic
def rename_line(*, account: Account, name: str, category: str) -> Account:
    """Call a line's account, and count its money, as what was approved last says.

    All its money counts in the new category then, above it as well; ceilings there stop what comes.
    """
    take_turn([account])
    account = Account.objects.get(pk=account.pk)
    if account.category != category:
        whole = Balance.objects.filter(account=account, dimension=ALL.dimension).first()
        held = {state: whole.of(state) for state in STATES if whole and whole.of(state)}
        deltas = {}
        for pk in account.ids[:-1]:
            for value, sign in ((account.category, -1), (category, 1)):
                if value and held:
                    place = Place(pk, Slice(Dimension.CATEGORY, value))
                    deltas[place] = {state: sign * amount for state, amount in held.items()}
        if deltas:
            count_otherwise(deltas)
    account.name, account.category = name[:200], category
    account.save(update_fields=["name", "category"])
    return account


def _open(key: str, **values: object) -> Account:
    """Two requests at once open one account. Its balances come with the first posting."""
    account, _made = Account.objects.get_or_create(key=key, defaults=values)
    return account


def unit_key(unit: int, year: int) -> str:
    """The key of a unit's account in a year."""
    return f"unit:{unit}:{year}"


@transaction.atomic
def set_ceiling(
    *,
    account: Account,
    limit: Decimal | None,
    actor: User,
    cut: Slice = ALL,
    at_reserve: Effect = Effect.BLOCK,
    at_commit: Effect = Effect.BLOCK,
    at_spend: Effect = Effect.BLOCK,
    reason: str = "",
) -> Ceiling | None:
    """Set, change or (`limit` None) lift the ceiling on an account or one slice of it (BUD-14).

    A ceiling may be set below what is used already: it then stops what comes. Refuses without `ledger.limit` on the unit,
    and at `cut` a slice that the account cannot have, which nothing would ever meet. Records `ledger.ceiling_set`.
    """
    require(actor, Perm.LIMIT, account.unit)
    if limit is not None:
        if limit != 0:
            exact_amount(limit)
        _refuse_cut(account, cut)
    take_turn([account])  # whoever posts next sees the new ceiling
    place: dict[str, Any] = {"account": account, "dimension": cut.dimension, "value": cut.value}
    before = Ceiling.objects.filter(**place).first()
    if limit is None:
        if before is None:
            return None
        named = ceiling_names([before])[before.pk]
        before.delete()
        ceiling = None
    else:
        effects = {"at_reserve": at_reserve, "at_commit": at_commit, "at_spend": at_spend}
        values = {"limit": limit, "reason": reason.strip(), **effects}
        ceiling, _made = Ceiling.objects.update_or_create(**place, defaults=values)
        named = ceiling_names([ceiling])[ceiling.pk]
    record(
        journal.CEILING_SET,
        actor=actor,
        subject=account.subject,
        data={
            "of": named,
            "limit": "—" if limit is None else format_exact(limit),
            "before": "—" if before is None else format_exact(before.limit),
            "reason": reason.strip() or "—",
        },
    )
    return ceiling


def _refuse_cut(account: Account, cut: Slice) -> None:
    """Refuse what no money of the account is ever counted as."""
    words = None
    if cut.dimension == Dimension.SUPPLIER and account.kind != Account.Kind.LINE:
        known = cut.value.isascii() and cut.value.isdecimal()
        if not known or not Supplier.objects.filter(pk=int(cut.value)).exists():
            words = say(_("Choose a supplier."))
    elif cut.dimension == Dimension.CHANNEL and account.kind != Account.Kind.LINE:
        words = None if cut.value.strip() else say(_("Choose what the ceiling is of."))
    elif cut not in cuts_of(account):
        words = say(
            _("“{account}” has no money that is counted so: choose another part."), account=account.name
        )
    if words is not None:
        raise Invalid(words, fields={"cut": words})


@transaction.atomic
def close_month(*, account: Account, month: str, actor: User) -> ClosedMonth:
    """Close a month (`2026-08`) of a unit and everything below it; nothing dated in it is posted from then on.

    Neither is money of other years: what was given for 2026 and is spent in January meets the January of 2027.

    Refuses without `ledger.close`, and a month that is closed already; records `ledger.month_closed`.
    """
    require(actor, Perm.CLOSE, account.unit)
    if account.kind != Account.Kind.UNIT or not MONTH.match(month) or month[:4] != str(account.year):
        words = say(_("Choose a month of {year}."), year=str(account.year))
        raise Invalid(words, fields={"month": words})
    # Postings hold this row too: those under way end before, those after see the month closed. The month is the unit's, so
    # that money of other years waits as well.
    take_turn(_years_of(account))
    closed, made = ClosedMonth.objects.get_or_create(
        account=account, month=month, defaults={"closed_by": actor}
    )
    if not made:
        raise WrongState(say(_("The month {month} is closed already."), month=month))
    record(journal.MONTH_CLOSED, actor=actor, data={"account": account.name, "month": month})
    return closed


@transaction.atomic
def reopen_month(*, account: Account, month: str, reason: str, actor: User) -> Reopening:
    """Open a closed month again, with a reason; records `ledger.month_reopened`.

    Refuses without `ledger.reopen`; whoever closed it; a month that is not closed; and one that is closed further up,
    since nothing could be posted in it all the same.
    """
    require(actor, Perm.REOPEN, account.unit)
    if not reason.strip():
        words = say(_("Say why the month is opened again."))
        raise Invalid(words, fields={"reason": words})
    take_turn(_years_of(account))
    _refuse_closed_above(account, month)
    closed = ClosedMonth.objects.filter(account=account, month=month).first()
    if closed is None:
        raise WrongState(say(_("The month {month} is not closed."), month=month))
    if closed.closed_by_id == actor.pk:
        raise NotAllowed(say(_("You closed {month} yourself; somebody else opens it again."), month=month))
    made = Reopening.objects.create(
        account=account, month=month, reason=reason.strip()[:300], by=actor, closed_by=closed.closed_by,
        closed_at=closed.closed_at,
    )  # fmt: skip
    closed.delete()
    data = {"account": account.name, "month": month, "reason": reason.strip()}
    record(journal.MONTH_REOPENED, actor=actor, data=data)
    return made


def _years_of(account: Account) -> list[Account]:
    """The accounts of a unit in all years."""
    return list(Account.objects.filter(kind=Account.Kind.UNIT, unit=account.unit_id).order_by("pk"))


def _refuse_closed_above(account: Account, month: str) -> None:
    above = ClosedMonth.objects.filter(account__in=account.ids[:-1], month=month).select_related("account")
    if (held := above.order_by("account__path").first()) is not None:
        words = _("{month} is closed by {account} as well; it is opened again there first.")
        raise WrongState(say(words, month=month, account=held.account.name))
