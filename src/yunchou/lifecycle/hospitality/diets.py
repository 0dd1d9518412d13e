"""Which dish is nothing for whom. Pure: codes of restrictions on one side, what dishes contain on the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from yunchou.directory.customers.models import Diet

from .models.menus import Content

MEAT: Final = frozenset({Content.PORK, Content.BEEF, Content.POULTRY})
FORBIDS: Final[dict[str, frozenset[str]]] = {
    Diet.VEGETARIAN: MEAT | {Content.SEAFOOD},
    Diet.HALAL: MEAT | {Content.ALCOHOL},
    Diet.NO_PORK: frozenset({Content.PORK}),
    Diet.NO_BEEF: frozenset({Content.BEEF}),
    Diet.NO_SEAFOOD: frozenset({Content.SEAFOOD}),
    Diet.NO_NUTS: frozenset({Content.NUTS}),
    Diet.NO_DAIRY: frozenset({Content.DAIRY}),
    Diet.NO_EGG: frozenset({Content.EGG}),
    Diet.NO_GLUTEN: frozenset({Content.GLUTEN}),
    Diet.NO_ALCOHOL: frozenset({Content.ALCOHOL}),
    Diet.NO_CHILLI: frozenset({Content.CHILLI}),
    Diet.LOW_SUGAR: frozenset({Content.SUGAR}),
}
"""What each restriction rules out."""
HALAL_KITCHEN: Final = frozenset({Content.BEEF, Content.POULTRY})
"""Meat that is halal where it comes from a halal kitchen; pork and alcohol never are."""


def forbidden(diet: Iterable[str], contains: Iterable[str], *, is_halal: bool = False) -> frozenset[str]:
    """What of a dish somebody with these restrictions may not eat; nothing means that the dish suits them."""
    found: set[str] = set()
    there = frozenset(contains)
    for code in diet:
        out = FORBIDS.get(code, frozenset())
        if code == Diet.HALAL and is_halal:
            out -= HALAL_KITCHEN
        found |= out & there
    return frozenset(found)
