"""What rooms above tell planning: which campaigns carry out an item, how far they are, and where one makes a new one.

    progress_from(lambda items: [Carrying(item=7, title="…", address="/s/12/", state=State.STARTED, spent=…, …)])
    creates_from("campaigns:campaign_create")        # opened with ?item=<pk>

Sources are asked once for all items of a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.urls import NoReverseMatch, reverse

from yunchou.kernel.core.money import ZERO


class State(StrEnum):
    """What has become of an item, or of a campaign that carries it out."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Carrying:
    """One campaign that carries out an item. Money in yuan; `attainment` is actual by target, None without figures;
    `kind` is what the room above calls its kind.
    """

    item: int
    title: str
    address: str
    state: State
    budget: Decimal = ZERO
    spent: Decimal = ZERO
    attainment: Decimal | None = None
    kind: str = ""


Source = Callable[[Collection[int]], Iterable[Carrying]]

_sources: list[Source] = []
_makers: list[str] = []


def progress_from(source: Source) -> Source:
    """Let a room above tell about items, many at once; usable as a decorator."""
    _sources.append(source)
    return source


def creates_from(url_name: str) -> None:
    """Name the page on which something is made from an item."""
    _makers.append(url_name)


def carried(items: Iterable[int]) -> dict[int, list[Carrying]]:
    """What carries out each of these items, by item; each source is asked once."""
    wanted = list(items)
    found: dict[int, list[Carrying]] = defaultdict(list)
    if wanted:
        for source in _sources:
            for one in source(wanted):
                found[one.item].append(one)
    return dict(found)


def address_to_create(item: int) -> str:
    """Where a campaign is made from an item; empty where no room makes any."""
    for url_name in _makers:
        try:
            return f"{reverse(url_name)}?item={item}"
        except NoReverseMatch:
            continue
    return ""
