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

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Account, Ceiling, ClosedMonth
from ..permissions import Perm
from ..selectors.limits import ceiling_name
from ..states import ALL, Dimension, Effect, Slice
from .posting import exact_amount, take_turn


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

    A ceiling may be set below what is used already: it then stops what comes. Refuses without `ledger.limit` on the unit;
    records `ledger.ceiling_set`.
    """
    require(actor, Perm.LIMIT, account.unit)
    if limit is not None and limit != 0:
        exact_amount(limit)
    if cut.dimension == Dimension.OWN:
        raise Invalid(say(_("Choose what the ceiling is of.")))
    take_turn([account])  # whoever posts next sees the new ceiling
    place: dict[str, Any] = {"account": account, "dimension": cut.dimension, "value": cut.value}
    before = Ceiling.objects.filter(**place).first()
    if limit is None:
        if before is None:
            return None
        named = ceiling_name(before)
        before.delete()
        ceiling = None
    else:
        effects = {"at_reserve": at_reserve, "at_commit": at_commit, "at_spend": at_spend}
        values = {"limit": limit, "reason": reason.strip(), **effects}
        ceiling, _made = Ceiling.objects.update_or_create(**place, defaults=values)
        named = ceiling_name(ceiling)
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


@transaction.atomic
def close_month(*, account: Account, month: str, actor: User) -> ClosedMonth:
    """Close a month (`2026-08`) of a unit and everything below it; nothing dated in it is posted from then on.

    Refuses without `ledger.close`, and a month that is closed already; records `ledger.month_closed`.
    """
    require(actor, Perm.CLOSE, account.unit)
    if account.kind != Account.Kind.UNIT or not MONTH.match(month) or month[:4] != str(account.year):
        words = say(_("Choose a month of {year}."), year=str(account.year))
        raise Invalid(words, fields={"month": words})
    # Postings hold this row too: those under way end before, those after see the month closed.
    take_turn([account])
    closed, made = ClosedMonth.objects.get_or_create(
        account=account, month=month, defaults={"closed_by": actor}
    )
    if not made:
        raise WrongState(say(_("The month {month} is closed already."), month=month))
    record(journal.MONTH_CLOSED, actor=actor, data={"account": account.name, "month": month})
    return closed


@transaction.atomic
def reopen_month(*, account: Account, month: str, reason: str, actor: User) -> None:
    """Open a closed month again, with a reason; records `ledger.month_reopened`."""
    require(actor, Perm.CLOSE, account.unit)
    if not reason.strip():
        words = say(_("Say why the month is opened again."))
        raise Invalid(words, fields={"reason": words})
    take_turn([account])
    gone, _by = ClosedMonth.objects.filter(account=account, month=month).delete()
    if not gone:
        raise WrongState(say(_("The month {month} is not closed."), month=month))
    data = {"account": account.name, "month": month, "reason": reason.strip()}
    record(journal.MONTH_REOPENED, actor=actor, data=data)
