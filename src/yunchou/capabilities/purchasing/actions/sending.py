"""Sending purchases and contracts, and what becomes of them. The outcomes are called by `kernel.approvals` in its transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from .. import flow
from ..models import Contract, Purchase
from ..permissions import CONTRACT_KIND, PURCHASE_KIND, Perm
from ..selectors import matrix_of, money_of_contract, whole_contract, whole_purchase
from . import amending
from .holding import release_all, reserve_estimates
from .shared import lock, tell

# -- purchases ---------------------------------------------------------------------------------------------------------


def submit_purchase(*, purchase: Purchase, actor: User, note: str = "") -> Purchase:
    """Send a request to its approvers; its money is frozen on the lines 冻结.

    Refuses as `flow.SUBMIT` says (R-BUD-08, R-BUD-10), without a line or a purpose, where a line has too little money
    (R-BUD-05), and where no route can be laid. Records `purchasing.submitted`.
    """
    require(actor, Perm.REQUEST, purchase)
    with missing_route_told(purchase.subject, actor), transaction.atomic():
        lock(purchase.pk)
        _complete(whole_purchase(purchase.pk))
        estimate = matrix_of(purchase).estimate
        data = {"amount": format_exact(estimate)}
        with flow.SUBMIT.apply(purchase, actor=actor, note=note, data=data) as locked:
            locked.sent_at = clock.now()
            locked.save(update_fields=["sent_at"])
            reserve_estimates(purchase=whole_purchase(locked.pk), actor=actor)
            open_case(subject=locked.subject, definition=PURCHASE_KIND, actor=actor, note=note)
    return whole_purchase(purchase.pk)


def _complete(purchase: Purchase) -> None:
    if not purchase.lines.exists():
        raise WrongState(say(_("Enter what is to be bought first.")))
    if not purchase.purpose.strip():
        words = say(_("Say what it is needed for."))
        raise Invalid(words, fields={"purpose": words})


def withdraw_purchase(*, purchase: Purchase, actor: User) -> Purchase:
    """Take a request back from its approvers; only who sent it may."""
    if (case := running_case(purchase.subject)) is None:
        raise WrongState(say(_("The purchase is not being approved.")))
    withdraw(case=case, actor=actor)
    return whole_purchase(purchase.pk)


def purchase_approved(case: Case, actor: User) -> None:
    """The last approver agreed: offers are collected now; what is reserved stays."""
    with flow.APPROVE.apply(whole_purchase(case.subject_id), actor=actor) as locked:
        tell(locked.requester, actor, locked.subject, say(_("“{title}” is approved."), title=locked.title))


def purchase_returned(case: Case, actor: User) -> None:
    """Back to whoever wrote it, with the opinion; its money is free again."""
    _refused(case, actor, flow.RETURN)


def purchase_rejected(case: Case, actor: User) -> None:
    """Rejected: the request is over and its money is free again."""
    _refused(case, actor, flow.REJECT)


def purchase_withdrawn(case: Case, actor: User) -> None:
    """Back to a draft, by the one who sent it."""
    with flow.WITHDRAW.apply(whole_purchase(case.subject_id), actor=actor):
        release_all(purchase=whole_purchase(case.subject_id), actor=actor)


def _refused(case: Case, actor: User, move: Any) -> None:
    note = opinion_in(case)
    with move.apply(whole_purchase(case.subject_id), actor=actor, note=note) as locked:
        release_all(purchase=whole_purchase(locked.pk), actor=actor)
    words = say(_("“{title}” was returned: {note}"), title=locked.title, note=note)
    tell(locked.requester, actor, locked.subject, words)


def opinion_in(case: Case) -> str:
    """What the last who decided had to say."""
    decided = (
        Task.objects.filter(step__case=case, decided_at__isnull=False).order_by("-decided_at", "-pk").first()
    )
    return decided.opinion if decided else ""


# -- contracts ---------------------------------------------------------------------------------------------------------


def submit_contract(*, contract: Contract, actor: User, note: str = "") -> Contract:
    """Send a contract to its approvers.

    Refuses as `flow.SUBMIT_CONTRACT` says, without terms and dates, and while its instalments do not come to its
    amount: the difference is told. Records `purchasing.contract_submitted`.
    """
    require(actor, Perm.QUOTE, contract)
    with missing_route_told(contract.subject, actor), transaction.atomic():
        lock(contract.pk)
        _agreed(whole_contract(contract.pk))
        with flow.SUBMIT_CONTRACT.apply(contract, actor=actor, note=note) as locked:
            open_case(subject=locked.subject, definition=CONTRACT_KIND, actor=actor, note=note)
    return whole_contract(contract.pk)


def _agreed(contract: Contract) -> None:
    if not contract.terms.strip() or contract.starts_on is None or contract.ends_on is None:
        words = say(_("Write down what was agreed, and from when until when."))
        raise Invalid(words, fields={"terms": words})
    money = money_of_contract(contract)
    if money.unscheduled:
        raise Invalid(
            say(
                _("The instalments come to {scheduled} yuan, the contract to {amount}: a difference of {difference}."),
                scheduled=format_exact(money.scheduled),
                amount=format_exact(money.amount),
                difference=format_exact(abs(money.unscheduled)),
            ),
            fields={"amount": say(_("The difference is {difference} yuan."), difference=format_exact(money.unscheduled))},
        )  # fmt: skip


def withdraw_contract(*, contract: Contract, actor: User) -> Contract:
    """Take a contract, or a change of it, back from its approvers; only who sent it may."""
    if (case := running_case(contract.subject)) is None:
        raise WrongState(say(_("The contract is not being approved.")))
    withdraw(case=case, actor=actor)
    return whole_contract(contract.pk)


def contract_approved(case: Case, actor: User) -> None:
    """The last approver agreed: it may be signed, or its change is in force."""
    if change := amending.change_in(case):
        amending.put_into_force(change, actor)
        return
    with flow.APPROVE_CONTRACT.apply(whole_contract(case.subject_id), actor=actor) as locked:
        tell(locked.keeper, actor, locked.subject, say(_("“{title}” is approved."), title=locked.title))


def contract_returned(case: Case, actor: User) -> None:
    """Back to whoever wrote it, with the opinion."""
    _contract_back(case, actor, flow.RETURN_CONTRACT)


def contract_rejected(case: Case, actor: User) -> None:
    """Rejected: the contract is given up; the choice stays and another one may be written."""
    _contract_back(case, actor, flow.REJECT_CONTRACT)


def contract_withdrawn(case: Case, actor: User) -> None:
    """Back to a draft, by the one who sent it."""
    _contract_back(case, actor, flow.WITHDRAW_CONTRACT)


def _contract_back(case: Case, actor: User, move: Any) -> None:
    if change := amending.change_in(case):
        amending.refuse(change, actor)
        return
    note = opinion_in(case)
    with move.apply(whole_contract(case.subject_id), actor=actor, note=note) as locked:
        words = say(_("“{title}” was returned: {note}"), title=locked.title, note=note or "—")
        tell(locked.keeper, actor, locked.subject, words)
