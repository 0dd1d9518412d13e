"""Writing thousands of rows by one prepared statement, where Django's own statements would be put together for seconds.

What is written is what `save()` would write of these fields; no signals, no reading back, ids of new rows stay unknown.
A column is prepared at once, each of its values once: in thousands of rows most are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

Rows = Sequence[models.Model]
Column = Sequence[Any]
T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
BATCH = 500


def update(rows: Rows, names: Iterable[str]) -> None:
    """Write some fields of saved rows of one model."""
    if not rows:
        return
    model = type(rows[0])
    fields = [_field(model, name) for name in names]
    columns = [[getattr(row, field.attname) for row in rows] for field in fields]
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    written = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(model._meta.pk.column))
    statement = f"UPDATE {quote(model._meta.db_table)} SET {written} WHERE {key} = %s"  # noqa: S608  names of the model only
    _execute(connection, statement, fields, columns, [row.pk for row in rows])


def insert(rows: Iterable[models.Model]) -> None:
    """Write new rows of one model, which may be made on the way: they are forgotten as soon as they are written."""
    for some in batches(rows):
        fields = _fields(type(some[0]))
        _insert(type(some[0]), fields, [_saved(field, some) for field in fields])


def twins(row: M) -> Callable[[], M]:
    """What makes new rows like a new one. Django's own way sets their fields one by one, which takes ten times as long."""
    model, state = type(row), row._state
    values = {name: value for name, value in vars(row).items() if name != "_state"}
    made = [(field.attname, field.get_default) for field in _fields(model) if _is_made(field)]

    def twin() -> M:
        other = model.__new__(model)
        vars(other).update(values, _state=ModelState())
        other._state.fields_cache.update(state.fields_cache)
        for name, make in made:
            setattr(other, name, make())
        return other

    return twin


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write new rows that were never instances: the values of the fields named, and the defaults of all others."""
    fields = _fields(model)
    for some in batches(rows):
        given = dict(zip(names, zip(*some, strict=True), strict=True))
        _insert(model, fields, [given.get(field.name) or _defaults(field, len(some)) for field in fields])


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """So many at a time: few objects are alive at once, and those that were looked at last are looked at next."""
    rows = iter(rows)
    while some := list(islice(rows, BATCH)):
        yield some


Fields = Sequence[models.Field[Any, Any]]


def _is_made(field: models.Field[Any, Any]) -> bool:
    """Is its default made for each row?"""
    return field.has_default() and callable(field.default)


def _defaults(field: models.Field[Any, Any], count: int) -> Column:
    """One default for all rows; one made for each where it is made."""
    if _is_made(field):
        return [field.get_default() for _row in range(count)]
    return [field.get_default()] * count


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _saved(field: models.Field[Any, Any], rows: Rows) -> Column:
    """What `save()` writes of it. Of most fields `pre_save` says no more than what the row has, at thirty times the price."""
    if type(field).pre_save in BARE and not _is_stamped(field):
        return list(map(attrgetter(field.attname), rows))
    return [field.pre_save(row, True) for row in rows]


BARE = {models.Field.pre_save, models.DateField.pre_save, models.DateTimeField.pre_save}


def _is_stamped(field: models.Field[Any, Any]) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _fields(model: type[models.Model]) -> Fields:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _insert(model: type[models.Model], fields: Fields, columns: Sequence[Column]) -> None:
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608  names of the model only
    _execute(connection, statement, fields, columns)


def _execute(
    connection: BaseDatabaseWrapper, statement: str, fields: Fields, columns: Sequence[Column], *more: Column
) -> None:
    prepared = [_prepared(field, column, connection) for field, column in zip(fields, columns, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*prepared, *more, strict=True)))


def _prepared(field: models.Field[Any, Any], column: Column, connection: BaseDatabaseWrapper) -> Column:
    """The values of a column as the database takes them."""
    if isinstance(field, models.JSONField):  # lists have no hash, and 1 and True are not the same
        empty = {kind: field.get_db_prep_save(kind(), connection) for kind in (dict, list)}
        return [
            field.get_db_prep_save(value, connection)
            if value or type(value) not in empty
            else empty[type(value)]
            for value in column
        ]
    if column.count(column[0]) == len(column):
        return [field.get_db_prep_save(column[0], connection)] * len(column)
    known = {value: field.get_db_prep_save(value, connection) for value in set(column)}
    return [known[value] for value in column]
