"""Entering offers."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import format_exact, yuan
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..matrix import Offered, Want, amount_of
from ..models import QUOTABLE, Purchase, Quote, QuotePrice, Status, Tender
from ..permissions import Perm
from ..sealing import Offer
from ..selectors import lines_of
from .shared import amount_at, choosable, locked_purchase, required

STAGE = "quote"


@transaction.atomic
def put_quote(
    *,
    purchase: Purchase,
    supplier: Supplier,
    offer: Offer,
    actor: User,
    upload: Upload | None = None,
    quote: Quote | None = None,
) -> Quote:
    """Enter what a supplier asks for, or change a `quote`; lines without a price are not offered.

    Before the request is approved this is asking for prices, from then on what is chosen from. Refuses without
    `purchasing.quote`, a tender (there bids are handed in sealed), a supplier that may not be chosen or has offered
    already, no price at all, prices that are none, and an offer that has run out. Records `purchasing.quoted`.
    """
    locked = locked_purchase(purchase, QUOTABLE)
    require(actor, Perm.QUOTE, locked)
    if is_tendered(locked):
        raise WrongState(say(_("This purchase is tendered: bids are handed in sealed.")))
    choosable(supplier)
    check_offer(locked, offer)
    known = Quote.objects.filter(purchase=locked, supplier=supplier, withdrawn_at=None)
    if (quote is None and known.exists()) or (quote is not None and known.exclude(pk=quote.pk).exists()):
        raise at_field("supplier", _("There is a quote of this supplier already; change that one."))
    if quote is None:
        quote = Quote(purchase=locked, entered_by=actor)
    else:
        # As it is now: what was said of its value meanwhile stays.
        quote = Quote.objects.filter(pk=quote.pk, purchase=locked, withdrawn_at=None).first()
        if quote is None:
            raise WrongState(say(_("This quote is no longer here.")))
    quote.supplier, quote.entered_by, quote.entered_at = supplier, actor, clock.now()
    fill(quote, offer)
    if upload is not None:
        quote.attachment = attach_file(subject=locked.subject, upload=upload, actor=actor, stage=STAGE)
        quote.save(update_fields=["attachment"])
    data = {"supplier": supplier.name, "amount": format_exact(total_of(locked, quote))}
    record(journal.QUOTED, actor=actor, subject=locked.subject, data=data)
    return quote


def is_tendered(purchase: Purchase) -> bool:
    """Whether offers come sealed: from the approval on, and once suppliers were invited."""
    return purchase.is_tender and (
        purchase.status == Status.OPEN or Tender.objects.filter(pk=purchase.pk).exists()
    )


def check_offer(purchase: Purchase, offer: Offer) -> None:
    """Refuse an offer without a price, with prices that are none, a tax that is none, or one that has run out."""
    lines = {line.pk: line for line in lines_of(purchase)}
    faults: dict[str, Text] = {}
    for pk, price in offer.prices.items():
        if pk not in lines:
            raise at_field("supplier", _("This line is not part of the purchase."))
        try:
            amount_at(f"price_{pk}", price)
        except Invalid as refused:
            faults |= refused.fields
            continue
        if yuan(lines[pk].quantity * price) <= 0:
            faults[f"price_{pk}"] = say(_("For this quantity the price comes to less than a fen."))
    if not offer.prices:
        faults["supplier"] = say(_("Give at least one price."))
    if not 0 <= offer.tax_rate < 100:
        faults["tax_rate"] = say(_("Give a rate from 0 to below 100 percent."))
    if offer.valid_until and offer.valid_until < clock.today():
        faults["valid_until"] = say(_("This offer has run out already."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)


def fill(quote: Quote, offer: Offer) -> None:
    """Write an offer into its rows."""
    quote.tax_rate, quote.is_taxed = offer.tax_rate, offer.is_taxed
    quote.delivery_days, quote.valid_until, quote.note = (
        offer.delivery_days,
        offer.valid_until,
        offer.note.strip(),
    )
    quote.save()
    quote.prices.all().delete()
    QuotePrice.objects.bulk_create(
        QuotePrice(quote=quote, line_id=pk, price=price) for pk, price in sorted(offer.prices.items())
    )


def total_of(purchase: Purchase, quote: Quote) -> Decimal:
    """What a quote asks for everything it offers, with tax."""
    prices = {price.line_id: price.price for price in quote.prices.all()}
    offered = Offered(quote.pk, "", prices, quote.tax_rate, quote.is_taxed)
    wants = [Want(one.pk, one.name, one.quantity, one.estimate) for one in lines_of(purchase)]
    return sum((amount_of(want, offered) or Decimal(0) for want in wants), Decimal("0.00"))


@transaction.atomic
def withdraw_quote(*, quote: Quote, note: str, actor: User) -> Quote:
    """Take a quote out of the comparison, with a reason; it stays readable. Records `purchasing.quote_withdrawn`."""
    required(note=note)
    locked = locked_purchase(quote.purchase, QUOTABLE)
    require(actor, Perm.QUOTE, locked)
    if is_tendered(locked):
        raise WrongState(say(_("Bids that were opened stay in the comparison.")))
    stored = Quote.objects.select_related("supplier").get(pk=quote.pk)
    if stored.withdrawn_at:
        raise WrongState(say(_("This quote is no longer here.")))
    stored.withdrawn_at = clock.now()
    stored.save(update_fields=["withdrawn_at"])
    data = {"supplier": stored.supplier.name, "note": note.strip()}
    record(journal.QUOTE_WITHDRAWN, actor=actor, subject=locked.subject, data=data)
    return stored


@transaction.atomic
def value_quote(*, quote: Quote, points: Decimal, note: str, actor: User) -> Quote:
    """Say how good an offer is beside its price, 0 to 100, and why (003 四(三)2); records `purchasing.valued`.

    Refuses without `purchasing.quote`, without a reason, points outside the range, and in a tender, where the committee
    does it.
    """
    required(note=note)
    locked = locked_purchase(quote.purchase, QUOTABLE)
    require(actor, Perm.QUOTE, locked)
    if is_tendered(locked):
        raise WrongState(say(_("In a tender the committee evaluates the bids.")))
    if not points.is_finite() or not 0 <= points <= 100 or points != points.quantize(Decimal("0.01")):
        raise at_field("points", _("Give points from 0 to 100, with at most two decimals."))
    stored = Quote.objects.select_related("supplier").get(pk=quote.pk, withdrawn_at=None)
    stored.value, stored.value_note = points, note.strip()
    stored.save(update_fields=["value", "value_note"])
    data = {"supplier": stored.supplier.name, "points": f"{points.normalize():f}", "note": note.strip()}
    record(journal.VALUED, actor=actor, subject=locked.subject, data=data)
    return stored
