"""What becomes of an approved plan: its items are started, done, cancelled; the plan itself is closed or cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import Change as DutyChange
from yunchou.kernel.duties.actions import Handing, Owed, cancel, change_duties, fulfil
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record, record_all
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.subjects.models import Subject

from .. import flow, journal, money
from ..dedicated import check_use
from ..documents import Kind
from ..duties import DUE_HOUR, ITEM
from ..models import IN_FORCE, Item, Plan
from ..permissions import Perm
from ..registry import carried
from ..trees import leaves, tree_of


@transaction.atomic
def start_item(*, item: Item, actor: User) -> Item:
    """Say that work on an item has begun; records `planning.item_started`. Refuses what `finish_item` refuses."""
    item = _open(item, actor)
    if item.started_on is None:
        item.started_on = clock.today()
        _close(item, actor, journal.ITEM_STARTED, "")
    return item


@transaction.atomic
def finish_item(*, item: Item, actor: User, note: str = "") -> Item:
    """Report an item as done, with what came of it; its duty is fulfilled. Records `planning.item_done`.

    Its owner may, and whoever runs the plan. Refuses a plan that is not in force, and an item that is closed already.
    """
    item = _open(item, actor)
    item.done_on = clock.today()
    item.started_on = item.started_on or item.done_on
    _close(item, actor, journal.ITEM_DONE, note)
    money.follow_item(item=item, actor=actor)
    fulfil(actor=actor, key=item.key)
    return item


@transaction.atomic
def cancel_item(*, item: Item, actor: User, note: str) -> Item:
    """Say that an item will not be carried out, and why; its duty is dropped. Records `planning.item_cancelled`.

    Refuses what `finish_item` refuses, a missing reason, and an item that campaigns carry out.
    """
    item = _open(item, actor)
    if not note.strip():
        words = say(_("Give a reason."))
        raise Invalid(words, fields={"note": words})
    if any(one.state not in ("cancelled", "done") for one in carried([item.pk]).get(item.pk, [])):
        raise WrongState(say(_("A campaign carries this item out: cancel the campaign first.")))
    item.cancelled_on = clock.today()
    _close(item, actor, journal.ITEM_CANCELLED, note)
    money.follow_item(item=item, actor=actor)
    cancel(actor=actor, key=item.key, reason=note.strip())
    return item


@transaction.atomic
def reopen_item(*, item: Item, actor: User) -> Item:
    """Take up an item again that was closed by mistake; records `planning.item_reopened`."""
    item = _open(item, actor, is_closed=True)
    item.done_on = item.cancelled_on = None
    _close(item, actor, journal.ITEM_REOPENED, "")
    money.follow_item(item=item, actor=actor)
    owe_items(plan=Plan.objects.whole(item.subject_id), actor=actor)
    return item


def _open(item: Item, actor: User, *, is_closed: bool = False) -> Item:
    """The item as it stands, under the lock of its plan."""
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=item.subject_id)
    locked = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if locked.owner_id != actor.pk:
        require(actor, Perm.RUN, subject)
    elif not actor.has_perm(Perm.VIEW, subject):
        raise NotAllowed(say(_("You may not see this.")))
    plan = Plan.objects.get(pk=subject.pk)
    if plan.status not in IN_FORCE:
        raise WrongState(say(_("Only items of a plan in force are carried out.")))
    if (locked.done_on is not None or locked.cancelled_on is not None) != is_closed:
        words = _("The item {item} is not closed.") if is_closed else _("The item {item} is closed already.")
        raise WrongState(say(words, item=locked.label))
    return locked


def _close(item: Item, actor: User, kind: JournalKind, note: str) -> None:
    item.closing_note, item.closed_by = note.strip(), actor
    item.save(update_fields=["started_on", "done_on", "cancelled_on", "closing_note", "closed_by"])
    told = {"item": item.label, "note": note.strip() or "—", "pk": item.pk}
    record(kind, actor=actor, subject=Subject.objects.get(pk=item.subject_id), data=told)


def item_is_carried(*, item: Item, actor: User) -> None:
    """Something was made from the item: it has begun, and nobody owes any more that it begins. In the caller's transaction."""
    check_use(item)
    today = clock.today()
    Item.objects.filter(pk=item.pk, started_on=None).update(started_on=today)
    fulfil(actor=actor, key=item.key)


def owe_items(*, plan: Plan, actor: User) -> None:
    """Owners owe what a plan in force gives them to do by a day; what is no longer in it is dropped, what moved moves.

    Other cuts through the same items (project plans) and frames (group, regional, targeted plans) make nobody owe twice.
    """
    if plan.kind not in OWED_IN:
        return
    from ..sheets import items

    nodes = leaves(tree_of(items.load(plan.subject)))
    found = Item.objects.select_related("owner").in_bulk([node.row.pk for node in nodes if node.row.pk])
    begun = carried(found)
    wanted = {
        item.key: item
        for item in found.values()
        if item.owner and item.due_on and not (item.done_on or item.cancelled_on or item.pk in begun)
    }
    known = {duty.key: duty for duty in Duty.objects.open().filter(subject=plan.pk, kind=ITEM.key)}
    moved = {key for key, duty in known.items() if key in wanted and duty.due_at != _due(wanted[key].due_on)}
    change = DutyChange(cancelled={*(set(known) - set(wanted)), *moved})
    change.handed = [
        Handing(key, item.owner, _due(item.due_on))
        for key, item in wanted.items()
        if key in known and key not in moved and item.owner and known[key].owner_id != item.owner_id
    ]
    lines = change_duties(change, actor=actor)
    address = reverse("planning:plan_items", args=[plan.pk])
    new = [
        Owed(
            ITEM.key,
            plan.subject,
            item.owner,
            _due(item.due_on),
            key=key,
            params={"item": item.label},
            address=f"{address}#item-{item.pk}",
        )
        for key, item in wanted.items()
        if item.owner and (key not in known or key in moved)
    ]
    lines += change_duties(DutyChange(owed=new), actor=actor)
    record_all(lines)


OWED_IN = frozenset({Kind.QUARTER, Kind.MARKETING})
"""The plans whose items are owed: those that are carried out, not those that frame or cut through them."""


def _due(day: date | None) -> Any:
    assert day is not None
    return clock.moment(day, DUE_HOUR)


def close_plan(*, plan: Plan, actor: User) -> Plan:
    """Put a plan away that was evaluated; items that are still open are owed no more. Refuses as `flow.CLOSE` says."""
    with flow.CLOSE.apply(plan, actor=actor) as locked:
        _drop_duties(locked, actor)
    return Plan.objects.whole(plan.pk)


def cancel_plan(*, plan: Plan, actor: User, note: str) -> Plan:
    """Give a plan up, with a reason; what it has in the books goes back. Refuses as `flow.CANCEL` says."""
    if not note.strip():
        words = say(_("Give a reason."))
        raise Invalid(words, fields={"note": words})
    with flow.CANCEL.apply(plan, actor=actor, note=note.strip()) as locked:
        _drop_duties(locked, actor)
        money.cancelled(plan=Plan.objects.whole(locked.pk), actor=actor, reason=note.strip())
    return Plan.objects.whole(plan.pk)


def _drop_duties(plan: Plan, actor: User) -> None:
    open_keys = Duty.objects.open().filter(subject=plan.pk, kind__startswith="planning.")
    change = DutyChange(cancelled=set(open_keys.values_list("key", flat=True)))
    record_all(change_duties(change, actor=actor))
