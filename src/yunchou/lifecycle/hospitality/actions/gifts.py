"""Gifts: set aside from the stock within the limits of the company, over all its events, and handed over (K-GIF-01)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.preparation.actions.stock import issue_for
from yunchou.capabilities.preparation.models import StockItem
from yunchou.capabilities.preparation.promises import lock_free
from yunchou.capabilities.preparation.selectors.stock import kept_by
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Customer, TouchKind
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.fields import FEN
from yunchou.kernel.core.money import format_yuan, yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import GONE, Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Gift, GiftLine, GiftState
from ..rules import gift_within_limits
from ..selectors.gifts import OWN_KEY, givings_of, tops_of


@dataclass(frozen=True)
class NotGiven:
    """A guest for whom nothing was set aside, and why; `verdict` where a limit says it."""

    guest: Guest
    reason: Say
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Reserved:
    """What came of setting gifts aside."""

    gifts: tuple[Gift, ...] = ()
    refused: tuple[NotGiven, ...] = ()


@transaction.atomic
def keep_line(*, subject: Subject, item: StockItem, value: Decimal, actor: User, note: str = "") -> GiftLine:
    """Say that an event gives a thing from the stock, and what one is worth. Records `hospitality.gift_line`.

    Refuses what comes out of a stock that the actor does not keep, and another worth once some are set aside.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    if value <= 0:
        raise at_field("value", _("More than zero."))
    line = GiftLine.objects.filter(subject=locked, item=item).first() or GiftLine(subject=locked, item=item)
    # Whoever hands a gift over needs no right on the stock, so whoever lets it be given does; what is given already stays.
    if not line.pk and not kept_by(actor).filter(pk=item.pk).exists():
        raise at_field("item", _("Choose something from the stock."))
    if line.pk and line.value != value and line.gifts.exclude(state=GiftState.RELEASED).exists():
        raise at_field("value", _("Some are set aside or handed over at the worth that stands here."))
    line.value, line.note = yuan(value), note.strip()[:120]
    line.save()
    data = {"item": item.name, "value": f"¥{format_yuan(line.value)}"}
    record(journal.GIFT_LINE, actor=actor, subject=locked, data=data)
    return line


@transaction.atomic
def reserve_gifts(*, line: GiftLine, guests: Iterable[Guest], actor: User, quantity: int = 1) -> Reserved:
    """Set a gift aside for each of these guests who has none of it yet; who may not have it is told with the figures.

    Limits are summed over all events and regions with the customers locked, so that two who give at once stay within them
    together; the stock likewise. Records `hospitality.gifts_reserved` once.
    """
    subject = open_table(line.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    if quantity < 1:
        raise at_field("quantity", _("More than zero."))
    wanted_ones = _without(line, guests)
    # Whoever declines meanwhile waits for the gift, and frees it.
    locked = Guest.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in wanted_ones])
    present = {one.pk: one for one in locked.order_by("pk")}
    wanted_ones = [present[one.pk] for one in wanted_ones if one.pk in present]
    # In the order of their keys, whoever asks; then what lies in stock.
    tops = tops_of({one.customer_id for one in wanted_ones if one.customer_id})
    people = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(tops.values()))
    list(people.order_by("pk"))
    free = lock_free([line.item_id])[line.item_id]
    item, left = free.item, free.left
    params = params_on([gift_within_limits])[gift_within_limits.id]
    known = givings_of(subject, wanted_ones, days=int(params.days))
    worth, made, refused = yuan(line.value * quantity), [], []
    now_given: dict[int, Decimal] = defaultdict(Decimal)  # one person may be there under two records
    for guest in wanted_ones:
        if guest.reply in GONE:
            refused.append(NotGiven(guest, say(_("{name} does not come."), name=guest.name)))
            continue
        top, had = tops.get(guest.customer_id or 0), known[guest.pk]
        more = now_given[top] if top else Decimal(0)
        giving = replace(had, worth=worth, in_event=had.in_event + more, in_window=had.in_window + more)
        verdict = next(iter(gift_within_limits.failures(giving, params)), None)
        if verdict is not None:
            refused.append(NotGiven(guest, verdict.reason, verdict))
        elif left < quantity:
            refused.append(NotGiven(guest, _short(item, left)))
        else:
            left -= quantity
            if top:
                now_given[top] += worth
            made.append(
                Gift(
                    line=line, subject=subject, guest=guest, customer_id=top, quantity=quantity, worth=worth,
                    reserved_by=actor,
                )
            )  # fmt: skip
    Gift.objects.bulk_create(made)
    if made or refused:
        data = {"item": item.name, "count": len(made), "refused": len(refused)}
        record(journal.GIFTS_RESERVED, actor=actor, subject=subject, data=data)
    return Reserved(tuple(made), tuple(refused))


