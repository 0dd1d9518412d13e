"""Noting that somebody agreed or withdrew, by purpose and channel, with the words they saw and the proof (PIPL 14-17)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import apart, cards, journal
from ..models import Basis, Channel, Consent, ConsentEntry, ContactCard, Customer, Notice, Purpose
from ..permissions import Perm
from ..words import word
from .register import card_of, lock


@dataclass(frozen=True)
class Agreed:
    """A consent that comes with a new record: to what, how it is known, and what proves it."""

    purpose: str
    channel: str = Channel.ANY
    basis: str = Basis.FORM
    proof: str = ""
    notice: Notice | None = None


#: On these somebody else reports what was said: there must be something to show for it.
NEEDS_PROOF = (Basis.PAPER, Basis.SPOKEN, Basis.IMPORTED)


@transaction.atomic
def give_consent(
    *,
    customer: Customer,
    purpose: str,
    channel: str = Channel.ANY,
    actor: User | None = None,
    basis: str,
    notice: Notice | None = None,
    proof: str = "",
) -> ConsentEntry:
    """Somebody agreed to one purpose by one channel, or by all. Without an actor it was the customer, on a page of ours.

    `notice` is the version of the words that was shown, the newest where left out. Refuses a colleague without
    `customers.manage`, and a consent that is told of without a proof; records `customers.consent_given`.
    """
    if basis in NEEDS_PROOF:
        proof = wanted(proof, "proof", 200)
    return _note(customer, purpose, channel, True, actor, basis, notice or newest_notice(purpose), proof)


@transaction.atomic
def withdraw_consent(
    *,
    customer: Customer,
    purpose: str,
    channel: str = Channel.ANY,
    actor: User | None = None,
    basis: str,
    notice: Notice | None = None,
    proof: str = "",
) -> ConsentEntry:
    """Somebody withdrew. It holds at once and needs no reason; what rested on a consent to sensitive data is destroyed.

    Refuses a colleague without `customers.manage`; records `customers.consent_withdrawn`.
    """
    return _note(customer, purpose, channel, False, actor, basis, notice, proof)


def _note(
    customer: Customer,
    purpose: str,
    channel: str,
    is_given: bool,
    actor: User | None,
    basis: str,
    notice: Notice | None,
    proof: str,
) -> ConsentEntry:
    locked = lock(customer, actor, Perm.MANAGE)
    entry = note_consent(
        customer=locked,
        agreed=Agreed(Purpose(purpose), Channel(channel), Basis(basis), proof.strip()[:200], notice),
        is_given=is_given,
        actor=actor,
    )
    kind = journal.CONSENT_GIVEN if is_given else journal.CONSENT_WITHDRAWN
    record(kind, actor=actor, subject=locked.subject, data=_told(entry))
    return entry


def note_consent(*, customer: Customer, agreed: Agreed, is_given: bool, actor: User | None) -> ConsentEntry:
    """Write the entry and how things stand now; for actions that hold the lock and tell the journal themselves.

    A word on all channels ends what was said on single ones, so that the row of a channel is always newer than the one of all.
    """
    now = clock.now()
    entry = ConsentEntry.objects.create(
        customer=customer,
        purpose=agreed.purpose,
        channel=agreed.channel,
        is_given=is_given,
        notice=agreed.notice,
        basis=agreed.basis,
        proof=agreed.proof,
        at=now,
        by=actor,
    )
    if agreed.channel == Channel.ANY:
        Consent.objects.filter(customer=customer, purpose=agreed.purpose).exclude(
            channel=Channel.ANY
        ).delete()
    Consent.objects.update_or_create(
        customer=customer,
        purpose=agreed.purpose,
        channel=agreed.channel,
        defaults={"is_given": is_given, "at": now},
    )
    if agreed.purpose == Purpose.SENSITIVE and not is_given:
        destroy_sensitive(customer)
    return entry


def destroy_sensitive(customer: Customer) -> None:
    """Take away what only a consent to sensitive data allowed to keep (PIPL 47)."""
    if customer.is_apart:
        fresh = Customer.objects.select_related("subject", "apart").get(pk=customer.pk)
        card = card_of(fresh)
        apart.gather(fresh, card)
        fresh.diet_kept = b""
        cards.write_identity(card, "")
        apart.place(fresh, card, is_apart=True)
        return
    Customer.objects.filter(pk=customer.pk).update(diet_kept=b"")
    ContactCard.objects.filter(customer=customer).update(identity_number=b"", identity_digest="")
    customer.diet_kept = b""


@transaction.atomic
def publish_notice(*, purpose: str, text: str, actor: User) -> Notice:
    """A new version of the words under which consent to a purpose is asked; older ones stay with those who saw them.

    Refuses without `customers.manage` and words that are the present ones; records `customers.notice_published`.
    """
    require(actor, Perm.ERASE)
    words = wanted(text, "text", 4000)
    present = newest_notice(purpose)
    if present and present.text == words:
        raise at_field("text", _("These are the words that hold now."))
    last = Notice.objects.filter(purpose=purpose).aggregate(last=Max("number"))["last"] or 0
    made = Notice.objects.create(
        purpose=Purpose(purpose), number=last + 1, text=words, published_at=clock.now(), published_by=actor
    )
    told = {"number": made.number, "purpose": word(Purpose(purpose).label, "purpose")}
    record(journal.NOTICE_PUBLISHED, actor=actor, data=told)
    return made


def newest_notice(purpose: str) -> Notice | None:
    """The words that are shown now."""
    return Notice.objects.filter(purpose=purpose).order_by("-number").first()


def _told(entry: ConsentEntry) -> dict[str, object]:
    return {
        "purpose": word(Purpose(entry.purpose).label, "purpose"),
        "channel": word(Channel(entry.channel).label, "consent channel"),
        "basis": word(Basis(entry.basis).label, "consent basis"),
        "entry": entry.pk,
    }
