"""`manage.py verify [--json] [CHECK …]`: does everything that can be proved still hold?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import autodiscover_modules

from yunchou.kernel.core.verification import checks, notes


class Command(BaseCommand):
    help = "Check the journal's chain, versions, balances, files and archives. Exits with 1 when something does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("only", nargs="*", help="names of checks; all when none is named")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("verification")
        names = options["only"] or checks.keys()
        problems = {name: [asdict(problem) for problem in checks[name]()] for name in names}
        told = {name: notes[name]() for name in names if name in notes}
        is_well = not any(problems.values())
        if options["json"]:
            self.stdout.write(json.dumps({"ok": is_well, "problems": problems, "notes": told}, default=str))
        else:
            self._tell(problems, told)
        if not is_well:
            raise SystemExit(1)

    def _tell(self, problems: dict[str, list[dict[str, Any]]], told: dict[str, dict[str, Any]]) -> None:
        for name, found in problems.items():
            self.stdout.write(f"{name}: {'holds' if not found else f'{len(found)} problems'}")
            for problem in found:
                self.stdout.write(f"  {problem['code']} at {problem['where']} {problem['details']}")
            for key, value in told.get(name, {}).items():
                self.stdout.write(f"  {key}: {value}")
