"""Rows of tables can be talked about: how the talk finds one, and whom it concerns."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.discussion.places import Place, places_from
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .grid import find_table
from .store import ModelStore


@places_from
def row_of(subject: Subject, table: str, row: int) -> Place | None:
    """The row of a table of a subject, called as people know it, with the people whom it names; one query."""
    kept = find_table(subject, table)
    if kept is None or not isinstance(kept.store, ModelStore):
        return None
    model: Any = kept.store.model
    persons = [field.name for field in model._meta.fields if field.related_model is User]
    found = model._default_manager.filter(subject=subject, pk=row).select_related(*persons).first()
    if found is None:
        return None
    people = [getattr(found, name) for name in persons]
    return Place(
        subject, table, row, str(found), kept.table.title,
        tuple(person for person in people if person is not None), kept.view_perm,
    )  # fmt: skip
