from __future__ import annotations

from collections.abc import Iterator

import pytest

from yunchou.capabilities.metrics.models import Series
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from . import toy


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 15:20, day 19 of the worked example."""
    with clock.at("2024-08-02T15:20"):
        yield
    toy.locks.clear()
    toy.asleep.clear()


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def subject(firm: Firm) -> Subject:
    return toy.make_subject(firm.department(), lead=firm.owner)


@pytest.fixture
def series(subject: Subject, firm: Firm) -> dict[str, Series]:
    """The indicators of the worked example; a colleague answers for the leads of the pop-up shop."""
    return toy.load_example(subject, owner=firm.colleague)
