"""`manage.py import_campaign FILE --unit CODE --user NAME [--check] [--json]`"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.models import Unit, User
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.import_findings import Item, Weight
from yunchou.lifecycle.campaigns.models import Campaign


class Command(BaseCommand):
    help = "Check a workbook, tell everything that was found in it, and make a draft campaign of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the workbook, .xlsx")
        parser.add_argument("--unit", required=True, help="code of the unit in which the campaign is made")
        parser.add_argument("--user", required=True, help="user name of whoever imports")
        parser.add_argument("--check", action="store_true", help="only tell what was found; write nothing")
        parser.add_argument("--json", action="store_true", help="tell it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        actor = User.objects.filter(username=options["user"], is_active=True).first()
        if unit is None or actor is None:
            raise CommandError("No such unit." if unit is None else "No such user.")
        items: tuple[Item, ...] = ()
        made = refusal = None
        try:
            data = options["file"].read_bytes()
            items = imports.preview(data, unit).items
            made = None if options["check"] else self._make(data, options["file"].name, unit, actor)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refused as refused:
            refusal = refused
        self._tell(items, made, as_json=options["json"])
        if refusal:
            raise CommandError(str(refusal))

    def _make(self, data: bytes, name: str, unit: Unit, actor: User) -> Campaign:
        run = imports.hand_in_workbook(
            upload=SimpleUploadedFile(name, data), unit=unit, actor=actor, in_background=False
        )
        return imports.create_from_workbook(run=run, actor=actor)

    def _tell(self, items: Sequence[Item], campaign: Campaign | None, *, as_json: bool) -> None:
        if as_json:
            told = {
                "campaign": campaign.code if campaign else None,
                "address": campaign.get_absolute_url() if campaign else None,
                "findings": [_as_json(item) for item in items],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for item in items:
            if item.weight is not Weight.NOTE:
                where = " ".join(f"{spot.sheet}!{spot.cell}".rstrip("!") for spot in item.spots[:4])
                self.stdout.write(f"{item.weight:<6}{item.code:<16}{where:<36}{item.message}")
        if campaign:
            self.stdout.write(self.style.SUCCESS(f"{campaign.code} {campaign.name}"))


def _as_json(item: Item) -> dict[str, Any]:
    return {
        "weight": item.weight.value, "code": item.code, "comment": item.comment, "clause": item.clause,
        "cells": [f"{spot.sheet}!{spot.cell}".rstrip("!") for spot in item.spots], "message": str(item.message),
        "stored": item.stored, "computed": item.computed, "fix": str(item.fix or ""), "stops": item.stops,
    }  # fmt: skip
