"""Sending a claim: its money is held, then people decide."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from ..flow import SUBMIT
from ..models import Claim, ClaimLine, Status
from ..permissions import CLAIM_KIND
from ..selectors.claims import beyond_by_line
from ..selectors.money import account_for
from .shared import in_hand, order_for, refused


def submit_claim(*, claim: Claim, actor: User, note: str = "") -> Claim:
    """Send a claim for approval: its money is held, as far as the budget goes, and the route begins.

    What lies beyond the budget is not held: it makes the case go through the special review (R-BUD-06). Refuses whoever is
    not the claimant, an incomplete claim (R-BUD-07) or one whose vouchers are claimed elsewhere (R-BUD-12) or do not cover
    it, each at its field; a line that left the budget. Records `expenses.submitted`.
    """
    with missing_route_told(claim.subject, actor):
        try:
            return _submit(claim, actor, note)
        except RuleRefused as stopped:
            fields = {
                place.column: one.reason for one in stopped.verdicts for place in one.at if place.column
            }
            raise RuleRefused(
                stopped.message, fields={**fields, **stopped.fields}, verdicts=stopped.verdicts
            ) from None


def _submit(claim: Claim, actor: User, note: str) -> Claim:
    total = claim.lines.aggregate(sum=Sum("amount"))["sum"] or ZERO
    told = {"title": claim.code, "amount": format_exact(total)}
    with SUBMIT.apply(claim, actor=actor, note=note, data=told) as locked:
        if locked.claimant_id != actor.pk:
            in_hand(claim, actor)
        hold_money(locked, actor)
        locked.sent_at = clock.now()
        locked.save(update_fields=["sent_at"])
        open_case(
            subject=locked.subject, definition=CLAIM_KIND, actor=actor, note=note,
            copies=line_owners(locked, actor),
        )  # fmt: skip
    return locked


def line_owners(claim: Claim, actor: User) -> list[User]:
    """Whoever answers for the budget lines hears of it and may remark."""
    ids = claim.lines.filter(line__owner__isnull=False).values_list("line__owner", flat=True)
    owners = BudgetLine.objects.filter(owner__in=list(ids)).values_list("owner", flat=True)
    return list(User.objects.filter(pk__in=list(owners), is_active=True).exclude(pk=actor.pk))


def hold_money(claim: Claim, actor: User) -> None:
    """Reserve what the budget has for each line; what is missing is noted on the line as beyond it."""
    lines = list(claim.lines.select_related("line", "commitment__account").order_by("pk"))
    accounts = {line.pk: _account(claim, line, actor) for line in lines}
    ledger.take_turn(accounts.values())
    beyond = beyond_by_line(claim)
    for line in lines:
        if line.commitment is not None:
            _check_contract_left(claim, line, line.commitment)
            continue
        line.extra = beyond[line.pk]
        line.hold = None
        if (amount := line.amount - line.extra) > 0:
            posted = ledger.reserve(
                account=accounts[line.pk], amount=amount, order=order_for(claim, actor),
                supplier=claim.payee_supplier_id,
            )  # fmt: skip
            line.hold = posted.hold
        line.save(update_fields=["hold", "extra"])


def _account(claim: Claim, line: ClaimLine, actor: User) -> Account:
    """The account that bears a line; that of a cost centre is opened when it is first needed."""
    if claim.activity_id is None:
        return ledger.open_unit(unit=claim.subject.unit, year=clock.today().year)
    account = account_for(claim, line)
    if account is None or account.is_closed:
        raise refused(
            "lines", say(_("“{line}” is no longer in the budget; choose another line."), line=str(line))
        )
    return account


def _check_contract_left(claim: Claim, line: ClaimLine, contract: Hold) -> None:
    """Claims under way on a contract never come to more than is open of it."""
    contract = Hold.objects.get(pk=contract.pk)
    others = ClaimLine.objects.filter(
        commitment=contract, claim__status__in=(Status.IN_APPROVAL, Status.APPROVED)
    ).exclude(claim=claim)
    own = ClaimLine.objects.filter(commitment=contract, claim=claim)
    under_way: Decimal = (others.aggregate(sum=Sum("amount"))["sum"] or ZERO) + (
        own.aggregate(sum=Sum("amount"))["sum"] or ZERO
    )
    if under_way > contract.open:
        words = say(
            _("{line}: {claimed} yuan are claimed on this contract, {open} are open: {over} too much."),
            line=str(line),
            claimed=format_exact(under_way),
            open=format_exact(contract.open),
            over=format_exact(under_way - contract.open),
        )
        raise WrongState(words, fields={"lines": words})


def release_money(claim: Claim, actor: User, reason: str = "") -> None:
    """Give back what was held for a claim that is not decided on any more."""
    holding: Sequence[ClaimLine] = list(
        claim.lines.filter(hold__isnull=False).select_related("hold__account").order_by("pk")
    )
    ledger.take_turn([line.hold.account for line in holding if line.hold])
    for line in holding:
        assert line.hold is not None
        hold = Hold.objects.select_related("account").get(pk=line.hold.pk)
        if hold.open > 0:
            ledger.release(hold=hold, order=order_for(claim, actor, reason=reason))
    ClaimLine.objects.filter(claim=claim).update(hold=None, extra=ZERO)


def withdraw_claim(*, claim: Claim, actor: User) -> Claim:
    """Take a claim back from its approvers; only who sent it may. What was held is free again."""
    case = running_case(claim.subject)
    if case is None:
        raise WrongState(say(_("The claim is not being decided on.")))
    withdraw(case=case, actor=actor)
    found: Claim = Claim.objects.select_related("subject").get(pk=claim.pk)
    return found
