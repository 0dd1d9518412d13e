"""Offers and lotteries: setting them, giving from the stock, drawing and publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from .. import drawing, journal
from ..models import Entry, Grant, Lottery, Offer, Prize, Win
from ..permissions import Perm
from ..rules import Worth, prizes_stay_below_the_limit

TABLE: Final = "rewards"
MOST_ENTRIES: Final = 100_000


@dataclass(frozen=True)
class Terms:
    """What an offer or a lottery is called, its rule, and when it runs."""

    title: str
    rule: str
    starts_at: datetime
    ends_at: datetime

    @property
    def times(self) -> str:
        """`2024-08-02 09:00 — 2024-08-05 18:00`, as the journal has it."""
        return " — ".join(f"{clock.local(at):%Y-%m-%d %H:%M}" for at in (self.starts_at, self.ends_at))


@dataclass(frozen=True)
class Won:
    """A prize as it is set: its name, what one is worth in yuan, how many there are."""

    name: str
    value: Decimal
    stock: int


@transaction.atomic
def make_offer(*, subject: Subject, kind: str, terms: Terms, stock: int, actor: User) -> Offer:
    """Set an offer, a limited-time offer or a reward: its rule, its period and its stock, which then stand.

    Refuses without `creative.edit`, without a rule or a stock, a period that ends before it begins, and a name that is
    taken. Records `creative.offer_made`.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    _check(terms)
    if stock < 1:
        raise at_field("stock", _("At least one."))
    if Offer.objects.filter(subject=locked, title=terms.title.strip()).exists():
        raise at_field("title", _("There is an offer of this name already."))
    offer = Offer.objects.create(
        subject=locked, kind=Offer.Kind(kind), title=terms.title.strip(), rule=terms.rule.strip(),
        starts_at=terms.starts_at, ends_at=terms.ends_at, stock=stock, made_by=actor,
    )  # fmt: skip
    data = {"offer": offer.title, "stock": stock, "times": terms.times, "rule": offer.rule}
    record(journal.OFFER_MADE, actor=actor, subject=locked, data=data)
    return offer


@transaction.atomic
def grant(*, offer: Offer, quantity: int, actor: User, note: str = "") -> Grant:
    """Give something of an offer. Refuses without `creative.edit`, outside its period, and more than is left: what is below
    zero was never there. Records `creative.granted`."""
    subject = open_table(offer.subject, TABLE, actor, Perm.EDIT)
    locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if quantity < 1:
        raise at_field("quantity", _("At least one."))
    if not locked.runs_at(clock.now()):
        raise wrong(_("“{offer}” does not run now."), offer=locked.title)
    if quantity > locked.left:
        raise at_field("quantity", _("Only {left} are left."), left=locked.left)
    locked.given += quantity
    locked.save(update_fields=["given"])
    made = Grant.objects.create(offer=locked, quantity=quantity, note=note.strip()[:120], given_by=actor)
    data = {"quantity": quantity, "offer": locked.title, "left": locked.left}
    record(journal.GRANTED, actor=actor, subject=subject, data=data)
    return made


