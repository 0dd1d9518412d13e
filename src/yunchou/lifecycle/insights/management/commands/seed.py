"""`manage.py seed`: the demo company, or many times as much of it for measuring."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yunchou.kernel.identity.models import Unit, User
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.insights.demo.history import make_demo, shown_accounts
from yunchou.lifecycle.insights.demo.roster import PEOPLE
from yunchou.lifecycle.insights.demo.scale import make_many


class Command(BaseCommand):
    help = "Load the demo company into an empty database; --scale adds many campaigns in bulk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scale", type=int, metavar="N", help="make N times as many campaigns as the demo has"
        )
        parser.add_argument("--campaigns", type=int, metavar="COUNT", help="add so many campaigns in bulk")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--accounts", action="store_true", help="only print the demo accounts by role, as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self._demand_demo()
            self.stdout.write(json.dumps(_accounts(), ensure_ascii=False))
            return
        begun = time.monotonic()
        is_bulk = options["scale"] is not None or options["campaigns"] is not None
        told: dict[str, Any] = {"accounts": _accounts()}
        if not Unit.objects.exists():
            make_demo()
        elif not is_bulk:
            raise CommandError("There is a company already; the demo is only loaded into an empty database.")
        else:
            self._demand_demo()
        if is_bulk:
            made = make_many(self._wanted(options["scale"], options["campaigns"]))
            told |= {"addresses": made.addresses, "made": made.counts}
        else:
            told["addresses"] = [campaign.get_absolute_url() for campaign in Campaign.objects.order_by("pk")]
        told |= {"counts": _counts(), "seconds": round(time.monotonic() - begun, 2)}
        self._tell(told, is_json=options["json"])

    def _demand_demo(self) -> None:
        """Bulk campaigns and accounts belong to the demo company only."""
        names = {member.username for member in PEOPLE}
        if User.objects.filter(username__in=names).count() != len(names):
            raise CommandError("This is not the demo company.")

    def _wanted(self, scale: int | None, campaigns: int | None) -> int:
        count = campaigns if campaigns is not None else Campaign.objects.count() * ((scale or 1) - 1)
        if count < 0:
            raise CommandError("Give a number of 0 or more.")
        return count

    def _tell(self, told: dict[str, Any], *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        words = ", ".join(f"{count} {name}" for name, count in told["counts"].items())
        self.stdout.write(f"The demo company is there after {told['seconds']} s: {words}.")


def _accounts() -> list[dict[str, str]]:
    return [asdict(account) for account in shown_accounts()]


def _counts() -> dict[str, int]:
    return {
        "people": User.objects.count(),
        "units": Unit.objects.count(),
        "campaigns": Campaign.objects.count(),
    }
