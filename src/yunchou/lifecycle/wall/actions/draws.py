"""Draws: drafted, frozen, closed, drawn, handed out. Each step is taken once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.creative.drawing import commitment, new_seed
from yunchou.capabilities.creative.rules import Worth, prizes_stay_below_the_limit
from yunchou.capabilities.preparation.actions.stock import issue_for
from yunchou.capabilities.preparation.models import StockItem, SupplyKind
from yunchou.capabilities.preparation.promises import lock_free
from yunchou.capabilities.preparation.selectors.stock import kept_by
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import drawing, journal
from ..models import Draw, Lot, Poll, Prize, Who
from ..models.draws import KEPT_YEARS
from ..selectors.draws import rules_of, taking_part
from .staging import put

PRIZE_KINDS: Final = (SupplyKind.GIFT, SupplyKind.OTHER)
MOST_ENTRIES: Final = 100_000
MOST_PICKED: Final = 2_000
BATCH: Final = 500


@dataclass(frozen=True)
class Won:
    """A prize as it is set: its name, what one is worth in yuan, how many there are, and out of which stock."""

    name: str
    value: Decimal
    number: int
    stock: StockItem | None = None


@dataclass(frozen=True)
class Terms:
    """What a draw is called, its rule, who takes part (`poll` for those who answered it, `picked` for a list), where the
    public number comes from."""

    title: str
    rule: str
    who: str
    source: str
    poll: Poll | None = None
    picked: tuple[Guest, ...] = ()


@transaction.atomic
def keep_draw(
    *, subject: Subject, terms: Terms, prizes: Sequence[Won], actor: User, draw: Draw | None = None
) -> Draw:
    """Prepare a draw, or change one whose rules are not frozen.

    Refuses without `events.edit`, no prize, one above what may be won by lot (K-CRE-07), one out of a stock that the actor does
    not keep, a title twice, an empty list, and a poll or guests of another event.
    """
    subject = open_table(subject, "", actor, Perm.EDIT)
    draw = _again(draw) if draw else Draw(subject=subject, made_by=actor, secret=new_seed())
    if draw.frozen_at:
        raise wrong(_("The rules of this draw are frozen."))
    draw.title = wanted(terms.title, "title", 60)
    draw.rule = wanted(terms.rule, "rule", 300)
    draw.source = wanted(terms.source, "source", 120)
    draw.who, draw.poll = terms.who, terms.poll if terms.who == Who.ANSWERED else None
    if draw.who == Who.ANSWERED and (draw.poll is None or draw.poll.subject_id != subject.pk):
        raise at_field("poll", _("Choose the poll whose answers take part."))
    picked = list(terms.picked) if draw.who == Who.PICKED else []
    if draw.who == Who.PICKED and (not picked or any(one.subject_id != subject.pk for one in picked)):
        raise at_field("picked", _("Choose guests of this event."))
    if len(picked) > MOST_PICKED:
        raise at_field("picked", _("At most {count} guests stand on a list."), count=MOST_PICKED)
    if Draw.objects.filter(subject=subject, title=draw.title).exclude(pk=draw.pk).exists():
        raise at_field("title", _("There is a draw of this name already."))
    _demand_lawful(prizes)
    _demand_kept(prizes, draw, actor)
    draw.save()
    draw.picked.set(picked)
    draw.prizes.all().delete()
    Prize.objects.bulk_create(
        Prize(
            draw=draw, name=one.name.strip(), value=one.value, number=one.number, position=n, stock=one.stock
        )
        for n, one in enumerate(prizes, 1)
    )
    record(journal.DRAW_KEPT, actor=actor, subject=subject, data={"draw": draw.title})
    return draw


def _demand_lawful(prizes: Sequence[Won]) -> None:
    if not prizes:
        raise at_field("prize_1", _("Name at least one prize."))
    if any(one.number < 1 or not one.name.strip() for one in prizes):
        raise at_field("prize_1", _("Every prize has a name and a number."))
    worth = Worth(tuple(one.value for one in prizes))
    if verdicts := [one for one in evaluate([prizes_stay_below_the_limit], worth) if not one.passed]:
        place = verdicts[0].at[0].row if verdicts[0].at else 0
        reason = verdicts[0].reason
        raise RuleRefused(reason, verdicts=verdicts, fields={f"value_{(place or 0) + 1}": reason})


def items_for(actor: User) -> QuerySet[StockItem]:
    """What may become a prize: gifts and other things in a stock that the person sees and keeps."""
    return kept_by(actor).filter(kind__in=PRIZE_KINDS)


def _demand_kept(prizes: Sequence[Won], draw: Draw, actor: User) -> None:
    """What comes out of a stock comes out of one that the actor keeps: whoever hands a prize out needs no right on it. What
    the draw has already stays."""
    asked = {one.stock.pk for one in prizes if one.stock}
    own = set(draw.prizes.values_list("stock", flat=True)) if draw.pk else set()
    may = own | set(items_for(actor).filter(pk__in=asked - own).values_list("pk", flat=True))
    for n, one in enumerate(prizes, 1):
        if one.stock and one.stock.pk not in may:
            raise at_field(f"stock_{n}", _("Choose something from the stock."))


def _demand_there(draw: Draw) -> None:
    """What is promised lies in the store and is promised to nobody else: of one thing as much as all prizes together take."""
    wanted_of: Counter[int] = Counter()
    for prize in draw.prizes.all():
        if prize.stock_id:
            wanted_of[prize.stock_id] += prize.number
    for pk, free in lock_free(wanted_of).items():
        if free.left < wanted_of[pk]:
            words = _(
                "Of “{item}” {wanted} can be won, and only {left} are free: {there} in stock, the rest is set aside."
            )
            raise wrong(words, item=free.item.name, wanted=wanted_of[pk], left=free.left, there=free.there)


@transaction.atomic
def freeze_draw(*, draw: Draw, actor: User) -> Draw:
    """Let rules and prizes stand: their digest and the commitment to our secret are told from now on.

    Refuses without `events.edit`, a second time, prizes above the limit that holds today, and more than is free in the stock.
    """
    subject = open_table(draw.subject, "", actor, Perm.EDIT)
    locked = _again(draw)
    if locked.frozen_at:
        raise wrong(_("The rules of this draw are frozen."))
    _demand_lawful([Won(one.name, one.value, one.number) for one in locked.prizes.all()])
    _demand_there(locked)
    locked.commitment = commitment(locked.secret.open())
    if locked.who == Who.PICKED:
        tickets = locked.picked.values_list("ticket", flat=True)
        locked.picked_digest = drawing.digest_of_entries(
            sorted(drawing.entry(locked.code, one) for one in tickets)
        )
    locked.rules_digest = drawing.digest_of_rules(rules_of(locked))
    locked.frozen_at = clock.now()
    locked.save(update_fields=["commitment", "picked_digest", "rules_digest", "frozen_at"])
    put(subject, locked)
    data = {"draw": locked.title, "digest": locked.rules_digest, "commitment": locked.commitment}
    record(journal.DRAW_FROZEN, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def close_entries(*, draw: Draw, actor: User) -> Draw:
    """Number who takes part now, and let the list stand under its digest, before anybody knows the public number.

    Refuses without `events.edit`, before the rules are frozen, a second time, and where nobody takes part.
    """
    subject = open_table(draw.subject, "", actor, Perm.EDIT)
    locked = _again(draw)
    if not locked.frozen_at:
        raise wrong(_("Freeze the rules first."))
    if locked.closed_at:
        raise wrong(_("The entries of this draw are closed."))
    found = list(taking_part(locked).order_by("pk").only("pk", "ticket")[: MOST_ENTRIES + 1])
    if not found:
        raise wrong(_("Nobody takes part yet."))
    if len(found) > MOST_ENTRIES:
        raise wrong(_("At most {count} guests take part in a draw."), count=MOST_ENTRIES)
    coded = sorted((drawing.entry(locked.code, guest.ticket), guest.pk) for guest in found)
    Lot.objects.bulk_create(
        [Lot(draw=locked, number=n, guest_id=pk, code=code) for n, (code, pk) in enumerate(coded, 1)],
        batch_size=1000,
    )
    locked.entries_digest = drawing.digest_of_entries([code for code, _pk in coded])
    locked.closed_at = clock.now()
    locked.save(update_fields=["entries_digest", "closed_at"])
    put(subject, locked)
    data = {"draw": locked.title, "count": len(coded), "digest": locked.entries_digest}
    record(journal.DRAW_CLOSED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def draw_now(*, draw: Draw, public_value: str, actor: User) -> Draw:
    """Draw, once: who wins follows from our secret, the public number and the list; the secret is told.

    Refuses without `events.edit`, before the entries are closed, and a second draw: of two who press at once one draws. After the
    event nothing is set aside for it any more: more than is free in the stock is refused then, too.
    """
    subject = open_table(draw.subject, "", actor, Perm.EDIT)
    locked = _again(draw)
    if locked.drawn_at:
        raise wrong(_("“{draw}” is drawn already."), draw=locked.title)
    if not locked.closed_at:
        raise wrong(_("Close the entries first."))
    value = wanted(public_value, "public_value", 60)
    if is_over(subject):
        _demand_there(locked)
    entries = list(locked.lots.order_by("number").values_list("code", flat=True))
    prizes = list(locked.prizes.all())
    result = drawing.drawn(locked.secret.open(), value, entries, [one.number for one in prizes])
    _keep_winners(locked, [(code, prizes[prize]) for code, prize in result])
    locked.public_value, locked.drawn_at, locked.drawn_by = value, clock.now(), actor
    locked.save(update_fields=["public_value", "drawn_at", "drawn_by"])
    put(subject, locked)
    data = {"draw": locked.title, "value": value, "count": len(result), "entries": len(entries)}
    record(journal.DRAWN, actor=actor, subject=subject, data=data)
    return locked


def _keep_winners(draw: Draw, result: Sequence[tuple[str, Prize]]) -> None:
    """Say of the lots that won which prize it is; the others are not read."""
    for first in range(0, len(result), BATCH):
        part = result[first : first + BATCH]
        lots = {
            lot.code: lot
            for lot in draw.lots.filter(code__in=[code for code, _prize in part]).only("code", "draw")
        }
        for place, (code, prize) in enumerate(part, first + 1):
            lots[code].place, lots[code].prize = place, prize
        Lot.objects.bulk_update(lots.values(), ["place", "prize"])


@transaction.atomic
def hand_out(*, lot: Lot, actor: User) -> Lot:
    """Hand the prize to who won it, once: who and when is kept, and out of a stock it goes with a slip.

    Refuses without `events.door`, a lot that did not win or behind which nobody stands any more, more than is in stock, and a
    second time, be it at the same moment.
    """
    subject = open_table(lot.draw.subject, "", actor, Perm.DOOR)
    won = Lot.objects.filter(pk=lot.pk, prize__isnull=False)
    if not won.filter(handed_at=None, guest__isnull=False).update(handed_at=clock.now(), handed_by=actor):
        kept = won.select_related("handed_by").first()
        if kept is None:
            raise wrong(_("This lot has not won anything."))
        if kept.handed_at is None:
            raise wrong(_("Nobody stands behind this lot any more."))
        at = f"{clock.local(kept.handed_at):%m-%d %H:%M}"
        raise wrong(_("This prize was handed out at {at} by {name}."), at=at, name=str(kept.handed_by))
    kept = won.select_related("prize__stock", "draw").get()
    if kept.prize and kept.prize.stock:
        kept.move = issue_for(
            item=kept.prize.stock,
            quantity=Decimal(1),
            activity=subject,
            actor=actor,
            note=f"#{kept.number}",  # the lot's: what is kept of the stock leads back to no guest
        )
        kept.save(update_fields=["move"])
    prize = kept.prize.name if kept.prize else ""
    data = {"prize": prize, "guest": kept.guest_id, "draw": kept.draw.title}
    record(journal.HANDED, actor=actor, subject=subject, data=data)
    return kept


@transaction.atomic
def forget_winners(now: datetime) -> int:
    """Of draws that are older than they are kept nobody stands behind an entry any more; says how many draws that were.

    Rules, entries and result stay as they were told in public, without names and slips. A draft has no entries yet: it stays.
    Records `wall.draw_forgotten`.
    """
    frozen = Draw.objects.filter(frozen_at__isnull=False)
    old = frozen.annotate(done_at=Coalesce("drawn_at", "closed_at", "frozen_at"))
    found = old.filter(done_at__lt=years_before(now, KEPT_YEARS), forgotten_at=None)
    count = 0
    for pk in found.order_by("subject", "pk").values_list("pk", flat=True)[:BATCH]:
        draw = Draw.objects.select_for_update(of=("self",)).select_related("subject").get(pk=pk)
        people = draw.lots.filter(guest__isnull=False).update(guest=None, move=None)
        draw.picked.clear()
        draw.forgotten_at = now
        draw.save(update_fields=["forgotten_at"])
        data = {"draw": draw.title, "count": people}
        record(journal.DRAW_FORGOTTEN, actor=None, subject=draw.subject, data=data)
        count += 1
    return count


def years_before(now: datetime, years: int) -> datetime:
    """The same day so many years ago; of 29 February the day after."""
    local = clock.local(now)
    try:
        return local.replace(year=local.year - years)
    except ValueError:
        return local.replace(year=local.year - years, month=3, day=1)


def _again(draw: Draw) -> Draw:
    found: Draw = Draw.objects.select_for_update(of=("self",)).select_related("poll").get(pk=draw.pk)
    return found
