"""The home page of those who answer for several parts of the group."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.organisation.positions import VP_MARKETING
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import make_campaign, save_rows
from yunchou.lifecycle.insights.areas import areas_of


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


def _running(firm: Firm, region: str, name: str, planned: int, spent: int) -> Campaign:
    campaign = make_campaign(firm, name)
    Subject.objects.filter(pk=campaign.pk).update(unit=firm.department(region))
    line = LineRow(category="其他成本", item="场地", amount=Decimal(planned), actual=Decimal(spent))
    save_rows(campaign, "budget", [line], actor=firm.owner)
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    return campaign


def test_a_vice_president_sees_how_each_region_stands(firm: Firm) -> None:
    _running(firm, "east", "七夕邻里音乐会", 20_000, 5_000)
    _running(firm, "east", "中秋答谢", 30_000, 7_500)
    _running(firm, "group", "高端论坛", 90_000, 0)
    draft = make_campaign(firm, "草案")
    Subject.objects.filter(pk=draft.pk).update(unit=firm.department("south"))
    over = _running(firm, "south", "去年的活动", 70_000, 70_000)
    Campaign.objects.filter(pk=over.pk).update(status=Status.ARCHIVED)
    found = {area.unit.code: area for area in areas_of(firm.people[VP_MARKETING], clock.now())}
    assert list(found) == ["group", "east", "south", "central"]
    assert (found["east"].under_way, found["east"].planned, found["east"].spent) == (2, 50_000, 12_500)
    assert found["east"].share == Decimal("0.25")
    assert (found["group"].under_way, found["group"].planned) == (1, 90_000)
    assert (found["south"].drafts, found["south"].planned, found["south"].share) == (1, 0, None)


def test_a_late_duty_counts_where_it_is_owed(firm: Firm) -> None:
    from yunchou.kernel.duties.actions import owe
    from yunchou.lifecycle.campaigns.duties import GOAL

    campaign = _running(firm, "east", "七夕邻里音乐会", 20_000, 0)
    owe(
        kind=GOAL.key,
        subject=campaign.subject,
        owner=firm.owner,
        due_at=clock.now() - timedelta(hours=1),
        key="late",
    )
    late = {area.unit.code: area.late for area in areas_of(firm.people[VP_MARKETING], clock.now())}
    assert late == {"group": 0, "east": 1, "south": 0, "central": 0}


def test_who_answers_for_one_region_has_no_table_of_regions(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    page = client.get("/").content.decode()
    assert 'id="areas"' not in page
    client.force_login(firm.people[VP_MARKETING])
    assert 'id="areas"' in client.get("/").content.decode()
    assert "华东区域" in client.get("/areas/").content.decode()
