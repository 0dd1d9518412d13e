"""What the actions of this room have in common: locks, amounts, and who is kept apart from whom."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.actions import exact_amount
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from ..models import Contract, Purchase
from ..notices import OUTCOME
from ..selectors import whole_contract, whole_purchase


def lock(*pks: int) -> None:
    """Lock the rows of subjects, in the one order."""
    list(Subject.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def locked_purchase(purchase: Purchase, states: Collection[str]) -> Purchase:
    """The purchase as it is now, under the lock of its subject; refuses other states."""
    lock(purchase.pk)
    found = whole_purchase(purchase.pk)
    if found.status not in states:
        raise WrongState(
            say(_("This is not possible: the purchase is “{state}”."), state=str(found.get_status_display()))
        )
    return found


def locked_contract(contract: Contract, states: Collection[str]) -> Contract:
    """The contract as it is now, under the lock of its subject; refuses other states."""
    lock(contract.pk)
    found = whole_contract(contract.pk)
    if found.status not in states:
        raise WrongState(
            say(_("This is not possible: the contract is “{state}”."), state=str(found.get_status_display()))
        )
    return found


def amount_at(field: str, amount: Decimal) -> Decimal:
    """The amount, if it is one in yuan; a refusal stands at the field."""
    try:
        return exact_amount(amount)
    except Invalid as refused:
        raise Invalid(refused.message, fields={field: refused.message}) from refused


def required(**texts: str) -> None:
    """Refuse texts that say nothing."""
    missing: dict[str, Text] = {
        name: say(_("Fill this in.")) for name, text in texts.items() if not text.strip()
    }
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)


def choosable(supplier: Supplier) -> None:
    """Refuse a supplier that may not be chosen, with the reason."""
    if reason := why_not(supplier):
        raise Invalid(reason, fields={"supplier": reason})


def apart_from_request(purchase: Purchase, actor: User) -> None:
    """Who asks for a purchase does not choose, and does not open the bids."""
    if actor.pk == purchase.requester_id:
        raise NotAllowed(say(_("You asked for this purchase; somebody else has to do this.")))


def apart_from_approval(purchase: Purchase, actor: User) -> None:
    """Who decided on the request does not choose the supplier: the rights are kept apart (002 9.3(2))."""
    if decided(purchase.subject, actor):
        raise NotAllowed(say(_("You decided on this purchase; somebody else chooses the supplier.")))


def apart_from_offers(bringers: Collection[int], actor: User) -> None:
    """Who brought an offer in does not choose it (002 9.3(2))."""
    if actor.pk in bringers:
        raise NotAllowed(say(_("You brought this offer in; somebody else chooses the supplier.")))


def apart_from_choice(purchase: Purchase, actor: User) -> None:
    """Who chose the supplier does not sign with it (002 9.3(2))."""
    if actor.pk == purchase.awarded_by_id:
        raise NotAllowed(say(_("You chose this supplier; somebody else signs the contract.")))


def decided(subject: Subject, user: User) -> bool:
    """Whether the person decided on the subject in an approval."""
    return Task.objects.filter(step__case__subject=subject, assignee=user, decided_at__isnull=False).exists()


def tell(person: User, actor: User, subject: Subject, words: Say) -> None:
    """Let a person know what became of something of his or hers."""
    if person.pk != actor.pk:
        notify(users=[person], kind=OUTCOME.key, say=words, subject=subject)
