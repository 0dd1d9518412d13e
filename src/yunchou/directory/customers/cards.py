"""Putting contact values on a card: encrypted, with the mask that is shown and the digest by which they are found."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.sealing import APART, HIDDEN, digest_of, digests_of, keep_digest
from yunchou.kernel.core.text import say

from . import mails, phones
from .models import ApartRecord, ContactCard

PHONE_USE: Final = "customers.phone"
EMAIL_USE: Final = "customers.email"
IDENTITY_USE: Final = "customers.identity"
keep_digest(ContactCard, "phone", column="phone_digest", use=PHONE_USE)
keep_digest(ContactCard, "email", column="email_digest", use=EMAIL_USE)
keep_digest(ContactCard, "identity_number", column="identity_digest", use=IDENTITY_USE)
keep_digest(ApartRecord, "phone", column="phone_digest", use=PHONE_USE, beside=ContactCard)
keep_digest(ApartRecord, "email", column="email_digest", use=EMAIL_USE, beside=ContactCard)
keep_digest(ApartRecord, "identity_number", column="identity_digest", use=IDENTITY_USE, beside=ContactCard)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def write_phone(card: ContactCard, e164: str) -> None:
    card.phone = e164 or b""
    card.phone_mask, card.phone_tail = phones.mask(e164), phones.tail(e164)
    card.phone_digest = digest_of(e164, PHONE_USE)


def write_email(card: ContactCard, address: str) -> None:
    card.email = address or b""
    card.email_mask, card.email_digest = mails.mask(address), digest_of(address, EMAIL_USE)


def write_identity(card: ContactCard, number: str) -> None:
    card.identity_number = number or b""
    card.identity_digest = digest_of(number, IDENTITY_USE)


def conceal(card: ContactCard, record: ApartRecord) -> None:
    """Move what a card holds in clear to the record kept apart; dots and digests under the keys of that one stay behind.

    Neither the last four digits stay nor a part of the mask: what a list shows of others would give most of a number away.
    """
    phone, email, number = str(card.phone or ""), str(card.email or ""), str(card.identity_number or "")
    record.phone, record.email, record.identity_number = phone or b"", email or b"", number or b""
    record.wechat, record.address = card.wechat or b"", card.address or b""
    card.phone = card.email = card.wechat = card.address = card.identity_number = b""
    card.phone_tail = ""
    card.phone_mask, card.phone_digest = HIDDEN if phone else "", digest_of(phone, PHONE_USE, APART)
    card.email_mask, card.email_digest = HIDDEN if email else "", digest_of(email, EMAIL_USE, APART)
    card.identity_digest = digest_of(number, IDENTITY_USE, APART)


def phone_digests(e164: str) -> list[str]:
    """Every digest under which a number may stand, those of important customers among them; the newest general one first."""
    return [*digests_of(e164, PHONE_USE), *digests_of(e164, PHONE_USE, APART)]


def email_digests(address: str) -> list[str]:
    return [*digests_of(address, EMAIL_USE), *digests_of(address, EMAIL_USE, APART)]


def identity_digests(number: str) -> list[str]:
    return [*digests_of(number, IDENTITY_USE), *digests_of(number, IDENTITY_USE, APART)]


def tidy_identity(text: str) -> str:
    """The number of an identity card (GB 11643), or the letters and digits of another paper. Raises `phones.Unusable`."""
    plain = re.sub(r"[\s\-]", "", text).upper()
    if not plain:
        return ""
    if not re.fullmatch(r"[A-Z0-9]{6,20}", plain, re.ASCII):
        raise phones.Unusable(say(_("A number of an identity paper has 6 to 20 letters and digits.")))
    if re.fullmatch(r"\d{17}[\dX]", plain, re.ASCII):
        total = sum(int(sign) * weight for sign, weight in zip(plain, _WEIGHTS, strict=False))
        if _CHECKS[total % 11] != plain[-1] or _day(plain[6:14]) is None:
            raise phones.Unusable(
                say(_("The check digit of the identity number does not fit: look at it again."))
            )
    return plain


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
