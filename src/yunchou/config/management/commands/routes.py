"""`manage.py routes [--json]`: every address of the product, who may call it, and where it is declared."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from yunchou.config.routes import all_routes


class Command(BaseCommand):
    help = "List every URL with its methods, the right it needs, its scope, or why it is public."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="a JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        routes = [route.as_dict() for route in all_routes()]
        if options["json"]:
            self.stdout.write(json.dumps(routes, ensure_ascii=False))
            return
        for route in routes:
            methods, why = ",".join(route["methods"]), route["right"] or route["why"]
            self.stdout.write(f"{methods:10} {route['path']:60} {route['access']:10} {why}")
