"""Django's `migrate`, which makes the models of a state only where they are looked at."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate

from yunchou.config.lazy_states import LazyExecutor


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with patch.object(migrate, "MigrationExecutor", LazyExecutor):
            super().handle(*args, **options)
