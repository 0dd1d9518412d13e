"""Changing the amount of a contract in force: what makes it larger is approved first, what makes it smaller frees money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.commitments import sum_of, wanted_of
from yunchou.capabilities.ledger.models import Hold
from yunchou.capabilities.ledger.selectors import holds_of
from yunchou.capabilities.ledger.states import State
from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import missing_route_told, open_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import BLOCK
from yunchou.kernel.ui.formats import signed

from .. import journal
from ..models import Amendment, Contract, ContractLine, ContractStatus
from ..permissions import CONTRACT_KIND, Perm
from ..rules import large_purchases_are_tendered
from ..selectors import facts_of, whole_contract, whole_purchase
from .holding import demand_money, order_of
from .shared import amount_at, locked_contract, required, tell


def amend_contract(
    *, contract: Contract, line: ContractLine, change: Decimal, reason: str, actor: User
) -> Amendment:
    """Change the amount of a line by so many yuan, more or less, with a reason.

    More is frozen at once and approved by the route of contracts before it is bound; less is free at once. Refuses
    without `purchasing.quote`, a contract that is not in force, a second change while one waits, less than was paid
    already, is claimed, or nothing at all, more than there is (R-BUD-05), and what had to be tendered (R-BUD-10).
    Records `purchasing.amendment_sent` or `purchasing.amended`.
    """
    required(reason=reason)
    require(actor, Perm.QUOTE, contract)
    amount_at("change", abs(change))
    with missing_route_told(contract.subject, actor), transaction.atomic():
        locked = locked_contract(contract, [ContractStatus.SIGNED])
        stored = ContractLine.objects.select_related("account").get(pk=line.pk, contract=locked)
        if locked.amendments.filter(state=Amendment.State.SENT).exists():
            raise WrongState(say(_("A change of the contract is being decided on.")))
        made = Amendment(contract=locked, line=stored, change=change, reason=reason.strip(), made_by=actor)
        if change > 0:
            _still_below_the_limit(locked, change)
        return _enlarge(made, locked, actor) if change > 0 else _reduce(made, locked, actor)


def _still_below_the_limit(contract: Contract, change: Decimal) -> None:
    """What a contract grows to is bought as if it had been asked for so (R-BUD-10)."""
    facts = facts_of(whole_purchase(contract.purchase_id))
    grown = replace(facts, chosen=max(facts.chosen or ZERO, facts.agreed) + change)
    refused = [
        one
        for one in evaluate([large_purchases_are_tendered], grown)
        if not one.passed and one.severity == BLOCK
    ]
    if refused:
        raise RuleRefused(refused[0].reason, verdicts=refused)


def _enlarge(made: Amendment, contract: Contract, actor: User) -> Amendment:
    demand_money(contract.purchase)
    order = order_of(contract, actor, made.reason)
    supplier = contract.supplier_id
    made.hold = ledger.reserve(
        account=made.line.account, amount=made.change, order=order, supplier=supplier
    ).hold
    made.state = Amendment.State.SENT
    made.save()
    made.case = open_case(subject=contract.subject, definition=CONTRACT_KIND, actor=actor, note=made.reason)
    made.save(update_fields=["case"])
    record(journal.AMENDMENT_SENT, actor=actor, subject=contract.subject, data=_told(made))
    return made


def _reduce(made: Amendment, contract: Contract, actor: User) -> Amendment:
    less = -made.change
    if less >= made.line.amount:
        raise at_field(
            "change", _("Less than {amount} yuan can be taken off."), amount=format_exact(made.line.amount)
        )
    ledger.take_turn([made.line.account])
    held = _bound(contract, made.line)
    wishes = wanted_of([hold.pk for hold in held])
    wanted = {hold: sum_of(asked) for hold, asked in wishes.items()}
    free = sum((hold.open for hold in held), ZERO)
    if less > free:
        raise at_field("change", _("Only {open} yuan of it are not paid yet."), open=format_exact(free))
    if less > free - sum(wanted.values(), ZERO):
        claims = {wish.code for asked in wishes.values() for wish in asked}
        raise at_field(
            "change",
            _("{claims}: claims under way are paid from it; only {open} yuan can be taken off."),
            claims="、".join(sorted(claims)),
            open=format_exact(max(free - sum(wanted.values(), ZERO), ZERO)),
        )
    order = order_of(contract, actor, made.reason)
    for hold in reversed(held):
        part = min(less, hold.open - wanted.get(hold.pk, ZERO))
        if part > 0:
            ledger.release(hold=hold, amount=part, order=order)
            less -= part
    return _in_force(made, contract, actor)


def _bound(contract: Contract, line: ContractLine) -> list[Hold]:
    """What is bound for the contract on the account of a line, oldest first."""
    held = holds_of(contract.subject, line.account)
    return [hold for hold in held if hold.state == State.COMMITTED]


def _in_force(made: Amendment, contract: Contract, actor: User) -> Amendment:
    made.state = Amendment.State.IN_FORCE
    made.save()
    made.line.amount += made.change
    made.line.save(update_fields=["amount"])
    record(journal.AMENDED, actor=actor, subject=contract.subject, data=_told(made))
    return made


def _told(made: Amendment) -> dict[str, str]:
    return {"line": made.line.name, "change": signed(made.change), "reason": made.reason}


def change_in(case: Case) -> Amendment | None:
    """The change that a case decides on; None where it decides on the contract itself."""
    waiting = Amendment.objects.filter(contract=case.subject_id, state=Amendment.State.SENT)
    return waiting.select_related("line__account", "hold__account").first()


def put_into_force(made: Amendment, actor: User) -> None:
    """The last approver agreed: what was frozen is bound."""
    contract = whole_contract(made.contract_id)
    assert made.hold is not None
    order = order_of(contract, actor, made.reason)
    ledger.commit(hold=made.hold, amount=made.change, order=order, supplier=contract.supplier_id)
    _in_force(made, contract, actor)
    tell(
        contract.keeper,
        actor,
        contract.subject,
        say(_("The change of “{title}” is approved."), title=contract.title),
    )


def refuse(made: Amendment, actor: User) -> None:
    """It was returned, rejected or withdrawn: what was frozen is free again, the contract stays as it is."""
    contract = whole_contract(made.contract_id)
    assert made.hold is not None
    ledger.release(hold=made.hold, order=order_of(contract, actor, made.reason))
    made.state = Amendment.State.REFUSED
    made.save(update_fields=["state"])
    record(journal.AMENDMENT_REFUSED, actor=actor, subject=contract.subject, data=_told(made))
    words = say(_("The change of “{title}” was refused."), title=contract.title)
    tell(contract.keeper, actor, contract.subject, words)
