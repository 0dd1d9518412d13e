"""Making two records of one person one. What was agreed to never grows by it: the narrower of the two holds (PIPL 14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.duties.actions import cancel
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import apart, duties, hearing, journal
from ..models import (
    Basis,
    Channel,
    Consent,
    ConsentEntry,
    ContactCard,
    Cooperation,
    Customer,
    CustomerIdentity,
    GradeEntry,
    Purpose,
    Touch,
)
from ..permissions import Perm
from ..references import references
from .consents import destroy_sensitive
from .placing import settle
from .register import card_of, missing

FILLED = (
    "organisation", "title", "stage", "source", "keeper", "gender", "born_on", "city", "occupation", "income", "interests",
    "preferences",
)  # fmt: skip
CARD = {
    "phone": ("phone", "phone_mask", "phone_tail", "phone_digest"),
    "email": ("email", "email_mask", "email_digest"),
    "wechat": ("wechat",),
    "address": ("address",),
    "identity_number": ("identity_number", "identity_digest"),
}

Word = tuple[str, str]


@dataclass(frozen=True)
class Said:
    """What one customer agreed to: by purpose and channel, where anything was said."""

    words: dict[Word, bool]

    @classmethod
    def by(cls, rows: Iterable[Consent]) -> Said:
        return cls({(row.purpose, row.channel): row.is_given for row in rows})

    def allows(self, purpose: str, channel: str) -> bool:
        """The word on the channel, else the one on all channels. Silence is no, but for what was agreed to be done anyway."""
        silence = purpose == Purpose.SERVICE
        return self.words.get((purpose, channel), self.words.get((purpose, Channel.ANY), silence))

    def speaks(self, purpose: str) -> bool:
        return any(of == purpose for of, _channel in self.words)


def narrower(one: Said, other: Said) -> Said:
    """What both agreed to. A purpose on which neither said anything stays unsaid."""
    found: dict[Word, bool] = {}
    for purpose in Purpose.values:
        if not (one.speaks(purpose) or other.speaks(purpose)):
            continue
        every = one.allows(purpose, Channel.ANY) and other.allows(purpose, Channel.ANY)
        found[purpose, Channel.ANY] = every
        for channel in Channel.values:
            both = one.allows(purpose, channel) and other.allows(purpose, channel)
            if both != every:
                found[purpose, channel] = both
    return Said(found)


def lost(one: Said, other: Said) -> list[tuple[Purpose, Channel]]:
    """What one of them agreed to and the merged record will not: worth asking for again."""
    after = narrower(one, other)
    return [
        (purpose, channel)
        for purpose in Purpose
        for channel in Channel
        if (one.allows(purpose, channel) or other.allows(purpose, channel))
        and not after.allows(purpose, channel)
    ]


@transaction.atomic
def merge_customers(*, kept: Customer, merged: Customer, reason: str, actor: User) -> Customer:
    """`merged` becomes `kept`: touches, grades, identities and everything that other rooms hold go over; it stays readable.

    What `kept` does not know is filled from `merged`; of consents only those hold that both gave, and a refusal of profiling
    by either. Refuses without `customers.merge` on both, without a reason, and two different identity numbers. Records
    `customers.merged` at both.
    """
    kept, merged = _lock_both(kept, merged, actor)
    reason = wanted(reason, "reason", 200)
    mine, theirs = card_of(kept), card_of(merged)
    apart.gather(kept, mine)
    apart.gather(merged, theirs)
    numbers = {number for card in (mine, theirs) if (number := apart.text_of(card.identity_number))}
    if len(numbers) > 1:
        raise at_field("reason", _("They have two identity numbers: these are two people."))
    count = sum(reference.move(merged, kept, actor) for reference in references())
    count += Touch.objects.filter(customer=merged).update(customer=kept)
    count += Cooperation.objects.filter(customer=merged).update(customer=kept)
    _merge_grades(kept, merged)
    _merge_identities(kept, merged)
    _fill(kept, merged, mine, theirs)
    merged.merged_into = kept
    # One person, one store: what was merged into the other one, now or before, stands where that stands.
    apart.place(merged, theirs, is_apart=kept.is_apart)
    _merge_consents(kept, merged, actor)
    settle(kept)
    if kept.is_apart:  # what rooms copied of the other one is now of this one
        apart.conceal_copies(kept)
    cancel(kind=duties.VERIFICATION.key, subject=merged.subject, actor=actor)
    told = {"count": count, "reason": reason, "kept": kept.pk, "gone": merged.pk}
    for customer in (kept, merged):
        record(journal.MERGED, actor=actor, subject=customer.subject, data=told)
    hearing.tell(kept)
    return kept


def _lock_both(kept: Customer, merged: Customer, actor: User) -> tuple[Customer, Customer]:
    ids = sorted({kept.pk, merged.pk})
    if len(ids) == 1:
        raise at_field("reason", _("Choose another customer."))
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").filter(pk__in=ids)
    subjects = {subject.pk: subject for subject in locked.order_by("pk")}
    for subject in subjects.values():
        require(actor, Perm.MERGE, subject)
    found = Customer.objects.select_related("keeper", "source", "apart").in_bulk(ids)
    for pk, customer in found.items():
        customer.subject = subjects[pk]
        if customer.merged_into_id or customer.erased_at:
            raise wrong(_("One of the two was merged or erased already."))
    return found[kept.pk], found[merged.pk]


def _merge_grades(kept: Customer, merged: Customer) -> None:
    """One history of both; the newest grade that is still valid holds."""
    GradeEntry.objects.filter(customer=merged).update(customer=kept)
    newest = GradeEntry.objects.filter(customer=kept).first()
    is_valid = newest is not None and (newest.until is None or newest.until >= clock.today())
    kept.grade = newest.grade if newest and is_valid else ""
    kept.grade_until = newest.until if newest and is_valid else None


def _merge_identities(kept: Customer, merged: Customer) -> None:
    held = set(kept.identities.values_list("identity", flat=True))
    CustomerIdentity.objects.bulk_create(
        CustomerIdentity(customer=kept, identity=one)
        for one in merged.identities.values_list("identity", flat=True)
        if one not in held
    )


def _fill(kept: Customer, merged: Customer, mine: ContactCard, theirs: ContactCard) -> None:
    for name in FILLED:
        if getattr(kept, name) in ("", None):
            setattr(kept, name, getattr(merged, name))
    for name, columns in CARD.items():
        if not getattr(mine, name) and getattr(theirs, name):
            # A sealed value is bound to its column, not to its row: it may go over as it is.
            for column in columns:
                setattr(mine, column, getattr(theirs, column))
    if not kept.diet_kept:
        kept.diet_kept = merged.diet_kept
    if kept.marked_at is None and merged.marked_at is not None:
        kept.marked_why, kept.marked_by_id, kept.marked_at = (
            merged.marked_why,
            merged.marked_by_id,
            merged.marked_at,
        )
    kept.no_profiling = kept.no_profiling or merged.no_profiling
    kept.is_official = kept.is_official or merged.is_official
    kept.is_incomplete = bool(missing(kept, mine))
    apart.keep(kept, mine)


def _merge_consents(kept: Customer, merged: Customer, actor: User) -> None:
    before = Said.by(kept.consents.all())
    other = Said.by(merged.consents.all())
    after = narrower(before, other)
    now = clock.now()
    kept.consents.all().delete()
    for (purpose, channel), is_given in after.words.items():  # saved one by one: other rooms listen
        Consent.objects.create(customer=kept, purpose=purpose, channel=channel, is_given=is_given, at=now)
    ConsentEntry.objects.bulk_create(
        ConsentEntry(
            customer=kept,
            purpose=purpose,
            channel=channel,
            is_given=False,
            basis=Basis.MERGED,
            at=now,
            by=actor,
        )
        for purpose, channel in lost(before, other)
    )
    if not after.allows(Purpose.SENSITIVE, Channel.ANY):
        destroy_sensitive(kept)
        destroy_sensitive(merged)
