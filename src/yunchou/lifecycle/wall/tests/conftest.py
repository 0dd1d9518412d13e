from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.tests.door_factories import EVENING, make_evening
from yunchou.lifecycle.wall import memo


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    """Friday 2 August 2024, 18:30; nothing is remembered of other tests."""
    memo.forget()
    with clock.at(EVENING):
        yield
    memo.forget()


@pytest.fixture
def firm(db: None) -> Firm:
    cache.clear()
    return company()


@pytest.fixture
def evening(firm: Firm) -> Subject:
    """A dinner with six guests who accepted."""
    return make_evening(firm, 6)
