"""The code on a ticket: who for, of which event, and a signature that a door can check without a network.

    YC1.<event>.<guest>.<ticket>.<signature>

Event and guest are numbers in base 36; the ticket is the guest's secret of 128 bits, new whenever an old one is made invalid;
the signature (ECDSA P-256 over SHA-256, 64 bytes, base64url) covers everything before it. A number alone opens no door, and
what a device holds of the list (a digest of each ticket) makes no ticket.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.utils.safestring import SafeString

from yunchou.kernel.core.lookups import LIMIT
from yunchou.kernel.ui.qr import drawn_code

from ..models import EventKey, Guest

MARK: Final = "YC1"
HALF: Final = 32
LONGEST: Final = 300
"""Nothing longer is a ticket."""
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Code:
    """What was read off a ticket. `is_genuine` is None until somebody has checked."""

    event: int
    guest: int
    ticket: str
    is_genuine: bool | None = None


def ticket_text(guest: Guest, key: EventKey | None = None) -> str:
    """What the guest's QR code says; `key` spares asking for the event's key again and again."""
    held = key or key_of(guest.subject_id)
    said = f"{MARK}.{base36(guest.subject_id)}.{base36(guest.pk)}.{guest.ticket}"
    return f"{said}.{_sign(held, said)}"


def ticket_svg(guest: Guest, key: EventKey | None = None) -> SafeString:
    """The ticket as a code to scan."""
    return drawn_code(ticket_text(guest, key))


def read_code(text: str) -> Code | None:
    """The parts of a ticket's text, unproved; None for anything else that a camera may see."""
    parts = text.strip().split(".") if len(text) <= LONGEST else []
    if len(parts) != 5 or parts[0] != MARK:
        return None
    try:
        event, guest = int(parts[1], 36), int(parts[2], 36)
    except ValueError:
        return None
    return Code(event, guest, parts[3]) if 0 < event < LIMIT and 0 < guest < LIMIT else None


def is_genuine(text: str, public: str) -> bool:
    """Whether the signature of a ticket's text is that of the event whose public key this is."""
    said, _dot, sign = text.strip().rpartition(".")
    try:
        raw = _from_base64(sign)
        point = _point(public)
        if len(raw) != 2 * HALF:
            return False
        pair = encode_dss_signature(int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:]))
        point.verify(pair, said.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def ticket_digest(ticket: str) -> str:
    """What a device holds of a ticket: enough to know it again, not enough to make it."""
    return _base64(hashlib.sha256(ticket.encode()).digest()[:16])


def key_of(subject_id: int) -> EventKey:
    """The event's key, made when it is first asked for."""
    held = EventKey.objects.filter(pk=subject_id).first()
    return held or EventKey.objects.get_or_create(subject_id=subject_id, defaults=_new_key())[0]


def base36(number: int) -> str:
    """`0`…`z` digits, the shortest that both Python and JavaScript read."""
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits


def _new_key() -> dict[str, str]:
    made = ec.generate_private_key(ec.SECP256R1())
    point = made.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {"private": format(made.private_numbers().private_value, "x"), "public": _base64(point)}


def _sign(held: EventKey, said: str) -> str:
    private = held.private if isinstance(held.private, str) else held.private.open()
    first, second = decode_dss_signature(_opened(private).sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return _base64(first.to_bytes(HALF) + second.to_bytes(HALF))


@lru_cache(maxsize=64)
def _point(public: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _from_base64(public))


@lru_cache(maxsize=64)
def _opened(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(private, 16), ec.SECP256R1())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
