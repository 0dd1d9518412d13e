from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import fulfil
from yunchou.kernel.identity.models import User

from .factories import Company
from .test_actions import FRIDAY, _kinds, heard, lay_down  # noqa: F401

LIST = "duties:duty_list"


def as_user(user: User) -> Client:
    client = Client()
    user.language = "en"
    user.save()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def test_signed_out_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(reverse(LIST)).status_code == 302


def test_the_inbox_shows_what_is_mine_with_its_clause(firm: Company) -> None:
    lay_down(firm, key="late", due_at=FRIDAY - timedelta(minutes=12))
    lay_down(firm, key="foreign", owner=firm.vp, params={"day": "foreign"})
    with clock.at(FRIDAY):
        page = as_user(firm.owner).get(reverse(LIST)).content.decode()
    for words in (
        "12 min over",
        "Hand in the report of 08-02",
        "R-RPT-01 · 004 四(一)",
        "Write",
        "Overdue",
        "Gift plan",
    ):
        assert words in page
    assert "foreign" not in page


@pytest.mark.parametrize("by", ["due", "subject", "rule", "nonsense"])
def test_groupings(firm: Company, by: str) -> None:
    lay_down(firm)
    response = as_user(firm.owner).get(reverse(LIST), {"by": by})
    assert response.status_code == 200
    assert b"Gift plan" in response.content


def test_done_and_overdue_below(firm: Company) -> None:
    duty = lay_down(firm)
    with clock.at(FRIDAY + timedelta(hours=3)):
        boss = as_user(firm.approver)
        assert b"Late below me" in boss.get(reverse(LIST)).content
        assert b"Hand in the report" in boss.get(reverse(LIST), {"tab": "overdue"}).content
        assert b"Hand in the report" not in as_user(firm.club).get(reverse(LIST), {"tab": "overdue"}).content
        fulfil(actor=firm.owner, key=duty.key)
        page = as_user(firm.owner).get(reverse(LIST), {"tab": "done"}).content
    assert b"Hand in the report" in page
    assert b"Late" in page


def test_an_empty_inbox_says_so(firm: Company) -> None:
    client = as_user(firm.outsider)
    for tab, words in (
        ("open", b"Nothing is waiting"),
        ("done", b"Nothing done yet"),
        ("overdue", b"Nothing is late"),
    ):
        assert words in client.get(reverse(LIST), {"tab": tab}).content


def test_queries_do_not_grow_with_rows(firm: Company) -> None:
    counts = []
    client = as_user(firm.owner)
    for size in (2, 20):
        for number in range(size):
            lay_down(firm, key=f"{size}-{number}")
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]
