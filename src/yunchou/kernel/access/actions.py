"""Setting who holds what."""

from __future__ import annotations

from django.db import transaction

from yunchou.kernel.identity.models import Position

from .models import Grant
from .registry import rights


@transaction.atomic
def install_default_grants() -> int:
    """Give every position the rights its rooms declare for it, where it has no such grant yet; returns how many."""
    positions = {p.code: p for p in Position.objects.all()}
    held = set(Grant.objects.values_list("position__code", "right"))
    missing = [
        Grant(position=positions[code], right=right.key, scope=scope)
        for right in rights
        for code, scope in right.positions.items()
        if code in positions and (code, right.key) not in held
    ]
    Grant.objects.bulk_create(missing)
    return len(missing)