@transaction.atomic
def open_lottery(*, subject: Subject, terms: Terms, prizes: Sequence[Won], actor: User) -> Lottery:
    """Set a lottery with its prizes; rule, period, prizes and the commitment to the seed stand from now on.

    Refuses what `make_offer` refuses, no prize, one above what may be won by lot (K-CRE-07), and a beginning that has
    passed: nobody may enter before the commitment is told. Records `creative.lottery_opened` with the commitment.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    _check(terms)
    if terms.starts_at < clock.now():
        raise at_field("starts_at", _("This moment has passed; the commitment comes before anybody enters."))
    if not prizes:
        raise at_field("prizes", _("Name at least one prize."))
    if any(prize.stock < 1 or not prize.name.strip() for prize in prizes):
        raise at_field("prizes", _("Every prize has a name and a number."))
    worth = Worth(tuple(prize.value for prize in prizes))
    if verdicts := [one for one in evaluate([prizes_stay_below_the_limit], worth) if not one.passed]:
        reason = verdicts[0].reason
        raise RuleRefused(reason, verdicts=verdicts, fields={"prizes": reason})
    if Lottery.objects.filter(subject=locked, title=terms.title.strip()).exists():
        raise at_field("title", _("There is a lottery of this name already."))
    seed = drawing.new_seed()
    lottery = Lottery.objects.create(
        subject=locked, title=terms.title.strip(), rule=terms.rule.strip(), starts_at=terms.starts_at,
        ends_at=terms.ends_at, seed=seed, commitment=drawing.commitment(seed), opened_by=actor,
    )  # fmt: skip
    Prize.objects.bulk_create(
        Prize(lottery=lottery, name=one.name.strip(), value=one.value, stock=one.stock, position=n)
        for n, one in enumerate(prizes, 1)
    )
    data = {"lottery": lottery.title, "times": terms.times, "commitment": lottery.commitment}
    record(journal.LOTTERY_OPENED, actor=actor, subject=locked, data=data)
    return lottery


@transaction.atomic
def enter_lottery(*, lottery: Lottery, people: Sequence[tuple[str, str]], actor: User) -> int:
    """Enter people by name and contact, each contact once; says how many are new. Refuses without `creative.edit`, outside
    the period, and after the draw. Records `creative.entered`, without names."""
    subject = open_table(lottery.subject, TABLE, actor, Perm.EDIT)
    locked = _again(lottery)
    now = clock.now()
    if locked.drawn_at or not locked.starts_at <= now < locked.ends_at:
        raise wrong(_("People enter “{lottery}” within its period only."), lottery=locked.title)
    known = set(locked.entries.values_list("contact", flat=True))
    new = {contact.strip(): name.strip() for name, contact in people if name.strip() and contact.strip()}
    new = {contact: name for contact, name in new.items() if contact not in known}
    if len(known) + len(new) > MOST_ENTRIES:
        raise at_field("people", _("At most {count} people take part."), count=MOST_ENTRIES)
    last = locked.entries.aggregate(last=Max("number"))["last"] or 0
    Entry.objects.bulk_create(
        [
            Entry(lottery=locked, number=number, name=name[:40], contact=contact[:60], entered_at=now)
            for number, (contact, name) in enumerate(new.items(), last + 1)
        ],
        batch_size=500,
    )
    if new:
        data = {"count": len(new), "lottery": locked.title}
        record(journal.ENTERED, actor=actor, subject=subject, data=data)
    return len(new)


@transaction.atomic
def draw_lottery(*, lottery: Lottery, actor: User) -> Lottery:
    """Draw, once: the winners follow from the seed and the entries, and the seed is told. Refuses without
    `creative.approve`, before the end, with nobody entered, and a second draw. Records `creative.drawn` with the seed."""
    subject = open_table(lottery.subject, TABLE, actor, Perm.APPROVE)
    locked = _again(lottery)
    if locked.drawn_at:
        raise wrong(_("“{lottery}” is drawn already."), lottery=locked.title)
    if clock.now() < locked.ends_at:
        raise wrong(_("“{lottery}” is drawn after its end."), lottery=locked.title)
    entries = {entry.code: entry for entry in locked.entries.all()}
    if not entries:
        raise wrong(_("Nobody has entered “{lottery}”."), lottery=locked.title)
    prizes = list(locked.prizes.select_for_update())
    digest = drawing.digest_of((one.code, one.name, one.contact) for one in entries.values())
    drawn = drawing.winners(locked.seed, digest, entries, [prize.stock for prize in prizes])
    Win.objects.bulk_create(
        [
            Win(entry=entries[code], prize=prizes[prize], place=place)
            for place, (code, prize) in enumerate(drawn, 1)
        ],
        batch_size=500,
    )
    for n, prize in enumerate(prizes):
        prize.won = sum(place == n for _code, place in drawn)
    Prize.objects.bulk_update(prizes, ["won"])
    locked.entries_digest, locked.drawn_at, locked.drawn_by = digest, clock.now(), actor
    locked.save(update_fields=["entries_digest", "drawn_at", "drawn_by"])
    data = {
        "lottery": locked.title, "count": len(drawn), "entries": len(entries), "seed": locked.seed, "digest": digest,
        "winners": [code for code, _prize in drawn],
    }  # fmt: skip
    record(journal.DRAWN, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def publish_winners(*, lottery: Lottery, actor: User) -> Lottery:
    """Publish the list of winners, masked, with the moment. Refuses without `creative.approve`, before the draw, and a
    second time. Records `creative.winners_published`."""
    subject = open_table(lottery.subject, TABLE, actor, Perm.APPROVE)
    locked = _again(lottery)
    if locked.drawn_at is None:
        raise wrong(_("“{lottery}” is not drawn yet."), lottery=locked.title)
    if locked.published_at is not None:
        raise wrong(_("The winners of “{lottery}” are published already."), lottery=locked.title)
    locked.published_at, locked.published_by = clock.now(), actor
    locked.save(update_fields=["published_at", "published_by"])
    at = f"{clock.local(locked.published_at):%Y-%m-%d %H:%M:%S}"
    record(journal.WINNERS_PUBLISHED, actor=actor, subject=subject, data={"lottery": locked.title, "at": at})
    return locked


def _again(lottery: Lottery) -> Lottery:
    found: Lottery = Lottery.objects.select_for_update(of=("self",)).get(pk=lottery.pk)
    return found


def _check(terms: Terms) -> None:
    wanted(terms.title, "title")
    wanted(terms.rule, "rule")
    if terms.ends_at <= terms.starts_at:
        raise at_field("ends_at", _("The end lies after the beginning."))
