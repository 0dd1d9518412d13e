"""`manage.py verify_archive FILE [--json]`: is this archive package what was sealed?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from yunchou.lifecycle.archive.models import Package
from yunchou.lifecycle.archive.packing.proof import verify_package
from yunchou.lifecycle.archive.proving import problems_in


class Command(BaseCommand):
    help = "Verify an archive package, also against the row of it where it was sealed here. Exits with 1 if it does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                problems, package = self._problems(file)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        if options["json"]:
            found = [asdict(problem) for problem in problems]
            sealed = package.sealed_at.isoformat() if package else None
            told = {
                "ok": not problems,
                "problems": found,
                "is_known": package is not None,
                "sealed_at": sealed,
            }
            self.stdout.write(json.dumps(told, default=str))
        else:
            known = (
                f"sealed here at {package.sealed_at:%Y-%m-%d %H:%M}"
                if package
                else "not sealed by this installation"
            )
            self.stdout.write(
                f"{path.name}: {'holds' if not problems else f'{len(problems)} problems'} ({known})"
            )
            for problem in problems:
                self.stdout.write(f"  {problem.code} at {problem.where} {problem.details}")
        if problems:
            raise SystemExit(1)

    def _problems(self, file: Any) -> tuple[list[Any], Package | None]:
        """A file proves itself also where there is no database."""
        try:
            return problems_in(file)
        except DatabaseError:
            return verify_package(file), None
