"""`manage.py open_books`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yunchou.lifecycle.campaigns.funding import open_books


class Command(BaseCommand):
    help = "Open accounts for campaigns that were approved before there was a ledger."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Accounts were opened for {open_books()} campaigns.")
