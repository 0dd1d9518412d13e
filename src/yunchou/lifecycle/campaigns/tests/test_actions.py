"""What every action changes, refuses and records; the proposal through its real approvals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, appoint, make_user
from yunchou.kernel.approvals.actions import approve, install_definition, reject, return_case
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.values import DueRule, Figure, Person
from yunchou.kernel.subjects.models import Role
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.redating import moves_of, shifted_phases
from yunchou.lifecycle.campaigns.selectors import dossier_of, lock_on
from yunchou.lifecycle.campaigns.tables import GoalRow, ModuleRow

from .factories import again, approve_all, bring_to, make_campaign, make_proposal, save_rows, submit


def kinds(campaign: Campaign) -> list[str]:
    return list(
        JournalEntry.objects.filter(subject=campaign.subject).order_by("pk").values_list("kind", flat=True)
    )


# ---------------------------------------------------------------- drafts


@pytest.mark.req("TYP-01")
def test_create_makes_a_led_draft_with_a_code(firm: Firm) -> None:
    campaign = make_campaign(firm)
    assert campaign.code == "KH-2024-001"
    assert campaign.status == Status.DRAFT
    assert campaign.subject.address == campaign.get_absolute_url()
    assert [(m.user, m.role) for m in campaign.subject.members.all()] == [(firm.owner, Role.LEAD)]
    assert kinds(campaign) == ["campaigns.created"]
    assert make_campaign(firm, "第二个", kind=Kind.MARKETING).code == "YX-2024-002"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"name": " "}, "name"), ({"start_on": date(2024, 8, 2), "end_on": date(2024, 8, 1)}, "end_on")],
)
def test_create_refuses_no_name_and_a_wrong_period(firm: Firm, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_campaign(firm, **fields)
    assert list(refused.value.fields) == [wrong]


def test_create_needs_the_right_in_that_unit(firm: Firm) -> None:
    with pytest.raises(NotAllowed):
        make_campaign(firm, actor=firm.outsider)


@pytest.mark.rule("R-GOA-02")
@pytest.mark.req("GOA-06")
def test_change_overview_records_both_values_and_classifies_again(firm: Firm) -> None:
    campaign = make_proposal(firm)
    changes = {"expected_people": Decimal(301), "end_on": date(2024, 8, 17)}
    campaign = actions.change_overview(campaign=campaign, actor=firm.owner, changes=changes)
    assert campaign.is_large
    assert campaign.large_because == ["people"]
    entry = JournalEntry.objects.filter(subject=campaign.subject).latest("pk")
    assert entry.data["changes"]["end_on"] == ["2024-08-10", "2024-08-17"]
    before = JournalEntry.objects.count()
    actions.change_overview(campaign=campaign, actor=firm.owner, changes=changes)
    assert JournalEntry.objects.count() == before


def test_change_overview_is_refused_while_the_proposal_is_locked(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    with pytest.raises(WrongState):
        actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "校园"})
    for table in ("overview", "goals", "budget", "schedule", "evaluation"):
        assert lock_on(campaign.subject, table)


@pytest.mark.rule("R-TYP-02")
def test_out_of_plan_is_kept(firm: Firm) -> None:
    assert make_campaign(firm).out_of_plan
    assert not make_campaign(firm, plan_item="2024 年度计划 3.2").out_of_plan


# ---------------------------------------------------------------- routes


def route(campaign: Campaign, firm: Firm) -> list[tuple[str, str]]:
    install_definition(key="campaign")
    return [
        (step.position.code, str(step.kind))
        for step in predict(campaign.subject, "campaign", firm.owner).steps
    ]


OUT: dict[str, Any] = {"plan_item": "", "out_of_plan_reason": "社区需要"}
LARGE: dict[str, Any] = {"expected_people": 301}
LEADERS, CLUB, CENTRE, VP = (
    p.REGIONAL_LEADERSHIP,
    p.GROUP_CUSTOMER_CLUB,
    p.GROUP_SERVICE_CENTRE,
    p.VP_MARKETING,
)


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        pytest.param(
            {}, [(LEADERS, "approve"), (CLUB, "file")],
            id="in-plan",
            marks=[pytest.mark.rule("R-APR-03"), pytest.mark.req("APR-04")],
        ),
        pytest.param(
            LARGE, [(LEADERS, "approve"), (CLUB, "review"), (VP, "approve")],
            id="large",
            marks=[pytest.mark.rule("R-APR-04"), pytest.mark.req("APR-05")],
        ),
        pytest.param(
            OUT, [(LEADERS, "review"), (CENTRE, "approve")],
            id="out-of-plan",
            marks=[pytest.mark.rule("R-APR-05"), pytest.mark.req("APR-06")],
        ),
        pytest.param(
            OUT | LARGE, [(LEADERS, "review"), (CENTRE, "approve"), (VP, "approve")],
            id="out-and-large",
            marks=[pytest.mark.rule("R-APR-06"), pytest.mark.req("APR-07")],
        ),
    ],
)  # fmt: skip
def test_routes_of_a_region(firm: Firm, fields: dict[str, Any], steps: list[tuple[str, str]]) -> None:
    assert route(make_proposal(firm, **fields), firm) == steps


@pytest.mark.rule("R-APR-10")
@pytest.mark.rule("R-APR-14")
@pytest.mark.req("APR-14")
def test_a_marketing_campaign_also_goes_to_the_general_manager(firm: Firm) -> None:
    """Two rows match: the union of their steps, lower level first, the filing last."""
    campaign = make_proposal(firm, kind=Kind.MARKETING)
    assert route(campaign, firm) == [(LEADERS, "approve"), (p.GENERAL_MANAGER, "approve"), (CLUB, "file")]


@pytest.mark.rule("R-APR-09")
def test_a_high_end_event_also_goes_to_management(firm: Firm) -> None:
    assert (p.MANAGEMENT, "approve") in route(make_proposal(firm, kind=Kind.HIGH_END), firm)


@pytest.mark.rule("R-APR-15")
@pytest.mark.req("APR-15")
def test_who_owns_a_line_does_not_decide_on_it(firm: Firm) -> None:
    deputy = make_user("副总", username="deputy")
    appoint(deputy, firm.east, LEADERS, is_deputy=True)
    campaign = make_proposal(firm)
    line = LineRow(category="物料", item="海报", amount=Decimal(100), owner=Person("陈", firm.approver.pk))
    save_rows(campaign, "budget", [line], actor=firm.owner)
    install_definition(key="campaign")
    first = predict(campaign.subject, "campaign", firm.owner).steps[0]
    assert first.person == deputy
    assert first.seats[0].instead_of == firm.approver


# ---------------------------------------------------------------- the proposal


@pytest.mark.rule("R-APR-03")
@pytest.mark.req("APR-11")
def test_approved_by_the_region_and_filed(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    assert campaign.status == Status.IN_APPROVAL
    assert approve_all(campaign) == [LEADERS, CLUB]
    campaign = again(campaign)
    assert campaign.status == Status.APPROVED
    assert Case.objects.get(subject=campaign.subject).version.frozen_at
    assert "campaigns.approved" in kinds(campaign)


@pytest.mark.rule("R-APR-06")
def test_everybody_of_the_long_route_decides_in_order(firm: Firm) -> None:
    campaign = submit(make_proposal(firm, **OUT, **LARGE), firm)
    assert approve_all(campaign) == [LEADERS, CENTRE, VP]
    assert again(campaign).status == Status.APPROVED


def test_submit_needs_right_and_rules_and_happens_once(firm: Firm) -> None:
    campaign = make_proposal(firm)
    install_definition(key="campaign")
    with pytest.raises(NotAllowed):
        actions.submit_campaign(campaign=campaign, actor=firm.colleague)
    with pytest.raises(RuleRefused):
        actions.submit_campaign(campaign=make_campaign(firm, "不完整"), actor=firm.owner)
    campaign = submit(campaign, firm)
    with pytest.raises(WrongState):
        actions.submit_campaign(campaign=campaign, actor=firm.owner)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("verb", [return_case, reject])
def test_returned_and_rejected_go_back_to_planning_with_the_opinion(firm: Firm, verb: Any) -> None:
    campaign = submit(make_proposal(firm), firm)
    task = Task.objects.select_related("step__case").get(state=Task.State.WAITING)
    verb(task=task, actor=firm.approver, opinion="预算偏高")
    campaign = again(campaign)
    assert campaign.status == Status.PLANNING
    assert campaign.is_returned
    told = JournalEntry.objects.filter(kind__in=["campaigns.returned", "campaigns.rejected"]).get()
    assert told.data["note"] == "预算偏高"
    assert lock_on(campaign.subject, "goals") is None
    assert not submit(campaign, firm).is_returned


def test_withdrawn_by_the_one_who_sent_it(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    with pytest.raises(NotAllowed):
        actions.withdraw_campaign(campaign=campaign, actor=firm.colleague)
    campaign = actions.withdraw_campaign(campaign=campaign, actor=firm.owner)
    assert campaign.status == Status.PLANNING
    assert not campaign.is_returned
    with pytest.raises(WrongState):
        actions.withdraw_campaign(campaign=campaign, actor=firm.owner)


def test_a_changed_proposal_cannot_be_decided_on(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    Campaign.objects.filter(pk=campaign.pk).update(scene="另一处")
    task = Task.objects.select_related("step__case").get(state=Task.State.WAITING)
    with pytest.raises(WrongState):
        approve(task=task, actor=firm.approver)


def test_approval_makes_the_schedule_the_baseline(firm: Firm) -> None:
    campaign = make_proposal(firm)
    save_rows(campaign, "schedule", [task("物料", firm)], actor=firm.owner)
    bring_to(campaign, Status.APPROVED, firm)
    assert GanttTask.objects.get(subject=campaign.subject).baseline_end_on == date(2024, 7, 25)


# ---------------------------------------------------------------- the course


def task(name: str, firm: Firm, **fields: Any) -> TaskRow:
    values: dict[str, Any] = {
        "start_on": date(2024, 7, 20), "end_on": date(2024, 7, 25),
        "owner": Person(firm.colleague.name, firm.colleague.pk),
    }  # fmt: skip
    return TaskRow(name=name, **values | fields)


@pytest.mark.rule("R-APR-07")
@pytest.mark.req("APR-08")
def test_start_names_the_missing_step(firm: Firm) -> None:
    draft = make_proposal(firm)
    sent = submit(make_proposal(firm, "已提交"), firm)
    for campaign in (draft, sent):
        with pytest.raises(RuleRefused) as refused:
            actions.start_campaign(campaign=campaign, actor=firm.owner)
        [verdict] = refused.value.verdicts
        assert verdict.rule_id == "R-APR-07"
        assert verdict.values["missing"] == "区域公司领导层"
    with pytest.raises(NotAllowed):
        actions.start_campaign(campaign=draft, actor=firm.colleague)
    assert again(draft).status == Status.DRAFT


@pytest.mark.rule("R-SCH-04")
def test_start_makes_owners_owe_their_tasks(firm: Firm) -> None:
    campaign = make_proposal(firm)
    save_rows(campaign, "schedule", [task("物料", firm)], actor=firm.owner)
    with clock.at("2024-07-18T09:00"):
        campaign = bring_to(campaign, Status.RUNNING, firm)
        assert Duty.objects.open().filter(kind="work.task", owner=firm.colleague).count() == 1
        actions.close_campaign(campaign=campaign, actor=firm.owner)
    assert not Duty.objects.open().filter(kind="work.task").exists()


def test_what_was_running_when_imported_owes_no_tasks(firm: Firm) -> None:
    campaign = make_proposal(firm, history_until=date(2024, 8, 2))
    save_rows(campaign, "schedule", [task("物料", firm)], actor=firm.owner)
    with clock.at("2024-08-02T15:20"):
        bring_to(campaign, Status.RUNNING, firm)
    assert not Duty.objects.filter(kind="work.task").exists()


@pytest.mark.rule("R-GOA-02")
@pytest.mark.req("GOA-06")
def test_close_makes_goal_owners_owe_final_figures(firm: Firm) -> None:
    campaign = bring_to(make_proposal(firm), Status.CLOSED, firm)
    duty = Duty.objects.get(kind="campaigns.goal")
    assert duty.owner == firm.colleague
    assert clock.local(duty.due_at).date() == date(2024, 8, 12)
    actions.complete_evaluation(campaign=campaign, actor=firm.owner)
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE


def test_suspend_and_resume_return_to_where_it_was(firm: Firm) -> None:
    campaign = bring_to(make_proposal(firm), Status.RUNNING, firm)
    with pytest.raises(Invalid):
        actions.suspend_campaign(campaign=campaign, actor=firm.owner, note=" ")
    campaign = actions.suspend_campaign(campaign=campaign, actor=firm.owner, note="台风")
    assert campaign.status == Status.SUSPENDED
    campaign = again(actions.resume_campaign(campaign=campaign, actor=firm.owner))
    assert campaign.status == Status.RUNNING
    assert campaign.status_before == ""
    assert JournalEntry.objects.get(kind="campaigns.resumed").data["to"] == Status.RUNNING


def test_cancel_drops_what_is_owed(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    with pytest.raises(WrongState):
        actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="不做了")
    campaign = actions.withdraw_campaign(campaign=campaign, actor=firm.owner)
    with pytest.raises(Invalid):
        actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="")
    actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="不做了")
    assert again(campaign).status == Status.CANCELLED
    assert not Duty.objects.open().exists()


@pytest.mark.req("TYP-10")
def test_the_whole_way(firm: Firm) -> None:
    campaign = bring_to(make_proposal(firm), Status.EVALUATED, firm)
    actions.archive_campaign(campaign=campaign, actor=firm.owner)
    assert again(campaign).status == Status.ARCHIVED
    told = [kind.removeprefix("campaigns.") for kind in kinds(campaign) if kind.startswith("campaigns.")]
    assert told == [
        "created",
        "goal_confirmed",
        "submitted",
        "approved",
        "started",
        "closed",
        "evaluated",
        "archived",
    ]


# ---------------------------------------------------------------- other dates


def test_redate_moves_every_planned_date(firm: Firm) -> None:
    campaign = make_proposal(firm, history_until=date(2024, 8, 2), warm_up_on=date(2024, 7, 20))
    plan = ModuleRow(module="内容规划", content="预热期(7.20-7.25):海报\n其余照旧", due_on=date(2024, 7, 18))
    goals = [GoalRow(dimension="线索", targets=(Figure(Decimal(1)),), due=date(2024, 8, 12))]
    save_rows(campaign, "goals", [*goals, GoalRow(dimension="销售", due=DueRule(5))], actor=firm.owner)
    save_rows(campaign, "creative", [plan], actor=firm.owner)
    save_rows(campaign, "schedule", [task("物料", firm)], actor=firm.owner)
    shown = moves_of(again(campaign), date(2024, 7, 29))
    assert len(shown) == 9
    assert again(campaign).start_on == date(2024, 7, 15)
    campaign = actions.redate_campaign(campaign=campaign, start_on=date(2024, 7, 29), actor=firm.owner)
    assert (campaign.start_on, campaign.warm_up_on, campaign.end_on) == (
        date(2024, 7, 29), date(2024, 8, 3), date(2024, 8, 24),
    )  # fmt: skip
    assert campaign.history_until is None
    dossier = dossier_of(campaign)
    assert [row.due for row in dossier.rows(GoalRow)] == [date(2024, 8, 26), DueRule(5)]
    [module] = dossier.rows(ModuleRow)
    assert module.content == "预热期(8.3-8.8):海报\n其余照旧"
    assert module.due_on == date(2024, 8, 1)
    assert GanttTask.objects.get(subject=campaign.subject).end_on == date(2024, 8, 8)
    assert JournalEntry.objects.get(kind="campaigns.redated").data["days"] == 14


def test_redate_is_refused_once_sent(firm: Firm) -> None:
    campaign = submit(make_proposal(firm), firm)
    with pytest.raises(WrongState):
        actions.redate_campaign(campaign=campaign, start_on=date(2024, 9, 1), actor=firm.owner)


def test_phases_keep_their_way_of_writing() -> None:
    from datetime import timedelta

    from yunchou.kernel.sheets.values import Context

    ctx = Context(year=2024, start=date(2024, 7, 15), end=date(2024, 8, 10))
    text = "爆发期(7月26日-8月5日):直播\n收尾期(8.6-8.10):名单"
    assert (
        shifted_phases(text, timedelta(days=1), ctx) == "爆发期(7月27日-8月6日):直播\n收尾期(8.7-8.11):名单"
    )
