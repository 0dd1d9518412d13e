"""The unified social credit code (统一社会信用代码) by GB 32100-2015: 18 characters, the last one computed."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

LENGTH: Final = 18
#: The characters of the code in the order of their values; I, O, S, V and Z would be mistaken for figures and U.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS: Final = tuple(3**place % 31 for place in range(LENGTH - 1))
#: The division of the country where the body is registered stands at these places, in figures.
DIVISION: Final = range(2, 8)
MISTAKEN: Final = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


def tidy(text: str) -> str:
    """The code as it is kept: narrow characters, upper case, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if not char.isspace() and char not in "-‐‑–—")


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17, which are all in `ALPHABET`."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def fault_in(code: str) -> Say | None:
    """What is wrong with a code that was made `tidy`: its length, a character at its place, or the last one; else None."""
    if len(code) != LENGTH:
        return say(
            _("A unified social credit code has {needed} characters; these are {given}."),
            needed=LENGTH,
            given=len(code),
        )
    for place, char in enumerate(code):
        if fault := _misplaced(place, char):
            return fault
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return say(
            _(
                "The last character does not fit the others: after {body} it would be “{expected}”, not “{given}”."
            ),
            body=code[:-1],
            expected=expected,
            given=code[-1],
        )
    return None


def _misplaced(place: int, char: str) -> Say | None:
    if char in MISTAKEN:
        return say(
            _("Character {place} is the letter “{given}”, which no such code contains; is it “{meant}”?"),
            place=place + 1,
            given=char,
            meant=MISTAKEN[char],
        )
    if char not in ALPHABET:
        return say(
            _("Character {place} is “{given}”; only figures and capital letters belong there."),
            place=place + 1,
            given=char,
        )
    if place in DIVISION and not char.isdecimal():
        return say(
            _(
                "Character {place} is “{given}”; characters 3 to 8 are the figures of the administrative division."
            ),
            place=place + 1,
            given=char,
        )
    return None
