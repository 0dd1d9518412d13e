"""The activity of the room of leads, of August 2024, and what is drawn up for it here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils.translation import override

from yunchou.capabilities.sales.tests import toy
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 15:20, in English."""
    with clock.at("2024-08-02T15:20"), override("en"):
        yield
    toy.locks.clear()


@pytest.fixture
def firm(db: None) -> Firm:
    cache.clear()
    made = company()
    User.objects.update(language="en")
    return made


@pytest.fixture
def subject(firm: Firm) -> Subject:
    return toy.make_activity(firm)
