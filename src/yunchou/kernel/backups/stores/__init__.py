"""How a database is read as of one moment, and how another one is made of what was read. One module per kind of database.

Both read all tables within one snapshot, so that people go on working, and give rows as bytes of lines: what was read, its
digest and what is read again after restoring can be compared byte by byte. Neither needs a program besides Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from django.db import connection
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import say

#: What is not worth keeping, and worse to bring back: who is signed in where, and counted attempts.
LEFT_OUT: Final = frozenset({"accounts_cache", "django_session", "usersessions_usersession"})
CHUNK: Final = 1 << 18


_CAST: Final = re.compile(
    r'::(?:"[^"]+"|[a-z_]+(?: (?:varying|precision|with time zone|without time zone))?)(?:\(\d+(?:,\d+)?\))?(?:\[\])*'
)


def essence(statement: str) -> str:
    """A statement without casts and brackets: PostgreSQL writes a condition that it has read again with others of them."""
    return re.sub(r"[()\s]", "", _CAST.sub("", statement))


class StoreTrouble(Refused):
    """The database does not let us do this; the message says what it needs."""

    code = "backup_store"


class Image(Protocol):
    """A database as it stood at one moment."""

    def schema(self) -> dict[str, list[str]]:
        """Statements that make the empty tables ("tables"), and those that follow once they are filled ("after")."""

    def tables(self) -> list[str]: ...

    def columns(self, table: str) -> list[str]: ...

    def rows(self, table: str) -> Iterator[bytes]:
        """Lines, one a row, in the order of the primary key."""

    def counters(self) -> dict[str, Any]:
        """The numbers that were given last, so that none is given twice."""

    def migrations(self) -> list[list[str]]: ...

    def close(self) -> None: ...


class Scratch(Protocol):
    """A database being made beside the real one. Nobody sees it until it takes its place; `drop` leaves nothing of it."""

    def create(self, statements: list[str]) -> None: ...

    def load(self, table: str, columns: list[str], lines: Iterable[bytes]) -> None: ...

    def finish(self, statements: list[str], counters: dict[str, Any]) -> list[str]:
        """Indexes, references, counters; the names of tables whose references lead nowhere."""

    def image(self) -> Image: ...

    def take_place(self, token: int) -> None:
        """Become the database at one stroke and carry this token; what stood there is put aside. Refuses while anybody
        else is connected."""

    def drop(self) -> None: ...


def engine() -> str:
    return connection.vendor


def open_image() -> Image:
    """The database of this installation, as of now."""
    if engine() == "sqlite":
        from . import sqlite

        return sqlite.SqliteImage(sqlite.database_path())
    from . import postgres

    return postgres.PostgresImage.of_installation()


def token_there() -> int:
    """The token of the restore that the database of this installation came from; 0 where it came from none."""
    if engine() == "sqlite":
        from . import sqlite

        return sqlite.token_of(sqlite.database_path())
    from . import postgres

    return postgres.token_of_installation()


def sweep() -> None:
    """Throw away the copy that a killed test or restore left behind; for who holds `places.alone`."""
    _module().sweep()


def is_aside() -> bool:
    """Whether what stood here before a restore still waits, so that somebody may go back to it."""
    return bool(_module().is_aside())


def _module() -> Any:
    if engine() == "sqlite":
        from . import sqlite

        return sqlite
    from . import postgres

    return postgres


def open_scratch(kind: str) -> Scratch:
    """An empty database beside the real one, of the same kind. Refuses a backup of the other kind."""
    if kind != engine():
        raise StoreTrouble(
            say(
                _(
                    "The backup is of {theirs}, this installation works on {ours}. Restore it where"
                    " YUNCHOU_DATABASE_URL names {theirs}."
                ),
                theirs=NAMES.get(kind, kind),
                ours=NAMES.get(engine(), engine()),
            )
        )
    if kind == "sqlite":
        from . import sqlite

        return sqlite.SqliteScratch(sqlite.database_path())
    from . import postgres

    return postgres.PostgresScratch()


NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
