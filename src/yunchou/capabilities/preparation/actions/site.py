"""Materials on site: issued by item to a person for an activity, and what came back, was used, lost or wasted (EXE-13)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.models import ReadingKind, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.money import format_yuan, yuan
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import MoveKind, Outcome, StockItem, StockMove
from ..permissions import Perm
from ..selectors.site import outstanding, site_cost
from .stock import move_locked

LOSS: Final = BY_KEY["site_loss"]
KINDS: Final = {
    Outcome.USED: MoveKind.ISSUE,
    Outcome.LOST: MoveKind.WRITE_OFF,
    Outcome.WASTED: MoveKind.WRITE_OFF,
}


@dataclass(frozen=True)
class Settled:
    """What became of what somebody had: came back, used up, lost, wasted."""

    returned: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    wasted: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.returned + self.used + self.lost + self.wasted


@transaction.atomic
def issue_on_site(
    *, activity: Subject, item: StockItem, person: User, quantity: Decimal, actor: User, note: str = ""
) -> StockMove:
    """Hand something from the stock to a person for an activity. Records `preparation.site_issued`, and the movement of stock.

    For whoever keeps the stock, and whoever prepares the activity and sees the item. Refuses more than is there.
    """
    subject, locked = _opened(activity, item, actor)
    move = move_locked(locked, MoveKind.HAND_OUT, quantity, actor, person=person, activity=subject, note=note)
    data = {"amount": _plain(quantity), "measure": locked.measure, "name": locked.name, "number": move.number}
    record(
        journal.SITE_ISSUED,
        actor=actor,
        subject=subject,
        data=data,
        personal={person: {"person": person.name}},
    )
    return move


@transaction.atomic
def settle_on_site(
    *,
    activity: Subject,
    item: StockItem,
    person: User,
    facts: Settled,
    actor: User,
    worth: Decimal | None = None,
    reason: str = "",
) -> list[StockMove]:
    """Say what became of what a person was issued for an activity: each way is a movement of stock with a slip.

    What was lost or wasted has a reason, and a cost from what one is worth; the activity's figures tell the sum. Refuses more
    than is outstanding. Records `preparation.site_settled`, and the movements of stock.
    """
    subject, locked = _opened(activity, item, actor)
    if min(facts.returned, facts.used, facts.lost, facts.wasted) < 0:
        raise at_field("returned", _("Not below zero."))
    if not facts.total:
        raise at_field("returned", _("More than zero."))
    left = outstanding(subject, locked, person)
    if facts.total > left:
        raise at_field(
            "returned", _("{name} has {left} {measure} of it for this activity."), name=person.name, left=_plain(left),
            measure=locked.measure,
        )  # fmt: skip
    gone = facts.lost + facts.wasted
    why = wanted(reason, "reason", 160) if gone else reason.strip()[:160]
    each = locked.worth if worth is None else yuan(worth)
    if gone and not each:
        raise at_field("worth", _("Say what one is worth: what was lost or wasted has a cost."))
    if worth is not None and locked.worth != each:
        locked.worth = each
        locked.save(update_fields=["worth"])
    moves: list[StockMove] = []
    if facts.returned:
        moves.append(
            move_locked(
                locked, MoveKind.RETURN, facts.returned, actor, person=person, activity=subject, note=why
            )
        )
    for outcome, quantity in (
        (Outcome.USED, facts.used),
        (Outcome.LOST, facts.lost),
        (Outcome.WASTED, facts.wasted),
    ):
        if not quantity:
            continue
        # Off the person, and out of the books: two movements that leave the stock as it is.
        common = partial(
            move_locked, locked, quantity=quantity, actor=actor, activity=subject, outcome=outcome, note=why
        )
        common(move=MoveKind.RETURN, person=person)
        cost = yuan(quantity * (each or 0)) if outcome != Outcome.USED else None
        moves.append(common(move=KINDS[outcome], cost=cost, keeper=person))
    data = {
        "name": locked.name, "measure": locked.measure, "returned": _plain(facts.returned), "used": _plain(facts.used),
        "lost": _plain(facts.lost), "wasted": _plain(facts.wasted),
        "cost": f"¥{format_yuan(yuan(gone * (each or 0)))}", "reason": f" ({why})" if why else "",
    }  # fmt: skip
    record(
        journal.SITE_SETTLED,
        actor=actor,
        subject=subject,
        data=data,
        personal={person: {"person": person.name}},
    )
    if gone:
        _tell(subject)
    return moves


def _tell(subject: Subject) -> None:
    """The cost of what was lost and wasted is a figure of the activity; what a person entered stays theirs."""
    series = open_watched(subject=subject, channel=WHOLE, indicator=LOSS.name, owner=None)
    figure = series.figure("cumulative")
    if figure is not None and series.latest_source != Source.COMPUTED:
        return
    total = site_cost(subject)
    point = Point(
        channel=series.channel, indicator=series.indicator, day=clock.today(), value=total, kind=ReadingKind.CUMULATIVE,
        unit=series.unit or LOSS.unit,
    )  # fmt: skip
    try:
        record_readings(
            subject=subject, points=[point], actor=None, source=Source.COMPUTED,
            key=f"preparation.site:{subject.pk}:{uuid4()}",
        )  # fmt: skip
    except WrongState:  # the evaluation is complete: the moves tell it alone
        return


def _opened(activity: Subject, item: StockItem, actor: User) -> tuple[Subject, StockItem]:
    """The activity and the item, locked, for whoever keeps the stock or prepares the activity."""
    subject = open_table(activity, "", actor, Perm.VIEW)
    Subject.objects.select_for_update(of=("self",)).get(pk=item.pk)
    rows = StockItem.objects.visible_to(actor).select_related("subject__unit", "subject__created_by")
    found: StockItem | None = rows.filter(pk=item.pk).first()
    if found is None:
        raise at_field("item", _("Choose something from the stock."))
    if not holds(actor, Perm.KEEP_STOCK, found) and not holds(actor, Perm.EDIT, subject):
        raise NotAllowed(say(_("Only who keeps the stock or prepares the activity does this.")))
    return subject, found


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
