"""How far a schedule is: columns and bars, durations, milestones, states, reminders, deviations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.models import Foreseen, GanttTask, ScheduleSetting
from yunchou.capabilities.work.portfolio import Window, running
from yunchou.capabilities.work.rules import durations_are_computed, nothing_deviates_much, nothing_is_overdue
from yunchou.capabilities.work.selectors import plan_of, signals, work_facts
from yunchou.capabilities.work.states import State
from yunchou.capabilities.work.tables import SCHEDULE
from yunchou.directory.organisation.tests.factories import Firm, make_user
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.duties.kinds import OWNER
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role, Subject

from . import toy

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
TODAY = date(2024, 8, 2)


def at(name: str, *args: Any) -> str:
    return reverse(f"work:{name}", args=args)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def spec(first: int, last: int, **more: Any) -> dict[str, Any]:
    return {"start_on": TODAY + timedelta(first), "end_on": TODAY + timedelta(last), **more}


@pytest.mark.req("SCH-02", whole=True)
def test_the_gantt_has_eight_columns_bars_and_dependency_lines(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    assert [column.header for column in SCHEDULE.columns] == [
        "任务名称", "负责人", "开始时间", "结束时间", "持续时间", "前置任务", "状态", "关键节点说明"
    ]  # fmt: skip
    client = as_user(firm.owner)
    page = client.get(at("schedule_detail", subject.pk) + "?view=tasks").text
    heads = ["任务", "负责人", "开始", "结束", "天数", "前置任务", "状态", "关键节点说明"]
    shown = [page.index(f">{head}</th>") for head in heads]
    assert shown == sorted(shown)
    chart = client.get(at("schedule_data", subject.pk)).json()
    bars = {row["id"]: row for row in chart["tasks"] if row["type"] == "task"}
    assert len(bars) == 8
    last = bars[tasks[7].pk]
    assert (last["text"], last["owner"], last["days"], last["note"]) == (
        "线下快闪执行",
        "王",
        4,
        "高校现场活动",
    )
    assert (last["start"], last["end"]) == ("2024-08-06", "2024-08-10")
    assert last["statusLabel"]
    assert {(link["source"], link["target"]) for link in chart["links"]} == {
        (tasks[before - 1].pk, tasks[number - 1].pk) for number, before in toy.PREDECESSORS.items()
    }
    assert "data-gantt" in client.get(at("schedule_detail", subject.pk)).text


@pytest.mark.req("SCH-03", whole=True)
@pytest.mark.rule("R-SCH-01", whole=True)
def test_durations_leave_the_end_day_out_and_a_switch_shows_it(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    client = as_user(firm.owner)

    def shown() -> list[int]:
        rows = client.get(at("schedule_data", subject.pk)).json()["tasks"]
        return [row["days"] for row in rows if row["type"] == "task"]

    stored = [5, 5, 3, 4, 4, 4, 5, 4]
    assert sorted(shown()) == sorted(stored)
    assert "工期不含结束日" in client.get(at("schedule_detail", subject.pk) + "?view=tasks").text
    toy.LOCKED["schedule"] = "x"  # type: ignore[assignment]  # what is approved is shown either way
    url = at("end_day", subject.pk)
    assert as_user(firm.colleague).post(url, {"shows_end_day": "yes"}).status_code == 403
    assert client.post(url, {"shows_end_day": "yes"}, **HTMX).status_code == 200
    assert sorted(shown()) == sorted(days + 1 for days in stored)
    assert "工期计入结束日" in client.get(at("schedule_detail", subject.pk) + "?view=gantt").text
    assert [task.days for task in GanttTask.objects.filter(subject=subject)] == stored
    assert not [
        v for v in evaluate([durations_are_computed], work_facts(subject)) if not v.passed and not v.comment
    ]
    assert client.post(url, {"shows_end_day": "no"}, **HTMX).status_code == 200
    assert not ScheduleSetting.objects.get(subject=subject).shows_end_day
    toy.LOCKED.clear()
    task = tasks[7]
    moved = actions.move_task(
        task=task, actor=firm.owner, start_on=task.start_on, end_on=date(2024, 8, 12)
    ).task
    assert moved.days == 6  # computed, whatever had been stated


@pytest.mark.req("SCH-05", whole=True)
def test_milestones_and_their_state_head_every_view_of_progress(firm: Firm, subject: Subject) -> None:
    client = as_user(firm.owner)
    toy.make_tasks(
        subject,
        spec(-3, -3, name="物料到位", is_milestone=True, state=State.IN_PROGRESS),
        spec(-4, -4, name="渠道上线", is_milestone=True, state=State.DONE, done_on=TODAY - timedelta(4)),
        spec(5, 5, name="活动开始", is_milestone=True),
        spec(-5, 4, name="布展", owner=firm.owner),
    )
    for view in ("gantt", "tasks", "division", "team", "readiness", "baselines"):
        page = client.get(at("schedule_detail", subject.pk), {"view": view}).text
        head = page[page.index('aria-label="关键节点"') :]
        head = head[: head.index("</p>")]
        words = ["物料到位", "已逾期", "渠道上线", "已完成", "活动开始", "未开始"]
        assert [head.index(word) for word in words] == sorted(head.index(word) for word in words), view
    chart = client.get(at("schedule_data", subject.pk)).json()["tasks"]
    assert sum(row["type"] == "milestone" for row in chart) == 3
    [row] = running(firm.owner, Window.around(TODAY - timedelta(7), 4))
    assert [(one.name, one.level) for one in row.milestones] == [
        ("渠道上线", "fine"), ("物料到位", "act"), ("活动开始", "")
    ]  # fmt: skip
    page = client.get(at("portfolio"), {"from": "2024-07-22"}).text
    assert page.count("weeks-milestone") == 3
    task = GanttTask.objects.get(name="布展")
    form = {
        "name": "布展完成",
        "is_milestone": "on",
        "start_on": "2024-08-06",
        "end_on": "2024-08-06",
        "phase": "",
    }
    assert client.post(at("task_edit", subject.pk, task.pk), form, **HTMX).status_code == 200
    assert GanttTask.objects.get(pk=task.pk).is_milestone


@pytest.mark.req("SCH-07", whole=True)
@pytest.mark.rule("R-SCH-03", whole=True)
def test_a_task_waits_for_its_predecessors_unless_the_lead_says_why_not(firm: Firm, subject: Subject) -> None:
    first, second = toy.make_tasks(
        subject, spec(-6, -2, owner=firm.owner), spec(-2, 3, owner=firm.colleague, after=[1])
    )
    assert [state.value for state in State] == ["not_started", "in_progress", "done"]
    add_member(subject=subject, user=firm.colleague, role=Role.MODULE_LEAD, duty="策划")
    url, colleague, lead = (
        at("task_state", subject.pk, second.pk),
        as_user(firm.colleague),
        as_user(firm.owner),
    )
    begin = {"state": State.IN_PROGRESS}
    assert colleague.post(url, begin, **HTMX).status_code == 422
    assert colleague.post(url, {**begin, "reason": "来不及"}, **HTMX).status_code == 403  # the lead only
    with pytest.raises(RuleRefused):
        actions.hand_in(work=second, actor=firm.colleague)  # nor by way of handing it in
    asked = lead.post(url, begin, **HTMX)
    assert (asked.status_code, asked["HX-Retarget"]) == (422, "#dialog")
    assert lead.post(url, {**begin, "reason": "场地只有今天"}, **HTMX).status_code == 200
    second.refresh_from_db()
    assert (second.state, second.override_reason, second.overridden_by) == (
        State.IN_PROGRESS, "场地只有今天", firm.owner
    )  # fmt: skip
    [entry] = JournalEntry.objects.filter(kind="work.overridden")
    assert entry.data["reason"] == "场地只有今天"
    # Overdue is computed: it comes with the day and goes with the work, and is stored nowhere.
    page = lead.get(at("schedule_detail", subject.pk) + "?view=tasks").text
    assert "已逾期" in page
    assert first.state == State.NOT_STARTED
    actions.set_task_state(task=first, actor=firm.owner, state=State.DONE)
    assert "已逾期" not in lead.get(at("schedule_detail", subject.pk) + "?view=tasks").text
    with clock.at("2024-08-09T09:00"):
        assert "已逾期" in lead.get(at("schedule_detail", subject.pk) + "?view=tasks").text
        assert GanttTask.objects.get(pk=second.pk).state == State.IN_PROGRESS
    third = toy.make_tasks(subject, spec(4, 6, owner=firm.colleague, name="收尾"))[0]
    actions.link_tasks(task=third, predecessor=first, actor=firm.owner)
    assert (
        actions.set_task_state(task=third, actor=firm.colleague, state=State.IN_PROGRESS).state
        == "in_progress"
    )


@pytest.mark.req("SCH-08", whole=True)
@pytest.mark.rule("R-SCH-04", whole=True)
@pytest.mark.rule("R-SCH-05", whole=True)
def test_owners_are_reminded_leads_hear_what_is_late_and_large_delays_are_major(
    firm: Firm, subject: Subject
) -> None:
    doer = make_user("孙磊")
    task, after = toy.make_tasks(
        subject,
        spec(-6, 2, owner=doer, state=State.IN_PROGRESS, baseline_end_on=TODAY - timedelta(1)),
        spec(2, 5, after=[1]),
    )
    assert actions.owe_task_duties(subject=subject, actor=firm.owner) == 1
    duty = Duty.objects.get()
    told = [(clock.local(moment).strftime("%m-%d %H:%M"), rung.whom) for moment, rung in duty.climbs()]
    assert told == [
        ("08-03 18:00", OWNER), ("08-04 09:00", OWNER), ("08-05 09:00", OWNER), ("08-05 09:00", "role:lead")
    ]  # fmt: skip
    client = as_user(firm.owner)

    # Three days behind the baseline are more than two: major, in the findings, the list, the header and the portfolio.
    def major() -> list[Any]:
        found = evaluate([nothing_deviates_much], work_facts(subject, today=clock.today()))
        return [v for v in found if not v.passed]

    [verdict] = major()
    assert (verdict.values["days"], verdict.severity.value) == (3, "warn")
    page = client.get(at("schedule_detail", subject.pk) + "?view=tasks").text
    assert page.count("重大偏差</span>") == 1
    [signal] = signals([subject.pk], clock.now()).values()
    assert (signal.level, str(signal.base)) == ("act", "重大偏差：晚于基线超过 2 天")
    [row] = running(firm.owner, Window.around(TODAY, 4))
    assert row.signal == signal
    assert "晚 3 天" in client.get(at("portfolio"), {"from": "2024-07-29"}).text
    Parameter.objects.create(rule="R-SCH-05", name="days", value=3, valid_from=TODAY - timedelta(30))
    assert major() == []
    assert signals([subject.pk], clock.now())[subject.pk].level == "watch"
    assert "重大偏差</span>" not in client.get(at("schedule_detail", subject.pk) + "?view=tasks").text

    # The day passes: overdue, with the successors that wait.
    with clock.at("2024-08-06T09:30"):
        [late] = [
            v
            for v in evaluate([nothing_is_overdue], work_facts(subject, today=clock.today()))
            if not v.passed
        ]
        assert late.values["days"] == 2
        assert "T2" in str(late.reason)
    assert plan_of(subject).tasks[1].pk == after.pk
    actions.hand_in(work=task, actor=doer)
    assert not Duty.objects.open().filter(kind="work.task").exists()


def test_the_chance_to_be_ready_stands_in_the_signal_while_it_is_fresh(firm: Firm, subject: Subject) -> None:
    toy.make_tasks(subject, spec(-3, 5, state=State.IN_PROGRESS))
    assert signals([subject.pk], clock.now())[subject.pk].level == "fine"
    Foreseen.objects.create(subject=subject, digest="x", result={"chance": 0.31, "target": "2024-08-09"})
    found = signals([subject.pk], clock.now())[subject.pk]
    assert found.level == "watch"
    assert "31%" in str(found.reason)
    with clock.at("2024-08-03T09:00"):
        assert "31" not in str(signals([subject.pk], clock.now())[subject.pk].reason or "")
