"""What a decision does to a claim and its money; called inside the deciding transaction."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.capabilities.ledger.states import Kind
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..flow import APPROVE, REJECT, RETURN, WITHDRAW
from ..models import Claim
from ..selectors.money import account_for, own_available
from .drafting import free_vouchers
from .sending import hold_money, release_money
from .shared import order_for


def claim_approved(case: Case, actor: User) -> None:
    """The claim may be paid. What the special review granted beyond the budget is brought in and held (R-BUD-06)."""
    with APPROVE.apply(_of(case), actor=actor, data={"title": _of(case).code}) as claim:
        grant_extras(claim, actor)
        claim.approved_at = clock.now()
        claim.save(update_fields=["approved_at"])
    _tell(claim, say(_("Claim {claim} is approved and waits for payment."), claim=claim.code), "approved")


def claim_returned(case: Case, actor: User) -> None:
    """Back to its claimant; what was held is free again."""
    note = _last_opinion(case)
    with RETURN.apply(_of(case), actor=actor, note=note or "—", data={"title": _of(case).code}) as claim:
        release_money(claim, actor, note)


def claim_rejected(case: Case, actor: User) -> None:
    """It comes to nothing: the money is free again, and so are its vouchers."""
    note = _last_opinion(case)
    with REJECT.apply(_of(case), actor=actor, note=note or "—", data={"title": _of(case).code}) as claim:
        release_money(claim, actor, note)
        free_vouchers(claim)


def claim_withdrawn(case: Case, actor: User) -> None:
    """Taken back by who sent it; the vouchers stay with it."""
    with WITHDRAW.apply(_of(case), actor=actor, data={"title": _of(case).code}) as claim:
        release_money(claim, actor)


def claim_amended(subject: Subject, case: Case, actor: User) -> None:
    """A running case goes on with changed content: what is held follows the amounts, what sending demands holds again."""
    claim = Claim.objects.select_related("subject__unit").get(pk=subject.pk)
    release_money(claim, actor)
    hold_money(claim, actor)


def grant_extras(claim: Claim, actor: User) -> None:
    """Bring in what lies beyond the budget, from the nearest account above that has it, else from outside the books."""
    lines = list(claim.lines.filter(extra__gt=0).select_related("line", "hold__account").order_by("pk"))
    if not lines:
        return
    accounts = {line.pk: account for line in lines if (account := account_for(claim, line))}
    ledger.take_turn(accounts.values())
    for line in lines:
        account = accounts[line.pk]
        if line.hold is not None:
            ledger.release(
                hold=Hold.objects.select_related("account").get(pk=line.hold.pk), order=_order(claim, actor)
            )
        missing = max(ZERO, line.amount - own_available(account))
        if missing > 0:
            source = _bring_in(claim, account, missing, actor)
            told = {"amount": format_exact(missing), "line": str(line), "source": source}
            record(journal.EXTRA, actor=actor, subject=claim.subject, data=told)
        posted = ledger.reserve(
            account=account, amount=line.amount, order=_order(claim, actor), supplier=claim.payee_supplier_id
        )
        line.hold = posted.hold
        line.save(update_fields=["hold"])


def _bring_in(claim: Claim, account: Account, amount: Decimal, actor: User) -> str:
    """Move the extra to the account; says where it came from."""
    order = _order(claim, actor)
    above = Account.objects.filter(pk__in=account.ids[:-1], is_closed=False).order_by("-path")
    for source in above:
        if own_available(source) >= amount:
            ledger.transfer(source=source, target=account, amount=amount, order=order, kind=Kind.EXTRA)
            return source.name
    ledger.allot(source=None, shares=[ledger.Share(account, amount)], order=order, kind=Kind.EXTRA)
    return "—"


def _order(claim: Claim, actor: User) -> ledger.Order:
    return order_for(claim, actor)


def _of(case: Case) -> Claim:
    found: Claim = Claim.objects.select_related("subject__unit", "activity").get(pk=case.subject_id)
    return found


def _last_opinion(case: Case) -> str:
    from yunchou.kernel.approvals.models import Task

    tasks = Task.objects.filter(step__case=case, decided_at__isnull=False).exclude(opinion="")
    found = tasks.order_by("-decided_at", "-pk").values_list("opinion", flat=True).first()
    return found or ""


def _tell(claim: Claim, words: object, what: str) -> None:
    notify(
        users=[claim.claimant], kind="expenses.decided", say=words, subject=claim.subject,  # type: ignore[arg-type]
        key=f"expenses.{what}:{claim.pk}:{claim.sent_at}",
    )  # fmt: skip
