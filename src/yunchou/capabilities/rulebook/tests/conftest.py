from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import translation

from yunchou.capabilities.rulebook.actions import install_regulations
from yunchou.directory.organisation.positions import MANAGEMENT, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

NOW = "2024-08-02T15:20"


@dataclass(frozen=True)
class Cast:
    """Who changes rules: the marketing director drafts, management decides, others read."""

    firm: Firm
    director: User
    management: User
    reader: User


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The company with its regulations and routes, on 2 August 2024."""
    with clock.at(NOW), translation.override("en"):
        firm = company()
        install_regulations()
        install_definitions()
        yield Cast(firm, firm.people[MARKETING_DIRECTOR], firm.people[MANAGEMENT], firm.owner)
