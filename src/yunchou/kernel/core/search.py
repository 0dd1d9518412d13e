"""Pinyin for finding Chinese names by full spelling or initials: 李明朗 is found by `limi` and by `lml`."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=4096)
def full_pinyin(text: str) -> str:
    """`limi…`: all syllables joined, lower case, other characters kept."""
    return "".join(lazy_pinyin(text)).lower().replace(" ", "")


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """`lml`: first letters of the syllables, lower case."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower().replace(" ", "")
