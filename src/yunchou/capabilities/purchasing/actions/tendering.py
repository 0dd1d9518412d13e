"""Running a tender: invitation, sealed bids, the opening by two people, evaluation by a committee (BUD-17, R-BUD-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.duties.kinds import working_days_after
from yunchou.kernel.files.actions import Upload, store_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import add_members

from .. import journal
from ..duties import SCORING
from ..models import Bid, Invitation, Juror, Opening, Purchase, Quote, Score, Status, Tender
from ..permissions import Perm
from ..rules import quotes_are_compared
from ..sealing import OPENERS, Offer, seal, unseal
from .quoting import STAGE, check_offer, fill
from .shared import apart_from_request, choosable, locked_purchase, required

JURY: Final = 3
"""A committee has at least so many people, and an odd number of them (a)."""
DAYS_TO_SCORE: Final = 3


@transaction.atomic
def announce_tender(
    *,
    purchase: Purchase,
    suppliers: Sequence[Supplier],
    terms: str,
    closes_at: datetime,
    opens_at: datetime,
    actor: User,
) -> Tender:
    """Invite suppliers to bid until a time; from the opening on two people open what came. Records `purchasing.announced`.

    Until the first bid has come it may be announced anew, also after an opening that found none: who signed that one signs
    again. Refuses without `purchasing.quote`, a purchase that is not
    approved or not tendered, fewer suppliers than R-BUD-09 wants compared, and times that do not follow one another.
    """
    locked = locked_purchase(purchase, [Status.OPEN])
    require(actor, Perm.QUOTE, locked)
    if not locked.is_tender:
        raise WrongState(say(_("This purchase is not tendered.")))
    required(terms=terms)
    _check_times(closes_at, opens_at)
    invited = list(dict.fromkeys(suppliers))
    for supplier in invited:
        choosable_in_list(supplier)
    least = params_on([quotes_are_compared])[quotes_are_compared.id].quotes
    if len(invited) < least:
        raise at_field("suppliers", _("Invite at least {least} suppliers."), least=least)
    if Bid.objects.filter(tender=locked.pk).exists():
        raise WrongState(say(_("Bids were handed in already; the terms stay as they are.")))
    Opening.objects.filter(tender=locked.pk).delete()
    tender, _made = Tender.objects.update_or_create(
        purchase=locked,
        defaults={
            "terms": terms.strip(),
            "closes_at": closes_at,
            "opens_at": opens_at,
            "announced_by": actor,
            "announced_at": clock.now(),
            "opened_at": None,
        },
    )
    tender.invitations.all().delete()
    Invitation.objects.bulk_create(Invitation(tender=tender, supplier=supplier) for supplier in invited)
    data = {"count": len(invited), "closes": _moment(closes_at), "opens": _moment(opens_at)}
    record(journal.ANNOUNCED, actor=actor, subject=locked.subject, data=data)
    return tender


def choosable_in_list(supplier: Supplier) -> None:
    """Refuse one of several suppliers at their field."""
    try:
        choosable(supplier)
    except Invalid as refused:
        raise Invalid(refused.message, fields={"suppliers": refused.message}) from refused


def _check_times(closes_at: datetime, opens_at: datetime) -> None:
    faults: dict[str, Text] = {}
    if closes_at <= clock.now():
        faults["closes_at"] = say(_("Choose a time to come."))
    if opens_at < closes_at:
        faults["opens_at"] = say(_("Bids are opened once the time for handing them in is over."))
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


@transaction.atomic
def receive_bid(
    *, tender: Tender, supplier: Supplier, offer: Offer, actor: User, upload: Upload | None = None
) -> Bid:
    """Take a bid in under seal; a later one of the same supplier takes its place. Records `purchasing.bid_received`.

    What it asks for is enciphered at once and told to nobody. Refuses without `purchasing.quote`, one of the committee,
    after the time is over, a supplier that was not invited or may not be chosen, and what `put_quote` refuses of prices.
    """
    locked = locked_purchase(tender.purchase, [Status.OPEN])
    require(actor, Perm.QUOTE, locked)
    running = Tender.objects.select_for_update().get(pk=locked.pk)
    if Juror.objects.filter(tender=running, user=actor).exists():
        raise NotAllowed(say(_("You evaluate the bids; somebody else takes them in.")))
    if not running.is_open_for_bids:
        words = say(_("Bids were accepted until {time}."), time=_moment(running.closes_at))
        raise WrongState(words)
    if not Invitation.objects.filter(tender=running, supplier=supplier).exists():
        raise at_field("supplier", _("This supplier was not invited."))
    choosable(supplier)
    check_offer(locked, offer)
    sealed = seal(offer)
    bid, _made = Bid.objects.update_or_create(
        tender=running,
        supplier=supplier,
        defaults={
            "key": sealed.key,
            "sealed": sealed.sealed,
            "digest": sealed.digest,
            # Without an attachment no page and no address leads to the file.
            "file": store_file(upload=upload, name=offer.file_name) if upload is not None else None,
            "received_by": actor,
            "received_at": clock.now(),
        },
    )
    record(journal.BID_RECEIVED, actor=actor, subject=locked.subject, data={"supplier": supplier.name})
    return bid


@transaction.atomic
def sign_opening(*, tender: Tender, actor: User) -> Tender:
    """Be one of those who open the bids; with the second person they are open and become quotes.

    Refuses without `purchasing.open_bids`, before the time of the opening, the requester, and the same person twice.
    Records `purchasing.opening_signed`, and `purchasing.bids_opened` with the second.
    """
    locked = locked_purchase(tender.purchase, [Status.OPEN])
    require(actor, Perm.OPEN_BIDS, locked)
    apart_from_request(locked, actor)
    running = Tender.objects.select_for_update().get(pk=locked.pk)
    if running.opened_at:
        raise WrongState(say(_("The bids are open already.")))
    if not running.may_be_opened:
        words = say(_("The bids stay sealed until {time}."), time=_moment(running.opens_at))
        raise WrongState(words)
    if Opening.objects.filter(tender=running, user=actor).exists():
        raise WrongState(say(_("You have signed the opening; a second person has to.")))
    Opening.objects.create(tender=running, user=actor)
    record(journal.OPENING_SIGNED, actor=actor, subject=locked.subject)
    if running.openings.count() >= OPENERS:
        _open(running, locked, actor)
    return running


def _open(tender: Tender, purchase: Purchase, actor: User) -> None:
    """Decipher every bid into a quote; what was asked for before by inquiry no longer counts."""
    bids = list(tender.bids.select_related("supplier", "file").order_by("pk"))
    offers = [(bid, unseal(bid, tender)) for bid in bids]
    Quote.objects.filter(purchase=purchase, withdrawn_at=None).update(withdrawn_at=clock.now())
    for bid, offer in offers:
        quote = Quote(
            purchase=purchase, supplier=bid.supplier, entered_by=bid.received_by, entered_at=bid.received_at
        )
        fill(quote, offer)
        if bid.file is not None:
            quote.attachment = Attachment.objects.create(
                subject=purchase.subject, file=bid.file, name=offer.file_name[:160] or bid.supplier.name, stage=STAGE,
                uploaded_by=bid.received_by,
            )  # fmt: skip
            quote.save(update_fields=["attachment"])
        bid.quote = quote
        bid.save(update_fields=["quote"])
    tender.opened_at = clock.now()
    tender.save(update_fields=["opened_at"])
    openers = [one.user for one in tender.openings.select_related("user")]
    data, personal = {"people": _usernames(openers)}, _names(openers)
    if not bids:
        record(journal.TENDER_FAILED, actor=actor, subject=purchase.subject, data=data, personal=personal)
        return
    told_of = {**data, "count": len(bids)}
    record(journal.BIDS_OPENED, actor=actor, subject=purchase.subject, data=told_of, personal=personal)
    for juror in tender.jurors.select_related("user"):
        _owe_scores(purchase, juror.user, actor)


@transaction.atomic
def name_jury(*, tender: Tender, people: Sequence[User], actor: User) -> list[Juror]:
    """Name the committee that evaluates the bids; records `purchasing.jury_named`.

    Refuses without `purchasing.award`, fewer than three people or an even number, the requester, somebody who took bids
    in, and a change once somebody has evaluated.
    """
    locked = locked_purchase(tender.purchase, [Status.OPEN])
    require(actor, Perm.AWARD, locked)
    running = Tender.objects.select_for_update().get(pk=locked.pk)
    named = list(dict.fromkeys(people))
    if len(named) < JURY or len(named) % 2 == 0:
        raise at_field(
            "people", _("A committee has at least {least} people, and an odd number of them."), least=JURY
        )
    if locked.requester in named:
        raise at_field(
            "people",
            _("{person} asked for this purchase and cannot evaluate the bids."),
            person=locked.requester.name,
        )
    takers = set(Bid.objects.filter(tender=running).values_list("received_by", flat=True))
    if inside := next((person for person in named if person.pk in takers), None):
        raise at_field("people", _("{person} took bids in and cannot evaluate them."), person=inside.name)
    if Score.objects.filter(juror__tender=running).exists():
        raise WrongState(say(_("Somebody has evaluated the bids already; the committee stays as it is.")))
    for juror in running.jurors.exclude(user__in=named).select_related("user"):
        cancel(key=_duty_key(locked, juror.user), actor=actor)
        juror.delete()
    for person in named:
        Juror.objects.get_or_create(tender=running, user=person)
        if running.opened_at and takers:
            _owe_scores(locked, person, actor)
    add_members(
        subject=locked.subject, users=[person for person in named if not holds(person, Perm.VIEW, locked)]
    )
    record(
        journal.JURY_NAMED,
        actor=actor,
        subject=locked.subject,
        data={"people": _usernames(named)},
        personal=_names(named),
    )
    return list(running.jurors.select_related("user"))


def _usernames(people: Sequence[User]) -> str:
    """How the journal, which keeps names as personal values, tells of people."""
    return "、".join(one.username for one in people)


def _names(people: Sequence[User]) -> dict[User, dict[str, str]]:
    return {one: {"name": one.name} for one in people}


def _duty_key(purchase: Purchase, person: User) -> str:
    return f"{SCORING.key}:{purchase.pk}:{person.pk}"


def _owe_scores(purchase: Purchase, person: User, actor: User) -> None:
    owe(
        kind=SCORING.key,
        subject=purchase.subject,
        owner=person,
        due_at=working_days_after(clock.now(), DAYS_TO_SCORE),
        key=_duty_key(purchase, person),
        params={"purchase": purchase.title},
        actor=actor,
    )


@transaction.atomic
def score_bids(*, tender: Tender, points: Mapping[int, int], notes: Mapping[int, str], actor: User) -> Tender:
    """Evaluate every opened bid, 0 to 100, by the key of its quote; records `purchasing.scored`.

    Once everybody has, a bid's value is the mean. Refuses anybody but the committee, before the opening, points left
    out or outside the range, and a second time.
    """
    locked = locked_purchase(tender.purchase, [Status.OPEN])
    running = Tender.objects.select_for_update().get(pk=locked.pk)
    juror = Juror.objects.filter(tender=running, user=actor).first()
    if juror is None:
        raise NotAllowed(say(_("Only the committee evaluates the bids.")))
    if running.opened_at is None:
        raise WrongState(say(_("The bids are sealed until the opening.")))
    if juror.scores.exists():
        raise WrongState(say(_("You have evaluated the bids already.")))
    quotes = list(Quote.objects.filter(purchase=locked, withdrawn_at=None).order_by("pk"))
    faults: dict[str, Text] = {}
    for quote in quotes:
        given = points.get(quote.pk)
        if given is None or not 0 <= given <= 100:
            faults[f"points_{quote.pk}"] = say(_("Give points from 0 to 100."))
    if faults:
        raise Invalid(say(_("Evaluate every bid.")), fields=faults)
    Score.objects.bulk_create(
        Score(juror=juror, quote=quote, points=points[quote.pk], note=notes.get(quote.pk, "").strip())
        for quote in quotes
    )
    fulfil(key=_duty_key(locked, actor), actor=actor)
    record(journal.SCORED, actor=actor, subject=locked.subject)
    if not running.jurors.filter(scores=None).exists():
        _average(running, quotes)
    return running


def _average(tender: Tender, quotes: Sequence[Quote]) -> None:
    given: dict[int, list[int]] = defaultdict(list)
    for score in Score.objects.filter(juror__tender=tender):
        given[score.quote_id].append(score.points)
    for quote in quotes:
        mean = Decimal(sum(given[quote.pk])) / len(given[quote.pk])
        quote.value = mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
        quote.save(update_fields=["value"])
