"""The emergency pool of the marketing centre (BUD-10): money is put into it; what it gives is asked for and approved."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.capabilities.ledger.states import State
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..adjustments import pool_key


@transaction.atomic
def fund_pool(*, unit: Unit, year: int, amount: Decimal, reason: str, actor: User) -> Account:
    """Put money into a unit's emergency pool (BUD-10). Refuses without `ledger.limit` and a reason.

    Records `budgets.pool_funded`.
    """
    require(actor, LedgerPerm.LIMIT, unit)
    if not reason.strip():
        words = say(_("Say where the money comes from."))
        raise Invalid(words, fields={"reason": words})
    above = ledger.open_unit(unit=unit, year=year)
    name = str(say(_("Emergency pool {unit} {year}"), unit=unit.name, year=str(year)))
    pool = ledger.open_account(kind=Account.Kind.POOL, parent=above, key=pool_key(unit.pk, year), name=name)
    order = ledger.Order(actor=actor, reason=reason.strip()[:300])
    ledger.fund(account=pool, amount=amount, into=State.AVAILABLE, order=order)
    told = {"amount": format_exact(amount), "pool": pool.name, "reason": reason.strip()}
    record(journal.POOL_FUNDED, actor=actor, data=told)
    return pool
