"""Keeps the rows of a table in a model. Plain writes: the room's action brings transaction, lock and journal entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import F, Max, QuerySet

from yunchou.kernel.core import bulk
from yunchou.kernel.subjects.models import Subject

from .cells import cells_from_json, cells_to_json
from .models import TableRow
from .table import R, Table

M = TypeVar("M", bound=TableRow)

BATCH = 500


class Access(NamedTuple):
    """How a value lives in a model: `get(instance)` gives it, `set(instance, value)` puts it."""

    get: Callable[[Any], Any]
    set: Callable[[Any, Any], None]


def attribute(name: str) -> Access:
    """A value that is one field of the model."""
    return Access(
        lambda instance: getattr(instance, name), lambda instance, value: setattr(instance, name, value)
    )


def as_json(table: Table[Any], key: str, name: str = "") -> Access:
    """A value kept in a JSONField as its column writes it: lines, figures, several people."""
    column, name = table.by_key[key], name or key
    return Access(
        lambda instance: column.from_json(getattr(instance, name)),
        lambda instance, value: setattr(instance, name, column.to_json(value)),
    )


@dataclass(frozen=True)
class ModelStore(Generic[M, R]):
    """Loads and saves the rows of `table` in `model`; `fields` says how a column lives there if not as itself.

    A model field that is not a column (a status, a link) is left alone: rows with a `pk` are updated in place.
    """

    model: type[M]
    table: Table[R]
    fields: Mapping[str, str | Access | tuple[Callable[[Any], Any], Callable[[Any, Any], None]]] = field(
        default_factory=dict
    )
    select_related: tuple[str, ...] = ()

    def load(self, subject: Subject) -> tuple[R, ...]:
        """The rows of a subject in order; one query."""
        found = self._of(subject).order_by("position", "pk")
        return tuple(map(self.row, self._with_related(found)))

    def save(self, subject: Subject, rows: Sequence[R], *, actor: Any = None) -> None:
        """Makes these the rows of the subject, in this order: known ones stay, others come, the rest goes."""
        known: dict[Any, M] = {instance.pk: instance for instance in self._of(subject)}
        state = attrgetter(*self._written)
        changed: list[M] = []
        new: list[tuple[int, R]] = []
        for position, row in enumerate(rows, 1):
            instance = known.pop(row.pk, None)
            if instance is None:
                new.append((position, row))
                continue
            before = state(instance)
            self._fill(instance, row)
            instance.position = position
            if before != state(instance):
                changed.append(instance)
        if known:
            self._of(subject).filter(pk__in=list(known)).delete()
        bulk.update(changed, self._written)
        bulk.insert(self._made(subject, new))

    def _made(self, subject: Subject, rows: Iterable[tuple[int, R]]) -> Iterator[M]:
        """New instances with these rows, at these positions."""
        twin = bulk.twins(self._new(subject))
        for position, row in rows:
            instance = self._fill(twin(), row)
            instance.position = position
            yield instance

    def save_row(self, subject: Subject, row: R, *, actor: Any = None) -> M:
        """Saves one row: in its place when it has a `pk`, else as the last. A `pk` of another subject is not found."""
        if row.pk is not None:
            instance = self._of(subject).select_for_update().get(pk=row.pk)
        else:
            instance = self._new(subject)
            instance.position = (self._of(subject).aggregate(last=Max("position"))["last"] or 0) + 1
        self._fill(instance, row).save()
        return instance

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> R:
        """Removes one row and gives it back, for the journal."""
        instance = self._of(subject).select_for_update().get(pk=pk)
        row = self.row(instance)
        instance.delete()
        self._of(subject).filter(position__gt=instance.position).update(position=F("position") - 1)
        return row

    def move(self, subject: Subject, pk: int, position: int, *, actor: Any = None) -> None:
        """Puts a row at a position counted from 1; the others close up."""
        instances = list(self._of(subject).select_for_update().order_by("position", "pk"))
        moved = next((each for each in instances if each.pk == pk), None)
        if moved is None:
            raise self.model.DoesNotExist
        instances.remove(moved)
        instances.insert(max(0, position - 1), moved)
        for place, instance in enumerate(instances, 1):
            instance.position = place
        self._manager.bulk_update(instances, ["position"], batch_size=BATCH)

    def row(self, instance: M) -> R:
        """The row that an instance holds."""
        values = {key: access.get(instance) for key, access in self._accesses.items()}
        given, extra = cells_from_json(instance.given), cells_from_json(instance.extra)
        return self.table.row(pk=instance.pk, line=instance.position, given=given, extra=extra, **values)

    def _fill(self, instance: M, row: R) -> M:
        for key, access in self._accesses.items():
            access.set(instance, getattr(row, key))
        instance.given, instance.extra = cells_to_json(row.given), cells_to_json(row.extra)
        return instance

    def _new(self, subject: Subject) -> M:
        return self.model(subject=subject)

    @cached_property
    def _accesses(self) -> Mapping[str, Access]:
        """How each column lives in the model."""
        ways = ((key, self.fields.get(key, key)) for key in self.table.by_key)
        return {key: attribute(how) if isinstance(how, str) else Access(*how) for key, how in ways}

    def _of(self, subject: Subject) -> QuerySet[M]:
        found: QuerySet[M] = self._manager.filter(subject=subject)
        return found

    def _with_related(self, found: QuerySet[M]) -> QuerySet[M]:
        # Without a name Django would join everything that a row points to.
        return found.select_related(*self.select_related) if self.select_related else found

    @property
    def _manager(self) -> Any:
        return self.model._default_manager

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """The model fields that an update writes: all but the key and the subject."""
        return tuple(
            each.attname
            for each in self.model._meta.concrete_fields
            if not each.primary_key and each.name != "subject"
        )
