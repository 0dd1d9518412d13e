"""Each way a campaign is approved, walked from its sending to its last decision by the people of its route.

What every combination of facts leads to stands in `organisation/tests/test_routes.py`; here the campaigns are real.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from yunchou.capabilities.budgets.actions import record_actual
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.actions import set_progress, set_task_state
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import Phase, State
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, appoint, make_user
from yunchou.kernel.approvals.actions import acknowledge, approve, install_definition, reject, return_case
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.rules.actions import set_parameter
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.versions.actions import present_digest
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.changing import asked_by
from yunchou.lifecycle.campaigns.models import Campaign, Change, Kind, Status
from yunchou.lifecycle.campaigns.selectors import lock_on
from yunchou.lifecycle.campaigns.tables import ModuleRow

from .factories import END, START, again, approve_all, consider_nothing, make_proposal, save_rows, submit

LEADERS, CLUB, CENTRE = p.REGIONAL_LEADERSHIP, p.GROUP_CUSTOMER_CLUB, p.GROUP_SERVICE_CENTRE
VP, GM, TOP, MONEY = p.VP_MARKETING, p.GENERAL_MANAGER, p.MANAGEMENT, p.FINANCE
LARGE = [(LEADERS, "approve"), (CLUB, "review"), (VP, "approve")]
OUT: dict[str, Any] = {"plan_item": "", "out_of_plan_reason": "社区需要"}


def proposal(firm: Firm, cost: str | int = 40_000, **fields: Any) -> Campaign:
    """Programme plus cost: two tasks, the second of the execution phase, and one budget line."""
    campaign = make_proposal(firm, **fields)
    doer = Person(firm.colleague.name, firm.colleague.pk)
    days = {"start_on": START, "end_on": END}
    save_rows(
        campaign,
        "schedule",
        [TaskRow(name="搭建", owner=doer, **days), TaskRow(name="开场", owner=doer, **days)],
        actor=firm.owner,
    )
    GanttTask.objects.filter(subject=campaign.subject, name="开场").update(phase=Phase.EXECUTION)
    spend(campaign, cost, firm)
    return campaign


def spend(campaign: Campaign, cost: str | int, firm: Firm, owner: User | None = None) -> None:
    line = LineRow(
        category="物料成本",
        item="舞台",
        amount=Decimal(cost),
        owner=Person(owner.name, owner.pk) if owner else None,
    )
    save_rows(campaign, "budget", [line], actor=firm.owner)


def waiting(campaign: Campaign, code: str) -> Task:
    """What a position has to deal with now."""
    found = Task.objects.filter(step__case__subject=campaign.subject, state=Task.State.WAITING)
    return found.select_related("step__case", "step__position", "assignee").get(step__position__code=code)


def agree(campaign: Campaign, code: str, opinion: str = "") -> None:
    task = waiting(campaign, code)
    approve(task=task, actor=task.assignee, opinion=opinion)


def asked(campaign: Campaign) -> list[str]:
    """The positions that decide now; who only files is not among them."""
    found = Task.objects.filter(step__case__subject=campaign.subject, state=Task.State.WAITING)
    return list(found.exclude(step__kind="file").values_list("step__position__code", flat=True))


def route(campaign: Campaign, firm: Firm) -> list[tuple[str, str]]:
    install_definition(key="campaign")
    steps = predict(campaign.subject, "campaign", firm.owner).steps
    return [(step.position.code, str(step.kind)) for step in steps]


def nothing_runs(campaign: Campaign, firm: Firm, missing: str = "") -> None:
    """Neither money nor a task of the execution phase nor the start; what is refused names who is still missing."""
    line = BudgetLine.objects.get(subject=campaign.subject)
    opening = GanttTask.objects.get(subject=campaign.subject, name="开场")
    with pytest.raises(WrongState):
        record_actual(line=line, amount=Decimal(1), note="", actor=firm.people[MONEY])
    with pytest.raises(WrongState):
        set_task_state(task=opening, actor=firm.colleague, state=State.IN_PROGRESS)
    with pytest.raises((RuleRefused, WrongState)) as refused:
        actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    assert missing in str(refused.value)


def everything_runs(campaign: Campaign, firm: Firm) -> None:
    line = BudgetLine.objects.get(subject=campaign.subject)
    opening = GanttTask.objects.get(subject=campaign.subject, name="开场")
    record_actual(line=line, amount=Decimal(1), note="定金", voucher="PZ-1", actor=firm.people[MONEY])
    set_task_state(task=opening, actor=firm.colleague, state=State.IN_PROGRESS)
    assert actions.start_campaign(campaign=again(campaign), actor=firm.owner).status == Status.RUNNING


@pytest.mark.req("APR-04", whole=True)
@pytest.mark.rule("R-APR-03", whole=True)
def test_the_region_approves_programme_and_cost_and_the_club_files_what_holds_nothing_up(firm: Firm) -> None:
    campaign = submit(proposal(firm), firm)
    case = Case.objects.get(subject=campaign.subject)
    tables = case.version.content["tables"]
    assert [row["name"] for row in tables["schedule"]["rows"]] == ["搭建", "开场"]
    assert tables["budget"]["rows"]
    assert asked(campaign) == [LEADERS]
    task = waiting(campaign, LEADERS)
    assert task.assignee == firm.approver  # of its own region
    nothing_runs(campaign, firm, "区域公司领导层")
    agree(campaign, LEADERS)
    case.refresh_from_db()
    assert (again(campaign).status, case.state) == (Status.APPROVED, "approved")
    everything_runs(campaign, firm)
    filed = waiting(campaign, CLUB)
    assert filed.step.kind == "file"
    acknowledge(task=filed, actor=filed.assignee, opinion="已备案")
    filed.refresh_from_db()
    assert (filed.decision, filed.opinion) == ("acknowledged", "已备案")


@pytest.mark.req("APR-05", whole=True)
@pytest.mark.rule("R-APR-04", whole=True)
@pytest.mark.rule("R-TYP-01", whole=True)
def test_every_criterion_alone_adds_the_club_and_the_vice_president(firm: Firm) -> None:
    """Above 300 people or 100,000 yuan, never at them; kept with the campaign; and by the narrow reading only together."""
    small: list[dict[str, Any]] = [{}, {"cost": 100_000}, {"expected_people": 300}]
    for number, fields in enumerate(small):
        campaign = proposal(firm, name=f"小型 {'甲乙丙'[number]}", **PLACES[number], **fields)
        actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "广场"})
        assert (again(campaign).is_large, again(campaign).large_because) == (False, [])
    large: dict[str, dict[str, Any]] = {
        "people": {"expected_people": 301},
        "cost": {"cost": "100000.01"},
        "coordination": {"is_cross_department": True},
        "brand": {"is_brand_related": True},
    }
    for number, (criterion, fields) in enumerate(large.items()):
        campaign = proposal(firm, name=f"大型 {criterion}", **PLACES[3 + number], **fields)
        assert route(campaign, firm) == LARGE, criterion
        actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "广场"})
        assert again(campaign).large_because == [criterion]
    submit(campaign, firm)
    for code in (LEADERS, CLUB, VP):
        assert asked(campaign) == [code]
        assert again(campaign).status == Status.IN_APPROVAL
        agree(campaign, code)
    assert again(campaign).status == Status.APPROVED

    tomorrow = clock.today() + timedelta(days=1)
    set_parameter(
        rule="R-TYP-01", name="match", value="all_then_brand", valid_from=tomorrow, actor=firm.admin
    )
    with clock.at(clock.now() + timedelta(days=1)):
        both = proposal(firm, 200_000, name="两项", expected_people=400, **PLACES[7])
        assert route(both, firm)[0] == (LEADERS, "approve")
        assert (VP, "approve") not in route(both, firm)
        actions.change_overview(campaign=both, actor=firm.owner, changes={"is_cross_department": True})
        assert route(both, firm) == LARGE


PLACES = [
    {"start_on": START + timedelta(days=40 * n), "end_on": END + timedelta(days=40 * n)} for n in range(9)
]
"""Far enough from one another that none is taken together with another."""


@pytest.mark.req("APR-06", whole=True)
@pytest.mark.req("APR-07", whole=True)
@pytest.mark.rule("R-APR-05", whole=True)
@pytest.mark.rule("R-APR-06", whole=True)
def test_out_of_plan_states_its_need_and_waits_for_the_service_centre_and_a_large_one_for_the_vice_president(
    firm: Firm, client: Client
) -> None:
    install_definition(key="campaign")
    for number, (fields, last) in enumerate((({}, []), ({"expected_people": 301}, [VP]))):
        campaign = proposal(firm, name=f"社区集市 {number}", plan_item="", **PLACES[number], **fields)
        with pytest.raises(RuleRefused) as refused:
            submit(campaign, firm)
        [verdict] = [one for one in refused.value.verdicts if one.rule_id == "R-TYP-02"]
        for need in ("development", "sales", "service", "community"):
            assert need in verdict.fix.text.msgid
        client.force_login(firm.owner)
        assert "R-TYP-02" in client.get(f"/campaigns/{campaign.pk}/submit/").content.decode()
        actions.change_overview(
            campaign=campaign, actor=firm.owner, changes={"out_of_plan_reason": "社区需要：新交付小区"}
        )
        submit(again(campaign), firm)
        assert again(campaign).out_of_plan
        steps = Case.objects.get(subject=campaign.subject).steps.order_by("order")
        assert list(steps.values_list("position__code", "kind")) == [
            (LEADERS, "review"), (CENTRE, "approve"), *((code, "approve") for code in last),
        ]  # fmt: skip
        for code in (LEADERS, CENTRE, *last):
            nothing_runs(campaign, firm, waiting(campaign, code).step.name)
            agree(campaign, code)
        everything_runs(campaign, firm)


@pytest.mark.req("APR-09")
@pytest.mark.rule("R-APR-09", whole=True)
def test_management_agrees_to_a_high_end_budget_with_an_opinion(firm: Firm, client: Client) -> None:
    """Reasonable and necessary? A silent click changes nothing, and says so beside the field."""
    campaign = proposal(
        firm, 60_000, kind=Kind.HIGH_END, scene="江畔酒店", purposes=["品牌"], audience_note="钻石会员", expected_people=60
    )  # fmt: skip
    parts = {"活动主题": "江畔之夜", "内容规划": "晚宴", "活动流程": "签到、致辞"}
    rows = [ModuleRow(module=name, content=words, alternative="备选") for name, words in parts.items()]
    save_rows(campaign, "creative", rows, actor=firm.owner)
    principles = ["client_oriented", "professional", "safe", "cost_effective"]
    actions.confirm_principles(campaign=campaign, actor=firm.owner, principles=principles)
    consider_nothing(campaign, firm)
    submit(again(campaign), firm)
    agree(campaign, LEADERS)
    task = waiting(campaign, TOP)
    with pytest.raises(Invalid) as refused:
        approve(task=task, actor=task.assignee, opinion=" ")
    assert "opinion" in refused.value.fields
    client.force_login(task.assignee)
    case = task.step.case
    said = {"verb": "approve", "task": task.pk, "seen": case.digest}
    silent = client.post(f"{case.get_absolute_url()}decide/", said)
    assert silent.status_code == 422
    assert "合理" in silent.content.decode()
    assert again(campaign).status == Status.IN_APPROVAL
    answered = client.post(f"{case.get_absolute_url()}decide/", said | {"opinion": "规模合理，确有必要。"})
    assert answered.status_code == 302
    assert again(campaign).status == Status.APPROVED


@pytest.mark.rule("R-APR-10", whole=True)
@pytest.mark.rule("R-APR-13", whole=True)
def test_a_marketing_campaign_ends_with_the_general_manager_and_a_major_one_takes_the_special_route(
    firm: Firm,
) -> None:
    short = [LEADERS, GM]
    special = [LEADERS, MONEY, VP, GM, TOP]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, short),
        ({"cost": 100_000}, short),
        ({"cost": "100000.01"}, [LEADERS, MONEY, CLUB, VP, GM, TOP]),  # large as well
        ({"is_strategic": True}, special),
    ]
    for number, (fields, wanted) in enumerate(cases):
        campaign = proposal(firm, name=f"营销 {number}", kind=Kind.MARKETING, **PLACES[number], **fields)
        assert [code for code, kind in route(campaign, firm) if kind != "file"] == wanted, fields
    kinds = dict(route(campaign, firm))
    assert (kinds[MONEY], kinds[VP], kinds[TOP]) == ("review", "review", "approve")


@pytest.mark.req("APR-12", whole=True)
def test_approving_returning_and_rejecting_keep_who_when_and_why_and_show_what_is_different(
    firm: Firm, client: Client
) -> None:
    campaign = submit(proposal(firm, expected_people=301), firm)
    agree(campaign, LEADERS, "同意，注意安全。")
    for verb in (return_case, reject):
        with pytest.raises(Invalid) as refused:
            verb(task=waiting(campaign, CLUB), actor=firm.people[CLUB], opinion=" ")
        assert "opinion" in refused.value.fields
    return_case(task=waiting(campaign, CLUB), actor=firm.people[CLUB], opinion="舞台费用偏高。")
    assert again(campaign).status == Status.PLANNING
    spend(campaign, 38_000, firm)
    submit(again(campaign), firm)
    case = Case.objects.filter(subject=campaign.subject).latest("pk")
    client.force_login(firm.approver)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "<s>40,000" in page
    assert "38,000" in page
    assert case.continues is not None
    page = client.get(case.continues.get_absolute_url()).content.decode()
    for words in (
        "同意，注意安全。",
        "舞台费用偏高。",
        firm.approver.name,
        firm.people[CLUB].name,
        "集团客户会",
    ):
        assert words in page
    agree(campaign, LEADERS)
    reject(task=waiting(campaign, CLUB), actor=firm.people[CLUB], opinion="今年不再举办。")
    decided = Task.objects.filter(step__case__subject=campaign.subject, decided_at__isnull=False)
    told = decided.order_by("decided_at", "pk").values_list(
        "assignee", "step__position__code", "decision", "opinion"
    )
    leader, club = firm.approver.pk, firm.people[CLUB].pk
    assert list(told) == [
        (leader, LEADERS, "approved", "同意，注意安全。"),
        (club, CLUB, "returned", "舞台费用偏高。"),
        (leader, LEADERS, "approved", ""),
        (club, CLUB, "rejected", "今年不再举办。"),
    ]
    assert again(campaign).is_returned


def test_what_is_being_decided_on_is_frozen_but_for_what_is_recorded_while_work_goes_on(firm: Firm) -> None:
    """OCA freezes the record with exceptions for fields (lessons.md B3): progress is told, the decision still counts."""
    campaign = submit(proposal(firm), firm)
    for sent in range(2):
        digest = present_digest(campaign.subject)
        task = waiting(campaign, LEADERS)
        for table in ("overview", "goals", "creative", "budget", "division", "schedule", "risks"):
            assert lock_on(campaign.subject, table)
        if sent:
            build = GanttTask.objects.get(subject=campaign.subject, name="搭建")
            set_task_state(task=build, actor=firm.colleague, state=State.IN_PROGRESS)
            set_progress(task=build, actor=firm.colleague, percent=30)
            line = BudgetLine.objects.get(subject=campaign.subject)
            record_actual(line=line, amount=Decimal(1), note="定金", voucher="PZ-1", actor=firm.people[MONEY])
            assert present_digest(campaign.subject) == digest
        approve(task=task, actor=task.assignee, seen=digest)
        if not sent:
            actions.start_campaign(campaign=again(campaign), actor=firm.owner)
            change = actions.open_change(campaign=again(campaign), actor=firm.owner, reason="换场地")
            actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "室内"})
            actions.send_change(change=change, actor=firm.owner)
    change.refresh_from_db()
    assert change.state == Change.State.IN_FORCE


@pytest.mark.req("APR-15", whole=True)
@pytest.mark.rule("R-APR-15", whole=True)
def test_who_submitted_or_owns_a_line_gives_way_to_the_deputy_and_else_to_the_next_level(firm: Firm) -> None:
    """The leader of the region sends one of his own, or owns a line of another's; with a deputy and without."""
    own, others = proposal(firm), proposal(firm, name="另一场", **PLACES[1])
    spend(others, 100, firm, owner=firm.approver)
    install_definition(key="campaign")
    Appointment.objects.filter(user=firm.approver).exclude(position__code=LEADERS).delete()
    # The initiator holds the seat that decides, as its only holder.
    leader_sends = {"subject": own.subject, "key": "campaign", "actor": firm.approver}
    owner_sends = {"subject": others.subject, "key": "campaign", "actor": firm.owner}
    for sends in (leader_sends, owner_sends):
        step = predict(sends["subject"], sends["key"], sends["actor"]).steps[0]
        assert step.position.code == LEADERS
        assert step.person not in {None, firm.approver, firm.owner}
        assert step.seats[0].instead_of == firm.approver
        assert "R-APR-15" in {reason.rule for reason in step.reasons}
        above = step.person
    deputy = make_user("副总", username="deputy")
    appoint(deputy, firm.east, LEADERS, is_deputy=True)
    for sends in (leader_sends, owner_sends):
        step = predict(sends["subject"], sends["key"], sends["actor"]).steps[0]
        assert (step.person, step.seats[0].instead_of) == (deputy, firm.approver)
        assert step.person != above
    submit(others, firm)
    task = waiting(others, LEADERS)
    assert task.assignee == deputy
    with pytest.raises(NotAllowed):
        approve(task=task, actor=firm.approver)
    approve(task=task, actor=deputy)
    assert again(others).status == Status.APPROVED


