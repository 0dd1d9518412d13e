"""A subject that `member` may see and `outsider` may not, and a storage of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from yunchou.kernel.access.registry import Right, rights
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, kinds
from yunchou.kernel.subjects.models import Subject

VIEW = "files_tests.view"
EDIT = "files_tests.edit"
for right in (VIEW, EDIT):
    if right not in rights:
        rights.add(right, Right(right, right))
if "files_test" not in kinds:
    kinds.add("files_test", SubjectKind("files_test", "Test", VIEW))


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    assert Path(default_storage.location) == tmp_path
    return tmp_path


@pytest.fixture
def member(db: None) -> User:
    return make_user("周敏")


@pytest.fixture
def outsider(db: None) -> User:
    return make_user("外人")


@pytest.fixture
def subject(member: User) -> Subject:
    unit = make_unit()
    allow(member, unit, VIEW, EDIT)
    return open_subject(kind="files_test", unit=unit, title="开学季", address="/x/1/", actor=member)
