"""What a decision does to a claim and its money; called inside the deciding transaction."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.states import Kind
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..flow import APPROVE, REJECT, RETURN, REVOKE, WITHDRAW
from ..models import Claim, ClaimLine
from ..rules import SENDING
from ..selectors.claims import claim_facts, granted_of, lines_with_money
from ..selectors.money import own_available
from .drafting import free_vouchers
from .sending import hold_money, holds_in_hand, release_money
from .shared import order_for, refused


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
        release_money(claim, actor)


def claim_rejected(case: Case, actor: User) -> None:
    """It comes to nothing: the money is free again, and so are its vouchers."""
    note = _last_opinion(case)
    with REJECT.apply(_of(case), actor=actor, note=note or "—", data={"title": _of(case).code}) as claim:
        release_money(claim, actor)
        free_vouchers(claim)


def claim_withdrawn(case: Case, actor: User) -> None:
    """Taken back by who sent it; the vouchers stay with it."""
    with WITHDRAW.apply(_of(case), actor=actor, data={"title": _of(case).code}) as claim:
        release_money(claim, actor)


def claim_amended(subject: Subject, case: Case, actor: User) -> None:
    """A running case goes on with changed content: what sending demands holds again, and what is held follows the amounts.

    Refuses what sending refuses, with the verdicts of the rules.
    """
    claim = Claim.objects.select_related("subject__unit").get(pk=subject.pk)
    stopping = [verdict for verdict in evaluate(SENDING, claim_facts(claim)) if verdict.blocks]
    if stopping:
        raise RuleRefused(stopping[0].reason, verdicts=stopping)
    release_money(claim, actor)
    hold_money(claim, actor)


def revoke_approval(*, claim: Claim, reason: str, actor: User) -> Claim:
    """Take back the approval of a claim that is not paid yet: it goes back to its claimant, and its money is free.

    For a payee that was wrong, a contract that ended, somebody who left. What the special review brought in goes back too.
    Refuses without `expenses.pay`, without a reason, and whoever claimed or is paid. Records `expenses.revoked`.
    """
    if not reason.strip():
        raise refused("reason", say(_("Say why the approval is taken back.")))
    if actor.pk in (claim.claimant_id, claim.payee_person_id):
        raise NotAllowed(say(_("Somebody else takes the approval of this claim back.")))
    with REVOKE.apply(claim, actor=actor, note=reason.strip(), data={"title": claim.code}) as locked:
        release_money(locked, actor)
        ledger.return_extra(document=locked.subject, order=order_for(locked, actor))
        locked.approved_at = None
        locked.save(update_fields=["approved_at"])
    words = say(
        _("The approval of claim {claim} was taken back: {reason}"), claim=locked.code, reason=reason.strip()
    )
    _tell(locked, words, f"revoked:{clock.now():%Y%m%d%H%M%S}")
    return locked


def grant_extras(claim: Claim, actor: User) -> None:
    """Bring in what lies beyond the budget, from the nearest account above that has it, else from outside the books.

    Ceilings are passed by what was noted when the claim was sent. What a contract has bound stays where it is.
    """
    lines = [line for line in lines_with_money(claim).filter(extra__gt=0) if line.commitment_id is None]
    if not lines:
        return
    wanted: dict[Account, list[ClaimLine]] = {}
    for line in lines:
        assert line.account is not None
        wanted.setdefault(line.account, []).append(line)
    ledger.take_turn(wanted)
    order = order_for(claim, actor)
    ledger.release_all(holds=holds_in_hand(claim.lines.filter(extra__gt=0)), order=order)
    for account, claimed in wanted.items():
        missing = max(ZERO, sum((line.amount for line in claimed), ZERO) - own_available(account))
        if missing > 0:
            source = _bring_in(claim, account, missing, actor)
            told = {"amount": format_exact(missing), "line": str(claimed[0]), "source": source}
            record(journal.EXTRA, actor=actor, subject=claim.subject, data=told)
    uses = [ledger.Use(line.amount, line.account, supplier=claim.payee_supplier_id) for line in lines]
    posted = ledger.reserve_all(uses=uses, order=order, granted=granted_of(lines))
    for line, hold in zip(lines, posted.holds, strict=True):
        line.hold = hold
    ClaimLine.objects.bulk_update(lines, ["hold"])


def _bring_in(claim: Claim, account: Account, amount: Decimal, actor: User) -> str:
    """Move the extra to the account; says where it came from."""
    order = order_for(claim, actor)
    above = Account.objects.filter(pk__in=account.ids[:-1], is_closed=False).order_by("-path")
    for source in above:
        if own_available(source) >= amount:
            ledger.transfer(source=source, target=account, amount=amount, order=order, kind=Kind.EXTRA)
            return source.name
    ledger.allot(source=None, shares=[ledger.Share(account, amount)], order=order, kind=Kind.EXTRA)
    return "—"


def _of(case: Case) -> Claim:
    found: Claim = Claim.objects.select_related("subject__unit", "activity").get(pk=case.subject_id)
    return found


def _last_opinion(case: Case) -> str:
    tasks = Task.objects.filter(step__case=case, decided_at__isnull=False).exclude(opinion="")
    found = tasks.order_by("-decided_at", "-pk").values_list("opinion", flat=True).first()
    return found or ""


def _tell(claim: Claim, words: object, what: str) -> None:
    notify(
        users=[claim.claimant], kind="expenses.decided", say=words, subject=claim.subject,  # type: ignore[arg-type]
        key=f"expenses.{what}:{claim.pk}:{claim.sent_at}",
    )  # fmt: skip