@pytest.mark.rule("R-APR-08", whole=True)
def test_a_difference_of_one_fen_is_a_change_and_only_what_it_newly_needs_is_asked(firm: Firm) -> None:
    """No tolerance: at 100,000.00 the leader of the region agrees alone, at 100,000.01 club and vice president do too."""
    campaign = submit(proposal(firm, 90_000), firm)
    approve_all(campaign)
    line = BudgetLine.objects.get(subject=campaign.subject)
    for amount, new, lock in (("90000.01", [], False), ("100000.01", [CLUB, VP], True)):
        change = actions.open_change(campaign=again(campaign), actor=firm.owner, reason="加灯")
        save_rows(
            campaign, "budget", [LineRow(pk=line.pk, item="舞台", amount=Decimal(amount))], actor=firm.owner
        )
        wanted = [one.position for one in asked_by(campaign.subject, firm.owner) if one.is_new]
        assert len(wanted) == len(new)
        actions.send_change(change=change, actor=firm.owner)
        held = [LEADERS, *new]
        for code in held:
            if lock:
                opening = GanttTask.objects.get(subject=campaign.subject, name="开场")
                with pytest.raises(WrongState):
                    set_task_state(task=opening, actor=firm.colleague, state=State.IN_PROGRESS)
            assert asked(campaign) == [code]
            agree(campaign, code)
    assert again(campaign).is_large
    line.refresh_from_db()
    record_actual(line=line, amount=Decimal(1), note="定金", voucher="PZ-1", actor=firm.people[MONEY])


@pytest.mark.rule("R-APR-16", whole=True)
def test_a_waiting_step_reminds_its_approver_after_a_working_day_and_tells_the_superior_after_two(
    firm: Firm,
) -> None:
    """Sent on a Friday afternoon: the weekend does not count."""
    with clock.at("2024-08-02T15:00"):
        campaign = submit(proposal(firm), firm)
        due = Duty.objects.open().get(owner=firm.approver)
    friday = clock.local(due.opened_at)

    def told(kind: str) -> list[str]:
        return [one.user.name for one in Notification.objects.filter(kind=kind).select_related("user")]

    for hours, reminded, escalated in ((48, 0, 0), (71, 0, 0), (73, 1, 0), (95, 1, 0), (97, 1, 1)):
        escalate_due(now=friday + timedelta(hours=hours))
        assert (len(told("duties.reminder")), len(told("duties.escalation"))) == (reminded, escalated), hours
    assert told("duties.reminder") == [firm.approver.name]
    assert firm.approver.name not in told("duties.escalation")
    assert again(campaign).status == Status.IN_APPROVAL
