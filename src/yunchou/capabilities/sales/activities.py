"""What the rooms that own activities tell this one: which address prospects about to sign, and which employees.

Registered once per kind of subject, in the owner's `sales_activities.py`, which is found at start:

    declare(Activities("campaign", is_deal=..., is_for_employees=...))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject


def _no(_subject: Subject) -> bool:
    return False


@dataclass(frozen=True)
class Activities:
    """`is_deal`: it addresses prospects about to sign (TYP-04). `is_for_employees`: it is for the company's people (TYP-05)."""

    kind: str
    is_deal: Callable[[Subject], bool] = _no
    is_for_employees: Callable[[Subject], bool] = _no


kinds: Registry[Activities] = Registry("activities with leads and orders")


def declare(activities: Activities) -> Activities:
    """Make known what activities of a kind are; called once at import."""
    return kinds.add(activities.kind, activities)


def is_deal(subject: Subject) -> bool:
    """Whether an activity addresses prospects about to sign."""
    found = kinds.get(subject.kind)
    return found is not None and found.is_deal(subject)


def is_for_employees(subject: Subject) -> bool:
    """Whether an activity is for the company's own people."""
    found = kinds.get(subject.kind)
    return found is not None and found.is_for_employees(subject)