def reserve_gift(*, line: GiftLine, guest: Guest, actor: User, quantity: int = 1) -> Gift:
    """Set a gift aside for one guest. Raises `RuleRefused` with the figures beyond a limit, `WrongState` for anything else."""
    with transaction.atomic():
        done = reserve_gifts(line=line, guests=[guest], actor=actor, quantity=quantity)
        for one in done.refused:
            if one.verdict is not None:
                raise RuleRefused(one.reason, verdicts=[one.verdict])
            raise wrong(one.reason.msgid, **one.reason.params)
        if not done.gifts:
            raise wrong(_("This gift is set aside for the guest already."))
    return done.gifts[0]


@transaction.atomic
def release_gift(*, gift: Gift, actor: User, reason: str) -> Gift:
    """Give what was set aside back to the stock's free part, with a reason. Records `hospitality.gift_released`."""
    subject = open_table(gift.subject, "", actor, Perm.EDIT)
    locked = _reserved(gift)
    locked.reason = wanted(reason, "reason", 200)
    _release(locked, actor, f" ({locked.reason})", subject)
    return locked


def release_of(guest: Guest, party: Iterable[int]) -> None:
    """What was set aside for those of a guest's party who do not come is free again."""
    found = Gift.objects.select_for_update(of=("self",)).filter(
        guest__in=list(party), state=GiftState.RESERVED
    )
    for gift in found.select_related("line__item").order_by("pk"):
        _release(gift, None, "", guest.subject)


@transaction.atomic
def hand_over(*, gift: Gift, actor: User) -> Gift:
    """A gift goes to its guest: out of the stock with a slip, and into the line of time of the customer.

    Refuses what is not set aside any more, more than is there, and what is beyond a limit by now: limits change, and so does
    what somebody was given elsewhere (K-GIF-01). Records `hospitality.gift_given`.
    """
    subject = open_table(gift.subject, "", actor, Perm.DOOR)
    locked = _reserved(gift)
    _demand_within(locked, subject)
    move = issue_for(
        item=locked.line.item, quantity=Decimal(locked.quantity), activity=subject, actor=actor,
        note=f"#{locked.pk}",  # the gift's: what is kept of the stock leads back to no guest
    )  # fmt: skip
    locked.state, locked.given_by, locked.given_at, locked.move = GiftState.GIVEN, actor, clock.now(), move
    locked.save(update_fields=["state", "given_by", "given_at", "move"])
    if locked.customer_id:
        row = TouchRow(
            locked.customer_id, TouchKind.GIFT, subject_id=subject.pk, note=f"{locked.line.item.name} × {locked.quantity}",
            amount=int(locked.worth * FEN), by_id=actor.pk, key=f"{OWN_KEY}{locked.pk}",
        )  # fmt: skip
        record_touches([row])
    data = {"item": locked.line.item.name, "guest": locked.guest_id, "number": move.number}
    record(journal.GIFT_GIVEN, actor=actor, subject=subject, data=data)
    return locked


def _demand_within(gift: Gift, subject: Subject) -> None:
    """Ask the limits of the company again, with the customer locked; the gift itself counts once."""
    guest = gift.guest
    tops = tops_of({guest.customer_id} if guest.customer_id else set())
    list(Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(tops.values())))
    params = params_on([gift_within_limits])[gift_within_limits.id]
    had = givings_of(subject, [guest], days=int(params.days))[guest.pk]
    is_recent = not guest.customer_id or gift.reserved_at > clock.now() - timedelta(days=int(params.days))
    rest = had.in_window - (gift.worth if is_recent else 0)
    giving = replace(had, worth=gift.worth, in_event=had.in_event - gift.worth, in_window=rest)
    for verdict in gift_within_limits.failures(giving, params):
        raise RuleRefused(verdict.reason, verdicts=[verdict])


def _without(line: GiftLine, guests: Iterable[Guest]) -> list[Guest]:
    """The guests of this event who have none of it, as they are now, in the order in which they were named."""
    asked = list({one.pk: None for one in guests})
    having = set(line.gifts.exclude(state=GiftState.RELEASED).values_list("guest", flat=True))
    found: dict[int, Guest] = Guest.objects.filter(subject=line.subject_id).in_bulk(asked)
    return [found[pk] for pk in asked if pk in found and pk not in having]


def _short(item: StockItem, left: int) -> Say:
    words = _("Of “{item}” {left} {measure} are free: {there} in stock, the rest is set aside.")
    there = f"{item.quantity.normalize():f}"
    return say(words, item=item.name, left=max(left, 0), measure=item.measure, there=there)


def _reserved(gift: Gift) -> Gift:
    locked: Gift = (
        Gift.objects.select_for_update(of=("self",)).select_related("line__item", "guest").get(pk=gift.pk)
    )
    if locked.state != GiftState.RESERVED:
        raise wrong(_("This gift was handed over or released already."))
    return locked


def _release(gift: Gift, actor: User | None, reason: str, subject: Subject) -> None:
    gift.state, gift.released_at = GiftState.RELEASED, clock.now()
    gift.save(update_fields=["state", "released_at", "reason"])
    data = {"item": gift.line.item.name, "guest": gift.guest_id, "reason": reason}
    record(journal.GIFT_RELEASED, actor=actor, subject=subject, data=data)
