from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from .factories import Company, company


@pytest.fixture
def firm(db: None) -> Company:
    return company()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests compare sentences in the language in which they are written."""
    with translation.override("en"):
        yield
