"""Positions by code, in words."""

from __future__ import annotations

from collections.abc import Iterable

from yunchou.kernel.identity.models import Position


def position_names(codes: Iterable[str] | None = None) -> dict[str, str]:
    """What positions are called, all of them or those with these codes."""
    found = Position.objects.all() if codes is None else Position.objects.filter(code__in=set(codes))
    return {one.code: str(one) for one in found}
