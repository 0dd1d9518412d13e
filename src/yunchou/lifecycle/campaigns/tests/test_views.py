"""Pages: who reaches them, what they answer, page and fragment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Goal, Kind, Status
from yunchou.lifecycle.campaigns.tables import GoalRow

from .factories import again, make_campaign, make_proposal, save_rows, submit

PAGES = ("campaign_detail", "proposal_detail", "finding_list", "timeline")
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_campaign(firm: Firm, client: Client, name: str) -> None:
    campaign = make_campaign(firm)
    address = url(name, campaign.pk)
    assert client.get(address).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    client.force_login(firm.approver)
    page = client.get(address)
    assert page.status_code == 200
    assert campaign.name in page.content.decode()
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("name", ["campaign_submit", "campaign_redate"])
def test_pages_that_need_a_right(firm: Firm, client: Client, name: str) -> None:
    address = url(name, make_proposal(firm).pk)
    assert client.get(address).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    client.force_login(firm.approver)
    assert client.get(address).status_code == 403
    client.force_login(firm.owner)
    assert client.get(address).status_code == 200


def test_a_campaign_that_is_none(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    assert client.get(url("campaign_detail", 999)).status_code == 404


def test_the_overview_asks_for_what_the_rules_say_when_it_is_there(firm: Firm, client: Client) -> None:
    campaign = make_campaign(firm)
    client.force_login(firm.owner)
    assert "?part=checks" in client.get(campaign.get_absolute_url()).content.decode()
    answer = client.get(f"{campaign.get_absolute_url()}?part=checks", headers={"HX-Request": "true"})
    assert "campaigns/parts/checks.html" in [template.name for template in answer.templates]
    assert "R-TYP-02" in client.get(f"{campaign.get_absolute_url()}findings/").content.decode()
    assert "R-GOA-01" in answer.content.decode()


# ---------------------------------------------------------------- the list


def test_the_list_shows_what_one_may_see(firm: Firm, client: Client) -> None:
    make_campaign(firm)
    assert client.get(url("campaign_list")).status_code == 302
    client.force_login(firm.outsider)
    assert "七夕邻里音乐会" not in client.get(url("campaign_list")).content.decode()
    client.force_login(firm.nobody)
    assert client.get(url("campaign_list")).status_code == 200
    client.force_login(firm.owner)
    for shape in ("", "board", "calendar"):
        page = client.get(url("campaign_list"), {"as": shape, "month": "2024-08"})
        assert "七夕邻里音乐会" in page.content.decode()


def names(client: Client, **query: str) -> list[str]:
    page = client.get(url("campaign_list"), query)
    assert page.status_code == 200
    return [row.campaign.name for row in page.context["rows"]]


def test_search_by_name_code_pinyin_and_initials(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    make_campaign(firm)
    make_campaign(firm, "端午包粽邻里节")
    for words in ("七夕", "qixi", "qxll", "kh-2024-001"):
        assert names(client, q=words) == ["七夕邻里音乐会"]
    assert names(client, q="nothing") == []


def test_filters_narrow_and_can_be_removed(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    make_campaign(firm)
    other = make_campaign(
        firm, "媒体开放日", kind=Kind.PR, start_on=date(2024, 9, 1), end_on=date(2024, 9, 3)
    )
    Campaign.objects.filter(pk=other.pk).update(status=Status.RUNNING, owner=firm.colleague)
    for query in (
        {"kind": "pr"},
        {"status": "running"},
        {"owner": str(firm.colleague.pk)},
        {"ends_from": "2024-09", "ends_to": "2024-10"},
        {"unit": str(firm.department().pk), "q": "媒体"},
    ):
        assert names(client, **query) == ["媒体开放日"]
    page = client.get(url("campaign_list"), {"kind": "pr", "view": "all"})
    assert [chip["remove_url"] for chip in page.context["chips"]] == ["?view=all"]
    assert len(names(client, kind="nonsense")) == 2


def test_saved_views_count_what_they_hold(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    statuses = [Status.CLOSED, Status.EVALUATED, Status.ARCHIVED, Status.PLANNING]
    for number, status in enumerate(statuses):
        campaign = make_campaign(firm, f"活动 {number}", start_on=date(2024, 7, 29), end_on=date(2024, 8, 10))
        Campaign.objects.filter(pk=campaign.pk).update(status=status, is_returned=status == Status.PLANNING)
    with clock.at("2024-08-02T15:20"):
        page = client.get(url("campaign_list"))
        counted = [tab["count"] for tab in page.context["tabs"]]
        assert counted == [4, 3, 1, 4, 3, 1, 1]
        keys = ("all", "current", "attention", "mine", "week", "to_evaluate", "to_archive")
        assert [len(names(client, view=key)) for key in keys] == counted


@pytest.mark.parametrize("sort", ["due", "-due", "name", "start", "-start", "code", "nonsense"])
def test_order_and_pages(firm: Firm, client: Client, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yunchou.kernel.ui.paging.SIZE", 2)
    client.force_login(firm.owner)
    for number in range(3):
        make_campaign(firm, f"活动 {number}", start_on=None if number == 1 else date(2024, 7, number + 1))
    assert len(names(client, sort=sort)) == 3


# ---------------------------------------------------------------- a new campaign


def test_create_a_draft(firm: Firm, client: Client) -> None:
    address = url("campaign_create")
    assert client.get(address).status_code == 302
    client.force_login(firm.approver)
    assert client.get(address).status_code == 403
    client.force_login(firm.owner)
    assert client.get(address).status_code == 200
    values = {
        "name": "国庆看房节", "kind": "promotion", "unit": firm.department().pk, "owner": firm.owner.pk,
        "start_on": "2024-09-28", "end_on": "2024-10-07",
    }  # fmt: skip
    wrong = client.post(address, values | {"end_on": "2024-09-01"})
    assert wrong.status_code == 422
    assert "国庆看房节" in wrong.content.decode()
    made = client.post(address, values)
    campaign = Campaign.objects.get(name="国庆看房节")
    assert made["Location"] == campaign.get_absolute_url()
    elsewhere = client.post(address, values | {"unit": firm.department("south").pk})
    assert elsewhere.status_code == 403


# ---------------------------------------------------------------- sending


@pytest.mark.req("APR-04")
def test_the_route_comes_first_and_then_it_is_sent(firm: Firm, client: Client) -> None:
    install_definition(key="campaign")
    campaign = make_proposal(firm)
    client.force_login(firm.owner)
    page = client.get(url("campaign_submit", campaign.pk)).content.decode()
    assert "区域公司领导层" in page
    assert "集团客户会" in page
    assert firm.approver.name in page
    sent = client.post(url("campaign_submit", campaign.pk), {"note": "请审批"})
    assert sent.status_code == 302
    assert again(campaign).status == Status.IN_APPROVAL
    withdrawn = client.post(url("campaign_withdraw", campaign.pk), **HTMX)
    assert withdrawn["HX-Redirect"] == campaign.get_absolute_url()
    assert again(campaign).status == Status.PLANNING


@pytest.mark.rule("R-GOA-01")
def test_what_blocks_is_listed_and_answered_422(firm: Firm, client: Client) -> None:
    install_definition(key="campaign")
    campaign = make_campaign(firm)
    client.force_login(firm.owner)
    for page in (
        client.get(url("campaign_submit", campaign.pk)),
        client.post(url("campaign_submit", campaign.pk)),
    ):
        assert {one.rule_id for one in page.context["blocking"]} == {"R-GOA-01", "R-TYP-02", "K-TYP-11"}
        assert not page.context["would_pass"]
    assert page.status_code == 422
    assert again(campaign).status == Status.DRAFT


def test_without_routes_the_page_says_so(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    page = client.get(url("campaign_submit", make_proposal(firm).pk))
    assert page.status_code == 200
    assert page.context["route"] is None


# ---------------------------------------------------------------- moves


def test_a_move_asks_in_a_dialog_and_is_made_once(firm: Firm, client: Client) -> None:
    campaign = make_campaign(firm)
    address = url("campaign_move", campaign.pk, "plan")
    assert client.get(address).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    client.force_login(firm.approver)
    assert client.post(address).status_code == 403
    client.force_login(firm.owner)
    assert "dialog-form" in client.get(address, **HTMX).content.decode()
    made = client.post(address, **HTMX)
    assert made["HX-Redirect"] == campaign.get_absolute_url()
    assert again(campaign).status == Status.PLANNING
    assert client.post(address, **HTMX).status_code == 409


@pytest.mark.parametrize("key", ["cancel", "suspend"])
def test_some_moves_want_a_reason(firm: Firm, client: Client, key: str) -> None:
    campaign = make_campaign(firm)
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    client.force_login(firm.owner)
    address = url("campaign_move", campaign.pk, key)
    assert client.post(address, {"note": ""}, **HTMX).status_code == 422
    assert client.post(address, {"note": "台风"}, **HTMX).status_code == 200
    assert again(campaign).status in {Status.CANCELLED, Status.SUSPENDED}


@pytest.mark.rule("R-APR-07")
def test_start_without_approval_is_refused(firm: Firm, client: Client) -> None:
    install_definition(key="campaign")
    campaign = make_proposal(firm)
    client.force_login(firm.owner)
    refused = client.post(url("campaign_move", campaign.pk, "start"), **HTMX)
    assert refused.status_code == 422
    assert "区域公司领导层" in refused.content.decode()


@pytest.mark.parametrize("key", ["submit", "approve", "return", "nonsense"])
def test_what_is_no_dialog_is_not_there(firm: Firm, client: Client, key: str) -> None:
    client.force_login(firm.owner)
    assert client.post(url("campaign_move", make_campaign(firm).pk, key)).status_code == 404


def test_the_head_offers_what_may_be_done(firm: Firm, client: Client) -> None:
    campaign = make_campaign(firm)
    client.force_login(firm.owner)
    header = client.get(url("campaign_detail", campaign.pk)).context["header"]
    assert header.primary.key == "submit"
    assert [button.key for button in header.others] == ["plan", "cancel"]
    client.force_login(firm.approver)
    header = client.get(url("campaign_detail", campaign.pk)).context["header"]
    assert header.primary is None
    assert not header.others


# ---------------------------------------------------------------- other dates, goals, timeline


def test_redate_shows_first_what_moves(firm: Firm, client: Client) -> None:
    campaign = make_proposal(firm)
    client.force_login(firm.owner)
    address = url("campaign_redate", campaign.pk)
    shown = client.get(address, {"start_on": "2024-07-22"}, **HTMX)
    assert len(shown.context["moves"]) == 3  # start, end, and the goal's deadline that follows it
    assert client.post(address, {"start_on": ""}, **HTMX).status_code == 422
    assert client.post(address, {"start_on": "2024-07-22"}, **HTMX)["HX-Redirect"]
    assert again(campaign).end_on == date(2024, 8, 17)
    submit(campaign, firm)
    assert client.post(address, {"start_on": "2024-07-29"}, **HTMX).status_code == 409


@pytest.mark.rule("R-GOA-01")
@pytest.mark.req("GOA-02")
def test_smart_boxes_are_ticked_beside_the_goal(firm: Firm, client: Client) -> None:
    campaign = make_campaign(firm)
    save_rows(
        campaign, "goals", [GoalRow(dimension="线索", targets=(Figure(None, label="多"),))], actor=firm.owner
    )
    goal = Goal.objects.get(subject=campaign.subject)
    address = url("goal_confirm", campaign.pk, goal.pk)
    client.force_login(firm.approver)
    assert client.post(address).status_code == 403
    client.force_login(firm.owner)
    assert client.post(address, {"is_specific": "on"}, **HTMX).status_code == 204
    goal.refresh_from_db()
    assert goal.unconfirmed == ("is_attainable", "is_relevant")
    # A table drawn before that tick does not take it back.
    client.post(address, {"is_relevant": "on", "box": "is_relevant"}, **HTMX)
    goal.refresh_from_db()
    assert goal.unconfirmed == ("is_attainable",)
    assert client.post(url("goal_confirm", make_campaign(firm, "别的").pk, goal.pk)).status_code == 404


def test_the_timeline_tells_and_narrows(firm: Firm, client: Client) -> None:
    campaign = actions.start_planning(campaign=make_campaign(firm), actor=firm.owner)
    client.force_login(firm.owner)
    entries = client.get(url("timeline", campaign.pk)).context["page"].rows
    assert [entry.kind for entry in entries] == ["campaigns.planning_started", "campaigns.created"]
    assert not client.get(url("timeline", campaign.pk), {"group": "approval"}).context["page"].rows
    one = client.get(url("timeline", campaign.pk), {"kind": "campaigns.created"}).context["page"].rows
    assert [entry.kind for entry in one] == ["campaigns.created"]


def test_completeness_is_a_part_of_its_own(firm: Firm, client: Client) -> None:
    campaign = make_proposal(firm)
    client.force_login(firm.owner)
    part = client.get(url("proposal_detail", campaign.pk), {"part": "completeness"}, **HTMX)
    levels = {section.key: section.level for section in part.context["sections"]}
    assert levels["goals"] == "fine"
    assert levels["budget"] == "unknown"
    assert "<html" not in part.content.decode()


@pytest.mark.req("GEN-01")
@pytest.mark.once
def test_plan_money_and_progress_open_by_default_for_the_staff_of_the_region(
    firm: Firm, client: Client
) -> None:
    """Nobody has to be put on the team for it; people's data and other regions stay closed (002 1.3)."""
    campaign = make_proposal(firm)
    shown = [url(name, campaign.pk) for name in PAGES] + [
        reverse(name, args=[campaign.pk])
        for name in (
            "budgets:budget_detail",
            "work:schedule_detail",
            "metrics:dashboard",
            "operations:report_list",
        )
    ]
    closed = ["/organisation/recruitment/", "/organisation/trainings/"]
    for person in (firm.colleague, firm.people[p.SALES_MANAGER], firm.approver):
        client.force_login(person)
        assert [client.get(page).status_code for page in shown] == [200] * len(shown), person.name
    client.force_login(firm.colleague)
    assert [client.get(page).status_code for page in closed] == [403] * len(closed)
    client.force_login(firm.outsider)
    assert [client.get(page).status_code for page in shown] == [404] * len(shown)
