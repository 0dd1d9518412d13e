"""Readings of names, by which customers are found. Cheap enough for a million of them: every character is looked up once."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import islice, product
from typing import Final, NamedTuple

from yunchou.kernel.core.search import READINGS, syllable_key

SURNAMES: Final = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "朴": "piao", "任": "ren",
    "翟": "zhai", "华": "hua", "缪": "miao", "宓": "mi", "乐": "yue", "卜": "bu", "覃": "qin", "折": "she", "冼": "xian",
    "员": "yun", "黑": "he", "秘": "bi", "种": "chong", "那": "na", "尉": "wei", "逄": "pang", "洗": "xian", "召": "shao",
    "长": "zhang", "沈": "shen", "盛": "sheng", "石": "shi", "晟": "cheng", "燕": "yan", "祭": "zhai", "柏": "bai",
}  # fmt: skip
"""What a character is read as when it is a surname."""
SHORT: Final = 4
"""Names of so many characters are those of people; longer ones are read as sentences, words deciding the readings."""


class Readings(NamedTuple):
    """How a name is said: all its readings for patterns, the whole in pinyin, its initials."""

    key: str
    pinyin: str
    initials: str


@lru_cache(maxsize=20_000)
def readings_of(name: str) -> Readings:
    """The readings of the name of a person or a company."""
    signs = [sign for sign in name.lower() if sign.isalnum()]
    spoken = [_usual(sign, is_first=not n and len(signs) <= SHORT) for n, sign in enumerate(signs)]
    key = _short_key(signs) if len(signs) <= SHORT and all(map(_is_han, signs)) else syllable_key(name)
    heads = (part if not _is_han(sign) else part[:1] for sign, part in zip(signs, spoken, strict=True))
    return Readings(key[:400], "".join(spoken)[:80], "".join(heads)[:40])


def _short_key(signs: list[str]) -> str:
    """As `syllable_key` writes it, character by character."""
    ways = ([f"{sign}{reading}" for reading in _every(sign, not n)] for n, sign in enumerate(signs))
    return " | ".join(" ".join(way) for way in islice(product(*ways), READINGS))


def _usual(sign: str, *, is_first: bool) -> str:
    return _every(sign, is_first)[0] if _is_han(sign) else sign


@cache
def _every(sign: str, is_first: bool) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # the dictionary takes 0.4 s to load

    found = pinyin(sign, Style.NORMAL, True)
    readings = list(found[0]) if found else [sign]
    if is_first and sign in SURNAMES:
        readings.insert(0, SURNAMES[sign])
    return tuple(dict.fromkeys(readings))


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff"
