"""Stock: entering items, and every receipt, issue, hand-out, return, write-off and count."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import ADDING, PERSONAL, Holding, MoveKind, StockItem, StockMove, Supply, SupplyKind
from ..notices import STOCK
from ..permissions import STOCK_KIND, Perm

WORDS: Final = {
    MoveKind.RECEIPT: _("received"),
    MoveKind.ISSUE: _("issued for use"),
    MoveKind.HAND_OUT: _("handed out"),
    MoveKind.RETURN: _("took back"),
    MoveKind.WRITE_OFF: _("wrote off"),
    MoveKind.COUNT: _("counted"),
}
"""How the journal names them."""
SLIPS: Final = {MoveKind.RECEIPT: "RK", MoveKind.RETURN: "RK", MoveKind.COUNT: "PD"}
"""The letters with which numbers of slips begin: in, count; all others go out."""
OUT: Final = "CK"


@transaction.atomic
def add_item(
    *,
    unit: Unit,
    name: str,
    measure: str,
    actor: User,
    kind: str = SupplyKind.GIFT,
    place: str = "",
    minimum: Decimal = Decimal(0),
    worth: Decimal | None = None,
) -> StockItem:
    """Enter a kind of thing into the stock of a unit, with nothing there yet.

    Refuses without `preparation.keep_stock` there, and a name that the unit has; records `preparation.stock_added`.
    """
    require(actor, Perm.KEEP_STOCK, unit)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    title = _name(name, unit)
    subject = open_subject(kind=STOCK_KIND, unit=unit, title=title, actor=actor)
    item = StockItem(
        subject=subject, name=title, kind=SupplyKind(kind), measure=wanted(measure, "measure"), place=place.strip(),
        minimum=_not_negative(minimum), worth=yuan(worth) if worth is not None else None,
    )  # fmt: skip
    item.save()
    subject.address = item.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.STOCK_ADDED, actor=actor, subject=subject, data={"name": item.name})
    return item


def item_stamp(item: StockItem) -> str:
    """How an item stood when a form showed it; its quantity is changed by movements alone."""
    return stamp(item.name, item.kind, item.measure, item.place, item.minimum, item.worth)


@transaction.atomic
def change_item(
    *,
    item: StockItem,
    name: str,
    measure: str,
    kind: str,
    place: str,
    minimum: Decimal,
    actor: User,
    worth: Decimal | None = None,
    seen: str = "",
) -> StockItem:
    """Change what an item is called, where it lies, how much should be there and what one is worth.

    Records `preparation.stock_changed`.
    """
    locked = _locked(item, actor)
    refuse_stale(seen, item_stamp(locked))
    locked.name = _name(name, locked.subject.unit, besides=locked)
    locked.kind, locked.measure = SupplyKind(kind), wanted(measure, "measure")
    locked.place, locked.minimum = place.strip(), _not_negative(minimum)
    locked.worth = yuan(worth) if worth is not None else None
    locked.save(update_fields=["name", "kind", "measure", "place", "minimum", "worth"])
    locked.subject.title = locked.name
    locked.subject.save(update_fields=["title", "search"])
    record(journal.STOCK_CHANGED, actor=actor, subject=locked.subject, data={"name": locked.name})
    return locked


@transaction.atomic
def move_stock(
    *,
    item: StockItem,
    kind: str,
    quantity: Decimal,
    actor: User,
    person: User | None = None,
    activity: Subject | None = None,
    supply: Supply | None = None,
    note: str = "",
) -> StockMove:
    """Write one movement: received, used, handed out to a person, taken back, written off (with words), or counted.

    For a count `quantity` is what was found. Refuses without `preparation.keep_stock`, more than is there (what is below
    zero was never there), a return of more than the person holds, and an activity that is not seen. Records
    `preparation.stock_moved`; whoever keeps the stock hears when it falls below the least.
    """
    locked = _locked(item, actor)
    if activity is not None and not visible_subjects(actor).filter(pk=activity.pk).exists():
        raise at_field("activity", _("You may not see this activity."))
    return move_locked(
        locked, MoveKind(kind), quantity, actor, person=person, activity=activity, supply=supply, note=note
    )


@transaction.atomic
def pass_goods(*, holding: Holding, to: User, actor: User) -> StockMove:
    """What a leaver holds counts as returned and handed out to the successor, for the hand-over of a person.

    Records `preparation.stock_moved` twice. The caller holds the lock on the item's subject, and has found that `actor` may.
    """
    item = StockItem.objects.select_related("subject__unit", "subject__created_by").get(pk=holding.item_id)
    note = f"{holding.person.username} → {to.username}"
    move_locked(item, MoveKind.RETURN, holding.quantity, actor, person=holding.person, note=note)
    return move_locked(item, MoveKind.HAND_OUT, holding.quantity, actor, person=to, note=note)


@transaction.atomic
def issue_for(
    *, item: StockItem, quantity: Decimal, activity: Subject, actor: User, note: str = ""
) -> StockMove:
    """Issue what was set aside for an activity to those it is for; the caller has found that `actor` may hand it over.

    Refuses more than is there; records `preparation.stock_moved`.
    """
    Subject.objects.select_for_update(of=("self",)).get(pk=item.pk)
    locked = StockItem.objects.select_related("subject__unit", "subject__created_by").get(pk=item.pk)
    return move_locked(locked, MoveKind.ISSUE, quantity, actor, activity=activity, note=note)


def move_locked(
    locked: StockItem,
    move: MoveKind,
    quantity: Decimal,
    actor: User,
    *,
    person: User | None = None,
    activity: Subject | None = None,
    supply: Supply | None = None,
    note: str = "",
    outcome: str = "",
    cost: Decimal | None = None,
    keeper: User | None = None,
) -> StockMove:
    """Write one movement of an item that the caller has locked; `keeper` had what is used up, lost or wasted."""
    if quantity < 0 or (quantity == 0 and move != MoveKind.COUNT):
        raise at_field("quantity", _("More than zero."))
    if move in PERSONAL and person is None:
        raise at_field("person", _("Name the person."))
    if move == MoveKind.WRITE_OFF:
        wanted(note, "note")
    change = (
        quantity if move in ADDING else quantity - locked.quantity if move == MoveKind.COUNT else -quantity
    )
    if locked.quantity + change < 0:
        raise at_field(
            "quantity",
            _("Only {left} {measure} are there."),
            left=f"{locked.quantity.normalize():f}",
            measure=locked.measure,
        )
    holder = person if move in PERSONAL else None
    if holder is not None:
        _hold(locked, holder, quantity if move == MoveKind.HAND_OUT else -quantity)
    was_low = locked.is_low
    locked.quantity += change
    locked.save(update_fields=["quantity"])
    made = _write(
        StockMove(
            item=locked,
            kind=move,
            change=change,
            balance=locked.quantity,
            person=holder or keeper,
            outcome=outcome,
            cost=cost,
            activity=activity,
            supply=supply,
            note=note.strip()[:200],
            made_by=actor,
            made_at=clock.now(),
        )
    )
    data = {
        "kind": say(WORDS[move]),
        "amount": f"{(quantity if move == MoveKind.COUNT else made.amount).normalize():f}",
        "measure": locked.measure,
        "name": locked.name,
        "number": made.number,
        "balance": f"{locked.quantity.normalize():f}",
    }
    personal = {holder: {"person": holder.name}} if holder is not None else None
    record(journal.STOCK_MOVED, actor=actor, subject=locked.subject, data=data, personal=personal)
    if locked.is_low and not was_low:
        _warn(locked, actor)
    return made


def _hold(item: StockItem, person: User, change: Decimal) -> None:
    holding, _made = Holding.objects.select_for_update(of=("self",)).get_or_create(item=item, person=person)
    if holding.quantity + change < 0:
        raise at_field(
            "quantity",
            _("{name} holds only {left} {measure}."),
            name=person.name,
            left=f"{holding.quantity.normalize():f}",
            measure=item.measure,
        )
    holding.quantity += change
    holding.save(update_fields=["quantity"])


def _write(move: StockMove) -> StockMove:
    """Save a movement under the next number of its year and letters."""
    letters = SLIPS.get(MoveKind(move.kind), OUT)
    stem = f"{letters}-{clock.local(move.made_at):%Y}-"
    for _attempt in range(20):
        last = (
            StockMove.objects.filter(number__startswith=stem)
            .order_by("-number")
            .values_list("number", flat=True)
        )
        known = last.first()
        move.number = f"{stem}{int(known.rsplit('-', 1)[1]) + 1 if known else 1:05d}"
        try:
            with transaction.atomic():
                move.save(force_insert=True)
        except IntegrityError:
            if not StockMove.objects.filter(number=move.number).exists():
                raise
            continue
        return move
    raise WrongState(say(_("Many are writing at once; try again.")))


def _warn(item: StockItem, actor: User) -> None:
    """Tell whoever entered the item, once a day, that too little is left."""
    keeper = item.subject.created_by
    if keeper is None or keeper.pk == actor.pk:
        return
    words = say(
        _("Only {left} {measure} of {name} are left; {least} should be there."),
        left=f"{item.quantity.normalize():f}",
        measure=item.measure,
        name=item.name,
        least=f"{item.minimum.normalize():f}",
    )
    key = f"stock:{item.pk}:{clock.today():%Y%m%d}"
    notify(users=[keeper], kind=STOCK.key, say=words, subject=item.subject, key=key)


def _locked(item: StockItem, actor: User) -> StockItem:
    Subject.objects.select_for_update(of=("self",)).get(pk=item.pk)
    found: StockItem = StockItem.objects.select_related("subject__unit", "subject__created_by").get(
        pk=item.pk
    )
    require(actor, Perm.KEEP_STOCK, found)
    return found


def _name(name: str, unit: Unit, besides: StockItem | None = None) -> str:
    title = wanted(name, "name")
    twins = StockItem.objects.filter(subject__unit=unit, name=title)
    if (twins.exclude(pk=besides.pk) if besides else twins).exists():
        raise at_field("name", _("There is an item of this name already."))
    return title


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise at_field("minimum", _("Not below zero."))
    return number
