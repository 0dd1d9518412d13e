"""Seams between a draft's budget and the money it is to come from: told while it is written, and to those who decide."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.models import Budget, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.ui.ways import ways_out
from yunchou.lifecycle.campaigns.ahead import levels_ahead
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.selectors import proposal_findings
from yunchou.lifecycle.planning.models import Item

from .factories import again, approve_all, make_proposal, save_rows, submit
from .test_seams_money import line, planned, proposal, proved

pytestmark = pytest.mark.django_db
DAYS = {"start_on": date(2025, 3, 20), "end_on": date(2025, 3, 25)}
OVER = (("物料成本", "定制礼品", 26_000), ("渠道成本", "抖音同城投放", 4_000))
"""5,000 more than the plan item has."""


def money_finding(campaign: Campaign):
    return next(
        (one for one in proposal_findings(campaign.subject) if one.verdict.rule_id == "R-BUD-05"), None
    )


@pytest.mark.req("BUD-12")
@pytest.mark.req("BUD-14")
@pytest.mark.rule("R-BUD-05")
def test_a_draft_beyond_its_plan_item_is_told_before_it_is_sent_and_its_approvers_see_what_is_left(
    firm: Firm, client: Client
):
    item = Item.objects.filter(subject=planned(firm).subject).first()
    assert item is not None
    with clock.at("2025-03-10T10:00"):
        campaign = proposal(firm, OVER, plan_item_ref=item, **DAYS)
        found = money_finding(campaign)
        assert found.stops
        assert (found.verdict.clause, found.verdict.values["over"]) == ("002 §9", "5000.00")
        assert "5,000.00" in found.verdict.fix_text
        assert "25,000.00" in found.verdict.fix_text
        [way] = ways_out(found.verdict)
        assert way.url == f"{reverse('planning:plan_items', args=[item.subject_id])}#items-{item.pk}"
        assert account_of(f"item:{item.pk}") is None  # looking ahead opens no books

        client.force_login(firm.owner)
        tab, send = (
            reverse(name, args=[campaign.pk])
            for name in ("budgets:budget_detail", "campaigns:campaign_submit")
        )
        for address in (tab, send):
            page = client.get(address).content.decode()
            for words in ("−¥5,000", "R-BUD-05", "002 §9", "变更计划", item.title):
                assert words in page, (address, words)
        with pytest.raises(RuleRefused) as refused:
            submit(again(campaign), firm)
        assert "R-BUD-05" in {one.rule_id for one in refused.value.verdicts}

        BudgetLine.objects.filter(subject=campaign.pk, item="定制礼品").update(amount=Decimal(20_000))
        [first, *_above] = levels_ahead(campaign.subject)
        assert (first.before, first.after, first.whole) == (25_000, 1_000, 25_000)
        assert money_finding(campaign) is None
        submit(again(campaign), firm)
        # What is frozen for it counts as free: the approvers see what the decision changes.
        assert money_of(account_of(f"item:{item.pk}")).reserved == 24_000
        levels = {str(one.name): (one.before, one.after) for one in levels_ahead(campaign.subject)}
        assert levels[item.label] == (25_000, 1_000)
        assert levels[str(item.subject.title)] == (100_000, 76_000)
        assert money_finding(campaign) is None
        judge_with_views(campaign, client)
        approve_all(again(campaign))
        assert levels_ahead(campaign.subject) == []
        assert money_finding(campaign) is None
    assert proved()


def judge_with_views(campaign: Campaign, client: Client) -> None:
    """The first approver reads the money and writes a view on each of the two points (BUD-12)."""
    task = Task.objects.filter(step__case__subject=campaign.subject, state=Task.State.WAITING).first()
    assert task is not None
    case = task.step.case
    client.force_login(task.assignee)
    page = client.get(case.get_absolute_url()).content.decode()
    for words in ("资金来源", "¥25,000", "¥1,000", "预算的合理性", "预算的必要性"):
        assert words in page, words
    said = {
        "verb": "approve", "task": task.pk, "seen": case.digest, "opinion": "同意。",
        "view_reasonable": "单价低于去年", "view_necessary": "续约季前须办",
    }  # fmt: skip
    assert client.post(f"{case.get_absolute_url()}decide/", said).status_code == 302
    task.refresh_from_db()
    assert task.opinion == "预算的合理性：单价低于去年\n预算的必要性：续约季前须办\n同意。"
    assert "续约季前须办" in client.get(case.get_absolute_url()).content.decode()


def test_out_of_the_plan_there_is_nothing_to_look_ahead_to(firm: Firm):
    campaign = proposal(firm)
    assert levels_ahead(campaign.subject) == []
    assert money_finding(campaign) is None


@pytest.mark.req("BUD-07")
@pytest.mark.req("BUD-06")
@pytest.mark.rule("R-BUD-01")
@pytest.mark.rule("R-BUD-02")
def test_a_line_is_more_than_nothing_and_the_total_that_a_rule_proposed_follows_the_lines(
    firm: Firm, client: Client
):
    campaign = make_proposal(firm)
    save_rows(
        campaign,
        "budget",
        [LineRow(category="物料成本", item="线下展架", amount=Decimal(900))],
        actor=firm.owner,
    )
    stored = line(campaign, "线下展架")
    client.force_login(firm.owner)
    edit = reverse("sheets:row_edit", args=[campaign.pk, "budget", stored.pk])
    add = reverse("sheets:row_add", args=[campaign.pk, "budget"])
    new = {"category": "物料成本", "item": "横幅"}
    same = {"category": "物料成本", "item": "线下展架（5个×200）"}
    for address, typed in (
        (edit, {"amount": "0"}),
        (edit, {"amount": "1000.005"}),
        (add, new | {"amount": "0"}),
    ):
        answer = client.post(address, typed)
        assert answer.status_code == 422, typed
        assert typed["amount"] in answer.content.decode()
    assert line(campaign, "线下展架").amount == 900
    # Brackets as input methods write them count as brackets.
    assert client.post(edit, same | {"amount": "900"}).status_code in (200, 204, 302)
    assert any(one.verdict.rule_id == "R-BUD-01" for one in proposal_findings(campaign.subject))
    assert client.post(edit, same | {"amount": "1000"}).status_code in (200, 204, 302)

    Budget.objects.create(subject=campaign.subject, stated_total=Decimal(999))
    [found] = [one for one in proposal_findings(campaign.subject) if one.verdict.rule_id == "R-BUD-02"]
    fix = reverse("sheets:fix_apply", args=[campaign.pk, found.verdict.fingerprint])
    assert client.post(fix).status_code in (204, 302)
    assert Budget.objects.get(pk=campaign.pk).stated_total == 1_000
    assert client.post(add, new | {"amount": "50"}).status_code in (200, 204, 302)
    assert Budget.objects.get(pk=campaign.pk).stated_total == 1_050
    assert client.post(
        reverse("sheets:row_delete", args=[campaign.pk, "budget", line(campaign, "横幅").pk])
    ).status_code in (200, 204, 302)
    assert not [one for one in proposal_findings(campaign.subject) if one.verdict.rule_id == "R-BUD-02"]
