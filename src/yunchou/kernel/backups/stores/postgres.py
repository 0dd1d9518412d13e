"""PostgreSQL: one REPEATABLE READ transaction sees the database as it stood, and COPY carries the rows.

The scratch is a schema of the same database. Taking its place moves tables between schemas in one transaction; the tables
that stood there wait in `yunchou_before_restore` until somebody drops them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import psycopg
from django.db import connection, connections
from django.utils.translation import gettext_noop as _
from psycopg import sql

from yunchou.kernel.core.text import say

from . import CHUNK, LEFT_OUT, StoreTrouble

SCRATCH: Final = "yunchou_restoring"
ASIDE: Final = "yunchou_before_restore"
LET_GO: Final = "yunchou_before_last_restore"  # what waited aside until now, for a moment
# The same value gives the same text on every server.
PLAIN: Final = (
    "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'postgres'", "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1", "SET client_encoding = 'UTF8'", "SET statement_timeout = 0",
)  # fmt: skip


def _connect() -> psycopg.Connection[Any]:
    params = dict(connection.get_connection_params())
    for ours in ("cursor_factory", "context", "prepare_threshold", "server_side_binding"):
        params.pop(ours, None)
    con = psycopg.connect(**params, autocommit=True)
    for statement in PLAIN:
        con.execute(statement)
    return con


#: Others of the role of this database, that is web, workers and commands on any machine.
OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND usename = current_user AND backend_type = 'client backend'"
)
PATIENCE: Final = 5.0  # seconds until connections that were closed are gone from the server's list
CARRIER: Final = "backups_run"  # the table whose comment is the token of the restore it came from


def token_of_installation() -> int:
    """What `take_place` wrote on the table that every backup has."""
    with _connect() as con:
        found = con.execute(
            "SELECT obj_description(oid, 'pg_class') FROM pg_class WHERE relname = %s AND relnamespace = %s::regnamespace",
            [CARRIER, sql.Identifier(_own_schema(con)).as_string(con)],
        ).fetchone()
    return int(found[0]) if found and found[0] and found[0].isdigit() else 0


def is_there(con: psycopg.Connection[Any], schema: str) -> bool:
    """Whether the database has this schema."""
    return bool(con.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).fetchall())


def clear(con: psycopg.Connection[Any], schema: str) -> None:
    """Table by table, since the locks of hundreds at once are more than a server allows in one transaction."""
    if not is_there(con, schema):
        return
    found = con.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema]
    ).fetchall()
    for (table,) in found:
        con.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(schema, table)))
    con.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def sweep() -> None:
    """See `stores.sweep`."""
    with _connect() as con:
        clear(con, SCRATCH)
        clear(con, LET_GO)


def is_aside() -> bool:
    """See `stores.is_aside`."""
    with _connect() as con:
        return is_there(con, ASIDE)


def _own_schema(con: psycopg.Connection[Any]) -> str:
    found = con.execute("SELECT current_schema()").fetchone()
    return str(found[0]) if found and found[0] else "public"


class PostgresImage:
    """See `Image`."""

    def __init__(self, con: psycopg.Connection[Any], schema: str, *, is_borrowed: bool = False) -> None:
        self._con, self._schema, self._is_borrowed = con, schema, is_borrowed
        con.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for statement in PLAIN:  # within the transaction, so that a pooler may stand between
            con.execute(statement.replace("SET ", "SET LOCAL ", 1))
        # Names within the schema are written without it, so that the statements make the same tables anywhere.
        con.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))

    @classmethod
    def of_installation(cls) -> PostgresImage:
        con = _connect()
        return cls(con, _own_schema(con))

    def _all(self, query: str, *values: Any) -> list[Any]:
        return self._con.execute(query, values or None).fetchall()

    def tables(self) -> list[str]:
        found = self._all(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = %s::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid"
            " AND deptype = 'e') ORDER BY relname COLLATE \"C\"",
            self._quoted,
        )
        return [name for (name,) in found]

    @property
    def _quoted(self) -> str:
        return sql.Identifier(self._schema).as_string(self._con)

    def columns(self, table: str) -> list[str]:
        return [name for name, *_rest in self._columns(table) if not _rest[-1]]

    def _columns(self, table: str) -> list[Any]:
        """Name, type, whether it must be there, default, kind of identity, collation, whether it is computed."""
        return self._all(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),"
            " a.attidentity::text, CASE WHEN a.attcollation <> t.typcollation THEN c.collname END, a.attgenerated::text"
            " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
            " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
            " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
            self._of(table),
        )

    def _of(self, table: str) -> str:
        return sql.Identifier(self._schema, table).as_string(self._con)

    def schema(self) -> dict[str, list[str]]:
        after: list[str] = []
        constraints = self._all(
            "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid), c.contype = 'f' FROM pg_constraint c"
            " JOIN pg_class r ON r.oid = c.conrelid WHERE r.relnamespace = %s::regnamespace AND c.contype IN"
            " ('p', 'u', 'c', 'f', 'x')"
            " ORDER BY c.contype = 'f', c.contype <> 'p', r.relname COLLATE \"C\", c.conname COLLATE \"C\"",
            self._quoted,
        )
        ours = set(self.tables())
        add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ")
        wanted = [row for row in constraints if row[0] in ours]
        said = [
            (add.format(sql.Identifier(t), sql.Identifier(n)).as_string(self._con) + how, last)
            for t, n, how, last in wanted
        ]
        after += [text for text, is_reference in said if not is_reference]
        after += [
            text
            for table, text in self._all(
                "SELECT t.relname, pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
                " JOIN pg_class x ON x.oid = i.indexrelid WHERE t.relnamespace = %s::regnamespace AND NOT EXISTS"
                " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))"
                ' ORDER BY x.relname COLLATE "C"',
                self._quoted,
            )
            if table in ours
        ]
        after += [text for text, is_reference in said if is_reference]
        return {"tables": [self._creation(table) for table in self.tables()], "after": after}

    def _creation(self, table: str) -> str:
        parts = []
        for name, kind, must, default, identity, collation, computed in self._columns(table):
            part = f"{sql.Identifier(name).as_string(self._con)} {kind}"
            if collation:
                part += f" COLLATE {sql.Identifier(collation).as_string(self._con)}"
            if identity:
                part += f" GENERATED {'ALWAYS' if identity == 'a' else 'BY DEFAULT'} AS IDENTITY"
            elif computed:
                part += f" GENERATED ALWAYS AS ({default}) STORED"
            elif default is not None:
                part += f" DEFAULT {default}"
            parts.append(part + (" NOT NULL" if must else ""))
        return f"CREATE TABLE {sql.Identifier(table).as_string(self._con)} ({', '.join(parts)})"

    def rows(self, table: str) -> Iterator[bytes]:
        if table in LEFT_OUT:
            return
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns(table)))
        query = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT").format(
            names, sql.Identifier(self._schema, table), self._order(table)
        )
        block = bytearray()
        with self._con.cursor() as cursor, cursor.copy(query) as copy:
            for data in copy:
                block += data
                if len(block) >= CHUNK:
                    yield bytes(block)
                    block.clear()
        if block:
            yield bytes(block)

    def _order(self, table: str) -> sql.Composable:
        """By the primary key; texts by their bytes, since languages sort differently on every server."""
        found = self._all(
            "SELECT a.attname, a.attcollation <> 0 FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place)"
            " JOIN pg_attribute a ON a.attnum = k.number WHERE i.indrelid = %s::regclass AND i.indisprimary"
            " AND a.attrelid = i.indrelid ORDER BY k.place",
            self._of(table),
        )
        if not found:
            return sql.SQL("")
        words = [
            sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(name))
            for name, is_text in found
        ]
        return sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(words))

    def counters(self) -> dict[str, Any]:
        """By table and column. Asked after the rows were read: a number may be higher than the rows show, never lower."""
        found = {}
        for table in self.tables():
            for name, _kind, _must, _default, identity, *_rest in self._columns(table):
                if identity:
                    (sequence,) = self._all("SELECT pg_get_serial_sequence(%s, %s)", self._of(table), name)[0]
                    last, called = self._all(f"SELECT last_value, is_called FROM {sequence}")[0]  # noqa: S608
                    found[f"{table}.{name}"] = [last, called]
        return found

    def migrations(self) -> list[list[str]]:
        if "django_migrations" not in self.tables():
            return []
        return [
            list(row)
            for row in self._all(
                'SELECT app, name FROM django_migrations ORDER BY app COLLATE "C", name COLLATE "C"'
            )
        ]

    def close(self) -> None:
        self._con.rollback()
        if not self._is_borrowed:
            self._con.close()


class PostgresScratch:
    """See `Scratch`."""

    def __init__(self) -> None:
        self._con = _connect()
        self._own = _own_schema(self._con)
        self._clear(SCRATCH)
        try:
            self._con.execute(f"CREATE SCHEMA {SCRATCH}")
        except psycopg.errors.InsufficientPrivilege as error:
            self._con.close()
            raise StoreTrouble(
                say(
                    _(
                        "The role of the database may make no schema to restore into. As its owner: GRANT"
                        " CREATE ON DATABASE {database} TO {role};"
                    ),
                    database=str(connection.settings_dict["NAME"]),
                    role=str(connection.settings_dict["USER"] or "…"),
                )
            ) from error
        self._con.execute(f"SET search_path = {SCRATCH}")

    def _clear(self, schema: str) -> None:
        clear(self._con, schema)

    def create(self, statements: list[str]) -> None:
        for statement in statements:
            self._con.execute(statement.encode())

    def load(self, table: str, columns: list[str], lines: Iterable[bytes]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(SCRATCH, table), names)
        with self._con.cursor() as cursor, cursor.copy(query) as copy:
            for block in lines:
                copy.write(block)

    def finish(self, statements: list[str], counters: dict[str, Any]) -> list[str]:
        broken = []
        for statement in statements:
            try:
                self._con.execute(statement.encode())
            except (
                psycopg.errors.ForeignKeyViolation,
                psycopg.errors.UniqueViolation,
                psycopg.errors.CheckViolation,
            ) as error:
                broken.append(str(error.diag.table_name))
        for place, (last, called) in counters.items():
            table, _dot, column = place.partition(".")
            where = sql.Identifier(SCRATCH, table).as_string(self._con)
            self._con.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", [where, column, last, called]
            )
        return sorted(set(broken))

    def image(self) -> PostgresImage:
        return PostgresImage(self._con, SCRATCH, is_borrowed=True)

    def take_place(self, token: int) -> None:
        connections.close_all()
        waited = 0.0
        while self._others() and waited < PATIENCE:
            time.sleep(0.1)
            waited += 0.1
        if self._others():
            raise _in_use()
        carrier = sql.Identifier(SCRATCH, CARRIER)
        self._con.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(carrier, sql.Literal(str(token))))
        self._clear(LET_GO)
        own, scratch, aside = (sql.Identifier(each) for each in (self._own, SCRATCH, ASIDE))
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
        move = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
        made = [table for (table,) in self._con.execute(tables, [SCRATCH]).fetchall()]
        try:
            with self._con.transaction():
                self._con.execute("SET LOCAL lock_timeout = '5s'")
                if is_there(self._con, ASIDE):
                    self._con.execute(f"ALTER SCHEMA {ASIDE} RENAME TO {LET_GO}")
                self._con.execute(sql.SQL("CREATE SCHEMA {}").format(aside))
                for (table,) in self._con.execute(tables, [self._own]).fetchall():
                    self._con.execute(move.format(sql.Identifier(self._own, table), aside))
                for table in made:
                    self._con.execute(move.format(sql.Identifier(SCRATCH, table), own))
                self._con.execute(sql.SQL("DROP SCHEMA {}").format(scratch))
                # All is locked now: whoever comes later waits for the restored tables, and who came before is seen.
                if self._others():
                    raise _in_use()
        except psycopg.errors.LockNotAvailable as error:
            raise _in_use() from error
        except psycopg.errors.OutOfMemory as error:
            raise StoreTrouble(
                say(
                    _(
                        "The server allows too few locks for so many tables at once: raise"
                        " max_locks_per_transaction to 256 and restart it."
                    )
                )
            ) from error

        self._clear(LET_GO)

    def _others(self) -> int:
        """How many others are connected, idle ones too: these go on with whatever stands there next."""
        self._con.execute("SELECT pg_stat_clear_snapshot()")
        found = self._con.execute(OTHERS).fetchone()
        return int(found[0]) if found else 0

    def drop(self) -> None:
        if not self._con.closed:
            self._con.rollback()
            self._clear(SCRATCH)
            self._con.close()


def _in_use() -> StoreTrouble:
    return StoreTrouble(
        say(_("The database is in use. Stop ./run (web and worker) first; nothing was changed."))
    )
