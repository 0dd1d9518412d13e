"""What a plan of each kind must contain, its checklist, and the principles of high-end events (TYP-11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.tables import AssignmentRow, TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import PRINCIPLES, Audience, Campaign, Kind, Status
from yunchou.lifecycle.campaigns.rules import elements
from yunchou.lifecycle.campaigns.rules.elements import CHECKLIST, MANDATORY
from yunchou.lifecycle.campaigns.tables import ModuleRow

from .factories import again, consider_nothing, make_proposal, save_rows, submit
from .test_rules import facts

DATES = {"start_on": date(2024, 7, 15), "end_on": date(2024, 8, 10)}
THEME = ModuleRow(module="活动主题", content="答谢")
CONTENT = ModuleRow(module="活动内容", content="晚宴与演出")
REWARDS = ModuleRow(module="奖励办法", content="礼券")
WORK = AssignmentRow(module="执行", task="接待")
TASK = TaskRow(name="签到")
LINE = LineRow(category="场地", item="宴会厅", amount=Decimal(1))


def missing(kind: str, *rows: Any, **overview: Any) -> list[str]:
    ctx = facts(*rows, kind=kind, **{"start_on": None, "end_on": None} | overview)
    return [str(one.values["part"]) for one in elements.elements_are_there.check(ctx) if not one.passed]


@pytest.mark.req("TYP-11")
def test_each_kind_has_its_own_parts() -> None:
    targeted = ["category", "theme", "time", "content", "place", "staffing", "rewards"]
    high_end = ["theme", "purpose", "time", "place", "content", "flow", "participants", "budget"]
    assert missing(Kind.TARGETED) == targeted
    assert missing(Kind.HIGH_END) == high_end
    rows = (THEME, CONTENT, REWARDS, WORK)
    assert missing(Kind.TARGETED, *rows, scene="旗舰店", **DATES) == ["category"]
    addressed = {"audience_category": Audience.EMPLOYEE, "scene": "旗舰店"}
    assert missing(Kind.TARGETED, *rows, **addressed, **DATES) == []
    whole = {
        "scene": "江畔酒店",
        "purposes": ("品牌",),
        "audience": "钻石会员",
        "expected_people": Decimal(60),
    }
    assert missing(Kind.HIGH_END, THEME, CONTENT, TASK, LINE, **whole, **DATES) == []
    assert missing(Kind.HIGH_END, THEME, TASK, LINE, **whole, **DATES) == ["content"]
    assert missing(Kind.CUSTOMER) == ["event_purpose"]
    assert missing(Kind.CUSTOMER, purposes=("品牌渗透",)) == ["event_purpose"]
    assert missing(Kind.CUSTOMER, purposes=("促进招商",)) == []
    for kind in set(Kind.values) - {Kind.TARGETED, Kind.HIGH_END, Kind.CUSTOMER}:
        assert missing(kind) == []


@pytest.mark.req("TYP-11")
def test_every_kind_has_a_checklist_and_every_part_says_how_to_mend_it() -> None:
    assert set(CHECKLIST) == set(Kind.values)
    for parts in MANDATORY.values():
        for part in parts:
            assert str(elements.how_to(part))
    empty = ModuleRow(module="活动主题")
    assert "theme" in missing(Kind.TARGETED, empty)
    written_elsewhere = ModuleRow(module="活动地点", content="社区广场")
    assert "place" not in missing(Kind.TARGETED, written_elsewhere)


@pytest.mark.rule("R-TYP-03")
@pytest.mark.req("TYP-02")
def test_a_targeted_campaign_is_not_sent_without_an_audience_category(firm: Firm) -> None:
    """However it came to have none: its cell was emptied, another kind chosen, a workbook read in."""
    campaign = make_proposal(firm, kind=Kind.TARGETED, audience=Audience.DEAL)
    actions.change_overview(campaign=campaign, actor=firm.owner, changes={"audience_category": ""})
    campaign = again(campaign)
    assert campaign.audience == ""
    with pytest.raises(RuleRefused) as refused:
        submit(campaign, firm)
    parts = {one.values.get("part") for one in refused.value.verdicts if one.rule_id == "K-TYP-11"}
    assert "category" in parts
    actions.change_overview(
        campaign=campaign, actor=firm.owner, changes={"audience_category": Audience.DEAL.value}
    )
    with pytest.raises(RuleRefused) as refused:
        submit(again(campaign), firm)
    parts = {one.values.get("part") for one in refused.value.verdicts if one.rule_id == "K-TYP-11"}
    assert "category" not in parts


@pytest.mark.req("TYP-11", whole=True)
def test_a_high_end_event_is_sent_once_its_parts_are_there_and_its_principles_confirmed(
    firm: Firm, client: Client
) -> None:
    campaign = make_proposal(
        firm,
        kind=Kind.HIGH_END,
        scene="江畔酒店",
        purposes=["品牌"],
        audience_note="钻石会员",
        expected_people=60,
    )
    address = f"/campaigns/{campaign.pk}/proposal/"
    with pytest.raises(RuleRefused) as refused:
        submit(campaign, firm)
    told = {(one.rule_id, one.values.get("part")) for one in refused.value.verdicts}
    parts = {("K-TYP-11", part) for part in ("theme", "content", "flow", "budget")}
    assert parts | {("K-TYP-12", None)} <= told
    save_rows(
        campaign,
        "creative",
        [THEME, CONTENT, ModuleRow(module="活动流程", content="签到、致辞、晚宴")],
        actor=firm.owner,
    )
    save_rows(campaign, "budget", [LINE], actor=firm.owner)
    consider_nothing(campaign, firm)
    client.force_login(firm.owner)
    page = client.get(address).content.decode()
    assert 'name="cost_effective"' in page
    with pytest.raises(NotAllowed):
        actions.confirm_principles(campaign=campaign, actor=firm.colleague, principles=PRINCIPLES)
    assert client.post(f"{address}principles/", {"safe": "on", "professional": "on"}).status_code == 302
    assert again(campaign).principles == ["professional", "safe"]
    with pytest.raises(RuleRefused) as refused:
        submit(campaign, firm)
    assert [one.values["missing"] for one in refused.value.verdicts] == ["client_oriented,cost_effective"]
    client.post(f"{address}principles/", dict.fromkeys(PRINCIPLES, "on"))
    assert JournalEntry.objects.filter(kind="campaigns.principles_confirmed").count() == 2
    campaign = submit(campaign, firm)
    assert campaign.status == Status.IN_APPROVAL
    with pytest.raises(WrongState):
        actions.confirm_principles(campaign=campaign, actor=firm.owner, principles=[])


@pytest.mark.req("TYP-09", whole=True)
def test_pages_show_which_criteria_made_it_large(firm: Firm, client: Client) -> None:
    """Beside the flag on every tab, and with the numbers before it is sent."""
    campaign = make_proposal(firm, expected_people=301, is_brand_related=True)
    client.force_login(firm.owner)
    head = client.get(f"/campaigns/{campaign.pk}/proposal/").content.decode()
    assert "预计人数" in head
    for word in again(campaign).large_criteria:
        assert word in head
    assert len(again(campaign).large_criteria) == 2
    sending = client.get(f"/campaigns/{campaign.pk}/submit/").content.decode()
    assert "301" in sending
    Campaign.objects.filter(pk=campaign.pk).update(large_because=["unheard-of"])
    assert again(campaign).large_criteria == []
