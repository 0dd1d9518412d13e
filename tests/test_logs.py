"""Faults leave no name, number or address in the log (issue 6, done when 6)."""

from __future__ import annotations

import logging
import sys

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from yunchou.config.logs import PlacesOnly
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.identity.models import User

CANARIES = ("卡纳里雀", "13800138777", "canary@example.org")


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


def written(log: logging.Logger, words: str = "Internal Server Error: %s") -> str:
    """The lines that a fault leaves, as the file has them."""
    record = log.makeRecord(log.name, logging.ERROR, __file__, 1, words, ("/g/…/reply/",), sys.exc_info())
    return PlacesOnly("{asctime} {levelname} {name} {message}", style="{").format(record)


def test_what_a_database_quotes_of_a_row_stays_out_of_the_log(firm: Firm) -> None:
    name, phone, mail = CANARIES
    said = lines = ""
    try:
        try:
            with transaction.atomic():
                User.objects.create(username=name, name=name, phone=phone, email=mail)
                User.objects.create(username=name, name=name, phone=phone, email=mail)
        except DatabaseError as fault:
            said = str(fault)
            raise ValueError(f"{name} {phone} {mail}") from fault
    except ValueError:
        lines = written(logging.getLogger("django.request"))
    if connection.vendor == "postgresql":
        assert name in said, "PostgreSQL says of whom it refuses a second row"
    assert not [one for one in CANARIES if one in lines]
    assert "ERROR django.request Internal Server Error: /g/…/reply/" in lines
    assert lines.index("IntegrityError") < lines.index("ValueError"), "what came first stands first"
    assert "test_logs.py" in lines


def test_a_fault_that_was_met_on_the_way_is_told_and_one_that_was_put_away_is_not() -> None:
    log = logging.getLogger("test")
    try:
        try:
            raise KeyError(CANARIES[0])
        except KeyError:
            int("")
    except ValueError:
        met = written(log)
    try:
        try:
            raise KeyError(CANARIES[0])
        except KeyError:
            raise ValueError(CANARIES[1]) from None
    except ValueError:
        put_away = written(log)
    assert "KeyError" in met
    assert "KeyError" not in put_away.replace("raise KeyError", "")
    assert not [one for one in CANARIES if one in met + put_away]
