"""A company with people of three kinds of administration, files, and folders of the test for backups and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import translation
from pytest_django import Settings

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.files.actions import store_file
from yunchou.kernel.identity.models import Appointment, Position, Unit, User

CANARY = "康纳丽"
CANARY_PHONE = "13899990417"


@dataclass
class Cast:
    group: Unit
    keeper: User
    auditor: User
    outsider: User


@pytest.fixture
def places_of_test(tmp_path: Path, settings: Settings) -> Path:
    """Folders of their own: whatever a test makes is gone with it."""
    for name in ("media", "backup", "var"):
        (tmp_path / name).mkdir()
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        }
    }
    settings.BACKUP_DIR, settings.VAR = tmp_path / "backup", tmp_path / "var"
    settings.BACKUP_KEYS, settings.BACKUP_KEY_FILE = [], tmp_path / "var" / "backup-key"
    return tmp_path


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def hired(name: str, position: str, unit: Unit) -> User:
    user = User.objects.create(username=name, name=name.title())
    if position:
        post, _made = Position.objects.get_or_create(code=position, defaults={"name": position})
        Appointment.objects.create(user=user, unit=unit, position=post)
    return user


def company() -> Cast:
    group = Unit.objects.create(kind=Unit.Kind.GROUP, code="group", name="Group")
    cast = Cast(
        group,
        hired("keeper", "system_admin", group),
        hired("auditor", "auditor", group),
        hired("outsider", "clerk", group),
    )
    install_default_grants()
    User.objects.create(username="canary", name=CANARY, phone=CANARY_PHONE)
    for number in range(3):
        store_file(upload=ContentFile(f"{CANARY} {number}\n".encode() * 50, name=f"note-{number}.txt"))
    return cast


@pytest.fixture
def cast(db: None, places_of_test: Path) -> Cast:
    return company()


@pytest.fixture
def live(transactional_db: None, places_of_test: Path) -> Iterator[Cast]:
    """Rows that other connections see, as a backup is one.

    On SQLite in a file of this test, since a restore is refused as long as a connection that any thread of any earlier test left
    has the file open.
    """
    if connection.vendor != "sqlite":
        yield company()
        return
    shared = connection.settings_dict["NAME"]
    own = str(places_of_test / "live.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [own])
    connection.close()
    connection.settings_dict["NAME"] = own
    yield company()
    connection.close()
    connection.settings_dict["NAME"] = shared
