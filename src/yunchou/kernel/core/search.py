"""Pinyin for finding Chinese names by full spelling or initials: 李明朗 is found by `limi` and by `lml`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise, product

READINGS = 8
"""So many ways of reading a name with ambiguous characters are kept."""
PART = re.compile(r"(zh?|ch?|sh?|[bpmfdtnlgkhjqxryw])?[aeiouv]{0,3}(ng?|r)?")
"""A syllable of pinyin, or how one begins; no syllable begins with i, u or v."""
DECIDING = 8
"""So many letters say well enough who is meant; each more could double the ways to read them."""


@lru_cache(maxsize=4096)
def full_pinyin(text: str) -> str:
    """`limi…`: all syllables joined, lower case, other characters kept."""
    return "".join(_syllables(text)).lower().replace(" ", "")


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """`lml`: first letters of the syllables, lower case."""
    return "".join(_syllables(text, first_letters=True)).lower().replace(" ", "")


def _syllables(text: str, *, first_letters: bool = False) -> list[str]:
    # The dictionary takes 0.4 s to load, which most processes never need.
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, style=Style.FIRST_LETTER if first_letters else Style.NORMAL)


@lru_cache(maxsize=4096)
def syllable_key(text: str) -> str:
    """`李li 明ming 朗lang`: every character with its reading, for `mixed_pattern`.

    Other readings of the same characters follow after ` | `, since a surname is often read as no other word is (曾, 单).
    """
    from pypinyin import Style, pinyin

    parts = re.findall(r"[a-z0-9]+|[\u3400-\u9fff]", text.lower())
    usual = "".join(part for part in parts if not part.isascii())
    readings = dict(zip(usual, pinyin(usual, style=Style.NORMAL, heteronym=False), strict=False))

    def spoken(part: str) -> list[str]:
        if part.isascii():
            return [part]
        every = [*readings.get(part, ()), *(r for each in pinyin(part, Style.NORMAL, True) for r in each)]
        return [f"{part}{reading}" for reading in dict.fromkeys(every)]

    return " | ".join(" ".join(way) for way in islice(product(*map(spoken, parts)), READINGS))


def mixed_pattern(words: str) -> str:
    """The regular expression that finds `words` in a `syllable_key`: characters, full pinyin and initials in any mixture.

    `lml`, `liming`, `limlang`, `李m`, `limlang` and `明l` all find 李明朗. Each sign goes on within the present syllable or
    begins the next one. Empty when `words` hold nothing to look for.
    """
    signs = [sign for sign in words.lower() if sign.isalnum()]
    if not signs:
        return ""
    found = "(^| )" + (re.escape(signs[0]) if _is_han(signs[0]) else f"[^a-z0-9 |]?{re.escape(signs[0])}")
    for before, sign in pairwise(signs):
        following = f"[a-z]* {'' if _is_han(sign) else '[^a-z0-9 |]?'}"
        goes_on = "" if _is_han(sign) else "?"
        step = f"({following}){goes_on}" if not _is_han(before) else f"({following})"
        found += step + re.escape(sign)
    return found


@lru_cache(maxsize=1024)
def initials_meant(letters: str) -> list[str]:
    """How the initials of a name may begin that somebody types half in full and half abbreviated: `limlang` may mean `lml`.

    `letters` are of a to z, at least one. What `mixed_pattern` finds in pinyin begins with one of these, so that an index of
    initials narrows what the pattern has to look through. What is no pinyin is narrowed by its first letter.
    """
    ways = {(letters[0], letters[0])}  # initials, and what is typed of the present syllable
    for letter in letters[1:DECIDING]:
        begun = {(heads + letter, letter) for heads, _part in ways if letter not in "iuv"}
        ways = begun | {(heads, part + letter) for heads, part in ways if PART.fullmatch(part + letter)}
    found: list[str] = []
    for heads, _part in sorted(ways):
        if not (found and heads.startswith(found[-1])):
            found.append(heads)
    return found or [letters[0]]


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff"
