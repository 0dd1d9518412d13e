"""Following a lead up: contacts, stages, who does it, and what was handed out (CUS-14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.preparation.actions import move_stock
from yunchou.capabilities.preparation.models import MoveKind, StockItem
from yunchou.directory.customers.actions.selling import advance_stage
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Channel, TouchKind
from yunchou.directory.customers.models import Stage as CustomerStage
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe, reassign
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.flow.machine import Move
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import duties, flow, journal
from ..models import Contact, Lead, LeadChannel, Outcome, Stage
from ..permissions import Perm
from .figures import mark_stale
from .shared import judge, judge_again, locked_lead, word

#: How far the customer is in the sales process by the stage of a lead; a lost lead says nothing of the customer.
ADVANCES: Final = {
    Stage.CONTACTED: CustomerStage.CONTACTED,
    Stage.INTERESTED: CustomerStage.INTERESTED,
    Stage.NEGOTIATING: CustomerStage.NEGOTIATING,
    Stage.WON: CustomerStage.SIGNED,
}
CHANGES: Final = {
    "channel": _("channel"),
    "place": _("place"),
    "need": _("need"),
    "is_keen": _("high intent"),
}
"""What may be changed of a lead, as the journal names it."""


@transaction.atomic
def record_contact(*, lead: Lead, outcome: str, actor: User, note: str = "") -> Contact:
    """Write down that somebody turned to the person. The first that reached them fulfils the duty (R-CUS-05).

    Refuses without `sales.capture` and repeated leads; records `sales.contacted`. A wrong number makes the lead invalid: its
    contact data reach nobody.
    """
    locked = _first(locked_lead(lead, actor, Perm.CAPTURE))
    now = clock.now()
    made = Contact.objects.create(
        lead=locked, outcome=Outcome(outcome), note=note.strip()[:300], at=now, by=actor
    )
    data = {"outcome": word(Outcome(outcome).label, "contact")}
    record(journal.CONTACTED, actor=actor, subject=locked.subject, data=data)
    record_touches([
        TouchRow(
            customer_id=locked.customer_id, kind=TouchKind.CALL, at=now, channel=Channel.PHONE,
            subject_id=locked.subject_id, by_id=actor.pk, key=f"contact:{made.pk}",
        )
    ])  # fmt: skip
    if outcome == Outcome.REACHED:
        _reached(locked, actor)
    if judge_again(locked):
        mark_stale(locked.subject_id)
    if outcome != Outcome.MISSED:
        fulfil(actor=actor, key=locked.duty_key)
    return made


def _reached(lead: Lead, actor: User) -> None:
    if lead.contacted_at is None:
        lead.contacted_at = clock.now()
        lead.save(update_fields=["contacted_at"])
    if lead.stage == Stage.NEW:
        _move(lead, flow.CONTACT, actor)


@transaction.atomic
def move_lead(*, lead: Lead, move: str, actor: User, reason: str = "") -> Lead:
    """Make one of the moves that the flow offers people. A lost lead says why; who is won or lost is owed no contact.

    Refuses by right, state and guard, and an unknown move; records `sales.moved`.
    """
    locked = _first(locked_lead(lead, actor, Perm.CAPTURE))
    chosen = flow.flow.moves.get(move)
    if chosen is None or not chosen.needs:
        raise wrong(_("This move is not possible."))
    if chosen is flow.LOSE:
        why = wanted(reason, "reason", 200)
        Lead.objects.filter(pk=locked.pk).update(lost_why=why)
        cancel(actor=actor, key=locked.duty_key, reason=why)
    moved = _move(locked, chosen, actor)
    if chosen is flow.RESTART and moved.owner:
        owe(
            kind=duties.CONTACT.key, subject=moved.subject, owner=moved.owner, due_at=duties.due_from(clock.now()),
            key=moved.duty_key, address=moved.get_absolute_url(), actor=actor,
            params={"channel": word(LeadChannel(moved.channel).label, "lead channel"), "place": moved.place or "—"},
        )  # fmt: skip
    return moved


def win(lead: Lead, actor: User | None) -> None:
    """A lead whose order came in; the duty to contact the person is done with it."""
    now = Lead.objects.select_related("subject").get(pk=lead.pk)
    if now.is_open:
        _move(now, flow.WIN, None)
        fulfil(actor=actor, key=now.duty_key)


def lose_order(lead: Lead, actor: User) -> None:
    """A won lead whose last order was cancelled goes on from where the contact stood."""
    if lead.stage == Stage.WON and not lead.orders.filter(cancelled_at=None).exists():
        _move(lead, flow.RESUME if lead.contacted_at else flow.RESTART, None)


def _move(lead: Lead, move: Move[Lead], actor: User | None) -> Lead:
    told = {
        name: word(Stage(stage).label, "stage of a lead")
        for name, stage in (("from", lead.stage), ("to", move.target))
    }
    with move.apply(lead, actor=actor, data=told) as moved:
        if stage := ADVANCES.get(Stage(move.target)):
            advance_stage(customer=moved.customer, stage=stage, actor=actor)
        mark_stale(moved.subject_id)
    return moved


@transaction.atomic
def assign_lead(*, lead: Lead, owner: User, actor: User) -> Lead:
    """Hand a lead to somebody else, the open duty with it. Refuses without `sales.edit`, and people who may not follow up."""
    locked = _first(locked_lead(lead, actor, Perm.EDIT))
    if locked.owner_id == owner.pk:
        return locked
    if not holds(owner, Perm.CAPTURE, locked.subject):
        raise at_field("owner", _("{name} may not follow up leads of this activity."), name=owner.name)
    locked.owner = owner
    locked.save(update_fields=["owner"])
    record(journal.ASSIGNED, actor=actor, subject=locked.subject, data={"person": owner.name})
    duty = Duty.objects.filter(key=locked.duty_key, state=Duty.State.OPEN).first()
    if duty:
        reassign(duty=duty, to=owner, actor=actor)
    return locked


@transaction.atomic
def change_lead(*, lead: Lead, actor: User, **values: object) -> Lead:
    """Change channel, place, need or the mark of a high intent; what makes it valid is judged anew.

    Refuses without `sales.capture`; records `sales.changed` with the names of what changed, never the need itself.
    """
    locked = _first(locked_lead(lead, actor, Perm.CAPTURE))
    changed = [name for name in CHANGES if name in values and getattr(locked, name) != values[name]]
    for name in changed:
        setattr(locked, name, values[name])
    before = locked.is_valid
    judge(locked)
    if not changed and before == locked.is_valid:
        return locked
    locked.save(update_fields=[*changed, "is_valid", "lacks"])
    words: list[Say] = [say(CHANGES[name]) for name in changed]
    told = words[0] if words else say(_("validity"))
    for each in words[1:]:
        told = say(_("{before}, {word}"), before=told, word=each)
    record(journal.CHANGED, actor=actor, subject=locked.subject, data={"what": told})
    mark_stale(locked.subject_id)
    return locked


@transaction.atomic
def hand_gift(
    *, lead: Lead, actor: User, gift: str = "", item: StockItem | None = None, quantity: Decimal = Decimal(1)
) -> Lead:
    """Write down what the person was given; of an item in stock the issue is booked there, with the activity.

    Refuses without `sales.capture`, a second gift, nothing at all, and stock that the person does not keep or that is not
    there; records `sales.gift`.
    """
    locked = _first(locked_lead(lead, actor, Perm.CAPTURE))
    if locked.gift:
        raise wrong(_("A gift was handed out already: {gift}."), gift=locked.gift)
    if item is not None:
        locked.gift_move = move_stock(
            item=item, kind=MoveKind.ISSUE, quantity=quantity, activity=locked.subject, actor=actor
        )
        gift = gift.strip() or f"{item.name} {quantity.normalize():f} {item.measure}"
    locked.gift = wanted(gift, "gift", 80)
    locked.save(update_fields=["gift", "gift_move"])
    row = TouchRow(
        customer_id=locked.customer_id, kind=TouchKind.GIFT, subject_id=locked.subject_id, note=locked.gift,
        by_id=actor.pk, key=f"lead-gift:{locked.pk}",
    )  # fmt: skip
    record_touches([row])
    record(journal.GIFT, actor=actor, subject=locked.subject, data={"gift": locked.gift})
    return locked


def _first(lead: Lead) -> Lead:
    if lead.merged_into_id:
        raise wrong(_("This person had left a lead before; go on there."))
    return lead
