"""Paying a claim, and taking a payment back 红字. The books move once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.actions import follow_spending
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify

from .. import journal
from ..flow import PAY, REVERSE
from ..models import Booking, Claim, ClaimLine, Status
from ..permissions import Perm
from ..selectors.claims import granted_of, lines_with_money, may_pay
from ..selectors.payees import account_to_pay
from .drafting import free_vouchers
from .sending import refuse_payee
from .shared import amount_given, evidence_of, lock_claim, order_for, refused


def pay_claim(*, claim: Claim, actor: User, on: date | None = None, note: str = "") -> Claim:
    """Book an approved claim as spent on an accounting date, out of what was held; records `expenses.paid`.

    Refuses without `expenses.pay`; whoever claimed, is paid, decided on it, or wrote down the account that is paid; what
    lies beyond the budget and was not reviewed specially (R-BUD-06); a payee that is not the contract's, or a supplier that
    is blocked or whose account nobody has confirmed; a day to come; a closed month. A second payment meets the state.
    """
    day = on or clock.today()
    if day > clock.today():
        raise refused("on", say(_("This day is still to come.")))
    total = claim.lines.aggregate(sum=Sum("amount"))["sum"] or ZERO
    told = {"title": claim.code, "amount": format_exact(total), "on": day.isoformat()}
    with PAY.apply(claim, actor=actor, note=note, data=told) as locked:
        if not may_pay(locked, actor):
            words = _("Whoever claimed, is paid, or decided on a claim does not pay it as well.")
            raise NotAllowed(say(words))
        lines = list(lines_with_money(locked))
        refuse_payee(locked, lines)
        locked.paid_to = _account_paid(locked, actor)
        budget = _lock_budget(lines)
        uses = _uses(locked, lines)
        order = order_for(locked, actor, key=f"claim:{locked.pk}:pay", evidence=evidence_of(locked), on=day)
        posted = ledger.spend_all(uses=uses, order=order, granted=granted_of(lines))
        Booking.objects.bulk_create(
            Booking(line=line, posting=posted.posting, entry=entry, amount=line.amount)
            for line, entry in zip(lines, posted.entries, strict=True)
        )
        locked.paid_at, locked.paid_by, locked.paid_on = clock.now(), actor, day
        locked.payment_note = note.strip()
        locked.save(update_fields=["paid_at", "paid_by", "paid_on", "paid_to", "payment_note"])
        follow_spending(budget)
    _tell(locked, total)
    return locked


def _lock_budget(lines: Iterable[ClaimLine]) -> list[BudgetLine]:
    """The budget lines of a claim, locked: whoever changes a budget locks them too before the books, so nobody meets."""
    ids = {line.line_id for line in lines if line.line_id}
    return list(BudgetLine.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _uses(claim: Claim, lines: Sequence[ClaimLine]) -> list[ledger.Use]:
    """The money that waits for each line, as it is now; where its budget was closed there is none any more."""
    ids = [pk for line in lines if (pk := line.commitment_id or line.hold_id)]
    ledger.take_turn(Account.objects.filter(holds__in=ids))
    holds = Hold.objects.select_related("account").in_bulk(ids)
    uses = []
    for line in lines:
        hold = holds.get(line.commitment_id or line.hold_id or 0)
        if hold is None or hold.account.is_closed:
            words = _("The money of “{line}” is no longer held: its budget was closed or changed.")
            raise WrongState(say(words, line=str(line)))
        uses.append(ledger.Use(line.amount, hold=hold, supplier=claim.payee_supplier_id))
    return uses


def _account_paid(claim: Claim, actor: User) -> str:
    """The account a supplier is paid to, as it is kept with the payment; empty where a person is paid.

    Refuses one that nobody but its writer has looked at, and whoever wrote it down.
    """
    account = account_to_pay(claim)
    if account is None:
        return ""
    if account.obstacle is not None:
        raise refused("payee", account.obstacle)
    if actor.pk in account.entered_by:
        raise NotAllowed(
            say(_("Whoever wrote down an account does not pay to it: somebody else pays this claim."))
        )
    return account.label


def reverse_claim(
    *, claim: Claim, actor: User, reason: str, amount: Decimal | None = None, on: date | None = None
) -> Claim:
    """Take back a payment, all of it or `amount` yuan, in red figures on an accounting date; records `expenses.reversed`.

    Refuses without `expenses.pay` or a reason, more than is left of the payment, and a closed month. Once all of it is
    taken back, the vouchers may be claimed anew, and what the special review brought in goes back. What was paid out of a
    contract in force is bound by it again.
    """
    if not reason.strip():
        raise refused("reason", say(_("Say why the payment is taken back.")))
    if (on or clock.today()) > clock.today():
        raise refused("on", say(_("This day is still to come.")))
    left = left_of(claim)
    wanted = left if amount is None else amount_given(amount)
    if wanted > left and claim.status == Status.PAID:
        words = say(
            _("{left} yuan of the payment are left; {amount} are {over} too much."),
            left=format_exact(left), amount=format_exact(wanted), over=format_exact(wanted - left),
        )  # fmt: skip
        raise refused("amount", words)
    if wanted == left:
        told = {"title": claim.code, "amount": format_exact(wanted)}
        with REVERSE.apply(claim, actor=actor, note=reason.strip(), data=told) as locked:
            _refund(locked, wanted, actor, on)
            order = order_for(locked, actor, on=on)
            ledger.return_extra(document=locked.subject, order=order)
            free_vouchers(locked)
        return locked
    return _reverse_part(claim, wanted, reason, actor, on)


def _reverse_part(claim: Claim, amount: Decimal, reason: str, actor: User, on: date | None) -> Claim:
    """The claim stays paid; only a part of it comes back."""
    with transaction.atomic():
        locked = lock_claim(claim)
        require(actor, Perm.PAY, locked)
        if locked.status != Status.PAID:
            state = str(locked.get_status_display())
            raise WrongState(say(_("The claim is “{state}”: there is no payment to take back."), state=state))
        _refund(locked, amount, actor, on)
        told = {"title": locked.code, "amount": format_exact(amount), "note": reason.strip()}
        record(journal.REVERSED, actor=actor, subject=locked.subject, data=told)
    return locked


def left_of(claim: Claim) -> Decimal:
    """What of a payment has not been taken back, in yuan."""
    booked = Booking.objects.filter(line__claim=claim)
    paid = booked.filter(reverses=None).aggregate(sum=Sum("amount"))["sum"] or ZERO
    back = booked.filter(reverses__isnull=False).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return paid - back


def _refund(claim: Claim, amount: Decimal, actor: User, on: date | None) -> None:
    """Take the amount off the payments of the lines, the last one first."""
    paid = list(
        Booking.objects.filter(line__claim=claim, reverses=None)
        .select_related("line", "entry__target")
        .order_by("-pk")
    )
    budget = _lock_budget(booking.line for booking in paid)
    ledger.take_turn({booking.entry.target for booking in paid if booking.entry.target})
    order = order_for(claim, actor, evidence=evidence_of(claim), on=on)
    rest = amount
    for booking in paid:
        back = booking.reversals.aggregate(sum=Sum("amount"))["sum"] or ZERO
        part = min(rest, booking.amount - back)
        if part <= 0:
            continue
        posted = ledger.refund(entry=booking.entry, amount=part, order=order)
        [entry] = posted.entries
        Booking.objects.create(
            line=booking.line, posting=posted.posting, entry=entry, amount=part, reverses=booking
        )
        rest -= part
    if rest > 0:
        words = say(_("{left} yuan of it can still be reversed."), left=format_exact(amount - rest))
        raise WrongState(words, fields={"amount": words})
    follow_spending(budget)


def _tell(claim: Claim, total: Decimal) -> None:
    people = {person.pk: person for person in (claim.claimant, claim.payee_person) if person is not None}
    words = say(_("Claim {claim} is paid: {amount} yuan."), claim=claim.code, amount=format_exact(total))
    notify(
        users=people.values(),
        kind="expenses.paid",
        say=words,
        subject=claim.subject,
        key=f"expenses.paid:{claim.pk}",
    )
