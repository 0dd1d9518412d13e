"""The creative plan: its modules and alternatives, its phases beside the schedule, and its confirmation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.creative import actions
from yunchou.capabilities.creative.actions import Instead
from yunchou.capabilities.creative.models import ContentItem, FinalPlan, Switch
from yunchou.capabilities.creative.plans import modules_of, table_of
from yunchou.capabilities.creative.selectors.contents import phase_lines
from yunchou.capabilities.creative.selectors.final import final_of
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.actions import open_change
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tables import MODULES
from yunchou.lifecycle.campaigns.tests.factories import again, bring_to

from .factories import CONTENT, PLAN, SPARE, put

pytestmark = pytest.mark.django_db
TODAY = date(2024, 8, 2)


def proposal(client: Client, subject: Subject) -> str:
    return client.get(reverse("campaigns:proposal_detail", args=[subject.pk])).content.decode()


def module(subject: Subject, name: str) -> Any:
    return next(one for one in modules_of(subject) if one.module == name)


def days_of(subject: Subject) -> list[tuple[date | None, date | None]]:
    return list(
        GanttTask.objects.filter(subject=subject).order_by("position").values_list("start_on", "end_on")
    )


@pytest.mark.req("CRE-02", whole=True)
@pytest.mark.rule("R-CRE-01")
def test_the_creative_table_has_four_modules_in_six_columns(
    firm: Firm, subject: Subject, client: Client
) -> None:
    table = table_of(subject).table
    assert [column.header for column in table.columns] == [
        "模块", "设计要点", "具体内容", "备选方案", "负责人", "完成时间",
    ]  # fmt: skip
    assert table.by_key["module"].options() == MODULES == ("活动主题", "活动形式", "渠道组合", "内容规划")
    assert [one.module for one in modules_of(subject)] == list(MODULES)
    client.force_login(firm.owner)
    page = proposal(client, subject)
    for words in (*MODULES, *CONTENT.values(), *SPARE.values(), firm.colleague.name, "07-18"):
        assert all(line in page for line in words.splitlines()), words
    assert "尚未填写" not in page
    # A module that is missing is told at once, and stops the plan.
    form = module(subject, "活动形式")
    put(subject, "creative", firm.owner, form.pk, module="其他")
    assert "尚未填写：活动形式" in proposal(client, subject)
    with pytest.raises(RuleRefused) as refused:
        actions.confirm_plan(subject=subject, effect="效果", evaluation="评估", actor=firm.owner)
    assert "R-CRE-01" in {verdict.rule_id for verdict in refused.value.verdicts}


@pytest.mark.req("CRE-03", whole=True)
@pytest.mark.rule("R-CRE-01")
def test_switching_to_an_alternative_updates_schedule_and_budget(
    firm: Firm, subject: Subject, client: Client
) -> None:
    row = module(subject, "活动形式")
    build = GanttTask.objects.get(subject=subject, name="场地搭建")
    rack = BudgetLine.objects.get(subject=subject, item="快闪展架")
    instead = Instead(
        reason="商场收回场地", switched_on=date(2024, 8, 1), tasks=[build.pk], days=2,
        amounts={rack.pk: Decimal("8000")}, due_on=date(2024, 8, 3),
    )  # fmt: skip
    before = days_of(subject)

    # Seen before it is done: the preview is the deed, taken back.
    shown = actions.preview_switch(subject=subject, row=row.pk, instead=instead, actor=firm.owner)
    assert [(one.name, one.follows) for one in shown.shifts] == [("T2 场地搭建", False), ("T3 爆发日", True)]
    assert (days_of(subject), Switch.objects.count()) == (before, 0)
    assert not JournalEntry.objects.filter(kind="creative.switched").exists()

    # In the dialog as well; a sent form that shows older dates is refused.
    client.force_login(firm.owner)
    address = reverse("creative:module_switch", args=[subject.pk, row.pk])
    seen = actions.switch_stamp(subject, row.pk)
    typed = {
        "switched_on": "2024-08-01", "reason": "商场收回场地", "tasks": [build.pk], "days": "2", "line_1": rack.pk,
        "amount_1": "8000", "due_on": "2024-08-03", "alternative": "线下快闪店", "seen": seen,
    }  # fmt: skip
    assert client.get(address).status_code == 200
    page = client.post(reverse("creative:switch_effect", args=[subject.pk, row.pk]), typed).content.decode()
    for words in ("T3 爆发日", "08-03", "¥30,000.00", "¥8,000.00"):
        assert words in page, words
    assert days_of(subject) == before
    waiting = client.post(reverse("creative:switch_effect", args=[subject.pk, row.pk]), {"days": "2"})
    assert waiting.status_code == 200
    assert client.post(address, {**typed, "line_1": ""}).status_code == 422
    assert client.post(address, {**typed, "seen": "old"}).status_code == 409
    assert client.post(address, typed).status_code == 302

    made = Switch.objects.get(subject=subject)
    assert (made.switched_on, made.reason, made.made_by) == (date(2024, 8, 1), "商场收回场地", firm.owner)
    assert days_of(subject)[1:] == [
        (date(2024, 7, 28), date(2024, 8, 3)),
        (date(2024, 8, 3), date(2024, 8, 6)),
    ]
    rack.refresh_from_db()
    assert (rack.amount, made.cost_change) == (Decimal(8000), Decimal(-22_000))
    now = module(subject, "活动形式")
    assert (now.content, now.alternative, now.due_on) == ("直播间", "线下快闪店", date(2024, 8, 3))
    [entry] = JournalEntry.objects.filter(subject=subject, kind="creative.switched")
    assert (entry.data["day"], entry.data["reason"]) == ("2024-08-01", "商场收回场地")
    assert "商场收回场地" in proposal(client, subject)

    # What is refused: no alternative, no reason, a day to come, nothing said of the effect, somebody without the right.
    plain = Instead(reason="再换", switched_on=TODAY, changes_nothing=True)
    for wrong, field in (
        (Instead(reason=" ", switched_on=TODAY, changes_nothing=True), "reason"),
        (Instead(reason="再换", switched_on=date(2024, 8, 3), changes_nothing=True), "switched_on"),
        (Instead(reason="再换", switched_on=TODAY), "changes_nothing"),
        (Instead(reason="再换", switched_on=TODAY, tasks=[build.pk]), "days"),
    ):
        with pytest.raises(Invalid) as invalid:
            actions.switch_alternative(subject=subject, row=row.pk, instead=wrong, actor=firm.owner)
        assert list(invalid.value.fields) == [field]
    with pytest.raises(NotAllowed):
        actions.switch_alternative(subject=subject, row=row.pk, instead=plain, actor=firm.colleague)
    with pytest.raises(Stale):
        actions.switch_alternative(subject=subject, row=row.pk, instead=plain, actor=firm.owner, seen=seen)
    theme = module(subject, "活动主题")
    put(subject, "creative", firm.owner, theme.pk, alternative="")
    with pytest.raises(WrongState):
        actions.switch_alternative(subject=subject, row=theme.pk, instead=plain, actor=firm.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Switch.objects.update(reason="")


@pytest.mark.req("CRE-03")
@pytest.mark.rule("R-CRE-01")
def test_an_approved_plan_is_switched_within_a_change_of_it(firm: Firm, subject: Subject) -> None:
    plan = module(subject, "内容规划")
    put(subject, "creative", firm.owner, plan.pk, content=PLAN.replace("7.26-8.4", "8.1-8.4"))
    campaign = bring_to(Campaign.objects.get(pk=subject.pk), Status.APPROVED, firm)
    row = module(subject, "渠道组合")
    plain = Instead(reason="平台停服", switched_on=TODAY, changes_nothing=True)
    with pytest.raises(WrongState):
        actions.switch_alternative(subject=subject, row=row.pk, instead=plain, actor=firm.owner)
    open_change(campaign=again(campaign), actor=firm.owner, reason="渠道停服，启用备选")
    made = actions.switch_alternative(subject=subject, row=row.pk, instead=plain, actor=firm.owner)
    assert (made.before, made.after, made.shifts, made.prices) == ("抖音、社群", "公众号、校园社群", [], [])


@pytest.mark.req("CRE-06", whole=True)
@pytest.mark.rule("R-CRE-01")
def test_contents_keep_to_phases_that_are_compared_with_the_gantt(
    firm: Firm, subject: Subject, client: Client
) -> None:
    item = {
        "phase": "预热期", "content": "倒计时海报", "channel": "抖音", "pain_point": "新生不知道去哪办卡",
        "theme_tie": "焕新从第一天开始", "start_on": "2024-07-20", "end_on": "2024-07-22",
    }  # fmt: skip
    put(subject, "contents", firm.owner, **item)
    for wrong, field in (
        ({"pain_point": ""}, "pain_point"),
        ({"theme_tie": " "}, "theme_tie"),
        ({"phase": "加演期"}, "phase"),
        ({"end_on": "2024-07-26"}, "end_on"),
        ({"start_on": "2024-07-19"}, "start_on"),
    ):
        with pytest.raises(Invalid) as refused:
            put(subject, "contents", firm.owner, **{**item, **wrong})
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotAllowed):
        put(subject, "contents", firm.colleague, **item)
    assert ContentItem.objects.count() == 1

    lines = {line.phase.name: line for line in phase_lines(subject)}
    assert list(lines) == ["预热期", "爆发期", "收尾期"]
    assert (lines["预热期"].level, lines["预热期"].count) == ("fine", 1)
    [burst] = lines["爆发期"].beside
    assert (burst.start_days, burst.end_days, burst.agrees) == (6, 0, False)
    assert lines["收尾期"].beside == ()
    client.force_login(firm.owner)
    page = client.get(reverse("creative:board", args=[subject.pk, "contents"])).content.decode()
    for words in ("新生不知道去哪办卡", "焕新从第一天开始", "T3 爆发日", "甘特"):
        assert words in page, words

    # Phases that overlap or leave the activity stop the plan; contents that no longer lie in their phase are told.
    plan = module(subject, "内容规划")
    late = PLAN.replace("7.20-7.25", "7.21-7.27").replace("8.5-8.9", "8.5-8.12")
    put(subject, "creative", firm.owner, plan.pk, content=late)
    with pytest.raises(RuleRefused) as stopped:
        actions.confirm_plan(subject=subject, effect="效果", evaluation="评估", actor=firm.owner)
    assert sorted(verdict.rule_id for verdict in stopped.value.verdicts) == [
        "K-CRE-06", "R-CRE-01", "R-CRE-01",
    ]  # fmt: skip
    lines = {line.phase.name: line for line in phase_lines(subject)}
    assert (lines["爆发期"].overlaps, lines["收尾期"].is_outside) == ("预热期", True)
    assert "K-CRE-06" in client.get(reverse("creative:board", args=[subject.pk, "contents"])).content.decode()


@pytest.mark.req("CRE-08", whole=True)
def test_the_final_plan_states_effect_and_evaluation_and_is_frozen(
    firm: Firm, subject: Subject, client: Client
) -> None:
    client.force_login(firm.owner)
    assert (
        "新增会员 800 人" in client.get(reverse("creative:final_confirm", args=[subject.pk])).content.decode()
    )
    for effect, evaluation, field in ((" ", "比对", "effect"), ("新增会员", "", "evaluation")):
        with pytest.raises(Invalid) as invalid:
            actions.confirm_plan(subject=subject, effect=effect, evaluation=evaluation, actor=firm.owner)
        assert list(invalid.value.fields) == [field]
    with pytest.raises(NotAllowed):
        actions.confirm_plan(subject=subject, effect="a", evaluation="b", actor=firm.colleague)
    typed = {
        "effect": "新增会员 800 人，到店 2,000 人次",
        "evaluation": "会员系统与到店计数，活动后 3 个工作日",
    }
    address = reverse("creative:final_confirm", args=[subject.pk])
    assert client.post(address, typed).status_code == 302

    made = FinalPlan.objects.select_related("version").get(subject=subject)
    assert (made.effect, made.confirmed_by, made.is_whole) == (typed["effect"], firm.owner, True)
    assert made.version.frozen_at is not None
    assert "直播间" in str(made.version.content)
    page = proposal(client, subject)
    assert typed["effect"] in page
    assert str(made.version) in page
    assert not final_of(subject).is_changed
    with pytest.raises(WrongState):
        actions.confirm_plan(
            subject=subject, effect=made.effect, evaluation=made.evaluation, actor=firm.owner
        )
    # Written on since: told, and confirmed anew as another version; what was confirmed stays as it was.
    put(subject, "creative", firm.owner, module(subject, "活动主题").pk, content="焕新季")
    assert final_of(subject).is_changed
    assert client.post(address, {**typed, "seen": "older"}).status_code == 409
    second = actions.confirm_plan(
        subject=subject, effect=made.effect, evaluation=made.evaluation, actor=firm.owner
    )
    assert second.version.number > made.version.number
    assert "焕新季" not in str(FinalPlan.objects.select_related("version").get(pk=made.pk).version.content)
    FinalPlan.objects.filter(pk=made.pk).update(effect="改口")
    assert not FinalPlan.objects.select_related("version").get(pk=made.pk).is_whole
