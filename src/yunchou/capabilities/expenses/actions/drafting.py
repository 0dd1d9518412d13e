"""Writing a claim: for what, texts, amounts, payee. Everything is kept as it is written; nothing has to be complete yet."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.committing import is_contingency, lock_on_money
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.capabilities.ledger.states import State
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.kernel.ui.seen import refuse_stale

from .. import journal
from ..chart import BY_CODE, items_in
from ..flow import DISCARD
from ..models import Claim, ClaimLine, Voucher
from ..permissions import CLAIM_KIND, Perm
from ..selectors.money import line_key, not_the_payee, open_account_of
from ..selectors.stamps import line_stamp, payee_stamp, texts_stamp
from .shared import amount_given, in_hand, record_writing, refused

TRIES: Final = 5
TOO_LONG: Final = 4000


def start_claim(
    *,
    actor: User,
    activity: Subject | None = None,
    unit: Unit | None = None,
    payee_person: User | None = None,
    payee_supplier: Supplier | None = None,
) -> Claim:
    """A new claim of the actor for an activity or, without one, for a unit as cost centre; records `expenses.started`.

    Refuses an expense without either (002 9.2 二), an activity whose budget is not approved yet (003 四(二)), and without
    the right to claim there.
    """
    bearer = _bearer(activity, unit, actor)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                claim = _insert(bearer, activity, actor)
                set_payee(claim=claim, actor=actor, person=payee_person or (None if payee_supplier else actor),
                          supplier=payee_supplier)  # fmt: skip
                return claim
        except IntegrityError:
            # Somebody took the number between our look and our insert.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _bearer(activity: Subject | None, unit: Unit | None, actor: User) -> Unit:
    """The unit that bears the cost."""
    if activity is not None:
        if not visible_subjects(actor).filter(pk=activity.pk).exists():
            raise NotAllowed(say(_("You may not see this.")))
        require(actor, Perm.CLAIM, activity)
        if open_account_of(activity) is None:
            words = say(
                _("The budget of “{activity}” is not approved: nothing is booked on it before (003 四(二))."),
                activity=activity.title,
            )
            raise WrongState(words, fields={"activity": words})
        return activity.unit
    if unit is None:
        words = say(_("Choose an activity or a cost centre: an expense without either is not booked."))
        raise Invalid(words, fields={"activity": words, "unit": words})
    require(actor, Perm.CLAIM, unit)
    return unit


def _insert(unit: Unit, activity: Subject | None, actor: User) -> Claim:
    code = next_code(clock.today().year)
    name = activity.title if activity else unit.name
    subject = open_subject(kind=CLAIM_KIND, unit=unit, title=f"{code} {name}"[:160], code=code, actor=actor)
    claim: Claim = Claim.objects.create(subject=subject, code=code, activity=activity, claimant=actor)
    subject.address = claim.get_absolute_url()
    subject.save(update_fields=["address"])
    add_member(subject=subject, user=actor, role=Role.OWNER)
    record(journal.STARTED, actor=actor, subject=subject, data={"title": code})
    return claim


def next_code(year: int) -> str:
    """`BX-2026-0007`: the next number of the year."""
    codes = (
        Claim.objects.filter(code__startswith=f"BX-{year}-").order_by("-pk").values_list("code", flat=True)
    )
    last = max((int(code.rsplit("-", 1)[1]) for code in codes[:50]), default=0)
    return f"BX-{year}-{last + 1:04d}"


@transaction.atomic
def set_payee(
    *,
    claim: Claim,
    actor: User,
    person: User | None = None,
    supplier: Supplier | None = None,
    seen: str = "",
) -> Claim:
    """Who is paid: a person who laid the money out, or a supplier that may be chosen.

    Refuses both at once, another one than the supplier of a contract that is claimed on, and a payee that is not the one
    that was `seen`.
    """
    locked = in_hand(claim, actor)
    refuse_stale(seen, payee_stamp(locked))
    if person and supplier:
        raise refused("payee_supplier", say(_("Either a person or a supplier is paid.")))
    for line in locked.lines.filter(commitment__isnull=False).select_related("commitment"):
        if line.commitment and (reason := not_the_payee(line.commitment, supplier)):
            raise refused("payee_supplier", reason)
    if supplier and supplier.pk != locked.payee_supplier_id and (reason := why_not(supplier)):
        words = say(_("{supplier}: {reason}"), supplier=supplier.name, reason=reason)
        raise refused("payee_supplier", words)
    locked.payee_person, locked.payee_supplier = person, supplier
    locked.save(update_fields=["payee_person", "payee_supplier"])
    return locked


@dataclass(frozen=True)
class Texts:
    """What is written about a claim; None leaves as it is."""

    background: str | None = None
    purpose: str | None = None
    participants: str | None = None
    effect: str | None = None


@transaction.atomic
def write_texts(
    *,
    claim: Claim,
    texts: Texts,
    actor: User,
    stated_total: Decimal | None = None,
    states_total: bool = False,
    seen: str = "",
) -> Claim:
    """Keep the texts, and with `states_total` the total as typed. Records `expenses.changed` where something differs.

    Refuses to write over texts that are not those that were `seen`.
    """
    locked = in_hand(claim, actor)
    stood, changed = texts_stamp(locked), []
    for each in fields(Texts):
        text = getattr(texts, each.name)
        if text is None or text == getattr(locked, each.name):
            continue
        if len(text) > TOO_LONG:
            raise refused(each.name, say(_("At most {count} characters."), count=TOO_LONG))
        setattr(locked, each.name, text)
        changed.append(each.name)
    if states_total and stated_total != locked.stated_total:
        locked.stated_total = None if stated_total is None else amount_given(stated_total, "stated_total")
        changed.append("stated_total")
    if changed:
        refuse_stale(seen, stood)
        locked.save(update_fields=changed)
        record_writing(journal.CHANGED, locked.subject, actor, {"title": locked.code})
    return locked


@transaction.atomic
def put_line(
    *,
    claim: Claim,
    amount: Decimal | None,
    cost_item: str,
    actor: User,
    budget_line: BudgetLine | None = None,
    commitment: Hold | None = None,
    note: str = "",
    line: ClaimLine | None = None,
    seen: str = "",
) -> ClaimLine:
    """Enter an amount, or change `line`; records `expenses.line_put`.

    Refuses, at the field: what is no amount; with an activity a line that is not in its approved budget or is kept for
    contingencies, and a cost item of another category than the line's (money is bound to its purpose, 002 9.3(2)); a
    contract of another line, or of another supplier than the one that is paid; a line that commits nothing new now, unless
    a contract has bound it before (R-APR-08). And a `line` that is not as it was `seen`.
    """
    locked = in_hand(claim, actor)
    amount = amount_given(amount)
    account = _check_line(locked, budget_line, cost_item)
    if commitment is not None:
        _check_contract(locked, commitment, account, amount)
    elif budget_line is not None and (reason := lock_on_money(budget_line.subject, [budget_line.pk])):
        raise WrongState(reason, fields={"budget_line": reason})
    kept = ClaimLine(claim=locked) if line is None else ClaimLine.objects.get(pk=line.pk, claim=locked)
    if line is not None:
        refuse_stale(seen, line_stamp(kept))
    kept.line, kept.name = budget_line, account.name if account else ""
    kept.cost_item, kept.amount, kept.note, kept.commitment = cost_item, amount, note.strip(), commitment
    kept.save()
    data = {"amount": format_exact(amount), "line": str(kept), "title": locked.code}
    record(journal.LINE_PUT, actor=actor, subject=locked.subject, data=data)
    return kept


def _check_line(claim: Claim, line: BudgetLine | None, cost_item: str) -> Account | None:
    """The account that bears the amount, as it was approved; None with a cost centre."""
    if cost_item not in BY_CODE:
        raise refused("cost_item", say(_("Choose a cost item.")))
    if claim.activity_id is None:
        return None
    if line is None or line.subject_id != claim.activity_id:
        raise refused("budget_line", say(_("Choose a line of the activity's budget.")))
    account = Account.objects.filter(key=line_key(line.pk)).first()
    if account is None or account.is_closed:
        raise refused("budget_line", say(_("“{line}” is not part of the approved budget."), line=line.item))
    if is_contingency(account):
        words = say(
            _("“{line}” is held for contingencies: draw on it for the line that needs it."), line=account.name
        )
        raise refused("budget_line", words)
    if BY_CODE[cost_item] not in items_in(account.category):
        words = say(
            _(
                "“{line}” is approved for {category}: choose another line for this item, or have the budget adjusted."
            ),
            line=account.name,
            category=account.category,
        )
        raise refused("cost_item", words)
    return account


def _check_contract(claim: Claim, commitment: Hold, account: Account | None, amount: Decimal) -> None:
    bears = commitment.account
    is_own = bears == account if account else bears.key == unit_key(claim.subject.unit_id, bears.year)
    if commitment.state != State.COMMITTED or not is_own:
        raise refused("commitment", say(_("This contract belongs to another line.")))
    if reason := not_the_payee(commitment, claim.payee_supplier):
        raise refused("commitment", reason)
    if amount > commitment.open:
        words = say(
            _("Only {open} yuan of this contract are open; {amount} are {over} too much."),
            open=format_exact(commitment.open),
            amount=format_exact(amount),
            over=format_exact(amount - commitment.open),
        )
        raise refused("amount", words)


@transaction.atomic
def remove_line(*, line: ClaimLine, actor: User) -> None:
    """Take an amount out of a claim that is being written; records `expenses.line_removed`."""
    locked = in_hand(line.claim, actor)
    found = ClaimLine.objects.filter(pk=line.pk, claim=locked).first()
    if found is None:
        raise WrongState(say(_("This line is no longer there.")))
    data = {"amount": format_exact(found.amount), "line": str(found), "title": locked.code}
    found.delete()
    record(journal.LINE_REMOVED, actor=actor, subject=locked.subject, data=data)


def discard_claim(*, claim: Claim, actor: User, reason: str = "") -> Claim:
    """Give a claim up that is not in approval: its vouchers may be claimed anew. Records `expenses.discarded`."""
    if claim.claimant_id != actor.pk:
        raise NotAllowed(say(_("Only {person} writes this claim."), person=str(claim.claimant)))
    with DISCARD.apply(claim, actor=actor, note=reason or "—", data={"title": claim.code}) as locked:
        free_vouchers(locked)
    return locked


def free_vouchers(claim: Claim) -> None:
    """The vouchers of a claim that came to nothing count no more."""
    Voucher.objects.filter(claim=claim).update(is_void=True)
