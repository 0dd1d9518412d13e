"""Pages ask the database as often for many campaigns as for few."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.directory.organisation.tests.factories import Firm

from .factories import make_campaign, make_proposal


def queries(client: Client, address: str) -> int:
    client.get(address)  # what is read once a process is read now
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("shape", ["table", "board", "calendar"])
def test_a_list_of_2_and_of_20(firm: Firm, client: Client, shape: str) -> None:
    client.force_login(firm.owner)
    address = f"/campaigns/?as={shape}&month=2024-08&view=all"
    for number in range(2):
        make_campaign(firm, f"活动 {number}")
    few = queries(client, address)
    for number in range(18):
        make_campaign(firm, f"更多 {number}")
    assert queries(client, address) == few


def test_a_campaign_among_2_and_among_20(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    campaign = make_proposal(firm)
    few = queries(client, campaign.get_absolute_url())
    for number in range(18):
        make_proposal(firm, f"更多 {number}")
    assert queries(client, campaign.get_absolute_url()) == few
