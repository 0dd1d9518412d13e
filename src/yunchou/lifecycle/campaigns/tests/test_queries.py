"""Pages ask the database as often for many campaigns as for few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.ledger.actions import open_unit
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.selectors import reach_of
from yunchou.kernel.approvals.actions import approve, install_definition
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.campaigns.actions import submit_campaign
from yunchou.lifecycle.campaigns.models import Status

from .factories import again, make_campaign, make_proposal, save_rows


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


#: What sending a proposal, a decision on it and the last one may ask at most.
# The last decision also opens the accounts of the budget's lines, gives them their money, and has the goals measured.
SENDING, DECIDING, LAST = 51, 25, 52


def asked_for(act: Callable[[], object]) -> int:
    """How many statements an act asks, without those that begin and end its transactions."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return sum("SAVEPOINT" not in each["sql"] for each in asked.captured_queries)


def test_sending_and_deciding_on_a_real_campaign_ask_few_queries(firm: Firm) -> None:
    """All its tables are read once under the lock: for the rules, the route, the version and the verdicts alike."""
    install_definition(key="campaign")
    open_unit(unit=firm.department(), year=2024)  # the books of a year are opened once
    line = LineRow(
        category="物料成本",
        item="舞台搭建",
        amount=Decimal(5_000),
        owner=Person(firm.colleague.name, firm.colleague.pk),
    )
    days = {"start_on": date(2024, 7, 20), "end_on": date(2024, 7, 25)}
    sent = []
    for number in range(3):  # the first two are neighbours of the third
        campaign = make_proposal(firm, f"活动 {number}", expected_people=400)
        save_rows(campaign, "budget", [line], actor=firm.owner)
        save_rows(campaign, "schedule", [TaskRow(name="搭建", owner=line.owner, **days)], actor=firm.owner)
        campaign, actor = again(campaign), User.objects.get(pk=firm.owner.pk)
        reach_of(actor)  # the page read the rights of its user before
        asked = asked_for(
            lambda campaign=campaign, actor=actor: submit_campaign(campaign=campaign, actor=actor)
        )
        sent.append((campaign, asked))

    assert max(asked for _campaign, asked in sent) <= SENDING
    campaign = sent[-1][0]
    waiting = Task.objects.filter(step__case__subject=campaign.subject, state=Task.State.WAITING)
    counts = []
    while task := waiting.exclude(step__kind="file").select_related("step__case", "assignee").first():
        counts.append(asked_for(lambda task=task: approve(task=task, actor=task.assignee)))
    assert again(campaign).status == Status.APPROVED

    *others, last = counts
    assert max(others) <= DECIDING
    assert last <= LAST
