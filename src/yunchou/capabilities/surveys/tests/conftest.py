from __future__ import annotations

from collections.abc import Iterator

import pytest

from yunchou.capabilities.surveys.models import Survey
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .factories import CAME, make_subject, make_survey


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at("2024-08-02T10:00"):
        yield
    CAME.clear()


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def subject(firm: Firm) -> Subject:
    return make_subject(firm.department(), lead=firm.owner)


@pytest.fixture
def survey(firm: Firm, subject: Subject) -> Survey:
    return make_survey(subject, firm.owner)
