"""System checks of the product as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from yunchou.config.settings import PACKAGE

ASSETS = PACKAGE / "kernel" / "ui" / "static" / "vendor" / ".stamp"


@register(Tags.staticfiles)
def assets_are_built(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without the front-end libraries every page would be half dead; the build brings them, git does not."""
    if ASSETS.exists():
        return []
    return [
        Error("The front-end assets are missing.", hint="Start ./run, which builds them.", id="yunchou.E001")
    ]


@register(Tags.database)
def apart_records_open(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """What is kept of important customers opens under the keys that are set; asked where the database is, at each start."""
    from yunchou.directory.customers.models import ApartRecord
    from yunchou.kernel.core.sealing import closed

    if not databases:
        return []
    try:
        count = closed(ApartRecord)
    except DatabaseError:  # the table comes with the migration before which this is asked
        return []
    if not count:
        return []
    return [
        checks.Warning(
            f"No key opens the records of {count} important customers.",
            hint="Give YUNCHOU_APART_KEYS, or the file secret-apart in the data folder, as they were.",
            id="yunchou.W002",
        )
    ]
