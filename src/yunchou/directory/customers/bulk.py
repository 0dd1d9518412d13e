"""Writing very many new rows: COPY where the database is PostgreSQL, one prepared statement elsewhere.

What is written is what `save()` would write of the columns named; no defaults, no signals, no ids read back. Values come
column by column, since a column is prepared at once: its texts are looked through once for signs that COPY wants doubled, its
sealed values are sealed by one cipher, and a value that is the same in all rows is prepared a single time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any, Final

from django.db import connection, models

from yunchou.kernel.core.sealing import SealedField, seal_all
from yunchou.kernel.subjects.models import Subject

NULL: Final = r"\N"
_ODD: Final = re.compile(r"[\\\t\n\r]")
_DOUBLED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(frozen=True)
class Same:
    """One value for every row."""

    value: Any


Columns = Mapping[str, Sequence[Any] | Same]


def write(model: type[models.Model], columns: Columns, count: int) -> None:
    """Insert `count` rows, their values given by the names of the fields (foreign keys by their key)."""
    if not count:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    is_postgres = connection.vendor == "postgresql"
    prepare = _as_text if is_postgres else _as_value
    prepared = [_column(field, columns[field.name], prepare) for field in fields]
    with connection.cursor() as cursor:
        if is_postgres:
            text = "\n".join(map("\t".join, zip(*prepared, strict=False)))
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write(f"{text}\n".encode())
            return
        places = ", ".join(["%s"] * len(fields))
        rows = list(zip(*prepared, strict=False))[:count]
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def _column(field: Any, values: Sequence[Any] | Same, prepare: Any) -> Iterable[Any]:
    if not isinstance(values, Same):
        found: Iterable[Any] = prepare(field, values)
        return found
    if isinstance(field, SealedField) and values.value:
        raise TypeError(field.name)  # two sealed values are never the same
    return repeat(prepare(field, [values.value])[0])


def _as_value(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(field, SealedField):
        return _sealed(field, values)
    return [field.get_db_prep_save(value, connection) for value in values]


def _sealed(field: SealedField, values: Sequence[Any]) -> Sequence[bytes]:
    return seal_all([one or "" for one in values], field.column_name, field.ring)


def _as_text(field: Any, values: Sequence[Any]) -> Sequence[str]:
    """The values as COPY reads them."""
    if isinstance(field, SealedField):
        return [f"\\\\x{one.hex()}" for one in _sealed(field, values)]
    if isinstance(field, models.JSONField):
        return _doubled([json.dumps(one, ensure_ascii=False) if one else repr(one) for one in values])
    if isinstance(field, models.CharField | models.TextField):
        return _doubled(values)
    return [_plain(one) for one in values]


def _plain(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, date) else str(value)


def _doubled(texts: Sequence[str]) -> Sequence[str]:
    if not _ODD.search("".join(texts)):
        return texts
    return [one.translate(_DOUBLED) for one in texts]


def new_subjects(
    titles: Sequence[str], search: Sequence[str], *, kind: str, unit: int, actor: int, now: Any, address: str
) -> list[int]:
    """Subjects with these titles and search words, and their keys in the same order; `address` has a `{}` for the key."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
                [Subject._meta.db_table, len(titles)],
            )
            keys: list[int] = cursor.fetchone()[0]
        columns: Columns = {
            "id": keys,
            "kind": Same(kind),
            "unit": Same(unit),
            "code": Same(""),
            "title": titles,
            "search": search,
            "address": [address.format(pk) for pk in keys],
            "created_by": Same(actor),
            "created_at": Same(now),
        }
        write(Subject, columns, len(keys))
        return keys
    made = Subject.objects.bulk_create(
        Subject(
            kind=kind,
            unit_id=unit,
            title=title,
            search=words,
            address="",
            created_by_id=actor,
            created_at=now,
        )
        for title, words in zip(titles, search, strict=True)
    )
    for one in made:
        one.address = address.format(one.pk)
    Subject.objects.bulk_update(made, ["address"], batch_size=300)
    return [one.pk for one in made]
