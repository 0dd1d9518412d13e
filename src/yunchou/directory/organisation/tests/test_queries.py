from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.directory.organisation.positions import MARKETING_SPECIALIST, RECEPTION, SALES_REPRESENTATIVE

from .factories import Firm, appoint, make_department, staff

pytestmark = pytest.mark.django_db


def queries(client: Client, url: str, **posted: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = client.post(url, posted) if posted else client.get(url)
        assert answer.status_code == 200
    return len(caught)


def crowd(firm: Firm, size: int, code: str) -> str:
    unit = make_department(firm.east)
    for number in range(size):
        person = staff(f"张{code}{number}", unit, MARKETING_SPECIALIST, phone="13800000000")
        appoint(person, firm.east, RECEPTION)
        appoint(person, firm.east, SALES_REPRESENTATIVE, is_deputy=True)
    return unit.code


@pytest.mark.parametrize("query", ["", "?below=1", "?q=zhang"])
def test_twenty_people_cost_as_many_queries_as_two(client: Client, firm: Firm, query: str) -> None:
    client.force_login(firm.owner)
    few = f"/organisation/units/{crowd(firm, 2, '甲')}/{query}"
    client.get(few)
    before = queries(client, few)
    many = f"/organisation/units/{crowd(firm, 20, '乙')}/{query}"
    assert queries(client, many) == before


def test_twenty_options_cost_as_many_queries_as_two(client: Client, firm: Firm) -> None:
    client.force_login(firm.owner)
    crowd(firm, 2, "甲")
    address = "/organisation/people/options/"
    queries(client, address, q="zhang")
    before = queries(client, address, q="zhang")
    crowd(firm, 20, "乙")
    assert queries(client, address, q="zhang") == before
