"""What becomes of agreements, supplies, trips and items of the checklist."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.purchasing.models import Contract, PurchaseLine
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..following import follow
from ..models import (
    Acceptance,
    Agreement,
    Check,
    CheckState,
    MoveKind,
    StockItem,
    StockMove,
    Supply,
    Trip,
)
from .shared import again, bracketed, opened_for, proven
from .stock import move_stock


@transaction.atomic
def confirm_agreement(
    *,
    agreement: Agreement,
    actor: User,
    contract: Contract | None = None,
    upload: Upload | None = None,
) -> Agreement:
    """Count a resource as confirmed, by the signed contract of the activity or a signed agreement as a file.

    Refuses a promise (R-PRE-01) and what is confirmed already; records `preparation.agreed`, the duty is done.
    """
    subject = opened_for(agreement, "agreements", actor)
    locked = again(agreement)
    if locked.is_done:
        raise wrong(_("This is confirmed already."))
    locked.contract, locked.agreement, proof = proven(
        name=locked.party, subject=subject, contract=contract, upload=upload, actor=actor
    )
    locked.confirmed_by, locked.confirmed_at = actor, clock.now()
    locked.save()
    record(journal.AGREED, actor=actor, subject=subject, data={"party": locked.party, "proof": proof})
    follow("agreements", subject, actor)
    return locked


@transaction.atomic
def take_agreement_back(*, agreement: Agreement, reason: str, actor: User) -> Agreement:
    """A resource no longer counts as confirmed; records `preparation.agreement_taken_back`, and it is owed again."""
    subject = opened_for(agreement, "agreements", actor)
    locked = again(agreement)
    if not locked.is_done:
        raise wrong(_("This is not confirmed."))
    why = wanted(reason, "reason")
    locked.contract = locked.agreement = locked.confirmed_by = locked.confirmed_at = None
    locked.save()
    data = {"party": locked.party, "reason": why}
    record(journal.AGREEMENT_BACK, actor=actor, subject=subject, data=data)
    follow("agreements", subject, actor)
    return locked


@transaction.atomic
def order_supply(*, supply: Supply, line: PurchaseLine, actor: User) -> Supply:
    """Say by which line of a purchase something is bought: the purchase keeps within the budget (PRE-07).

    Refuses a purchase of another activity; records `preparation.ordered`.
    """
    subject = opened_for(supply, "supplies", actor)
    locked = again(supply)
    if line.purchase.activity_id != subject.pk:
        raise at_field("line", _("This purchase is for another activity."))
    locked.order_line = line
    locked.save(update_fields=["order_line"])
    data = {"name": locked.name, "order": line.purchase.title, "line": line.pk}
    record(journal.ORDERED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def accept_supply(
    *,
    supply: Supply,
    quantity: Decimal,
    note: str,
    actor: User,
    is_good: bool = True,
    item: StockItem | None = None,
) -> tuple[Supply, StockMove | None]:
    """Accept a delivery for quality, or refuse it. What is accepted may go into stock at once; parts add up.

    Refuses more than is still to come, a refusal without words, and what is accepted whole. Records
    `preparation.accepted` or `preparation.refused`; the duty is done once all is accepted.
    """
    subject = opened_for(supply, "supplies", actor)
    locked = again(supply)
    if locked.acceptance == Acceptance.ACCEPTED:
        raise wrong(_("Everything was accepted already."))
    today = clock.today()
    if not is_good:
        locked.acceptance, locked.acceptance_note = Acceptance.REFUSED, wanted(note, "note")[:200]
        locked.accepted_by, locked.accepted_on = actor, today
        locked.save()
        record(
            journal.REFUSED,
            actor=actor,
            subject=subject,
            data={"name": locked.name, "note": locked.acceptance_note, "supply": locked.pk},
        )
        return locked, None
    open_quantity = (locked.quantity or quantity) - locked.accepted_quantity
    if not 0 < quantity <= open_quantity:
        raise at_field(
            "quantity", _("Between 0 and {most}: that much is still to come."), most=f"{open_quantity:f}"
        )
    locked.accepted_quantity += quantity
    is_whole = locked.accepted_quantity >= (locked.quantity or 0)
    locked.acceptance = Acceptance.ACCEPTED if is_whole else Acceptance.PART
    locked.acceptance_note = note.strip()[:200]
    locked.accepted_by, locked.accepted_on = actor, today
    locked.save()
    data = {
        "name": locked.name,
        "quantity": f"{quantity.normalize():f}",
        "measure": locked.measure,
        "note": locked.acceptance_note or say(_("good as required")),
    }
    record(journal.ACCEPTED, actor=actor, subject=subject, data=data)
    follow("supplies", subject, actor)
    move = None
    if item is not None:
        move = move_stock(
            item=item, kind=MoveKind.RECEIPT, quantity=quantity, note=locked.name, actor=actor, activity=subject,
            supply=locked,
        )  # fmt: skip
    return locked, move


@transaction.atomic
def confirm_trip(*, trip: Trip, note: str, actor: User) -> Trip:
    """Say that a part of a trip is confirmed in advance, and by whom; records `preparation.trip_confirmed`.

    Refuses once the day has come: what is confirmed afterwards was not confirmed in advance.
    """
    subject = opened_for(trip, "trips", actor)
    locked = again(trip)
    if locked.is_done:
        raise wrong(_("This is confirmed already."))
    if locked.on is not None and locked.on < clock.today():
        raise wrong(_("The day has passed; a trip is confirmed in advance."))
    locked.confirmation = wanted(note, "note")[:200]
    locked.confirmed_by, locked.confirmed_at = actor, clock.now()
    locked.save()
    data = {"name": locked.what, "note": locked.confirmation}
    record(journal.TRIP_CONFIRMED, actor=actor, subject=subject, data=data)
    follow("trips", subject, actor)
    return locked


@transaction.atomic
def take_trip_back(*, trip: Trip, reason: str, actor: User) -> Trip:
    """A part of a trip is no longer confirmed; records `preparation.trip_taken_back`, and it is owed again."""
    subject = opened_for(trip, "trips", actor)
    locked = again(trip)
    if not locked.is_done:
        raise wrong(_("This is not confirmed."))
    why = wanted(reason, "reason")
    locked.confirmed_by = locked.confirmed_at = None
    locked.confirmation = ""
    locked.save()
    record(journal.TRIP_BACK, actor=actor, subject=subject, data={"name": locked.what, "reason": why})
    follow("trips", subject, actor)
    return locked


@transaction.atomic
def check_item(*, check: Check, is_fine: bool, note: str, actor: User) -> Check:
    """Say what was found at an item of the checklist: its owner may, and who prepares. A fault needs words.

    Records `preparation.checked`; the duty is done once the item is in order.
    """
    subject = opened_for(check, "checks", actor)
    locked = again(check)
    locked.finding = (note.strip() if is_fine else wanted(note, "note"))[:200]
    locked.state = CheckState.FINE if is_fine else CheckState.FAULT
    locked.checked_by, locked.checked_at = actor, clock.now()
    locked.save()
    state = say(_("in order")) if is_fine else say(_("not in order"))
    data = {"name": locked.name, "state": state, "note": bracketed(locked.finding)}
    record(journal.CHECKED, actor=actor, subject=subject, data=data)
    follow("checks", subject, actor)
    return locked
