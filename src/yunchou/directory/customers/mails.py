"""Mail addresses: the form that is stored and found, and the mask that is shown."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from .phones import Unusable

LONGEST: Final = 200
_USUAL: Final = re.compile(
    r"[a-z0-9_+\-]+(\.[a-z0-9_+\-]+)*@([a-z0-9]([a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII
)


def tidy(text: str) -> str:
    """The address in small letters without blanks; empty for nothing. Raises `Unusable`."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip().lower()
    if not plain or (len(plain) <= LONGEST and _USUAL.fullmatch(plain)):
        return plain
    try:
        if len(plain) > LONGEST:
            raise ValidationError("")
        validate_email(plain)
    except ValidationError:
        raise Unusable(say(_("This is not an e-mail address."))) from None
    return plain


def mask(address: str) -> str:
    """What is shown of an address: its first letter and its domain."""
    if not address:
        return ""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"[:80]
