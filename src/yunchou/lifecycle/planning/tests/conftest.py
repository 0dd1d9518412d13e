from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User


@pytest.fixture
def firm(db: None) -> Firm:
    made = company()
    User.objects.update(language="en")
    return made


@pytest.fixture(autouse=True)
def _that_autumn() -> Iterator[None]:
    """Plans of 2025 are made on a working day of November 2024, and read in English."""
    with clock.at("2024-11-12T10:00"), translation.override("en"):
        yield
