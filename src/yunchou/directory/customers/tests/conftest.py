"""A company, and sentences in the language they are written in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils.translation import override

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.identity.models import User


@pytest.fixture
def firm(db: None) -> Firm:
    cache.clear()
    made = company()
    # Pages are read in the language of whoever is signed in.
    User.objects.update(language="en")
    return made


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield
