"""Migrations are one line of history with names that say what happened."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

NAME = re.compile(r"\d{4}_[a-z][a-z0-9_]*")
OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("yunchou.")]


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


@pytest.mark.parametrize("label", OURS)
def test_history_is_one_line(loader: MigrationLoader, label: str) -> None:
    leaves = [name for app, name in loader.graph.leaf_nodes() if app == label]
    has_models = bool(list(apps.get_app_config(label).get_models(include_auto_created=True)))
    assert len(leaves) == (1 if has_models or leaves else 0), leaves


def test_migrations_have_names(loader: MigrationLoader) -> None:
    ours = [name for app, name in loader.disk_migrations if app in OURS]
    assert [name for name in ours if not NAME.fullmatch(name) or "_auto_" in name] == []
