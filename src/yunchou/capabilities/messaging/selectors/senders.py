"""In whose name a subject's messages go out."""

from __future__ import annotations

from yunchou.kernel.identity.models import Unit
from yunchou.kernel.subjects.models import Subject

from ..models import Sender


def sender_of(unit: Unit) -> Sender | None:
    """The sender named by the unit, or by the nearest one above it."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    found = {one.unit_id: one for one in Sender.objects.filter(unit__in=above)}
    return next((found[pk] for pk in reversed(above) if pk in found), None)


def sender_for(subject: Subject) -> Sender | None:
    """The same of what a subject belongs to."""
    return sender_of(subject.unit)
