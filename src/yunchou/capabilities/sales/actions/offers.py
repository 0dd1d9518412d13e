"""Offers of deal-targeted activities: drawing them up, making them to prospects, and what these answered (TYP-04)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.actions.selling import advance_stage
from yunchou.directory.customers.models import Customer, Stage
from yunchou.directory.customers.models.people import IN_PROCESS
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import activities, journal
from ..models import Answer, Offer, Order, Prospect
from ..permissions import Perm
from .figures import mark_stale
from .shared import opened, word


@dataclass(frozen=True)
class OfferFacts:
    """What is offered. `list_price` is what it costs otherwise."""

    title: str
    price: Decimal
    services: str
    list_price: Decimal | None = None
    until: date | None = None


@transaction.atomic
def make_offer(*, subject: Subject, facts: OfferFacts, actor: User) -> Offer:
    """Draw up an offer. Refuses without `sales.edit`, activities that are not deal-targeted and a title that is taken; records
    `sales.offered`."""
    locked = opened(subject, actor, Perm.EDIT)
    if not activities.is_deal(locked):
        raise wrong(_("Only activities for prospects about to sign carry offers."))
    offer = Offer(subject=locked, made_by=actor)
    _write(offer, facts)
    data = {"title": offer.title, "price": format_yuan(offer.price)}
    record(journal.OFFERED, actor=actor, subject=locked, data=data)
    return offer


@transaction.atomic
def change_offer(*, offer: Offer, facts: OfferFacts, actor: User) -> Offer:
    """Change an offer that nobody has signed yet: who signed, signed these words. Records `sales.offer_changed`."""
    subject = opened(offer.subject, actor, Perm.EDIT)
    locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    locked.subject = subject
    if locked.prospects.filter(answer=Answer.SIGNED).exists():
        raise wrong(_("Somebody signed this offer as it is; draw up another one."))
    _write(locked, facts)
    record(journal.OFFER_CHANGED, actor=actor, subject=subject, data={"title": locked.title})
    return locked


@transaction.atomic
def add_prospects(*, offer: Offer, customers: Collection[Customer], actor: User) -> int:
    """Make an offer to prospects who are in the sales process and have not signed (R-TYP-03); says to how many more.

    Refuses others by name at the field, and an offer that has ended; records `sales.prospects_added`.
    """
    subject = opened(offer.subject, actor, Perm.EDIT)
    if offer.has_ended:
        raise wrong(_("This offer has ended."))
    out = [one.name for one in customers if one.stage not in IN_PROCESS]
    if out:
        msgid = _("Not in the sales process, or signed already: {names}")
        raise at_field("customers", msgid, names="、".join(out[:5]) + ("…" if len(out) > 5 else ""))
    known = set(offer.prospects.values_list("customer", flat=True))
    new = [Prospect(offer=offer, customer=one, added_by=actor) for one in customers if one.pk not in known]
    Prospect.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        data = {"title": offer.title, "count": len(new)}
        record(journal.PROSPECTS_ADDED, actor=actor, subject=subject, data=data)
    return len(new)


@transaction.atomic
def answer_offer(
    *, prospect: Prospect, answer: str, actor: User, note: str = "", order: Order | None = None
) -> Prospect:
    """Write down what a prospect said. Who signs is signed in the directory as well, by an order where there is one.

    Refuses without `sales.edit`, an order of somebody else, signing after the offer ended, and taking a signature back while
    its order stands; records `sales.answered`.
    """
    subject = opened(prospect.offer.subject, actor, Perm.EDIT)
    locked = (
        Prospect.objects.select_for_update(of=("self",))
        .select_related("offer", "customer")
        .get(pk=prospect.pk)
    )
    chosen = Answer(answer)
    if chosen == Answer.SIGNED and locked.answer != Answer.SIGNED and locked.offer.has_ended:
        raise at_field("answer", _("This offer has ended."))
    if order is not None and (
        chosen != Answer.SIGNED or order.customer_id != locked.customer_id or order.cancelled_at
    ):
        raise at_field("order", _("This order is not one of this person."))
    if locked.order_id and chosen != Answer.SIGNED:
        raise at_field("answer", _("There is an order behind this signature; cancel that first."))
    locked.answer, locked.note, locked.answered_at = chosen, note.strip()[:200], clock.now()
    locked.order = order or locked.order
    locked.save(update_fields=["answer", "note", "answered_at", "order"])
    if chosen == Answer.SIGNED:
        advance_stage(customer=locked.customer, stage=Stage.SIGNED, actor=actor)
    data = {"title": locked.offer.title, "answer": word(chosen.label, "offer")}
    record(journal.ANSWERED, actor=actor, subject=subject, data=data)
    mark_stale(subject.pk)
    return locked


def _write(offer: Offer, facts: OfferFacts) -> None:
    offer.title = wanted(facts.title, "title", 80)
    offer.services = wanted(facts.services, "services", 500)
    if facts.price < 0 or (facts.list_price is not None and facts.list_price < facts.price):
        raise at_field("price", _("The price is at least zero and at most the usual one."))
    if facts.until and facts.until < clock.today():
        raise at_field("until", _("This day is over."))
    twins = Offer.objects.filter(subject=offer.subject, title=offer.title).exclude(pk=offer.pk)
    if twins.exists():
        raise at_field("title", _("There is an offer of this name already."))
    offer.price, offer.list_price, offer.until = facts.price, facts.list_price, facts.until
    offer.save()
