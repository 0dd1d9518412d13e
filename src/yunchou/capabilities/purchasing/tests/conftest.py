from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from yunchou.directory.organisation.tests.factories import Firm, company

from .factories import Shop, make_shop


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def shop(firm: Firm) -> Shop:
    return make_shop(firm)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path
