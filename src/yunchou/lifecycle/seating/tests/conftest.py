from __future__ import annotations

from collections.abc import Iterator

import pytest

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.events.tests.door_factories import EVENING


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.at(EVENING):
        yield
