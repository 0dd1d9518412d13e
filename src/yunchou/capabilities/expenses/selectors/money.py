"""The money beside a claim: which accounts it may be paid from, and what would be left of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.committing import is_contingency
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.capabilities.ledger.selectors import (
    NOTHING,
    Level,
    account_of,
    money_of,
    money_of_many,
    outlook,
    slices_of,
)
from yunchou.capabilities.ledger.selectors.limits import own_slice
from yunchou.capabilities.ledger.states import Dimension, Stage, State, quarter_of
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import current
from yunchou.kernel.access.selectors import reach, units_with, visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..models import Claim, ClaimLine
from ..permissions import Perm


def activity_key(activity: Subject) -> str:
    """The key of an activity's account; it is there once the budget is approved."""
    return f"campaign:{activity.pk}"


def line_key(line: int) -> str:
    """The key of a budget line's account."""
    return f"line:{line}"


def centre_of(claim: Claim) -> Account | None:
    """The account of the unit that bears a claim without an activity, of this year; None where it has no books yet."""
    return account_of(unit_key(claim.subject.unit_id, clock.today().year))


def accounts_for(claim: Claim, lines: Iterable[ClaimLine]) -> dict[int, Account]:
    """The accounts that lines of a claim are paid from, by line; lines without one are left out.

    Of a claim that was sent those it was sent with, whatever year it is now; else the budget line's, or the cost centre's.
    Lines come with `account` and `line__account`.
    """
    lines = list(lines)
    centre = None
    if claim.activity_id is None and any(line.account is None for line in lines):
        centre = centre_of(claim)
    found = {line.pk: line.account or (line.line.account if line.line else centre) for line in lines}
    return {pk: account for pk, account in found.items() if account is not None}


def not_the_payee(contract: Hold, supplier: Supplier | None) -> Say | None:
    """Why the money of a contract may not go to a payee: it is bound for its own supplier, or what that has become."""
    if contract.supplier_id is None:
        return None
    bound = current(Supplier.objects.select_related("merged_into").get(pk=contract.supplier_id))
    if supplier is not None and current(supplier).pk == bound.pk:
        return None
    return say(
        _("This contract binds money for {supplier}: only {supplier} is paid out of it."), supplier=bound.name
    )


def open_account_of(activity: Subject) -> Account | None:
    """The account of an activity whose budget is approved and that is not over; None otherwise (BUD-12)."""
    account = account_of(activity_key(activity))
    return None if account is None or account.is_closed else account


def activities_for(user: User) -> QuerySet[Subject]:
    """Activities with an approved budget for which the person may claim."""
    open_now = Account.objects.filter(kind=Account.Kind.CAMPAIGN, is_closed=False, subject__isnull=False)
    mine = visible_subjects(user).filter(reach(user, Perm.CLAIM))
    return mine.filter(pk__in=open_now.values("subject")).order_by("-pk")


def cost_centres_for(user: User) -> QuerySet[Unit]:
    """Units that can bear the person's claims."""
    return units_with(user, Perm.CLAIM).filter(is_active=True).order_by("path")


@dataclass(frozen=True)
class PayableLine:
    """A budget line as a claim may choose it."""

    line: BudgetLine
    account: Account
    left: Decimal

    @property
    def label(self) -> str:
        """The item as it was approved, with its place and what is left of it."""
        return f"B{self.line.position} {self.account.name} · {self.left:,.2f}"


def lines_of(activity: Subject) -> list[PayableLine]:
    """The lines of an activity's approved budget that are spent from, with what each has left; two queries."""
    rows = BudgetLine.objects.filter(subject=activity, account__isnull=False, account__is_closed=False)
    lines = [
        (line, line.account)
        for line in rows.select_related("account").order_by("position", "pk")
        if line.account is not None and not is_contingency(line.account)
    ]
    moneys = money_of_many([account.key for _line, account in lines])
    return [PayableLine(line, account, moneys.get(account.key, NOTHING).available) for line, account in lines]


def contracts_of(accounts: Iterable[Account]) -> QuerySet[Hold]:
    """Commitments of these accounts that still have something open: contracts a claim may be paid out of."""
    found = Hold.objects.filter(account__in=accounts, state=State.COMMITTED, open__gt=0)
    return found.select_related("supplier", "opened_by__document", "account").order_by("pk")


def contract_label(hold: Hold) -> str:
    """A contract by its document or voucher, its supplier, and what is open of it."""
    document = hold.opened_by.document
    name = str(document) if document else hold.opened_by.evidence or hold.opened_by.reason
    return " · ".join(filter(None, (name, str(hold.supplier or ""), f"{hold.open:,.2f}")))


@dataclass(frozen=True)
class Outlook:
    """What would be left where: every level from the line up, and what the quarter of its unit comes to."""

    levels: Sequence[Level]
    quarter: str = ""
    quarter_before: Decimal = ZERO
    quarter_after: Decimal = ZERO
    beyond: Decimal = ZERO
    obstacle: Say | None = None
    unit: Account | None = None


def look_ahead(account: Account | None, amount: Decimal, *, hold: Hold | None = None) -> Outlook:
    """What line, activity, plan, unit and quarter would have left if the amount were claimed now.

    What a contract has bound already changes none of them. Locks nothing: sending judges again.
    """
    if account is None:
        return Outlook((), obstacle=say(_("There is no approved money here yet.")))
    if hold is not None:
        levels = [Level(say(contract_label(hold)), hold.open, hold.open - amount, hold.amount, None)]
        return Outlook(levels, beyond=max(ZERO, amount - hold.open))
    today = clock.today()
    levels = list(outlook(account, amount, Stage.RESERVE, on=today))
    unit = _unit_account(account)
    quarter = quarter_of(today).value
    used = slices_of(unit, Dimension.QUARTER).get(quarter) if unit else None
    before = used.used if used else ZERO
    left = levels[0].before if levels else ZERO
    return Outlook(levels, quarter, before, before + amount, max(ZERO, amount - left), unit=unit)


def _unit_account(account: Account) -> Account | None:
    """The nearest unit at or above an account."""
    units = Account.objects.filter(pk__in=account.ids, kind=Account.Kind.UNIT).select_related("unit")
    return units.order_by("-path").first()


def own_available(account: Account) -> Decimal:
    """What an account itself has available, in yuan."""
    return money_of(account, own_slice(account)).available
