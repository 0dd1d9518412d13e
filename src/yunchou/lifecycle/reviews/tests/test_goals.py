"""One target from the goal over the dashboard to the evaluation, and what is evaluated without a goal is told (GOA-09)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.actions import take_goals
from yunchou.capabilities.metrics.goals import Standing, goals_of
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.metrics.selectors import dashboard
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns import actions as campaigns
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.selectors import facts_of
from yunchou.lifecycle.campaigns.stores import goals
from yunchou.lifecycle.campaigns.tests.factories import again, approve_all, bring_to, make_proposal, save_rows
from yunchou.lifecycle.reviews import actions
from yunchou.lifecycle.reviews.models import EvaluationLine
from yunchou.lifecycle.reviews.rules import goals_and_evaluation_match
from yunchou.lifecycle.reviews.selectors import review_of
from yunchou.lifecycle.reviews.sheets import evaluation

from .factories import set_status

WANTED = ["社交媒体话题阅读量", "品牌搜索指数", "线索留资量", "有效线索率", "线索转化率", "活动期销售额"]


def standings(campaign: Campaign) -> dict[str, str]:
    found = dashboard(campaign.subject, clock.now()).goals
    return {one.goal.indicator: str(one.standing) for one in found}


@pytest.mark.req("GOA-09", whole=True)
def test_goals_dashboard_and_evaluation_have_one_target(firm: Firm, closed: Campaign, client: Client) -> None:
    """The worked example: what its dashboard and evaluation lack or name otherwise is shown, and taken over by one click."""
    subject = closed.subject
    assert [goal.indicator for goal in goals_of(subject)] == WANTED
    before = {
        **dict.fromkeys(WANTED, "missing"),
        "线索留资量": "differs",  # 2000 of one channel and 500 of another for a goal of 2000
        "线索转化率": "same",
    }
    assert standings(closed) == before
    client.force_login(firm.owner)
    address, take = (reverse(f"metrics:{name}", args=[closed.pk]) for name in ("dashboard", "goals_take"))
    page = client.get(address).content.decode()
    assert 'id="board-goals"' in page
    assert page.count("尚未计量") == 4
    assert page.count("目标值不一致") == 1
    assert take in page
    assert "无对应目标" in page  # 转发量 measures no goal
    client.force_login(firm.colleague)
    assert take not in client.get(address).content.decode()
    assert client.post(take).status_code == 403
    with pytest.raises(NotAllowed):
        take_goals(subject=subject, actor=firm.colleague)
    client.force_login(firm.owner)
    Series.objects.filter(subject=subject, indicator="线索转化率").update(
        target=Figure(Decimal(20), "%").to_json()
    )
    assert standings(closed)["线索转化率"] == "differs"
    assert client.post(take).status_code == 302
    assert set(standings(closed).values()) == {"same", "differs"}
    assert [name for name, found in standings(closed).items() if found == "differs"] == [
        "线索留资量"
    ]  # people split it
    assert JournalEntry.objects.get(kind="metrics.goals_taken").data["count"] == 5
    assert take_goals(subject=subject, actor=firm.owner) == []
    shop = Series.objects.get(subject=subject, channel="线下快闪店")
    shop.target = None
    shop.save()
    assert set(standings(closed).values()) == {"same"}

    # The evaluation: two lines were no goal; leads times their valid rate follow from goals; what lacks is added.
    review_page = reverse("reviews:review_detail", args=[closed.pk])
    shown = client.get(review_page).content.decode()
    assert shown.count("无对应目标") == 3  # two badges in the table, and their number above it
    assert set(review_of(subject).without_goal) == {"ROI", "活动满意度(抽样100人)"}
    actions.open_evaluation(subject=subject, actor=firm.owner)
    lines = {line.row.indicator_name: line for line in review_of(subject).lines}
    for goal in goals_of(subject):
        line = lines[goal.indicator]
        assert (line.row.target.value, line.row.target.unit) == (goal.target.value, goal.target.unit)
        assert not line.differs_from_goal
    # A target that is moved in the evaluation is told, with the goal's as the smallest change.
    stored = EvaluationLine.objects.get(subject=subject, indicator="线索转化率")
    row = next(one for one in evaluation.load(subject) if one.pk == stored.pk)
    evaluation.save_row(
        subject, replace(row, given={}, target=Figure(Decimal(12), "%", ">=")), actor=firm.owner
    )
    assert "目标为 15%" in client.get(review_page).content.decode()
    [told] = [
        one for one in goals_and_evaluation_match.failures(facts_of(subject)) if one.at[0].column == "target"
    ]
    assert list(told.fix.changes.values()) == [Figure(Decimal(15), "%", ">=")]
    # Once the campaign is put away its dashboard is, too.
    set_status(closed, Status.ARCHIVED)
    assert client.post(take).status_code == 409
    with pytest.raises(WrongState):
        take_goals(subject=subject, actor=firm.owner)


@pytest.mark.req("GOA-09")
@pytest.mark.rule("R-DSH-06")
def test_what_was_approved_is_measured_from_then_on(firm: Firm) -> None:
    """Goals become rows of the dashboard when they are approved, and an approved change of a target moves the row's."""
    campaign = bring_to(make_proposal(firm), Status.APPROVED, firm)
    [series] = Series.objects.filter(subject=campaign.subject)
    assert (str(series), series.figure("target"), series.owner) == (
        "整体 有效线索量", Figure(Decimal(200), "条", ">="), firm.colleague,
    )  # fmt: skip
    change = campaigns.open_change(campaign=again(campaign), actor=firm.owner, reason="客流减少")
    [row] = goals.load(campaign.subject)
    lower = replace(row, given={}, targets=(Figure(Decimal(150), "条", ">="),))
    save_rows(campaign, "goals", [lower], actor=firm.owner)
    assert standings(campaign) == {"有效线索量": Standing.DIFFERS}
    campaigns.send_change(change=change, actor=firm.owner)
    approve_all(campaign)
    series.refresh_from_db()
    assert series.figure("target") == Figure(Decimal(150), "条", ">=")
    assert standings(campaign) == {"有效线索量": Standing.SAME}
