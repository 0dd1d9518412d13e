"""Many counts by one statement: a page shows a dozen of them, and each way to the database costs as much as counting."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

K = TypeVar("K", bound=Hashable)
Countable: TypeAlias = "QuerySet[Any] | tuple[QuerySet[Any], ...] | int | str | None"
"""What stands for a figure: rows to be counted (of several queries together), or the figure itself."""


def counted(asked: Mapping[K, Countable]) -> dict[K, int | str | None]:
    """The figures, by their names; all rows are counted by one statement, and none where there is nothing to count."""
    parts: list[str] = []
    values: list[Any] = []
    places: dict[K, list[int]] = {}
    for name, one in asked.items():
        if not isinstance(one, QuerySet | tuple):
            continue
        places[name] = []
        for rows in one if isinstance(one, tuple) else (one,):
            try:
                sql, given = _compiled(rows)
            except EmptyResultSet:  # known to have no rows
                continue
            places[name].append(len(parts))
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608  what the ORM made
            values += given
    found: tuple[int, ...] = ()
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            found = cursor.fetchone()
    return {
        name: sum(found[place] for place in places[name]) if name in places else one  # type: ignore[misc]
        for name, one in asked.items()
    }


def _compiled(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """The SQL of the rows, of which nothing but their number is wanted."""
    query = rows.query
    if query.is_sliced:
        bare = rows
    elif query.values_select or query.distinct or query.combinator:
        bare = rows.order_by()
    else:
        bare = rows.order_by().values("pk")
    sql, given = bare.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(given)
