"""`manage.py bounce report.eml …` or `| manage.py bounce`: takes reports of mail servers, as a mail server may pipe them in."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from yunchou.capabilities.messaging.actions import take_bounces
from yunchou.capabilities.messaging.bounces import MOST, bounces_in


class Command(BaseCommand):
    help = "Stop the addresses that reports of mail servers (RFC 3464) call dead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reports", nargs="*", type=Path, help="files; standard input without any")

    def handle(self, *args: Any, reports: list[Path], **options: Any) -> None:
        texts = [path.read_bytes()[:MOST] for path in reports] or [sys.stdin.buffer.read(MOST)]
        found = [bounce for text in texts for bounce in bounces_in(text)]
        stopped, passed = take_bounces(bounces=found, actor=None)
        self.stdout.write(f"stopped {stopped}, passed over {passed}")
