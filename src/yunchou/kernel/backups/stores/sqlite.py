"""SQLite: one deferred read transaction sees the database as it stood when it began, while others go on writing (WAL)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.db import connection, connections
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from . import CHUNK, LEFT_OUT, StoreTrouble

SCRATCH: Final = ".restoring"
ASIDE: Final = ".before-restore"
PARTS: Final = ("", "-wal", "-shm", "-journal")


def database_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def token_of(path: Path) -> int:
    """What `take_place` wrote into the head of the file, where SQLite keeps one number for whoever uses it."""
    if not path.exists():
        return 0
    con = sqlite3.connect(path, isolation_level=None, timeout=20)
    try:
        return int(con.execute("PRAGMA user_version").fetchone()[0])
    finally:
        con.close()


def sweep() -> None:
    """See `stores.sweep`."""
    for left in (*(SCRATCH + ending for ending in PARTS), f"{ASIDE}.new"):
        database_path().with_name(database_path().name + left).unlink(missing_ok=True)


def is_aside() -> bool:
    """See `stores.is_aside`."""
    return database_path().with_name(database_path().name + ASIDE).exists()


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


class SqliteImage:
    """See `Image`."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise StoreTrouble(say(_("There is no database at {path}."), path=str(path)))
        self._con = sqlite3.connect(path, isolation_level=None, timeout=20)
        self._reading: sqlite3.Cursor | None = None
        self._con.execute("PRAGMA query_only=1")
        self._con.execute("BEGIN")
        self._con.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # the snapshot begins with the first look

    def schema(self) -> dict[str, list[str]]:
        found = self._con.execute(
            "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY type, name"
        ).fetchall()
        return {
            "tables": [sql for kind, sql in found if kind == "table"],
            "after": [sql for kind, sql in found if kind != "table"],
        }

    def tables(self) -> list[str]:
        found = self._con.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return [name for (name,) in found.fetchall()]

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self._con.execute(f"PRAGMA table_info({_name(table)})").fetchall()]

    def rows(self, table: str) -> Iterator[bytes]:
        if table in LEFT_OUT:
            return
        info = self._con.execute(f"PRAGMA table_info({_name(table)})").fetchall()
        key = [_name(row[1]) for row in sorted(info, key=lambda row: row[5]) if row[5]] or ["rowid"]
        names = ", ".join(_name(row[1]) for row in info)
        query = f"SELECT {names} FROM {_name(table)} ORDER BY {', '.join(key)}"  # noqa: S608
        cursor = self._reading = self._con.execute(query)
        block = bytearray()
        for row in cursor:
            block += json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_bytes).encode()
            block += b"\n"
            if len(block) >= CHUNK:
                yield bytes(block)
                block.clear()
        if block:
            yield bytes(block)

    def counters(self) -> dict[str, Any]:
        with suppress(sqlite3.OperationalError):  # no table counts
            return dict(self._con.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall())
        return {}

    def migrations(self) -> list[list[str]]:
        if "django_migrations" not in self.tables():
            return []
        found = self._con.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        return [list(row) for row in found]

    def close(self) -> None:
        # A reading that an error broke off would hold the file open for as long as somebody holds the error.
        if self._reading:
            self._reading.close()
        self._con.close()


def _bytes(value: Any) -> dict[str, str]:
    return {"b": base64.b64encode(value).decode()}


def _given(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value


class SqliteScratch:
    """See `Scratch`: a file beside the database, on the same disk, so that it can take its place by one rename."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.path = database.with_name(database.name + SCRATCH)
        self.drop()
        os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._con = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-32000"):
            self._con.execute(f"PRAGMA {pragma}")

    def create(self, statements: list[str]) -> None:
        self._con.execute("BEGIN")
        for statement in statements:
            self._con.execute(statement)

    def load(self, table: str, columns: list[str], lines: Iterable[bytes]) -> None:
        marks = ", ".join("?" for _column in columns)
        names = ", ".join(map(_name, columns))
        statement = f"INSERT INTO {_name(table)} ({names}) VALUES ({marks})"  # noqa: S608
        for block in lines:
            rows = ([_given(value) for value in json.loads(line)] for line in block.splitlines())
            self._con.executemany(statement, rows)

    def finish(self, statements: list[str], counters: dict[str, Any]) -> list[str]:
        for statement in statements:
            self._con.execute(statement)
        if counters:
            self._con.execute("DELETE FROM sqlite_sequence")
            self._con.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", counters.items())
        self._con.execute("COMMIT")
        broken = {row[0] for row in self._con.execute("PRAGMA foreign_key_check").fetchall()}
        if (said := self._con.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            broken.add(said)
        self._con.close()
        return sorted(broken)

    def image(self) -> SqliteImage:
        return SqliteImage(self.path)

    def take_place(self, token: int) -> None:
        connections.close_all()
        con = sqlite3.connect(self.path, isolation_level=None)
        con.execute(f"PRAGMA user_version={int(token)}")
        con.close()
        aside = self._database.with_name(self._database.name + ASIDE)
        if self._database.exists():
            self._fold()
            fresh = aside.with_name(aside.name + ".new")  # what waits aside stays until this one is whole
            fresh.unlink(missing_ok=True)
            try:
                os.link(self._database, fresh)
            except OSError:  # a file system without links
                shutil.copy2(self._database, fresh)
            os.replace(fresh, aside)
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        # Between this line and the one before a database stands at its place all the time.
        os.replace(self.path, self._database)
        for ending in PARTS[1:]:
            self._database.with_name(self._database.name + ending).unlink(missing_ok=True)

    def _fold(self) -> None:
        """Bring the log of the live database into its file; that works only when nobody else has it open."""
        con = sqlite3.connect(self._database, isolation_level=None, timeout=2)
        try:
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            mode = con.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise _in_use() from error
        finally:
            con.close()
        if mode != "delete":
            raise _in_use()

    def drop(self) -> None:
        with suppress(AttributeError, sqlite3.Error):
            self._con.close()
        for ending in PARTS:
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)


def _in_use() -> StoreTrouble:
    return StoreTrouble(
        say(_("The database is in use. Stop ./run (web and worker) first; nothing was changed."))
    )
