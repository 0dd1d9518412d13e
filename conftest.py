"""What every test shares: how many cases are tried, and which tests are only for `./test --stress`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

STRESS = os.environ.get("YUNCHOU_STRESS") == "1"
TEMPLATE = os.environ.get("YUNCHOU_TEST_TEMPLATE")
"""A migrated SQLite file without people or campaigns, which each worker copies instead of migrating its own."""

_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "ci", max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW
)
settings.register_profile(
    "stress", max_examples=1000, deadline=None, database=None, suppress_health_check=_SLOW
)
settings.load_profile("stress" if STRESS else "ci")


@pytest.fixture(scope="session")
def scaled() -> Callable[[int, int], int]:
    """`scaled(4, 200)`: the small count in daily runs, the full one under `./test --stress`."""
    return lambda small, full: full if STRESS else small


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    if TEMPLATE:
        shutil.copyfile(TEMPLATE, configured.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    return django_db_keepdb or bool(TEMPLATE)


@pytest.fixture(autouse=True)
def _pinned_calendar() -> Iterator[None]:
    """The calendar as shipped, so that no test depends on when the process last looked into the database."""
    from yunchou.kernel.calendar.days import WorkingCalendar
    from yunchou.kernel.calendar.selectors import pinned

    with pinned(WorkingCalendar()):
        yield


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """No test reads in the language that the request of another one left behind."""
    translation.deactivate()
    yield
    translation.deactivate()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if STRESS else [item for item in items if item.get_closest_marker("stress")]
    if connection.vendor == "postgresql":
        # What needs no database has said what it knows on SQLite.
        left_out += [item for item in items if item.get_closest_marker("once") or not _needs_database(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


def _needs_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    case = getattr(item, "cls", None)
    is_case = case is not None and issubclass(case, TransactionTestCase)
    return bool(asked or is_case or item.get_closest_marker("django_db"))
