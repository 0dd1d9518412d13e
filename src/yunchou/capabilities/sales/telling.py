"""Rooms above this one whose figures become readings too: coupons, forwarding, live streams.

    # promotions/telling.py, asked for when the app is ready
    declare(Teller("promotions", named=..., has_any=..., values=...))

What changes them says so by `sales.actions.mark_stale`; one job tells them all, and what people entered is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Teller:
    """`named`: which figure the plain name of an indicator means (empty: none). `values`: figure -> value and what it counts."""

    key: str
    named: Callable[[str], str]
    has_any: Callable[[Subject], bool]
    values: Callable[[Subject], Mapping[str, tuple[Decimal | None, Say]]]


tellers: Registry[Teller] = Registry("tellers of figures")


def declare(teller: Teller) -> Teller:
    """Make figures known; called once at start."""
    return tellers.add(teller.key, teller)
