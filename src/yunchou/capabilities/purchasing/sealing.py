"""Bids under seal: enciphered when they are received, readable to nobody before the opening, not even by a query.

What a bid asks for is nowhere else: no column, no journal entry and no attachment tells it. Each bid has a key of its
own, which the installation's secret wraps (`journal.crypto`), and its digest is kept beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.journal.crypto import decrypt, encrypt, new_key, unwrap

from .models import Bid, Tender

OPENERS: Final = 2
"""So many people open bids together."""


@dataclass(frozen=True)
class Offer:
    """What a supplier asks for: prices by the key of the line, in yuan per unit."""

    prices: Mapping[int, Decimal] = field(default_factory=dict)
    tax_rate: Decimal = Decimal(0)
    is_taxed: bool = True
    delivery_days: int | None = None
    valid_until: date | None = None
    note: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Sealed:
    """An offer as it is stored."""

    key: bytes
    sealed: bytes
    digest: str


def seal(offer: Offer) -> Sealed:
    """The stored form of an offer."""
    text = json.dumps(
        {
            "prices": {str(pk): str(price) for pk, price in offer.prices.items()},
            "tax_rate": str(offer.tax_rate),
            "is_taxed": offer.is_taxed,
            "delivery_days": offer.delivery_days,
            "valid_until": offer.valid_until.isoformat() if offer.valid_until else None,
            "note": offer.note,
            "file_name": offer.file_name,
        },
        ensure_ascii=False,
        sort_keys=True,
    )
    key = new_key()
    sealed = encrypt(unwrap(key), text)
    return Sealed(key, sealed, hashlib.sha256(sealed).hexdigest())


def unseal(bid: Bid, tender: Tender) -> Offer:
    """The offer in clear. Refuses before the opening: too early, or not enough people there (R-BUD-10)."""
    if not tender.may_be_opened or tender.openings.count() < OPENERS:
        raise WrongState(say(_("The bids are sealed until the opening.")))
    sealed = bytes(bid.sealed)
    if hashlib.sha256(sealed).hexdigest() != bid.digest:
        raise WrongState(
            say(_("The bid of {supplier} is not the one that was handed in."), supplier=str(bid.supplier))
        )
    data = json.loads(decrypt(unwrap(bytes(bid.key)), sealed))
    return Offer(
        prices={int(pk): Decimal(price) for pk, price in data["prices"].items()},
        tax_rate=Decimal(data["tax_rate"]),
        is_taxed=data["is_taxed"],
        delivery_days=data["delivery_days"],
        valid_until=date.fromisoformat(data["valid_until"]) if data["valid_until"] else None,
        note=data["note"],
        file_name=data["file_name"],
    )
