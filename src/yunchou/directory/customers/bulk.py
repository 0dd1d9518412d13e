"""Writing very many new rows: COPY where the database is PostgreSQL, one prepared statement elsewhere.

What is written is what `save()` would write of the columns named; no defaults, no signals, no ids read back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any

from django.db import connection, models

from yunchou.kernel.subjects.models import Subject


def write(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `names` (foreign keys by their key)."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    is_postgres = connection.vendor == "postgresql"
    values = zip(*rows, strict=True)
    prepared = zip(
        *(_column(field, one, is_postgres) for field, one in zip(fields, values, strict=True)), strict=True
    )
    with connection.cursor() as cursor:
        if is_postgres:
            with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in prepared:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(prepared))  # noqa: S608


def _column(field: Any, values: Sequence[Any], is_postgres: bool) -> Sequence[Any]:
    """The values as the database takes them. COPY takes those of Python as they are, but for what the field makes itself."""
    if is_postgres and isinstance(field, models.JSONField):
        return [json.dumps(value, ensure_ascii=False) for value in values]
    if isinstance(field, models.BinaryField):
        return [field.get_prep_value(value) for value in values]
    if is_postgres:
        return [value.value if isinstance(value, Enum) else value for value in values]
    return [field.get_db_prep_save(value, connection) for value in values]


def new_subjects(
    rows: Sequence[tuple[str, str]], kind: str, unit: int, actor: int, now: Any, address: str
) -> list[int]:
    """Subjects with (title, search words), and their keys in the same order; `address` has a `{}` for the key."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [Subject._meta.db_table, len(rows)],
            )
            keys = [int(row[0]) for row in cursor.fetchall()]
        names = ("id", "kind", "unit", "code", "title", "search", "address", "created_by", "created_at")
        write(
            Subject,
            names,
            [
                (pk, kind, unit, "", title, search, address.format(pk), actor, now)
                for pk, (title, search) in zip(keys, rows, strict=True)
            ],
        )
        return keys
    made = Subject.objects.bulk_create(
        Subject(
            kind=kind,
            unit_id=unit,
            title=title,
            search=search,
            address="",
            created_by_id=actor,
            created_at=now,
        )
        for title, search in rows
    )
    for one in made:
        one.address = address.format(one.pk)
    Subject.objects.bulk_update(made, ["address"], batch_size=300)
    return [one.pk for one in made]
