"""Lists page by page with keysets: page 900 costs what page 1 costs, and new rows do not shift the ones being read."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows and the cursors of their neighbours; `first` and `last` count from 1, `total` is None when not counted."""

    rows: Sequence[M]
    first: int
    total: int | None = None
    previous: str = ""
    next: str = ""

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    def __iter__(self) -> Iterator[M]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(
    rows: QuerySet[M] | Sequence[QuerySet[M]],
    query: Mapping[str, str],
    *,
    by: str = "-pk",
    size: int = SIZE,
    total: int | None = None,
) -> Page[M]:
    """One page of `rows` ordered by the column `by` ("-due_at") and the primary key, as `?after=` or `?before=` ask.

    `by` must be a column without nulls. A cursor that cannot be read shows the first page. Rows may come in several parts
    where those of each stand before those of the next; a part is asked only where those before it do not fill the page.
    """
    column, falling = by.lstrip("-"), by.startswith("-")
    before, cursor = bool(query.get("before")), _read(query.get("before") or query.get("after") or "")
    backwards = falling != before
    parts = [rows] if isinstance(rows, QuerySet) else rows
    window: list[M] = []
    for part in reversed(parts) if backwards else parts:
        found = part.order_by(*_order(column, backwards))
        if cursor:
            found = found.filter(_beyond(column, cursor, backwards))
        window += found[: size + 1 - len(window)] if len(window) <= size else ()
    more, window = len(window) > size, window[:size]
    if before:
        window.reverse()
    first = _first(cursor, before, len(window))
    has_previous = more if before else bool(cursor)
    has_next = bool(cursor) if before else more
    return Page(
        rows=window,
        first=first,
        total=total,
        previous=_write(column, window[0], first) if has_previous and window else "",
        next=_write(column, window[-1], first + len(window) - 1) if has_next and window else "",
    )


def _order(column: str, backwards: bool) -> list[Any]:
    names = [column] if column == "pk" else [column, "pk"]
    return [F(name).desc() if backwards else F(name).asc() for name in names]


def _beyond(column: str, cursor: dict[str, Any], backwards: bool) -> Q:
    sign = "lt" if backwards else "gt"
    if column == "pk":
        return Q(**{f"pk__{sign}": cursor["pk"]})
    # Not `a > v or a = v and pk > k`: a range of `a` alone is one that an index is entered by.
    is_there, is_past = Q(**{f"{column}__{sign}e": cursor["v"]}), Q(**{f"{column}__{sign}": cursor["v"]})
    return is_there & (is_past | Q(**{f"pk__{sign}": cursor["pk"]}))


def _first(cursor: dict[str, Any] | None, before: bool, length: int) -> int:
    if not cursor:
        return 1
    place = int(cursor["n"])
    return max(1, place - length) if before else place + 1


def _value(row: Model, column: str) -> Any:
    value: Any = row
    for name in column.split("__"):
        value = getattr(value, name)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _write(column: str, row: Model, place: int) -> str:
    data = {"pk": row.pk, "v": _value(row, column), "n": place}
    return (
        urlsafe_b64encode(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )


def _read(text: str) -> dict[str, Any] | None:
    try:
        data = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return {"pk": int(data["pk"]), "v": data["v"], "n": int(data["n"])}
    except (ValueError, KeyError, TypeError):
        return None
