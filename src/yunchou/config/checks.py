"""System checks of the product as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

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
