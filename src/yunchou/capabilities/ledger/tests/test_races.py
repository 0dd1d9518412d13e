"""Twenty people and one ceiling, with real threads and connections of their own; and a process that dies midway."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.actions import posting as machine
from yunchou.capabilities.ledger.models import Balance, Ceiling, Entry
from yunchou.capabilities.ledger.moves import Place
from yunchou.capabilities.ledger.selectors import money_of, slices_of
from yunchou.capabilities.ledger.states import Dimension
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.jobs.tests.test_workers import database_url

from .books import Books, make_books

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 20
CEILING, EACH = Decimal(1_000), Decimal(90)
FITTING = 11  # of twenty times 90 yuan below 1,000

# Stops between the balances and the entries of a posting, and says so.
HALF = """
import time, django
django.setup()
from decimal import Decimal
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.actions import posting
from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.identity.models import User

def never(*args):
    print("half", flush=True)
    time.sleep(600)

posting._written = never
order = ledger.Order(actor=User.objects.get(username="booker"))
ledger.spend(account=Account.objects.get(key="line:1.1"), amount=Decimal(700), order=order)
"""


def dated(books: Books) -> ledger.Order:
    """On a day of the year of the books: money of a year is not spent before it."""
    return books.order(on=date(books.unit.year, 6, 1))


def crowd(books: Books) -> list[object]:
    """Twenty expenses on one channel at the same moment; each result or the refusal it met."""
    barrier = Barrier(PEOPLE)

    def run(_number: int) -> object:
        barrier.wait()
        try:
            return ledger.spend(account=books.lines[1], amount=EACH, order=dated(books), channel="douyin")
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(run, range(PEOPLE)))


def capped(number: int) -> Books:
    """Books of a year of their own, in which a channel may cost the region 1,000 yuan."""
    books = make_books(year=2026 + number, number=number)
    Ceiling.objects.create(account=books.unit, dimension=Dimension.CHANNEL, value="douyin", limit=CEILING)
    return books


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="one writer at a time anyway"
)
@pytest.mark.rule("R-BUD-05")
@pytest.mark.req("BUD-14")
def test_twenty_at_once_never_pass_a_ceiling_and_without_the_lock_they_do(
    scaled: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(scaled(2, 50)):
        books = capped(number)
        results = crowd(books)
        assert len([one for one in results if not isinstance(one, Refused)]) == FITTING
        assert slices_of(books.unit, Dimension.CHANNEL)["douyin"].spent == FITTING * EACH
    assert not [*balances_are_their_entries(), *holds_are_what_was_not_used()]

    # The twin without the guard: everybody reads what there is before anybody writes.
    books, together = capped(90), Barrier(PEOPLE)
    ledger.spend(account=books.lines[1], amount=Decimal(1), order=dated(books), channel="douyin")

    def unlocked(_places: object) -> dict[Place, Balance]:
        rows = {
            Place(row.account_id, row.slice): row
            for row in Balance.objects.filter(account__in=books.lines[1].ids)
        }
        together.wait()
        return rows

    monkeypatch.setattr(machine, "_lock", unlocked)
    crowd(books)
    assert slices_of(books.unit, Dimension.CHANNEL)["douyin"].spent > CEILING


def test_a_process_killed_in_the_middle_of_a_posting_leaves_nothing_of_it() -> None:
    books = make_books()
    before = Entry.objects.count()
    environment = os.environ | {
        "YUNCHOU_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    for _kill in range(2):
        half = subprocess.Popen([sys.executable, "-c", HALF], env=environment, stdout=subprocess.PIPE)
        try:
            assert half.stdout is not None
            assert half.stdout.readline() == b"half\n"
        finally:
            half.kill()
            half.wait()
    assert Entry.objects.count() == before
    assert money_of(books.lines[1]).spent == 0
    ledger.spend(account=books.lines[1], amount=Decimal(700), order=books.order())
    assert not [*balances_are_their_entries(), *holds_are_what_was_not_used()]
