from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from yunchou.kernel.core import clock

from .stage import NOW, Stage, make_stage


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    """20 August 2026, in English."""
    with clock.at(NOW), translation.override("en"):
        yield make_stage()


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path
