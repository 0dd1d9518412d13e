from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from yunchou.kernel.approvals.actions import install_definition, opening
from yunchou.kernel.duties.tests.factories import Company, company

from . import toys


@pytest.fixture
def firm(db: None) -> Company:
    made = company()
    made.hire("centre", "group_service_centre", made.group)
    install_definition(key="paper")
    return made


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    toys.outcomes.clear()
    toys.shares.clear()
    return


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Who was told what kind of thing."""
    said: list[tuple[str, str]] = []

    def notify(*, users: list[Any], kind: str, **_more: Any) -> None:
        said.extend((user.name, kind) for user in users)

    monkeypatch.setattr(opening, "notify", notify)
    return said


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests compare sentences in the language in which they are written."""
    with translation.override("en"):
        yield
