"""Paying a claim, and taking a payment back 红字. The books move once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.actions import follow_spending
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Hold
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
from ..selectors.claims import may_pay
from .drafting import free_vouchers
from .shared import amount_given, evidence_of, lock_claim, order_for, refused


def pay_claim(*, claim: Claim, actor: User, on: date | None = None, note: str = "") -> Claim:
    """Book an approved claim as spent on an accounting date, out of what was held; records `expenses.paid`.

    Refuses without `expenses.pay`; whoever claimed, is paid, or decided on it; what lies beyond the budget and was not
    reviewed specially (R-BUD-06); a day to come; a closed month. A second payment meets the state.
    """
    day = on or clock.today()
    if day > clock.today():
        raise refused("on", say(_("This day is still to come.")))
    total = claim.lines.aggregate(sum=Sum("amount"))["sum"] or ZERO
    told = {"title": claim.code, "amount": format_exact(total), "payee": claim.payee, "on": day.isoformat()}
    with PAY.apply(claim, actor=actor, note=note, data=told) as locked:
        if not may_pay(locked, actor):
            words = _("Whoever claimed, is paid, or decided on a claim does not pay it as well.")
            raise NotAllowed(say(words))
        lines = list(
            locked.lines.select_related("line", "hold__account", "commitment__account").order_by("pk")
        )
        holds = {line.pk: hold for line in lines if (hold := line.commitment or line.hold)}
        ledger.take_turn(hold.account for hold in holds.values())
        evidence = evidence_of(locked)
        for line in lines:
            posted = ledger.spend(
                hold=_open_hold(line, holds.get(line.pk)),
                amount=line.amount,
                order=order_for(
                    locked, actor, key=f"claim:{locked.pk}:{line.pk}:pay", evidence=evidence, on=day
                ),
                supplier=locked.payee_supplier_id,
            )
            Booking.objects.create(line=line, posting=posted.posting, amount=line.amount)
        locked.paid_at, locked.paid_by, locked.paid_on = clock.now(), actor, day
        locked.payment_note = note.strip()
        locked.save(update_fields=["paid_at", "paid_by", "paid_on", "payment_note"])
        _follow(lines)
    _tell(locked, total)
    return locked


def _open_hold(line: ClaimLine, hold: Hold | None) -> Hold:
    """The money that waits for a line, as it is now; where its line was closed there is none any more."""
    fresh = Hold.objects.select_related("account").get(pk=hold.pk) if hold else None
    if fresh is None or fresh.account.is_closed:
        raise WrongState(
            say(
                _("The money of “{line}” is no longer held: its budget was closed or changed."),
                line=str(line),
            )
        )
    return fresh


def reverse_claim(
    *, claim: Claim, actor: User, reason: str, amount: Decimal | None = None, on: date | None = None
) -> Claim:
    """Take back a payment, all of it or `amount` yuan, in red figures on an accounting date; records `expenses.reversed`.

    Refuses without `expenses.pay` or a reason, more than is left of the payment, and a closed month. Once all of it is
    taken back, the vouchers may be claimed anew.
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
            _refund(locked, wanted, reason, actor, on)
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
        _refund(locked, amount, reason, actor, on)
        told = {"title": locked.code, "amount": format_exact(amount), "note": reason.strip()}
        record(journal.REVERSED, actor=actor, subject=locked.subject, data=told)
    return locked


def left_of(claim: Claim) -> Decimal:
    """What of a payment has not been taken back, in yuan."""
    booked = Booking.objects.filter(line__claim=claim)
    paid = booked.filter(reverses=None).aggregate(sum=Sum("amount"))["sum"] or ZERO
    back = booked.filter(reverses__isnull=False).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return paid - back


def _refund(claim: Claim, amount: Decimal, reason: str, actor: User, on: date | None) -> None:
    """Take the amount off the payments of the lines, the last one first."""
    paid = list(
        Booking.objects.filter(line__claim=claim, reverses=None)
        .select_related("line__line", "posting")
        .order_by("-pk")
    )
    rest = amount
    for booking in paid:
        back = booking.reversals.aggregate(sum=Sum("amount"))["sum"] or ZERO
        part = min(rest, booking.amount - back)
        if part <= 0:
            continue
        posted = ledger.refund(
            posting=booking.posting, amount=part,
            order=order_for(claim, actor, reason=reason.strip(), evidence=evidence_of(claim), on=on),
        )  # fmt: skip
        Booking.objects.create(line=booking.line, posting=posted.posting, amount=part, reverses=booking)
        rest -= part
    if rest > 0:
        words = say(_("{left} yuan of it can still be reversed."), left=format_exact(amount - rest))
        raise WrongState(words, fields={"amount": words})
    _follow(booking.line for booking in paid)


def _follow(lines: Iterable[ClaimLine]) -> None:
    """The one place from which the budget hears that its lines have cost more or less."""
    found: list[BudgetLine] = [line.line for line in lines if line.line is not None]
    if found:
        follow_spending(found)


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
