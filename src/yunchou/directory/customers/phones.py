"""Phone numbers of any country as one form that is stored, a mask that is shown, and the digits by which people find them.

A mainland mobile number, which nearly all of them are, is read without the numbering plans of the world: those are loaded
the first time that another number comes.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

LONGEST: Final = 40
_SIGNS: Final = re.compile(r"[\s\-–—.·()/]+")
_MOBILE: Final = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})", re.ASCII)


class Unusable(ValueError):
    """What was typed is no phone number or no address; `message` says what to do instead."""

    def __init__(self, message: Say) -> None:
        super().__init__(message.msgid)
        self.message = message


def tidy(text: str, region: str = "CN") -> str:
    """The number in E.164 (`+8613812345678`), as it is stored; empty for nothing. Raises `Unusable`.

    A number without a country code is one of `region`. What is never said in the refusal is the number itself.
    """
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))
    if not plain:
        return ""
    if region == "CN" and (mobile := _MOBILE.fullmatch(plain)):
        return f"+86{mobile[1]}"
    return _abroad(f"+{plain[2:]}" if plain.startswith("00") else plain, region)


def _abroad(text: str, region: str) -> str:
    import phonenumbers  # the plans of all countries take 0.1 s to load

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Unusable(
            say(_("This is not a phone number; a foreign one begins with + and its country."))
        ) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Unusable(
            say(_("There is no such phone number: look at its digits and its country code again."))
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def mask(e164: str) -> str:
    """What is shown of a number: `138****5678`, of one from abroad its beginning and its last four digits."""
    if not e164:
        return ""
    if e164.startswith("+86"):
        own = e164[3:] if e164[3:4] == "1" else f"0{e164[3:]}"
        return f"{own[:3]}****{own[-4:]}"
    return f"{e164[:3]}****{e164[-4:]}"


def tail(e164: str) -> str:
    """The last four digits, which people tell each other at a door."""
    return e164[-4:]


def shown(e164: str) -> str:
    """The whole number as people read it: `138 1234 5678`."""
    if len(e164) == 14 and e164.startswith("+861"):
        return f"{e164[3:6]} {e164[6:10]} {e164[10:]}"
    return e164
