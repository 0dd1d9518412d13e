"""What is asked and written hundreds of times a second: its SQL is made once, what comes back are models as ever.

The ORM makes the SQL of a question anew each time, which at the door costs more than asking it (docs/adr/0012). Only for
questions whose every part is fixed but some values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
FIRST: Final = -1_900_000_000
"""Stand-ins count up from here: integers that every column takes and no question means."""


@contextmanager
def planned_once() -> Iterator[Any]:
    """A cursor whose statements PostgreSQL plans at their first use on a connection; any cursor on another database.

    What is executed must be the same text each time, its values beside it. Behind a pooler (`?pooled=yes`) nothing is kept.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.ensure_connection()
    kept = _planned_once_by()(connection.connection)
    with connection._prepare_cursor(kept) as cursor:  # type: ignore[attr-defined]
        yield cursor


@lru_cache(maxsize=1)
def _planned_once_by() -> type[Any]:
    """The cursor of the driver, found only where there is PostgreSQL."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    class PlannedOnce(ServerBindingCursor):
        def execute(self, query: Any, params: Any = None) -> Any:
            return super().execute(query, params, prepare=True)  # type: ignore[misc]  # the driver's, which the stubs leave out

    return PlannedOnce


@dataclass(frozen=True)
class _Made:
    """A question's SQL, and how its rows become models."""

    model: type[Any]
    sql: str
    values: tuple[Any, ...]
    """What the SQL is given: a value that never changes, or the place of the argument that stands there."""
    converters: tuple[tuple[int, Any, Any], ...]
    start: int
    stop: int
    names: list[str]
    related: list[Any]
    annotations: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Argument:
    place: int


class Compiled(Generic[M]):
    """`build` makes the query set out of as many values as `first` is called with; columns may depend on none of them.

    A value may be a number or a text, never None: SQL says `IS NULL` where a value would say `=`.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], values: int) -> None:
        self._build = build
        self._count = values

    def first(self, *values: int | str) -> M | None:
        """The one row that answers, with what is selected beside it; a second row is not looked at."""
        if len(values) != self._count or None in values:
            raise TypeError(f"asked with {self._count} values, none of them None")
        made = self._made
        asked = [values[one.place] if isinstance(one, _Argument) else one for one in made.values]
        with planned_once() as cursor:
            cursor.execute(made.sql, asked)
            found = cursor.fetchone()
        return None if found is None else self._model(made, list(found))

    @cached_property
    def _made(self) -> _Made:
        stand_ins = {str(FIRST + place): place for place in range(self._count)}
        compiler = self._build(*(FIRST + place for place in range(self._count))).query.get_compiler(
            connection=connection
        )
        sql, params = compiler.as_sql()
        values = tuple(_Argument(stand_ins[str(one)]) if str(one) in stand_ins else one for one in params)
        missing = set(stand_ins.values()) - {one.place for one in values if isinstance(one, _Argument)}
        if missing:
            raise TypeError(f"the question does not ask with its values {sorted(missing)}")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        info = compiler.klass_info
        start, stop = info["select_fields"][0], info["select_fields"][-1] + 1
        return _Made(
            info["model"], sql, values,
            tuple((place, one, column) for place, (steps, column) in converters.items() for one in steps),
            start, stop,
            [column[0].target.attname for column in compiler.select[start:stop]],
            get_related_populators(info, compiler.select, connection.alias),  # type: ignore[call-arg]  # stubs of a later Django
            tuple((compiler.annotation_col_map or {}).items()),
        )  # fmt: skip

    def _model(self, made: _Made, row: list[Any]) -> M:
        for place, convert, column in made.converters:
            row[place] = convert(row[place], column, connection)
        found: M = made.model.from_db(connection.alias, made.names, row[made.start : made.stop])
        for one in made.related:
            one.populate(row, found)
        for name, place in made.annotations:
            setattr(found, name, row[place])
        return found


def insertion(row: Model, name: str, source: str) -> tuple[str, dict[str, Any]]:
    """The INSERT of a new row as a part of a larger statement, once for each row of `source`: its SQL and its values by name.

    `name` keeps the values of several parts apart. What is written is what `save()` would write; no signals, no number back.
    """
    values = {
        f"{name}_{field.attname}": field.get_db_prep_save(field.pre_save(row, True), connection)
        for field in _fields(type(row))
    }
    return _insertion(type(row), name, source), values


@lru_cache(maxsize=32)
def _insertion(model: type[Model], name: str, source: str) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in _fields(model))
    given = ", ".join(f"%({name}_{field.attname})s::{field.db_type(connection)}" for field in _fields(model))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) SELECT {given} FROM {source}"  # noqa: S608  names of the model only


@lru_cache(maxsize=32)
def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)
