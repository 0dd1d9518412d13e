"""Who may move a purchase or a contract from where to where.

Decisions come from the approval engine, so nobody is offered them.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import (
    EDITABLE,
    LIVE_CONTRACTS,
    SIGNED_CONTRACTS,
    WRITABLE_CONTRACTS,
    Bid,
    Contract,
    ContractStatus,
    Instalment,
    Purchase,
    Status,
)
from .permissions import Perm
from .rules import AWARDING, SENDING
from .selectors.facts import facts_of
from .selectors.money import paid_instalments

S, C = Status, ContractStatus

flow = Flow(Purchase, field="status", context=facts_of)

SUBMIT = flow.move(
    "submit", label=pgettext_lazy("purchase", "Send for approval"), source=EDITABLE, target=S.IN_APPROVAL,
    needs=Perm.REQUEST, kind=journal.SUBMITTED, rules=SENDING, icon="send",
)  # fmt: skip
APPROVE = flow.move(
    "approve", label=pgettext_lazy("purchase", "Approve"), source=[S.IN_APPROVAL], target=S.OPEN, needs="",
    kind=journal.APPROVED,
)  # fmt: skip
RETURN = flow.move(
    "return", label=pgettext_lazy("purchase", "Return"), source=[S.IN_APPROVAL], target=S.RETURNED, needs="",
    kind=journal.RETURNED,
)  # fmt: skip
REJECT = flow.move(
    "reject", label=pgettext_lazy("purchase", "Reject"), source=[S.IN_APPROVAL], target=S.REJECTED, needs="",
    kind=journal.REJECTED,
)  # fmt: skip
WITHDRAW = flow.move(
    "withdraw", label=pgettext_lazy("purchase", "Withdraw"), source=[S.IN_APPROVAL], target=S.DRAFT, needs="",
    kind=journal.WITHDRAWN,
)  # fmt: skip
AWARD = flow.move(
    "award", label=pgettext_lazy("purchase", "Choose the supplier"), source=[S.OPEN], target=S.AWARDED,
    needs=Perm.AWARD, kind=journal.AWARDED, rules=AWARDING, icon="trophy",
)  # fmt: skip
TAKE_BACK = flow.move(
    "take_back", label=pgettext_lazy("purchase", "Take the choice back"), source=[S.AWARDED], target=S.OPEN,
    needs=Perm.AWARD, kind=journal.AWARD_TAKEN_BACK, icon="arrow-back-up", dangerous=True,
)  # fmt: skip
ORDER = flow.move(
    "order", label=pgettext_lazy("purchase", "Under contract"), source=[S.AWARDED], target=S.ORDERED, needs="",
    kind=journal.ORDERED,
)  # fmt: skip
REOPEN = flow.move(
    "reopen", label=pgettext_lazy("purchase", "Change the request"), source=[S.OPEN], target=S.RETURNED,
    needs=Perm.REQUEST, kind=journal.REOPENED, icon="pencil",
)  # fmt: skip
DROP_REST = flow.move(
    "drop_rest", label=pgettext_lazy("purchase", "Give up the rest"), source=[S.AWARDED], target=S.ORDERED,
    needs=Perm.AWARD, kind=journal.REST_DROPPED, icon="scissors", dangerous=True,
)  # fmt: skip
CANCEL = flow.move(
    "cancel", label=pgettext_lazy("purchase", "Cancel the purchase"), source=[*EDITABLE, S.OPEN, S.AWARDED],
    target=S.CANCELLED, needs=Perm.REQUEST, kind=journal.CANCELLED, icon="ban", dangerous=True,
)  # fmt: skip


@TAKE_BACK.guard
@CANCEL.guard
def _nothing_is_agreed(purchase: Purchase) -> Say | None:
    """What a contract has been written for stays as it was chosen."""
    if Contract.objects.filter(purchase=purchase.pk, status__in=LIVE_CONTRACTS).exists():
        return say(gettext_noop("A contract was written for it; give that up first."))
    return None


@REOPEN.guard
def _no_bid_is_sealed(purchase: Purchase) -> Say | None:
    """What suppliers bid for stays as it was announced until the bids are open."""
    if Bid.objects.filter(tender=purchase.pk, tender__opened_at=None).exists():
        return say(gettext_noop("Sealed bids were handed in; open them first."))
    return None


@DROP_REST.guard
def _some_is_signed(purchase: Purchase) -> Say | None:
    """The rest is what no contract stands for, beside what is signed."""
    contracts = Contract.objects.filter(purchase=purchase.pk, status__in=LIVE_CONTRACTS)
    if contracts.exclude(status__in=SIGNED_CONTRACTS).exists():
        return say(gettext_noop("A contract was written for it; give that up first."))
    if not contracts.exists():
        return say(gettext_noop("Nothing of it is signed; take the choice back or cancel the purchase."))
    return None


contract_flow = Flow(Contract, field="status")

SUBMIT_CONTRACT = contract_flow.move(
    "submit", label=pgettext_lazy("contract", "Send for approval"), source=WRITABLE_CONTRACTS,
    target=C.IN_APPROVAL, needs=Perm.QUOTE, kind=journal.CONTRACT_SUBMITTED, icon="send",
)  # fmt: skip
APPROVE_CONTRACT = contract_flow.move(
    "approve", label=pgettext_lazy("contract", "Approve"), source=[C.IN_APPROVAL], target=C.APPROVED, needs="",
    kind=journal.CONTRACT_APPROVED,
)  # fmt: skip
RETURN_CONTRACT = contract_flow.move(
    "return", label=pgettext_lazy("contract", "Return"), source=[C.IN_APPROVAL], target=C.RETURNED, needs="",
    kind=journal.CONTRACT_RETURNED,
)  # fmt: skip
REJECT_CONTRACT = contract_flow.move(
    "reject", label=pgettext_lazy("contract", "Reject"), source=[C.IN_APPROVAL], target=C.CANCELLED, needs="",
    kind=journal.CONTRACT_CANCELLED,
)  # fmt: skip
WITHDRAW_CONTRACT = contract_flow.move(
    "withdraw", label=pgettext_lazy("contract", "Withdraw"), source=[C.IN_APPROVAL], target=C.DRAFT, needs="",
    kind=journal.CONTRACT_WITHDRAWN,
)  # fmt: skip
SIGN = contract_flow.move(
    "sign", label=pgettext_lazy("contract", "Sign"), source=[C.APPROVED], target=C.SIGNED, needs=Perm.SIGN,
    kind=journal.SIGNED, icon="writing-sign",
)  # fmt: skip
COMPLETE = contract_flow.move(
    "complete", label=pgettext_lazy("contract", "Complete"), source=[C.SIGNED], target=C.COMPLETED,
    needs=Perm.SIGN, kind=journal.COMPLETED, icon="flag",
)  # fmt: skip
CANCEL_CONTRACT = contract_flow.move(
    "cancel", label=pgettext_lazy("contract", "Give the contract up"), source=[*WRITABLE_CONTRACTS, C.APPROVED],
    target=C.CANCELLED, needs=Perm.QUOTE, kind=journal.CONTRACT_CANCELLED, icon="ban", dangerous=True,
)  # fmt: skip


@COMPLETE.guard
def _advances_are_settled(contract: Contract) -> Say | None:
    """What was paid before anything came is accounted for before the contract ends (002 9.2 二)."""
    paid = paid_instalments(contract)
    open_advance = next(
        (
            one
            for one in Instalment.objects.filter(contract=contract.pk, is_advance=True, settled_on=None)
            if one.pk in paid
        ),
        None,
    )
    if open_advance is None:
        return None
    return say(gettext_noop("The advance “{name}” was paid and is not settled yet."), name=open_advance.name)


@COMPLETE.guard
def _no_change_is_waiting(contract: Contract) -> Say | None:
    """A change that is being decided on is decided first."""
    if contract.amendments.filter(state="sent").exists():
        return say(gettext_noop("A change of the contract is being decided on."))
    return None
