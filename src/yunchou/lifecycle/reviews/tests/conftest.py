from __future__ import annotations

from collections.abc import Iterator

import pytest

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.campaigns.models import Campaign

from . import factories


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 20 September 2024, when the conversion window of the worked example has run out."""
    with clock.at("2024-09-20T15:20"):
        yield


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def closed(firm: Firm) -> Campaign:
    return factories.closed_example(firm)
