"""Changes after approval and amendments during it: what is open, whom they need, what is locked, how they end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import record_actual
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.operations.actions import trigger_risk
from yunchou.capabilities.operations.models import Measure, Risk, RiskResponse
from yunchou.capabilities.operations.tables import RiskRow
from yunchou.capabilities.work.actions import link_tasks, set_progress, set_task_state
from yunchou.capabilities.work.models import Dependency, GanttTask
from yunchou.capabilities.work.states import Phase, State
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.actions import hand_over
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import amend_case, approve, reject, return_case, withdraw
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.actions import set_parameter
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import DueRule, Figure, Person
from yunchou.kernel.versions.actions import present_digest
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.changing import (
    asked_by,
    change_of,
    changed_targets,
    changes_of,
    made_void,
    version_in_force,
)
from yunchou.lifecycle.campaigns.models import Campaign, Change, Goal, Status
from yunchou.lifecycle.campaigns.rules.execution import Adjustment, adjustments_are_agreed_to
from yunchou.lifecycle.campaigns.selectors import conflicts_of, facts_of, lock_on
from yunchou.lifecycle.campaigns.tables import CONTENT_PLAN, GoalRow, ModuleRow
from yunchou.lifecycle.reviews.tables import EvaluationRow

from .factories import again, approve_all, bring_to, make_proposal, save_rows, submit

LEADERS, CLUB, VP = p.REGIONAL_LEADERSHIP, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING


def line(item: str, amount: int, **fields: Any) -> LineRow:
    return LineRow(category="物料成本", item=item, amount=Decimal(amount), **fields)


def task(name: str, firm: Firm) -> TaskRow:
    days = {"start_on": date(2024, 7, 20), "end_on": date(2024, 7, 25)}
    return TaskRow(name=name, owner=Person(firm.colleague.name, firm.colleague.pk), **days)


def running(firm: Firm, status: Status = Status.RUNNING, **fields: Any) -> Campaign:
    """A campaign of 90,000 yuan in two lines and with two tasks, that was approved and runs."""
    campaign = make_proposal(firm, **fields)
    save_rows(campaign, "budget", [line("舞台", 60_000), line("海报", 30_000)], actor=firm.owner)
    save_rows(campaign, "schedule", [task("搭建", firm), task("开场", firm)], actor=firm.owner)
    return bring_to(campaign, status, firm)


def rewrite(campaign: Campaign, key: str, change: Any, firm: Firm) -> None:
    """Apply `change` to the list of rows of a table."""
    kept = next(each for each in workbook().kept if each.table.key == key)
    save_rows(campaign, key, change(list(kept.load(campaign.subject))), actor=firm.owner)


def costlier(campaign: Campaign, firm: Firm, amount: int = 20_000) -> None:
    rewrite(campaign, "budget", lambda rows: [*rows, line("灯光", amount)], firm)


def waiting(campaign: Campaign) -> Any:
    found = Task.objects.filter(step__case__subject=campaign.subject, state=Task.State.WAITING)
    return found.exclude(step__kind="file").select_related("step__case", "step__position", "assignee")


def kinds(campaign: Campaign) -> set[str]:
    return set(JournalEntry.objects.filter(subject=campaign.subject).values_list("kind", flat=True))


def hidden(page: str) -> dict[str, str]:
    """What the forms of the page of a change send along."""
    return dict(re.findall(r'<input type="hidden" name="(change|digest)" value="([^"]+)">', page))


def opened(campaign: Campaign, firm: Firm) -> Change:
    return actions.open_change(campaign=campaign, actor=firm.owner, reason="场地缩小")


@pytest.mark.req("APR-16")
@pytest.mark.rule("R-APR-17")
def test_only_its_people_open_an_approved_campaign_with_a_reason_and_once(firm: Firm) -> None:
    campaign = make_proposal(firm)
    with pytest.raises(WrongState):
        opened(campaign, firm)
    campaign = running(firm)
    for person in (firm.colleague, firm.outsider, firm.approver):
        with pytest.raises(NotAllowed):
            actions.open_change(campaign=campaign, actor=person, reason="场地缩小")
    with pytest.raises(Invalid):
        actions.open_change(campaign=campaign, actor=firm.owner, reason=" ")
    assert lock_on(campaign.subject, "budget")
    change = opened(campaign, firm)
    for table in ("overview", "goals", "creative", "budget", "division", "schedule", "risks"):
        assert lock_on(campaign.subject, table) is None
    assert change.base == version_in_force(campaign.subject)
    with pytest.raises(WrongState):
        opened(campaign, firm)
    with pytest.raises(WrongState):
        actions.send_change(change=change, actor=firm.owner)  # nothing differs
    assert "campaigns.change_opened" in kinds(campaign)


@pytest.mark.req("APR-16", whole=True)
@pytest.mark.rule("R-APR-17")
def test_a_change_that_needs_nothing_new_goes_to_the_responsible_approver_only(firm: Firm) -> None:
    """Work goes on meanwhile by what is in force; afterwards the new version is, and its schedule the baseline."""
    campaign = running(firm)
    before = version_in_force(campaign.subject)
    change = opened(campaign, firm)
    rewrite(campaign, "schedule", lambda rows: [*rows, task("返场", firm)], firm)
    assert [(one.position, one.is_new) for one in asked_by(campaign.subject, firm.owner)] == [
        ("区域公司领导层", False)
    ]
    change = actions.send_change(change=change, actor=firm.owner)
    assert change.is_sent
    assert lock_on(campaign.subject, "schedule")
    assert [each.assignee for each in waiting(campaign)] == [firm.approver]
    assert lock_on(campaign.subject, "actuals") is None
    assert again(campaign).status == Status.RUNNING
    assert version_in_force(campaign.subject) == before

    approve_all(campaign)
    change.refresh_from_db()
    assert change.state == Change.State.IN_FORCE
    now = version_in_force(campaign.subject)
    assert now.number > before.number
    assert now.frozen_at
    assert present_digest(campaign.subject) == now.digest
    assert GanttTask.objects.get(name="返场").baseline_end_on == date(2024, 7, 25)
    assert {"campaigns.change_sent", "campaigns.change_in_force"} <= kinds(campaign)
    assert change_of(campaign.subject) is None


@pytest.mark.req("APR-08")
@pytest.mark.req("APR-13")
@pytest.mark.rule("R-APR-07")
@pytest.mark.rule("R-APR-08")
def test_what_a_change_newly_needs_locks_commitments_until_it_is_there(firm: Firm) -> None:
    """From 90,000 to 110,000 yuan: large from now on, so that club and vice president are asked, and nobody else anew."""
    campaign = running(firm, Status.APPROVED)
    stage = BudgetLine.objects.get(subject=campaign.subject, item="舞台")
    opening = GanttTask.objects.get(subject=campaign.subject, name="开场")
    GanttTask.objects.filter(pk=opening.pk).update(phase=Phase.EXECUTION)
    opening.refresh_from_db()
    change = opened(campaign, firm)
    costlier(campaign, firm)
    new = BudgetLine.objects.get(subject=campaign.subject, item="灯光")
    with pytest.raises(WrongState):  # what nobody has agreed to is not spent
        record_actual(line=new, amount=Decimal(1), note="定金", actor=firm.people[p.FINANCE])
    asked = {one.position: one.is_new for one in asked_by(campaign.subject, firm.owner)}
    assert asked == {"区域公司领导层": False, "集团客户会": True, "营销主管副总裁": True}
    change = actions.send_change(change=change, actor=firm.owner)
    assert again(campaign).large_because == ["cost"]
    with pytest.raises(WrongState) as held:
        record_actual(line=stage, amount=Decimal(1), note="定金", actor=firm.people[p.FINANCE])
    assert "营销主管副总裁" in str(held.value)
    with pytest.raises(WrongState):
        set_task_state(task=opening, actor=firm.colleague, state=State.IN_PROGRESS)
    with pytest.raises(RuleRefused) as refused:
        actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    assert [one.rule_id for one in refused.value.verdicts] == ["R-APR-07"]

    assert approve_all(campaign) == [LEADERS, CLUB, VP]
    record_actual(line=new, amount=Decimal(20_000), note="定金", voucher="PZ-1", actor=firm.people[p.FINANCE])
    set_task_state(task=opening, actor=firm.colleague, state=State.IN_PROGRESS)
    assert actions.start_campaign(campaign=again(campaign), actor=firm.owner).status == Status.RUNNING


@pytest.mark.req("APR-13", whole=True)
@pytest.mark.rule("R-APR-08")
def test_attendance_and_flags_are_judged_again_as_cost_is(firm: Firm) -> None:
    """Each of them alone leads to a route that newly needs somebody; back at what was approved, nobody."""
    campaign = running(firm)
    opened(campaign, firm)
    centre, large = "集团客户服务中心总经理", {"集团客户会", "营销主管副总裁"}
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"expected_people": Decimal(301)}, large),
        ({"expected_people": None, "is_brand_related": True}, large),
        ({"is_brand_related": None, "is_cross_department": True}, large),
        ({"is_cross_department": None, "plan_item": "", "out_of_plan_reason": "社区需要"}, {centre}),
        ({"plan_item": "2024 年度计划 3.2", "out_of_plan_reason": ""}, set()),
    ]
    for changes, wanted in cases:
        actions.change_overview(campaign=campaign, actor=firm.owner, changes=changes)
        assert {one.position for one in asked_by(campaign.subject, firm.owner) if one.is_new} == wanted, (
            changes
        )
        assert again(campaign).is_large is (wanted == large)


@pytest.mark.req("APR-08")
@pytest.mark.rule("R-APR-07")
def test_a_draft_commits_no_money_and_starts_no_execution(firm: Firm) -> None:
    campaign = make_proposal(firm)
    save_rows(campaign, "budget", [line("舞台", 60_000)], actor=firm.owner)
    save_rows(campaign, "schedule", [task("搭建", firm), task("开场", firm)], actor=firm.owner)
    GanttTask.objects.filter(name="开场").update(phase=Phase.EXECUTION)
    GanttTask.objects.filter(name="搭建").update(phase=Phase.PREPARATION)
    for sent in (False, True):
        if sent:
            submit(campaign, firm)
        with pytest.raises(WrongState):
            record_actual(
                line=BudgetLine.objects.get(), amount=Decimal(60_000), note="", actor=firm.people[p.FINANCE]
            )
        with pytest.raises(WrongState):
            set_task_state(task=GanttTask.objects.get(name="开场"), actor=firm.owner, state=State.DONE)
    assert GanttTask.objects.get(name="开场").state != State.DONE


@pytest.mark.rule("R-APR-17", whole=True)
@pytest.mark.req("APR-16")
def test_a_preapproved_measure_against_a_risk_waits_for_no_change(firm: Firm) -> None:
    """It was approved with the plan, so that it is taken while a change still waits for what it newly needs."""
    campaign = make_proposal(firm)
    person = Person(firm.colleague.name, firm.colleague.pk)
    risk = RiskRow(
        scenario="首日曝光不足",
        likelihood=2,
        impact=3,
        trigger="首日曝光<50万",
        responses=("追加5000元投放",),
        owner=person,
    )
    save_rows(campaign, "risks", [risk], actor=firm.owner)
    save_rows(campaign, "budget", [line("舞台", 90_000)], actor=firm.owner)
    bring_to(campaign, Status.RUNNING, firm)
    change = opened(again(campaign), firm)
    costlier(campaign, firm)
    actions.send_change(change=change, actor=firm.owner)
    assert lock_on(campaign.subject, "actuals")
    response = trigger_risk(
        risk=Risk.objects.get(subject=campaign.subject), note="曝光 41 万", actor=firm.owner
    )
    assert response.pk
    for ctx, valid in ((Adjustment(False), False), (Adjustment(False, True), True), (Adjustment(True), True)):
        assert adjustments_are_agreed_to.check(ctx)[0].passed is valid


def test_a_dropped_change_puts_everything_back_and_keeps_what_was_recorded(firm: Firm) -> None:
    """Rows come back with what they held; what was booked, done and ticked meanwhile stays."""
    campaign = running(firm)
    subject, finance = campaign.subject, firm.people[p.FINANCE]
    stage, posters = BudgetLine.objects.filter(subject=subject).order_by("position")
    build = GanttTask.objects.get(subject=subject, name="搭建")
    digest = present_digest(subject)
    change = opened(campaign, firm)
    rewrite(
        campaign, "budget", lambda rows: [line("灯光", 500), rows[0]], firm
    )  # posters deleted, moved, added
    rewrite(campaign, "goals", lambda rows: [], firm)
    actions.change_overview(
        campaign=campaign, actor=firm.owner, changes={"scene": "室内", "expected_people": Decimal(9)}
    )
    record_actual(line=stage, amount=Decimal(59_000), note="让利", voucher="PZ-1", actor=finance)
    set_task_state(task=build, actor=firm.owner, state=State.DONE)
    assert present_digest(subject) != digest
    change = actions.drop_change(change=change, actor=firm.owner)

    assert change.state == Change.State.DROPPED
    assert present_digest(subject) == digest
    rows = BudgetLine.objects.filter(subject=subject).order_by("position")
    assert [(row.item, row.actual) for row in rows] == [("舞台", Decimal(59_000)), ("海报", None)]
    assert [row.pk for row in rows] == [stage.pk, posters.pk]
    assert GanttTask.objects.get(pk=build.pk).state == State.DONE
    goal = Goal.objects.get(subject=subject)
    assert goal.owner_name == firm.colleague.name
    assert lock_on(subject, "budget")
    with pytest.raises(WrongState):
        actions.drop_change(change=change, actor=firm.owner)
    assert "campaigns.change_dropped" in kinds(campaign)


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "returned"])
def test_how_a_change_ends_without_agreement(firm: Firm, end: str) -> None:
    campaign = running(firm)
    digest = present_digest(campaign.subject)
    change = opened(campaign, firm)
    costlier(campaign, firm)
    change = actions.send_change(change=change, actor=firm.owner)
    first = waiting(campaign).get()
    if end == "rejected":
        reject(task=first, actor=firm.approver, opinion="不需要")
    elif end == "returned":
        return_case(task=first, actor=firm.approver, opinion="说明用途")
    else:
        withdraw(case=running_case(campaign.subject), actor=firm.owner)
    change.refresh_from_db()
    assert again(campaign).status == Status.RUNNING
    if end == "returned":
        assert change.is_open
        assert lock_on(campaign.subject, "budget") is None
        rewrite(campaign, "budget", lambda rows: [*rows[:-1], line("灯光（开场用）", 20_000)], firm)
        actions.send_change(change=change, actor=firm.owner)
        assert approve_all(campaign) == [LEADERS, CLUB, VP]
    else:
        assert change.state == Change.State.DROPPED
        assert present_digest(campaign.subject) == digest
        assert lock_on(campaign.subject, "actuals") is None
        assert not again(campaign).is_large
    assert changes_of(campaign.pk) == ()


def test_a_change_that_breaks_the_rules_of_a_proposal_is_not_sent(firm: Firm) -> None:
    campaign = running(firm)
    change = opened(campaign, firm)
    rewrite(campaign, "goals", lambda rows: [], firm)
    with pytest.raises(RuleRefused) as refused:
        actions.send_change(change=change, actor=firm.owner)
    assert "R-GOA-01" in {one.rule_id for one in refused.value.verdicts}
    assert change_of(campaign.subject).is_open


@pytest.mark.req("TYP-10")
def test_no_other_course_is_taken_while_a_change_is_open(firm: Firm) -> None:
    campaign = running(firm)
    change = opened(campaign, firm)
    for move in (
        lambda: actions.suspend_campaign(campaign=campaign, actor=firm.owner, note="暴雨"),
        lambda: actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="暴雨"),
        lambda: actions.close_campaign(campaign=campaign, actor=firm.owner),
    ):
        with pytest.raises(WrongState):
            move()
    actions.drop_change(change=change, actor=firm.owner)
    campaign = actions.suspend_campaign(campaign=again(campaign), actor=firm.owner, note="暴雨")
    with pytest.raises(WrongState):
        opened(campaign, firm)
    assert actions.resume_campaign(campaign=campaign, actor=firm.owner).status == Status.RUNNING


def test_a_change_counts_towards_a_split_and_does_not_hide_what_is_in_force(firm: Firm) -> None:
    first = make_proposal(firm, "七夕邻里音乐会（上）")
    second = make_proposal(firm, "七夕邻里音乐会（下）")
    for campaign, amount in ((first, 40_000), (second, 50_000)):
        save_rows(campaign, "budget", [line("舞台", amount)], actor=firm.owner)
        bring_to(campaign, Status.APPROVED, firm)
    change = opened(again(first), firm)
    rewrite(first, "budget", lambda rows: [line("舞台", 70_000)], firm)
    actions.send_change(change=change, actor=firm.owner)
    assert again(first).large_because == ["joint"]
    assert VP in {step.position.code for step in running_case(first.subject).steps.select_related("position")}
    assert "campaigns.split_found" in kinds(second)
    withdraw(case=running_case(first.subject), actor=firm.owner)

    change = opened(again(first), firm)
    rewrite(first, "budget", lambda rows: [line("舞台", 1)], firm)  # for as long as the other is sent
    third = make_proposal(firm, "七夕邻里音乐会（中）", plan_item="2024 年度计划 3.2")
    save_rows(third, "budget", [line("舞台", 15_000)], actor=firm.owner)
    assert submit(third, firm).large_because == ["joint"]


@pytest.mark.rule("R-APR-08")
def test_an_amendment_goes_on_with_what_was_decided(firm: Firm) -> None:
    """While it is written nobody decides; sent, only what it newly needs and what it made void is asked."""
    campaign = submit(make_proposal(firm, expected_people=301), firm)
    approve(task=waiting(campaign).get(), actor=firm.approver)
    case = running_case(campaign.subject)
    with pytest.raises(NotAllowed):
        actions.open_amendment(campaign=campaign, actor=firm.colleague, reason="改文案")
    amendment = actions.open_amendment(campaign=campaign, actor=firm.owner, reason="改文案")
    actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "社区广场"})
    with pytest.raises(WrongState):
        approve(task=waiting(campaign).get(), actor=firm.people[CLUB])
    assert made_void(case) == []
    amendment = actions.send_change(change=amendment, actor=firm.owner)
    assert lock_on(campaign.subject, "overview")
    assert running_case(campaign.subject) == case
    assert [each.assignee for each in waiting(campaign)] == [firm.people[CLUB]]

    amendment = actions.open_amendment(campaign=campaign, actor=firm.owner, reason="改为计划外")
    changes = {"plan_item": "", "out_of_plan_reason": "社区需要"}
    actions.change_overview(campaign=campaign, actor=firm.owner, changes=changes)
    case.refresh_from_db()
    assert [step.position.code for step in made_void(case)] == [LEADERS]
    actions.drop_change(change=amendment, actor=firm.owner)
    assert present_digest(campaign.subject) == case.version.digest
    assert approve_all(campaign) == [CLUB, VP]
    assert {"campaigns.amendment_opened", "campaigns.amendment_sent", "campaigns.amendment_dropped"} <= kinds(
        campaign
    )


def test_an_amendment_ends_with_its_approval(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    actions.open_amendment(campaign=campaign, actor=firm.owner, reason="改文案")
    return_case(task=waiting(campaign).get(), actor=firm.approver, opinion="重写")
    assert changes_of(campaign.pk) == ()
    assert Change.objects.get().state == Change.State.DROPPED
    with pytest.raises(WrongState):
        actions.open_amendment(campaign=again(campaign), actor=firm.owner, reason="改文案")


@pytest.mark.req("GOA-10", whole=True)
def test_evaluation_shows_the_original_and_the_current_target(firm: Firm, client: Client) -> None:
    """A target changes by an approved change only; what was first approved is never lost."""
    campaign = running(firm)
    assert lock_on(campaign.subject, "goals")
    change = opened(campaign, firm)

    def lower(rows: list[GoalRow]) -> list[GoalRow]:
        [goal] = rows
        return [
            GoalRow(
                pk=goal.pk, dimension=goal.dimension, description=goal.description, metrics=goal.metrics,
                targets=(Figure(Decimal(150), "条", ">="),), data_sources=goal.data_sources, owner=goal.owner,
                due=DueRule(1),
            )
        ]  # fmt: skip

    rewrite(campaign, "goals", lower, firm)
    assert changed_targets(campaign.subject) == {}
    actions.send_change(change=change, actor=firm.owner)
    approve_all(campaign)
    moved = changed_targets(campaign.subject)["有效线索量"]
    assert (moved.original.value, moved.current.value) == (200, 150)
    row = EvaluationRow(
        dimension="线索获取",
        indicator="有效线索量",
        target=Figure(Decimal(150), "条"),
        actual=Figure(Decimal(160), "条"),
    )
    save_rows(campaign, "evaluation", [row], actor=firm.owner)
    client.force_login(firm.owner)
    page = client.get(reverse("reviews:review_detail", args=[campaign.pk])).content.decode()
    assert 'class="note changed-target"' in page
    assert "200" in page
    assert "80" in page  # 160 of 200 is 80 %


def test_the_pages_of_a_change(firm: Firm, client: Client) -> None:
    """Opened in a dialog, told on every tab, looked at, sent; whoever may not sees no button and is refused."""
    campaign = running(firm)
    home, change_page = f"/campaigns/{campaign.pk}/", f"/campaigns/{campaign.pk}/change/"
    client.force_login(firm.owner)
    assert client.get(change_page).status_code == 404
    assert f"{change_page}open/change/" in client.get(home).content.decode()
    assert client.get(f"{change_page}open/unheard-of/").status_code == 404
    assert client.get(f"{change_page}open/change/").status_code == 200
    assert client.post(f"{change_page}open/change/", {"note": ""}).status_code == 422
    assert client.post(f"{change_page}open/change/", {"note": "灯光加强"}).status_code == 302
    costlier(campaign, firm)
    for page in (home, f"{home}proposal/", reverse("budgets:budget_detail", args=[campaign.pk])):
        assert 'id="change-banner"' in client.get(page).content.decode()
    shown = client.get(change_page).content.decode()
    assert "灯光" in shown
    assert "营销主管副总裁" in shown
    client.force_login(firm.colleague)
    assert client.get(change_page).status_code == 200
    assert client.post(f"{change_page}send/").status_code == 403
    client.force_login(firm.outsider)
    assert client.get(change_page).status_code == 404
    client.force_login(firm.owner)
    assert client.post(f"{change_page}send/", hidden(shown)).status_code == 302
    case = running_case(campaign.subject)
    assert case.get_absolute_url() in client.get(change_page).content.decode()
    assert client.get(case.get_absolute_url()).status_code == 200
    assert client.post(f"{change_page}open/amendment/", {"note": "再加一盏"}).status_code == 302
    later = client.get(change_page).content.decode()
    assert 'id="void"' in later
    assert client.post(f"{change_page}drop/", hidden(shown)).status_code == 409  # that was the change
    assert client.post(f"{change_page}drop/", hidden(later)).status_code == 302
    assert Case.objects.filter(subject=campaign.subject).count() == 2


def test_nothing_is_committed_on_a_row_that_an_open_change_writes_anew(firm: Firm) -> None:
    """Money on an amount that nobody agreed to waits, and so does a task with other dates; the rows beside them do not."""
    campaign = running(firm)
    opened(campaign, firm)
    rewrite(campaign, "budget", lambda rows: [replace(rows[0], amount=Decimal(90_000)), *rows[1:]], firm)
    rewrite(campaign, "schedule", lambda rows: [replace(rows[0], end_on=date(2024, 7, 27)), *rows[1:]], firm)
    for key, rows in (
        ("budget", BudgetLine.objects.filter(subject=campaign.subject)),
        ("schedule", GanttTask.objects.filter(subject=campaign.subject)),
    ):
        written, untouched = rows.order_by("position")
        assert lock_on(campaign.subject, f"{key}/{written.pk}")
        assert lock_on(campaign.subject, f"{key}/{untouched.pk}") is None
    stage = BudgetLine.objects.get(subject=campaign.subject, item="舞台")
    with pytest.raises(WrongState):
        record_actual(line=stage, amount=Decimal(90_000), note="", actor=firm.people[p.FINANCE])


def test_a_dropped_change_gives_back_ticks_and_what_people_owe(firm: Firm) -> None:
    campaign = running(firm)
    owed = set(Duty.objects.open().filter(kind="work.task").values_list("owner", "due_at"))
    assert owed
    change = opened(campaign, firm)
    goal = Goal.objects.get(subject=campaign.subject)
    actions.confirm_goal(goal=goal, actor=firm.owner, boxes=[])
    actions.confirm_principles(campaign=campaign, actor=firm.owner, principles=["safe"])
    shift = timedelta(days=9)
    rewrite(
        campaign, "schedule", lambda rows: [replace(row, end_on=row.end_on + shift) for row in rows], firm
    )
    GanttTask.objects.filter(subject=campaign.subject, name="开场").delete()
    with pytest.raises(WrongState):
        actions.redate_campaign(campaign=campaign, start_on=date(2025, 1, 1), actor=firm.owner)
    actions.drop_change(change=change, actor=firm.owner)
    goal.refresh_from_db()
    assert goal.unconfirmed == ()
    assert again(campaign).principles == []
    now = Duty.objects.open().filter(kind="work.task").values_list("owner", "due_at")
    assert set(now) == owed


def test_what_no_column_shows_comes_back_with_a_row_that_was_deleted(firm: Firm) -> None:
    """Progress, baseline and mapped predecessors of a task, and the log of a risk, each under the key it had."""
    person = Person(firm.colleague.name, firm.colleague.pk)
    campaign = make_proposal(firm)
    save_rows(campaign, "budget", [line("舞台", 60_000)], actor=firm.owner)
    days = {"start_on": date(2024, 7, 26), "end_on": date(2024, 7, 27)}
    later = replace(task("开场", firm), predecessors=("搭台",), **days)
    save_rows(campaign, "schedule", [task("搭建", firm), later], actor=firm.owner)
    risk = RiskRow(
        scenario="暴雨", likelihood=3, impact=3, trigger="下雨", responses=("移到室内",), owner=person
    )
    save_rows(campaign, "risks", [risk], actor=firm.owner)
    build, opening = GanttTask.objects.filter(subject=campaign.subject).order_by("position")
    link_tasks(task=opening, predecessor=build, given="搭台", actor=firm.owner)
    bring_to(campaign, Status.RUNNING, firm)
    set_task_state(task=build, actor=firm.colleague, state=State.IN_PROGRESS)
    set_progress(task=build, actor=firm.colleague, percent=60)
    trigger_risk(risk=Risk.objects.get(), note="雷阵雨", actor=firm.owner)
    before = {model: list(model.objects.order_by("pk").values()) for model in KEPT}
    assert before[GanttTask][0]["progress"] == 60
    assert before[GanttTask][0]["baseline_end_on"] == date(2024, 7, 25)
    assert all(before.values())

    change = opened(again(campaign), firm)
    for key in ("schedule", "risks", "goals"):
        rewrite(campaign, key, lambda rows: [], firm)
    assert [task.is_beside for task in GanttTask.objects.all()] == [True], "what is being done goes on"
    assert not Measure.objects.exists()
    actions.drop_change(change=change, actor=firm.owner)
    assert {model: list(model.objects.order_by("pk").values()) for model in KEPT} == before
    assert present_digest(campaign.subject) == version_in_force(campaign.subject).digest


KEPT = (GanttTask, Dependency, Risk, RiskResponse, Measure, Goal)


def test_a_hand_over_changes_nothing_that_was_agreed_and_is_not_undone(firm: Firm) -> None:
    """Approvers go on deciding, a dropped change leaves the work with the successor, and rows that come back go there too."""
    heir = User.objects.create(username="heir", name="继任")
    campaign = running(firm)
    base = version_in_force(campaign.subject)
    change = opened(campaign, firm)
    rewrite(campaign, "schedule", lambda rows: rows[:1], firm)
    hand_over(person=firm.colleague, to=heir, actor=firm.admin)
    actions.drop_change(change=change, actor=firm.owner)
    tasks = GanttTask.objects.filter(subject=campaign.subject)
    assert {task.owner for task in tasks} == {heir}
    assert Goal.objects.get(subject=campaign.subject).owner == heir
    assert present_digest(campaign.subject) == base.digest

    second = User.objects.create(username="second", name="再任")
    hand_over(person=heir, to=second, actor=firm.admin)
    assert present_digest(campaign.subject) == base.digest
    assert {task.owner for task in tasks.all()} == {second}


def test_a_hand_over_does_not_stand_in_the_way_of_a_decision(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    heir = User.objects.create(username="heir", name="继任")
    hand_over(person=firm.colleague, to=heir, actor=firm.admin)
    assert Goal.objects.get(subject=campaign.subject).owner == heir
    approve_all(campaign)
    assert again(campaign).status == Status.APPROVED


def test_the_approvals_own_page_amends_as_ours_does(firm: Firm) -> None:
    """What would not be sent is refused there too; what is sent closes the amendment, and another may be opened."""
    campaign = submit(make_proposal(firm), firm)
    amendment = actions.open_amendment(campaign=campaign, actor=firm.owner, reason="改文案")
    goals = list(next(each for each in workbook().kept if each.table.key == "goals").load(campaign.subject))
    rewrite(campaign, "goals", lambda rows: [], firm)
    case = running_case(campaign.subject)
    with pytest.raises(RuleRefused):
        amend_case(case=case, actor=firm.owner, note="改文案")
    actions.drop_change(change=amendment, actor=firm.owner)
    assert len(goals) == Goal.objects.filter(subject=campaign.subject).count()

    amendment = actions.open_amendment(campaign=campaign, actor=firm.owner, reason="再加一盏灯")
    costlier(campaign, firm, 200_000)
    amend_case(case=case, actor=firm.owner, note="加灯")
    amendment.refresh_from_db()
    assert amendment.state == Change.State.HANDED_IN
    assert again(campaign).is_large
    assert "campaigns.amendment_sent" in kinds(campaign)
    assert actions.open_amendment(campaign=campaign, actor=firm.owner, reason="再改").is_open


def test_a_change_is_sent_as_its_sender_saw_it(firm: Firm, client: Client) -> None:
    campaign = running(firm)
    opened(campaign, firm)
    costlier(campaign, firm)
    client.force_login(firm.owner)
    page = f"/campaigns/{campaign.pk}/change/"
    seen = hidden(client.get(page).content.decode())
    assert set(seen) == {"change", "digest"}
    for posted in ({}, {**seen, "change": "0"}, {"change": seen["change"]}):
        assert client.post(f"{page}send/", posted).status_code == 409
    assert client.post(f"{page}drop/", {}).status_code == 409
    rewrite(campaign, "budget", lambda rows: [*rows, line("音响", 9_000)], firm)
    assert client.post(f"{page}send/", seen).status_code == 409
    assert change_of(campaign.subject).is_open
    assert client.post(f"{page}send/", hidden(client.get(page).content.decode())).status_code == 302


@pytest.mark.req("SCH-09")
@pytest.mark.rule("R-SCH-06")
@pytest.mark.parametrize("kind", ["change", "amendment"])
def test_dates_that_a_change_makes_disagree_are_confirmed_one_by_one(
    firm: Firm, client: Client, kind: str
) -> None:
    """As when a proposal is sent: of what was confirmed before nothing is asked again, of what is new each by itself."""
    campaign = running(firm) if kind == "change" else submit(make_proposal(firm), firm)
    page = f"/campaigns/{campaign.pk}/change/"
    client.force_login(firm.owner)
    assert client.post(f"{page}open/{kind}/", {"note": "预热推迟"}).status_code == 302
    warm = replace(task("活动预热启动", firm), start_on=date(2024, 7, 31), end_on=date(2024, 8, 5))
    rewrite(campaign, "schedule", lambda rows: [*rows, warm], firm)
    phases = "预热期(7.20-7.25)：海报；爆发期(7.26-7.30)：直播"
    rewrite(
        campaign,
        "creative",
        lambda rows: [
            replace(row, content=phases) if row.module == CONTENT_PLAN else row for row in rows
        ] or [ModuleRow(module=CONTENT_PLAN, content=phases, design_point="分阶段")],
        firm,
    )  # fmt: skip
    [change] = changes_of(campaign.pk)
    [conflict] = conflicts_of(campaign.subject)
    field = f"confirm-{conflict.verdict.fingerprint}"
    shown = client.get(page).text
    assert field in shown
    assert 'form="change-form"' in shown

    with pytest.raises(RuleRefused) as refused:
        actions.send_change(change=change, actor=firm.owner)
    assert (refused.value.code, len(refused.value.verdicts)) == ("unconfirmed", 1)
    if case := running_case(campaign.subject):  # nor by way of the approvals' own page
        with pytest.raises(RuleRefused):
            amend_case(case=case, actor=firm.owner, note="预热推迟")
    answer = client.post(f"{page}send/", {**hidden(shown), field: " "})
    assert answer.status_code == 422
    assert "R-SCH-06" in answer.text
    change.refresh_from_db()
    assert change.is_open
    assert not Ruling.objects.filter(subject=campaign.subject, rule="R-SCH-06").exists()
    assert (
        client.post(f"{page}send/", {**hidden(answer.text), field: "海报先行，启动另计"}).status_code == 302
    )
    change.refresh_from_db()
    assert not change.is_open
    ruling = Ruling.objects.get(subject=campaign.subject, rule="R-SCH-06")
    assert (ruling.kind, ruling.made_by, ruling.reason) == (
        Ruling.Kind.CONFIRMED,
        firm.owner,
        "海报先行，启动另计",
    )

    # The next one does not ask again for what was confirmed.
    if kind == "amendment":
        again_open = actions.open_amendment(campaign=campaign, actor=firm.owner, reason="再加一盏灯")
        costlier(campaign, firm)
        assert not actions.send_change(change=again_open, actor=firm.owner).is_open


def test_a_change_does_not_open_where_rows_could_not_be_told_apart(firm: Firm) -> None:
    campaign = running(firm)
    GanttTask.objects.filter(subject=campaign.subject, name="开场").delete()
    with pytest.raises(WrongState):
        opened(campaign, firm)


@pytest.mark.rule("R-APR-08")
def test_what_an_earlier_change_no_longer_needed_is_newly_needed_again(firm: Firm) -> None:
    """Only who agreed to what is in force counts: not who agreed to a dearer version long ago."""
    campaign = running(firm)
    # The vice president had the last word on the dear version, and so decides on the cheap one too; the club files it.
    for is_dear, wanted, decide in (
        (True, {"集团客户会", "营销主管副总裁"}, [LEADERS, CLUB, VP]),
        (False, set(), [VP, CLUB]),
        (True, {"集团客户会"}, [CLUB, VP]),
    ):
        change = opened(again(campaign), firm)
        if is_dear:
            costlier(campaign, firm)
        else:
            rewrite(campaign, "budget", lambda rows: rows[:2], firm)
        assert {one.position for one in asked_by(campaign.subject, firm.owner) if one.is_new} == wanted
        actions.send_change(change=change, actor=firm.owner)
        assert approve_all(campaign) == decide


@pytest.mark.req("GEN-04")
def test_a_change_is_judged_by_the_rules_of_the_day_it_was_sent_on(firm: Firm) -> None:
    """A lower limit that was laid down since then neither makes it large nor asks anybody anew."""
    campaign = running(firm)
    sent, later = clock.today(), clock.now() + timedelta(days=2)
    tomorrow = sent + timedelta(days=1)
    set_parameter(rule="R-TYP-01", name="cost", value=Decimal(50_000), valid_from=tomorrow, actor=firm.admin)
    with clock.at(later):
        assert facts_of(campaign.subject).rules_day == sent
        change = opened(campaign, firm)
        rewrite(campaign, "schedule", lambda rows: [*rows, task("返场", firm)], firm)
        actions.send_change(change=change, actor=firm.owner)
        assert not again(campaign).is_large
        assert not running_case(campaign.subject).facts["is_large"]
