"""Pinyin for finding Chinese names by full spelling or initials: 李明朗 is found by `limi` and by `lml`."""

from __future__ import annotations

from functools import lru_cache


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
