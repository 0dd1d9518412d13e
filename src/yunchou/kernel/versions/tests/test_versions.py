"""Versions say exactly what was decided on."""

from __future__ import annotations

from typing import Any

import pytest

from yunchou.kernel.identity.tests.factories import make_unit, make_user
from yunchou.kernel.subjects.kinds import SubjectKind, declare, kinds
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import freeze_version, present_digest, take_version
from yunchou.kernel.versions.models import digest_of

CONTENT: dict[str, Any] = {}
if "versions-test" not in kinds:
    declare(SubjectKind("versions-test", "Test", "organisation.view", content=lambda subject: dict(CONTENT)))


@pytest.fixture
def subject(db: None) -> Subject:
    CONTENT.clear()
    CONTENT.update(name="a", amount="12.00")
    return Subject.objects.create(kind="versions-test", unit=make_unit(), title="t", address="/")


@pytest.mark.req("CRE-08")
def test_the_same_content_is_the_same_version(subject: Subject) -> None:
    first = take_version(subject=subject, actor=make_user())
    assert take_version(subject=subject, actor=make_user()) == first
    CONTENT["amount"] = "13.00"
    second = take_version(subject=subject, actor=make_user())
    assert (second.number, second.is_whole) == (2, True)
    assert second.digest != first.digest


def test_the_digest_does_not_depend_on_order(subject: Subject) -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_an_edit_shows_in_the_present_digest(subject: Subject) -> None:
    version = freeze_version(version=take_version(subject=subject, actor=None))
    frozen_at = version.frozen_at
    assert present_digest(subject) == version.digest
    CONTENT["name"] = "b"
    assert present_digest(subject) != version.digest
    assert freeze_version(version=version).frozen_at == frozen_at


def test_an_altered_version_is_known(subject: Subject) -> None:
    version = take_version(subject=subject, actor=None)
    version.content["name"] = "forged"
    assert not version.is_whole
