from __future__ import annotations

from collections.abc import Iterator

import pytest

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .factories import make_plan


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at("2024-08-02T10:00"):
        yield


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def subject(firm: Firm) -> Subject:
    return make_plan(firm)
