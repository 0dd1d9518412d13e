"""A subject with a lead, members, somebody who may only see it, and a stranger; files lie in a folder of the test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from yunchou.kernel.access.registry import Right, rights
from yunchou.kernel.discussion.places import Place
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, kinds
from yunchou.kernel.subjects.models import Role, Subject

VIEW = "talk_tests.view"
if VIEW not in rights:
    rights.add(VIEW, Right(VIEW, VIEW, relations=frozenset(Role.values)))
if "talk_test" not in kinds:
    kinds.add("talk_test", SubjectKind("talk_test", "Test", VIEW))


@dataclass
class Cast:
    subject: Subject
    lead: User
    member: User
    other: User
    reader: User
    stranger: User

    @property
    def place(self) -> Place:
        return Place(self.subject)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path


@pytest.fixture
def cast(db: None) -> Cast:
    unit = make_unit("华东")
    lead, member, other = make_user("周敏"), make_user("李明朗"), make_user("王蕾")
    reader, stranger = make_user("读者"), make_user("外人")
    allow(reader, unit, VIEW)
    subject = open_subject(kind="talk_test", unit=unit, title="开学季", address="/x/1/", actor=lead)
    add_member(subject=subject, user=lead, role=Role.LEAD)
    for person in (member, other):
        add_member(subject=subject, user=person)
    return Cast(subject, lead, member, other, reader, stranger)
