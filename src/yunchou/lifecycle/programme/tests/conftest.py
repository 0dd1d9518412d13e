from __future__ import annotations

import pytest

from yunchou.directory.organisation.tests.factories import Firm, company


@pytest.fixture
def firm(db: None) -> Firm:
    return company()
