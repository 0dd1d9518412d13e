"""Brings the data up to date before web and worker start: translations, schema, static files, demo company.

Looking whether anything is to be done costs a second of imports, so the answer is kept: as long as no file of the package
changed since, an embedded database is as it was left and nothing of Django is loaded at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

Account = dict[str, str]


class Unusable(Exception):
    """The product cannot start with this configuration or database; the message tells a person why."""


def prepare(*, demo: bool, reset: bool) -> list[Account]:
    """Do what is to be done; returns the demo accounts by role."""
    try:
        from yunchou.config import settings
    except ImproperlyConfigured as error:
        raise Unusable(f"The configuration is not right: {error}") from error
    kept = settings.VAR / "prepared.json"
    if reset:
        _reset(settings.DATABASES["default"], settings.MEDIA_DIR, settings.STATIC_ROOT)
    facts = _facts(settings.PACKAGE, settings.DATABASES["default"], demo)
    known = json.loads(kept.read_text("utf-8")) if kept.exists() and not reset else {}
    is_unfinished = (settings.VAR / "restore-unfinished.json").exists()  # `core.restoring` says what that is
    if facts and known.get("facts") == facts and not is_unfinished:
        return list(known["accounts"])
    accounts = _bring_up_to_date(settings.PACKAGE, demo=demo)
    with os.fdopen(
        os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        # Asked again: what was compiled meanwhile belongs to the facts.
        facts = _facts(settings.PACKAGE, settings.DATABASES["default"], demo)
        json.dump({"facts": facts, "accounts": accounts}, file, ensure_ascii=False)
    return accounts


def _facts(package: Path, database: dict[str, Any], demo: bool) -> str:
    """A digest of all that decides whether something is to be done; nothing where only the database itself knows."""
    if not database["ENGINE"].endswith("sqlite3") or not Path(database["NAME"]).exists():
        return ""
    digest = hashlib.sha256(f"{database['NAME']} {demo} {sys.version}".encode())
    files = [path for path in package.rglob("*") if path.suffix != ".pyc" and path.is_file()]
    installed = (
        Path(sys.prefix) / "yunchou-stamp.json"
    )  # written by ./run; newer libraries may bring migrations
    for path in sorted([*files, *([installed] if installed.exists() else [])]):
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _reset(database: dict[str, Any], media: Path, static: Path) -> None:
    """Delete what `./run` made: the embedded database, uploaded files, collected statics. Backups and logs stay."""
    if not database["ENGINE"].endswith("sqlite3"):
        raise Unusable("--reset deletes the embedded database only; empty PostgreSQL with its own tools.")
    for ending in ("", "-wal", "-shm"):
        Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)
    for folder in (media, static):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    print("Deleted the old data.")


def _bring_up_to_date(package: Path, *, demo: bool) -> list[Account]:
    import django

    from yunchou.config.messages import compile_stale

    if os.access(package, os.W_OK):
        compile_stale(package)
    django.setup()
    from django.db import DatabaseError, connection

    from yunchou.config.checks import apart_records_open, assets_are_built

    for problem in assets_are_built(None):
        raise Unusable(f"{problem.msg} {problem.hint}")
    try:
        _migrate()
        _finish_restore()
        for problem in apart_records_open(None, databases=["default"]):
            print(f"{problem.msg} {problem.hint}", flush=True)
        _install_defaults()
        _collect_static()
        return _load_demo() if demo else []
    except DatabaseError as error:
        raise Unusable(f"The database cannot be used: {error}") from error
    finally:
        connection.close()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date ...", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def _finish_restore() -> None:
    """A restore that was interrupted is finished before anybody is served: erasures that followed the backup, jobs to park."""
    from yunchou.kernel.backups.actions import finish_restore

    if finish_restore():
        print("Finished a restore that was interrupted.", flush=True)


def _install_defaults() -> None:
    """A newer version may ask for rights, positions and routes that a company founded before does not have."""
    from yunchou.directory.organisation.actions import install_defaults
    from yunchou.kernel.approvals.actions import install_definitions
    from yunchou.kernel.identity.models import Position

    if Position.objects.exists():
        install_defaults()
        install_definitions()


def _collect_static() -> None:
    """Copy, hash and compress the static files when one of them changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    facts = [[settings.STORAGES["staticfiles"]["BACKEND"], 0, 0]]
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = os.stat(storage.path(name))
            facts.append([name, stat.st_size, stat.st_mtime_ns])
    stamp, now = settings.STATIC_ROOT / ".stamp", json.dumps(facts)
    if stamp.exists() and stamp.read_text() == now:
        return
    print("Collecting the static files ...", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def _load_demo() -> list[Account]:
    """Load the demo company into a database without people; the accounts by role, as `seed --accounts` prints them."""
    from django.contrib.auth import get_user_model
    from django.core.management import CommandError, call_command, get_commands

    if "seed" not in get_commands():
        return []
    if not get_user_model()._default_manager.exists():
        print("Loading the demo company ...", flush=True)
        call_command("seed", verbosity=0, stdout=io.StringIO())
    told = io.StringIO()
    try:
        call_command("seed", "--accounts", stdout=told)
        return [
            {key: str(value) for key, value in account.items()} for account in json.loads(told.getvalue())
        ]
    except (CommandError, ValueError):
        return []  # people, but no demo company
