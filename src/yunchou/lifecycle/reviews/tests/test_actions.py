"""Evaluation, retrospective and actions as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.metrics.models import Series
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns import actions as campaigns
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.reviews import actions
from yunchou.lifecycle.reviews.models import ActionState, EvaluationLine, RetroItem, Retrospective
from yunchou.lifecycle.reviews.selectors import (
    lessons_for,
    open_actions_for,
    review_of,
    wanted_at_meeting,
    without_actual,
)
from yunchou.lifecycle.reviews.sheets import evaluation, retrospective

from .factories import action_of, complete_retro, measure_all, set_status


def kinds(campaign: Campaign) -> list[str]:
    return [entry.kind for entry in JournalEntry.objects.filter(subject=campaign.subject).order_by("pk")]


def submitted(campaign: Campaign, firm: Firm) -> RetroItem:
    complete_retro(campaign, firm)
    actions.submit_retrospective(subject=campaign.subject, actor=firm.owner)
    return action_of(campaign)


@pytest.mark.req("EVA-01")
def test_open_evaluation_adds_a_line_for_every_goal_with_target_and_last_reading(
    closed: Campaign, firm: Firm
) -> None:
    Series.objects.filter(subject=closed.subject).delete()
    Series.objects.create(
        subject=closed.subject, channel="整体", indicator="线索留资量", cumulative={"value": "2550"}
    )
    lines = actions.open_evaluation(subject=closed.subject, actor=firm.owner)
    assert [line.indicator for line in lines] == ["品牌搜索指数", "线索留资量", "有效线索率", "活动期销售额"]
    found = EvaluationLine.objects.get(subject=closed.subject, indicator="线索留资量")
    assert (found.target["value"], found.actual, found.source) == ("2000", {"value": "2550"}, "metrics")
    assert EvaluationLine.objects.filter(subject=closed.subject).count() == 9
    assert actions.open_evaluation(subject=closed.subject, actor=firm.owner) == []
    assert kinds(closed).count("reviews.evaluation_opened") == 1


@pytest.mark.rule("R-EVA-06")
@pytest.mark.req("EVA-01")
def test_evaluation_stays_open_and_names_the_goals_without_an_actual(closed: Campaign, firm: Firm) -> None:
    actions.open_evaluation(subject=closed.subject, actor=firm.owner)
    assert "品牌搜索指数" in without_actual(closed.subject)
    with pytest.raises(WrongState, match="品牌搜索指数"):
        campaigns.complete_evaluation(campaign=closed, actor=firm.owner)
    measure_all(closed, firm)
    done = campaigns.complete_evaluation(campaign=closed, actor=firm.owner)
    assert done.status == Status.EVALUATED


def test_record_actual_drops_the_attainment_that_was_stated_for_another_value(
    closed: Campaign, firm: Firm
) -> None:
    line = EvaluationLine.objects.get(subject=closed.subject, indicator="有效线索量")
    saved = actions.record_actual(
        line=line, actual=Figure(Decimal(1200)), actor=firm.owner, explanation="核对后"
    )
    row = evaluation.row(saved)
    assert (row.actual, row.attainment, row.explanation) == (Figure(Decimal(1200)), None, "核对后")
    entry = JournalEntry.objects.filter(kind="reviews.actual_recorded").get()
    assert (entry.data["before"], entry.data["after"]) == ("1530", "1200")
    [shown] = [one for one in review_of(closed.subject).lines if one.row.indicator == "有效线索量"]
    assert (shown.computed, shown.level, shown.fraction) == (Decimal("100.0"), "fine", 0.5)


def test_record_actual_refuses_words_strangers_and_a_locked_table(closed: Campaign, firm: Firm) -> None:
    line = EvaluationLine.objects.filter(subject=closed.subject)[0]
    with pytest.raises(Invalid):
        actions.record_actual(line=line, actual=Figure(None, label="很多"), actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.record_actual(line=line, actual=Figure(Decimal(1)), actor=firm.outsider)
    set_status(closed, Status.EVALUATED)
    with pytest.raises(WrongState):
        actions.record_actual(line=line, actual=Figure(Decimal(1)), actor=firm.owner)


@pytest.mark.req("EVA-02")
def test_state_gain_gives_three_numbers(closed: Campaign, firm: Firm) -> None:
    given = {"gross_sales": Decimal(500000), "baseline": Decimal(320000), "attributed_gain": Decimal(150000)}
    with pytest.raises(Invalid):
        actions.state_gain(subject=closed.subject, actor=firm.owner, **given, assumptions=" ")
    with pytest.raises(Invalid):
        actions.state_gain(
            subject=closed.subject, actor=firm.owner, **{**given, "baseline": Decimal(-1)}, assumptions="x"
        )
    actions.state_gain(subject=closed.subject, actor=firm.owner, **given, assumptions="去年同期")
    sales = review_of(closed.subject).roi.sales
    assert (sales.gross, sales.attributed, sales.incremental) == (
        Decimal(500000),
        Decimal(150000),
        Decimal(180000),
    )


@pytest.mark.req("RET-01")
def test_meeting_wants_team_sales_and_customer_service_and_shows_who_was_missing(
    closed: Campaign, firm: Firm
) -> None:
    wanted = list(wanted_at_meeting(closed.subject))
    assert {"张晨", "钱小满", "许静怡"} <= {person.name for person in wanted}
    held = actions.record_meeting(
        subject=closed.subject,
        actor=firm.owner,
        held_on=date(2024, 8, 14),
        invited=wanted,
        present=[firm.owner],
    )
    missing = {one.user.name for one in held.invitees.filter(is_present=False)}
    assert {"钱小满", "许静怡"} <= missing
    with pytest.raises(Invalid):
        actions.record_meeting(
            subject=closed.subject, actor=firm.owner, held_on=date(2024, 9, 21), invited=wanted
        )


@pytest.mark.rule("R-RET-02")
@pytest.mark.req("RET-02")
def test_submit_retrospective_refuses_with_what_is_missing(closed: Campaign, firm: Firm) -> None:
    with pytest.raises(RuleRefused) as refused:
        actions.submit_retrospective(subject=closed.subject, actor=firm.owner)
    assert [v.rule_id for v in refused.value.verdicts] == ["R-RET-02", "R-RET-02"]
    assert not Retrospective.objects.filter(submitted_at__isnull=False).exists()


@pytest.mark.rule("R-RET-03")
@pytest.mark.req("RET-05")
def test_submitted_actions_are_owed_and_their_lines_stay(closed: Campaign, firm: Firm) -> None:
    item = submitted(closed, firm)
    duties = Duty.objects.open().filter(kind="reviews.action", subject=closed.subject)
    assert duties.count() == 2
    assert {duty.owner for duty in duties} == {firm.colleague}
    with pytest.raises(WrongState):
        retrospective.save(closed.subject, [], actor=firm.owner)
    with pytest.raises(WrongState):
        actions.submit_retrospective(subject=closed.subject, actor=firm.owner)
    assert item.state == ActionState.OPEN


def test_retrospective_follows_the_end_of_the_campaign(closed: Campaign, firm: Firm) -> None:
    complete_retro(closed, firm)
    set_status(closed, Status.RUNNING)
    with pytest.raises(WrongState):
        actions.submit_retrospective(subject=closed.subject, actor=firm.owner)


def test_actions_before_the_day_of_an_import_are_owed_by_nobody(closed: Campaign, firm: Firm) -> None:
    Campaign.objects.filter(pk=closed.pk).update(history_until=date(2024, 12, 31))
    submitted(closed, firm)
    assert not Duty.objects.filter(kind="reviews.action").exists()


@pytest.mark.req("RET-05")
def test_action_is_done_verified_by_another_and_outlives_the_campaign(closed: Campaign, firm: Firm) -> None:
    item = submitted(closed, firm)
    set_status(closed, Status.ARCHIVED)
    with pytest.raises(NotAllowed):
        actions.finish_action(item=item, actor=firm.outsider, result="完成")
    with pytest.raises(Invalid):
        actions.finish_action(item=item, actor=firm.colleague, result=" ")
    item = actions.finish_action(item=item, actor=firm.colleague, result="手册已更新")
    assert (item.state, item.done_on) == (ActionState.DONE, date(2024, 9, 20))
    assert Duty.objects.open().get(kind="reviews.verify").owner == firm.owner
    with pytest.raises(NotAllowed):
        actions.verify_action(item=item, actor=firm.colleague, verification="ok")
    item = actions.verify_action(item=item, actor=firm.owner, verification="抽查三次", is_effective=True)
    assert (item.state, item.verified_by) == (ActionState.VERIFIED, firm.owner)
    assert not Duty.objects.open().filter(kind="reviews.verify").exists()


def test_action_that_had_no_effect_is_owed_again(closed: Campaign, firm: Firm) -> None:
    item = actions.finish_action(item=submitted(closed, firm), actor=firm.colleague, result="写了")
    item = actions.verify_action(item=item, actor=firm.owner, verification="没有效果", is_effective=False)
    assert (item.state, item.done_on, item.rounds) == (ActionState.OPEN, None, 1)
    assert Duty.objects.open().filter(kind="reviews.action", subject=closed.subject).count() == 2
    assert "reviews.action_reopened" in kinds(closed)


@pytest.mark.req("RET-09")
def test_planning_the_same_kind_finds_open_actions_and_lessons(closed: Campaign, firm: Firm) -> None:
    submitted(closed, firm)
    assert open_actions_for(firm.owner, kind="marketing").count() == 2
    assert lessons_for(firm.owner, "marketing").count() == 3
    assert open_actions_for(firm.outsider, kind="marketing").count() == 0
    assert lessons_for(firm.owner, "customer").count() == 0
