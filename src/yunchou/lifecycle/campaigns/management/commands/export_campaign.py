"""`manage.py export_campaign CODE FILE [--user NAME]`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.models import Campaign


class Command(BaseCommand):
    help = "Write a campaign as a workbook (.xlsx)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code of the campaign")
        parser.add_argument("file", type=Path, help="where to write it; an existing file is not overwritten")
        parser.add_argument(
            "--user", default="", help="user name of whoever exports; otherwise the campaign's lead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = (
            Campaign.objects.select_related("subject__unit", "owner").filter(code=options["code"]).first()
        )
        if campaign is None:
            raise CommandError("No such campaign.")
        actor = User.objects.filter(username=options["user"]).first() if options["user"] else campaign.owner
        if actor is None:
            raise CommandError("No such user.")
        try:
            with options["file"].open("xb") as file:
                file.write(imports.export_workbook(campaign=campaign, actor=actor))
        except Refused as refused:
            options["file"].unlink(missing_ok=True)
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        self.stdout.write(str(options["file"]))
