"""Whom an activity may take at all: said by the rooms that know the activity, in their `audience_limits.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Q

from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Limit:
    """Customers for whom `refused` holds are left out, by rule `rule_id`, because of `reason`."""

    rule_id: str
    reason: Say
    refused: Q


Provider: TypeAlias = "Callable[[Subject], list[Limit]]"
_providers: list[Provider] = []


def limit_audiences(provider: Provider) -> Provider:
    """Have `provider(subject)` say the limits of an activity; called once at import."""
    _providers.append(provider)
    return provider


def limits_of(subject: Subject) -> list[Limit]:
    """Every limit of an activity."""
    return [limit for provider in _providers for limit in provider(subject)]
