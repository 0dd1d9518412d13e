"""`python -m yunchou backup`: all data into one encrypted file, or a new key for the next ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from yunchou.kernel.backups import actions, keys, places, selectors
from yunchou.kernel.core.errors import Refused


class Command(BaseCommand):
    help = "Write an encrypted backup of database and files into YUNCHOU_BACKUP_DIR and delete those the rotation lets go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="name the backups that exist")
        parser.add_argument(
            "--keys", action="store_true", help="name the secrets to be kept elsewhere, and where they are"
        )
        parser.add_argument(
            "--new-key",
            action="store_true",
            help="put a new key in front of the ring; old ones go on opening",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list()
            elif options["keys"]:
                self._keys()
            elif options["new_key"]:
                self._new_key()
            else:
                run = actions.make_backup(actor=None)
                self.stdout.write(
                    f"{places.folder() / run.name}: {run.size:,} bytes, {run.tables} tables, {run.rows:,} rows, {run.files} files"
                )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self) -> None:
        for one in places.kept():
            self.stdout.write(f"{one.name}  {one.size:>15,} bytes")

    def _keys(self) -> None:
        where = {
            "backup": "YUNCHOU_BACKUP_KEYS, or the file " + str(keys.key_file()),
            "sealing": "YUNCHOU_SEALING_KEYS, or else the secret below",
            "apart": "YUNCHOU_APART_KEYS, or the file “secret-apart” in YUNCHOU_DATA_DIR",
            "secret": "YUNCHOU_SECRET, or the file “secret” in YUNCHOU_DATA_DIR",
        }
        for ring, mark in selectors.current_marks():
            self.stdout.write(f"{ring:8} {mark}  {where[ring]}")
        self.stdout.write("Keep a copy of all of them away from this machine and away from the backups.")

    def _new_key(self) -> None:
        if settings.BACKUP_KEYS:
            raise CommandError("The ring is YUNCHOU_BACKUP_KEYS: put a new secret in front of it there.")
        keys.ring()
        self.stdout.write(
            f"New key {keys.add_key()} in {keys.key_file()}. Keep a copy of that file elsewhere."
        )
