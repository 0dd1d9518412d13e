"""Sending a claim: its money is held, then people decide."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.committing import is_contingency, lock_on_money
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from ..flow import SUBMIT
from ..models import UNDER_WAY, Claim, ClaimLine
from ..permissions import CLAIM_KIND
from ..selectors.claims import beyond_by_line, lines_with_money, passes_now
from ..selectors.money import accounts_for, not_the_payee
from .shared import in_hand, order_for, refused


def submit_claim(*, claim: Claim, actor: User, note: str = "") -> Claim:
    """Send a claim for approval: its money is held, as far as the budget goes, and the route begins.

    What lies beyond the budget is not held: it makes the case go through the special review (R-BUD-06). Refuses whoever is
    not the claimant, an incomplete claim (R-BUD-07) or one whose vouchers are claimed elsewhere (R-BUD-12) or do not cover
    it, each at its field; a line that left the budget, a supplier that may not be paid and a contract of another one.
    Records `expenses.submitted`.
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
    owners = claim.lines.filter(line__owner__isnull=False).values("line__owner")
    return list(User.objects.filter(pk__in=owners, is_active=True).exclude(pk=actor.pk))


def hold_money(claim: Claim, actor: User) -> None:
    """Reserve what budget and ceilings have for the lines, in one posting; what passes them is noted on the lines."""
    lines = list(lines_with_money(claim))
    refuse_payee(claim, lines)
    accounts = _accounts(claim, lines)
    ledger.take_turn(accounts.values())
    _check_contracts_left(claim, lines)
    noted = passes_now(claim, lines, accounts)
    for line, passed in zip(lines, noted, strict=True):
        line.account, line.hold = accounts[line.pk], None
        line.passes = {str(pk): str(amount) for pk, amount in passed.items()}
    beyond = beyond_by_line(claim, lines)
    for line in lines:
        line.extra = beyond[line.pk]
    held = [line for line in lines if line.commitment is None and line.amount > line.extra]
    if held:
        uses = [
            ledger.Use(line.amount - line.extra, line.account, supplier=claim.payee_supplier_id)
            for line in held
        ]
        posted = ledger.reserve_all(uses=uses, order=order_for(claim, actor))
        for line, hold in zip(held, posted.holds, strict=True):
            line.hold = hold
    ClaimLine.objects.bulk_update(lines, ["account", "hold", "extra", "passes"])


def _accounts(claim: Claim, lines: Sequence[ClaimLine]) -> dict[int, Account]:
    """The accounts that bear the lines; that of a cost centre is opened when it is first needed."""
    if claim.activity_id is None:
        centre = ledger.open_unit(unit=claim.subject.unit, year=clock.today().year)
        # What a contract binds lies where it was bound, also over New Year.
        return {line.pk: line.commitment.account if line.commitment else centre for line in lines}
    new = [line.line_id for line in lines if line.commitment_id is None and line.line_id]
    if claim.activity is not None and new and (reason := lock_on_money(claim.activity, new)):
        raise WrongState(reason, fields={"lines": reason})
    accounts = accounts_for(claim, lines)
    for line in lines:
        account = accounts.get(line.pk)
        if account is None or account.is_closed:
            words = say(_("“{line}” is no longer in the budget; choose another line."), line=str(line))
            raise refused("lines", words)
        if is_contingency(account):
            held = _("“{line}” is held for contingencies: draw on it for the line that needs it.")
            raise refused("lines", say(held, line=account.name))
    return accounts


def refuse_payee(claim: Claim, lines: Sequence[ClaimLine]) -> None:
    """Refuse a payee that is not the contract's, and a supplier that may not be chosen where no contract was made before."""
    for line in lines:
        if line.commitment and (reason := not_the_payee(line.commitment, claim.payee_supplier)):
            raise refused("payee", say(_("{line}: {reason}"), line=str(line), reason=reason))
    supplier = claim.payee_supplier
    if (
        supplier is not None
        and not all(line.commitment_id for line in lines)
        and (reason := why_not(supplier))
    ):
        raise refused("payee", say(_("{supplier}: {reason}"), supplier=supplier.name, reason=reason))


def _check_contracts_left(claim: Claim, lines: Sequence[ClaimLine]) -> None:
    """Claims under way on a contract never come to more than is open of it."""
    of_contract = {line.commitment_id: line for line in lines if line.commitment_id}
    if not of_contract:
        return
    open_now = dict(Hold.objects.filter(pk__in=of_contract).values_list("pk", "open"))
    under_way = ClaimLine.objects.filter(commitment__in=of_contract).filter(
        Q(claim=claim) | Q(claim__status__in=UNDER_WAY)
    )
    sums = under_way.order_by().values_list("commitment").annotate(sum=Sum("amount"))
    for pk, claimed in sums:
        if claimed > open_now[pk]:
            words = say(
                _("{line}: {claimed} yuan are claimed on this contract, {open} are open: {over} too much."),
                line=str(of_contract[pk]),
                claimed=format_exact(claimed),
                open=format_exact(open_now[pk]),
                over=format_exact(claimed - open_now[pk]),
            )
            raise WrongState(words, fields={"lines": words})


def release_money(claim: Claim, actor: User) -> None:
    """Give back what was held for a claim that is not decided on any more, in one posting."""
    ledger.release_all(holds=holds_in_hand(claim.lines.all()), order=order_for(claim, actor))
    ClaimLine.objects.filter(claim=claim).update(hold=None, account=None, extra=ZERO, passes={})


def holds_in_hand(lines: QuerySet[ClaimLine]) -> list[Hold]:
    """The holds of lines as they are now, once it is our turn."""
    ids = list(lines.filter(hold__isnull=False).order_by("pk").values_list("hold", flat=True))
    ledger.take_turn(Account.objects.filter(holds__in=ids))
    return list(Hold.objects.filter(pk__in=ids).select_related("account").order_by("pk"))


def withdraw_claim(*, claim: Claim, actor: User) -> Claim:
    """Take a claim back from its approvers; only who sent it may. What was held is free again."""
    case = running_case(claim.subject)
    if case is None:
        raise WrongState(say(_("The claim is not being decided on.")))
    withdraw(case=case, actor=actor)
    found: Claim = Claim.objects.select_related("subject").get(pk=claim.pk)
    return found
