"""What the actions on claims have in common: taking one in hand, amounts, numbers, and the turn at the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.actions import Order, exact_amount
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from ..models import Claim
from ..permissions import Perm

EVIDENCE_LENGTH: Final = 60


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, under the lock of its subject and its own."""
    rows = Claim.objects.select_for_update(of=("subject", "self"))
    found: Claim = rows.select_related("subject__unit").get(pk=claim.pk)
    return found


def in_hand(claim: Claim, actor: User) -> Claim:
    """The claim, locked, for whoever writes it. Refuses others than its claimant, and a claim that was sent."""
    locked = lock_claim(claim)
    require(actor, Perm.CLAIM, locked)
    if locked.claimant_id != actor.pk:
        raise NotAllowed(say(_("Only {person} writes this claim."), person=str(locked.claimant)))
    if not locked.is_editable:
        state = str(locked.get_status_display())
        raise WrongState(say(_("The claim is “{state}” and cannot be changed now."), state=state))
    return locked


def amount_given(amount: Decimal | None, field: str = "amount") -> Decimal:
    """The amount, if it is one; refused at its field otherwise."""
    if amount is None:
        raise refused(field, say(_("Give an amount.")))
    try:
        return exact_amount(amount)
    except Invalid as invalid:
        raise Invalid(invalid.message, fields={field: invalid.message}) from None


def refused(field: str, words: Say) -> Invalid:
    """A refusal that is shown at one field."""
    return Invalid(words, fields={field: words})


def record_writing(kind: Kind, subject: Subject, actor: User, data: dict[str, Any]) -> None:
    """One entry for a stretch of writing: texts are saved while they are typed, and nobody reads every pause."""
    last = JournalEntry.objects.filter(subject=subject).order_by("-pk").first()
    if last is None or (last.kind, last.actor_id) != (kind.key, actor.pk):
        record(kind, actor=actor, subject=subject, data=data)


def order_for(
    claim: Claim, actor: User, *, key: str = "", evidence: str = "", on: date | None = None
) -> Order:
    """What a posting for a claim says of itself: it belongs to the activity, and the claim is its document.

    The books are read by more people than the claim, and never change: they name it, and say nothing of what it tells.
    """
    subject: Subject = claim.activity or claim.subject
    return Order(
        actor=actor, subject=subject, document=claim.subject, evidence=evidence[:EVIDENCE_LENGTH],
        reason=claim.code, on=on, key=key,
    )  # fmt: skip


def evidence_of(claim: Claim) -> str:
    """The numbers of its vouchers, as many as fit."""
    numbers = list(claim.vouchers.values_list("number", flat=True))
    shown: list[str] = []
    for number in numbers:
        rest = len(numbers) - len(shown) - 1
        if len(", ".join([*shown, number])) > EVIDENCE_LENGTH - (5 if rest else 0):
            break
        shown.append(number)
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" +{more}" if more else "")
