"""`python -m yunchou restore`: put the data of a backup in the place of what is here, or only prove that it could be done."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yunchou.kernel.backups import actions, places
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused


class Command(BaseCommand):
    help = "Restore database and files from a backup (the newest unless named). Stop ./run first; --check changes nothing."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", help="a backup; a bare name is looked for in YUNCHOU_BACKUP_DIR"
        )
        parser.add_argument(
            "--check", action="store_true", help="restore it beside the data, compare, throw it away"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="even where encrypted values cannot be opened any more",
        )
        parser.add_argument(
            "--without-erasures",
            action="store_true",
            help="even where erasures.jsonl is lost, so that whoever was erased after the backup is back",
        )
        parser.add_argument("--finish", action="store_true", help="go on with a restore that was interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._do(options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _do(self, options: dict[str, Any]) -> None:
        if options["finish"]:
            run = actions.finish_restore()
            self.stdout.write("Restored; ./run may be started." if run else "Nothing is unfinished.")
            return
        path = self._file(options["file"])
        if options["check"]:
            run = actions.try_restore(actor=None, path=path)
            self.stdout.write(
                f"{run.name} can be restored: {run.tables} tables, {run.rows:,} rows and {run.files} files agree with its"
                " manifest."
            )
            if run.words:
                self.stdout.write(str(run.words))
            return
        made_at = clock.local(actions.open_backup(path).made_at)
        if not options["yes"] and not self._agrees(path, f"{made_at:%Y-%m-%d %H:%M}"):
            raise CommandError("Nothing was changed.")
        run = actions.restore(
            path=path,
            is_without_keys=options["without_keys"],
            is_without_erasures=options["without_erasures"],
        )
        assert run is not None
        self.stdout.write(
            f"The data of {made_at:%Y-%m-%d %H:%M} is back; {run.rows} erasures were done again. ./run may be started."
        )
        if run.words:
            self.stderr.write(str(run.words))

    def _file(self, given: str | None) -> Path:
        if not given:
            found = places.kept()
            if not found:
                raise CommandError(f"There is no backup in {places.folder()}.")
            return found[0].path
        path = Path(given)
        if not path.exists() and path.name == given:
            path = places.folder() / given
        if not path.is_file():
            raise CommandError(f"There is no file {given}.")
        return path

    def _agrees(self, path: Path, moment: str) -> bool:
        self.stdout.write(
            f"This puts the data of {moment} ({path.name}) in the place of what is in the database now."
            " Everything done since then is lost; the database as it is now is put aside, not deleted."
        )
        try:
            return input("Type yes to go on: ").strip().lower() == "yes"
        except EOFError:
            return False
