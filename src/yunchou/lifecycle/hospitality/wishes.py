"""What a guest wrote about how they come, read as well as it can be; people look at it before anything is planned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .models.travel import Way

_FLIGHT: Final = re.compile(r"(?<![A-Z0-9])([A-Z]{2}|[A-Z]\d|\d[A-Z])\s?(\d{3,4})(?![0-9])")
_TRAIN: Final = re.compile(r"(?<![A-Z0-9])([GDCZTKSYL])\s?(\d{1,4})(?![0-9])")
_CAR: Final = re.compile(r"自驾|开车|驾车|\bdriv|own car|by car", re.IGNORECASE)
_FETCH: Final = re.compile(r"接站|接机|接送|来接|需接|派车|pick(ed)?[ -]?up|fetch", re.IGNORECASE)
_NOT: Final = re.compile(r"(不|无需|不用|不需要?)(来?接|接站|接机|接送|派车)|no pick", re.IGNORECASE)
_FLY: Final = re.compile(r"飞机|航班|机场|flight|plane|\bfly", re.IGNORECASE)
_RAIL: Final = re.compile(r"高铁|火车|动车|车次|train", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """What can be read: by what they come, with which number, and whether somebody should fetch them."""

    way: str = ""
    number: str = ""
    wants_fetching: bool = False


def read_wish(text: str) -> Wish:
    """The wish that stands in a reply, such as `G7312 次，10:24 到，请接站`."""
    upper = text.upper()
    wants = bool(_FETCH.search(text)) and not _NOT.search(text)
    # A train is one letter and up to four digits; otherwise a letter and a digit are an airline.
    for way, pattern in ((Way.TRAIN, _TRAIN), (Way.FLIGHT, _FLIGHT)):
        if found := pattern.search(upper):
            return Wish(way, f"{found[1]}{found[2]}", wants)
    for way, pattern in ((Way.CAR, _CAR), (Way.FLIGHT, _FLY), (Way.TRAIN, _RAIL)):
        if pattern.search(text):
            return Wish(way, "", wants)
    return Wish("", "", wants)
