"""Who sees what, how requests are refused, and how many queries the pages take."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.models import Assignment, Dependency, GanttTask
from yunchou.capabilities.work.states import State
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
JSON = {"HTTP_ACCEPT": "application/json", "content_type": "application/json"}


@pytest.fixture
def tasks(subject: Subject) -> list[GanttTask]:
    return toy.load_example(subject)


@pytest.fixture
def owner(client: Client, firm: Firm) -> Client:
    client.force_login(firm.owner)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"work:{name}", args=args)


def as_user(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


GETS = ["schedule_detail", "schedule_data", "task_add", "task_edit", "task_row", "task_row_edit", "task_effect",
        "assignment_add", "assignment_edit"]  # fmt: skip
POSTS = ["task_drag", "task_move", "task_state", "task_progress", "task_link", "task_unlink", "task_delete",
         "assignment_state", "assignment_delete"]  # fmt: skip


def address(name: str, subject: Subject, tasks: list[GanttTask]) -> str:
    if name in {"schedule_detail", "schedule_data", "task_add", "task_drag", "assignment_add"}:
        return at(name, subject.pk)
    if name.startswith("assignment"):
        return at(name, subject.pk, Assignment.objects.order_by("position")[0].pk)
    return at(name, subject.pk, tasks[7].pk)


@pytest.mark.parametrize("name", [*GETS, *POSTS])
def test_strangers_sign_in_first_and_outsiders_find_nothing(
    firm: Firm, subject: Subject, tasks: list[GanttTask], name: str
) -> None:
    url = address(name, subject, tasks)
    ask = "post" if name in POSTS else "get"
    assert getattr(Client(), ask)(url).status_code == 302
    assert getattr(as_user(firm.outsider), ask)(url).status_code == 404


@pytest.mark.parametrize("name", ["task_add", "task_row_edit", "assignment_add", "assignment_edit"])
def test_forms_need_the_right_to_plan(
    firm: Firm, subject: Subject, tasks: list[GanttTask], name: str
) -> None:
    assert as_user(firm.colleague).get(address(name, subject, tasks)).status_code == 403
    assert as_user(firm.owner).get(address(name, subject, tasks)).status_code == 200


@pytest.mark.parametrize("name", ["task_drag", "task_move", "task_link", "task_delete", "assignment_delete"])
def test_writes_need_the_right_to_plan(
    firm: Firm, subject: Subject, tasks: list[GanttTask], name: str
) -> None:
    assert as_user(firm.colleague).post(address(name, subject, tasks)).status_code == 403
    assert GanttTask.objects.count() == 8


@pytest.mark.parametrize("view", ["gantt", "tasks", "division", "team", "nonsense"])
def test_every_view_of_the_tab_is_a_page(
    owner: Client, subject: Subject, tasks: list[GanttTask], view: str
) -> None:
    answer = owner.get(at("schedule_detail", subject.pk), {"view": view})
    assert answer.status_code == 200
    words = {"tasks": "线上渠道素材准备", "division": "活动整体进度把控", "team": "张晨"}.get(
        view, "data-gantt"
    )
    assert words in answer.text


def test_an_empty_schedule_says_so(owner: Client, subject: Subject) -> None:
    for view in ("gantt", "tasks", "division", "team"):
        answer = owner.get(at("schedule_detail", subject.pk), {"view": view})
        assert answer.status_code == 200
    assert owner.get(at("schedule_data", subject.pk)).json()["tasks"] == []


@pytest.mark.req("SCH-02")
@pytest.mark.req("SCH-06")
def test_chart_data_has_forecast_baseline_critical_path_and_days(
    owner: Client, firm: Firm, subject: Subject, tasks: list[GanttTask]
) -> None:
    actions.keep_baseline(subject=subject, actor=firm.owner)
    data = owner.get(at("schedule_data", subject.pk)).json()
    rows = {row["code"]: row for row in data["tasks"] if row["type"] == "task"}
    assert [row["id"] for row in data["tasks"] if row["type"] == "group"] == [
        "phase-preparation",
        "phase-execution",
    ]
    assert (rows["T6"]["end"], rows["T6"]["baselineEnd"], rows["T6"]["lateDays"]) == (
        "2024-08-02",
        "2024-07-30",
        3,
    )
    assert [code for code, row in rows.items() if row["critical"]] == ["T1", "T2", "T3", "T4", "T8"]
    assert {"source": tasks[3].pk, "target": tasks[7].pk} in data["links"]
    assert data["today"] == "2024-08-02"


def test_chart_marks_holidays_and_makeup_days(owner: Client, subject: Subject) -> None:
    toy.make_tasks(subject, {"start_on": date(2024, 9, 9), "end_on": date(2024, 9, 20)})
    days = {day["date"]: day["kind"] for day in owner.get(at("schedule_data", subject.pk)).json()["days"]}
    assert days["2024-09-14"] == "makeup"
    assert days["2024-09-17"] == "holiday"
    assert "2024-09-21" not in days


@pytest.mark.req("SCH-05")
@pytest.mark.parametrize("view", ["gantt", "tasks", "division", "team"])
def test_milestones_head_every_view_with_their_state(owner: Client, subject: Subject, view: str) -> None:
    day = date(2024, 8, 1)
    toy.make_tasks(
        subject,
        {
            "name": "物料到位",
            "is_milestone": True,
            "start_on": day,
            "end_on": day,
            "state": State.IN_PROGRESS,
        },
    )
    page = owner.get(at("schedule_detail", subject.pk), {"view": view}).text
    assert page.index("物料到位") < page.index("已逾期")
    assert owner.get(at("schedule_data", subject.pk)).json()["tasks"][1]["type"] == "milestone"


def drag(client: Client, subject: Subject, task: GanttTask, start: str, end: str) -> Any:
    body = json.dumps({"id": task.pk, "start": start, "end": end})
    return client.post(at("task_drag", subject.pk), body, **JSON)


def test_dragging_saves_and_can_be_undone(owner: Client, subject: Subject, tasks: list[GanttTask]) -> None:
    answer = drag(owner, subject, tasks[7], "2024-08-07", "2024-08-11")
    assert answer.status_code == 200
    assert next(row for row in answer.json()["tasks"] if row["id"] == tasks[7].pk)["start"] == "2024-08-07"
    assert owner.post(answer.json()["toast"]["undo"]).status_code == 204
    tasks[7].refresh_from_db()
    assert tasks[7].start_on == date(2024, 8, 6)


@pytest.mark.rule("R-SCH-02")
def test_dragging_is_refused_with_the_reason(owner: Client, subject: Subject, tasks: list[GanttTask]) -> None:
    answer = drag(owner, subject, tasks[3], "2024-07-26", "2024-07-30")
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["reasons"][0]["rule_id"]) == ("predecessor", "R-SCH-02")
    toy.LOCKED["schedule"] = say("In approval")
    assert drag(owner, subject, tasks[3], "2024-07-29", "2024-08-01").status_code == 409


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"id": 1, "start": "x", "end": "y"}', '{"id": "a", "start": 1}']
)
def test_dragging_nonsense_is_refused(owner: Client, subject: Subject, body: str) -> None:
    assert owner.post(at("task_drag", subject.pk), body, **JSON).status_code == 422


@pytest.mark.req("SCH-06")
def test_the_effect_of_other_dates_is_shown_before_they_are_saved(
    owner: Client, subject: Subject, tasks: list[GanttTask]
) -> None:
    url = at("task_effect", subject.pk, tasks[3].pk)
    answer = owner.get(url, {"start_on": "2024-07-28", "end_on": "2024-08-09"})
    assert "T8 线下快闪执行" in answer.text
    assert "08-09" in answer.text
    assert owner.get(url, {"start_on": "", "end_on": "2024-08-09"}).status_code == 200
    moved = owner.post(
        at("task_move", subject.pk, tasks[3].pk),
        {"start": "2024-07-28", "end": "2024-08-09", "follow": "on"},
        **HTMX,
    )
    assert moved.status_code == 200
    assert GanttTask.objects.get(position=8).start_on == date(2024, 8, 9)


def test_task_dialog_saves_and_shows_what_is_wrong(
    owner: Client, subject: Subject, tasks: list[GanttTask]
) -> None:
    url = at("task_add", subject.pk)
    wrong = owner.post(url, {"name": "", "start_on": "2024-08-06", "end_on": "2024-08-01"}, **HTMX)
    assert wrong.status_code == 422
    backwards = owner.post(url, {"name": "布展", "start_on": "2024-08-06", "end_on": "2024-08-01"}, **HTMX)
    assert backwards.status_code == 422
    early = owner.post(
        url,
        {"name": "布展", "start_on": "2024-07-20", "end_on": "2024-07-21", "predecessors": [tasks[3].pk]},
        **HTMX,
    )
    assert early.status_code == 422
    saved = owner.post(url, {"name": "布展", "start_on": "2024-08-05", "end_on": "2024-08-06"}, **HTMX)
    assert saved.status_code == 200
    assert GanttTask.objects.get(name="布展").position == 9


def test_row_is_edited_in_place(owner: Client, firm: Firm, subject: Subject, tasks: list[GanttTask]) -> None:
    url = at("task_row_edit", subject.pk, tasks[7].pk)
    form = owner.get(url)
    assert 'value="2024-08-06"' in form.text
    data = {"name": "快闪执行", "start_on": "2024-08-06", "end_on": "2024-08-11", "owner": firm.colleague.pk}
    saved = owner.post(url, data, **HTMX)
    assert "快闪执行" in saved.text
    task = GanttTask.objects.get(position=8)
    assert (task.owner, task.days, task.predecessor_names) == (firm.colleague, 5, ["物料到位"])
    assert Dependency.objects.filter(task=task).count() == 1
    assert owner.post(url, {**data, "end_on": "2024-08-01"}, **HTMX).status_code == 422


@pytest.mark.rule("R-SCH-03")
@pytest.mark.req("SCH-07")
def test_state_asks_the_lead_for_a_reason_and_refuses_others(
    owner: Client, firm: Firm, subject: Subject, tasks: list[GanttTask]
) -> None:
    url = at("task_state", subject.pk, tasks[7].pk)
    asked = owner.post(url, {"state": State.IN_PROGRESS}, **HTMX)
    assert (asked.status_code, asked["HX-Retarget"]) == (422, "#dialog")
    assert "R-SCH-03" in asked.text
    assert owner.post(url, {"state": State.IN_PROGRESS, "reason": "场地只有今天"}, **HTMX).status_code == 200
    assert as_user(firm.colleague).post(url, {"state": State.DONE}, **HTMX).status_code == 403
    assert owner.post(url, {"state": "nonsense"}, **HTMX).status_code == 422


def test_the_owner_of_a_task_reports_on_it(firm: Firm, subject: Subject) -> None:
    (task,) = toy.make_tasks(subject, {"owner": firm.colleague})
    client = as_user(firm.colleague)
    assert client.post(at("task_state", subject.pk, task.pk), {"state": State.IN_PROGRESS}).status_code == 302
    assert client.post(at("task_progress", subject.pk, task.pk), {"percent": 40}).status_code == 302
    assert client.post(at("task_progress", subject.pk, task.pk), {"percent": 140}, **HTMX).status_code == 422
    task.refresh_from_db()
    assert (task.state, task.progress) == (State.IN_PROGRESS, 40)
    assert client.get(at("task_edit", subject.pk, task.pk)).status_code == 200
    page = client.get(at("my_tasks"))
    assert "任务1" in page.text


@pytest.mark.vector("C7")
def test_a_proposed_predecessor_is_chosen_by_a_click(owner: Client, subject: Subject) -> None:
    tasks = toy.load_example(subject, linked=False)
    page = owner.get(at("schedule_detail", subject.pk), {"view": "tasks"})
    assert "物料到位" in page.text
    url = at("task_link", subject.pk, tasks[7].pk)
    assert owner.post(url, {"predecessor": tasks[3].pk, "given": "物料到位"}).status_code == 302
    assert Dependency.objects.get().given == "物料到位"
    assert (
        owner.post(at("task_unlink", subject.pk, tasks[7].pk), {"predecessor": tasks[3].pk}).status_code
        == 302
    )
    assert owner.post(url, {"predecessor": 999_999}, **HTMX).status_code == 422


@pytest.mark.req("TEA-03")
def test_assignments_are_added_changed_and_deleted(owner: Client, firm: Firm, subject: Subject) -> None:
    data = {
        "module": "策划统筹",
        "task": "进度",
        "standard": "日报",
        "owner": firm.owner.pk,
        "assistants": [firm.colleague.pk],
    }
    assert owner.post(at("assignment_add", subject.pk), {**data, "owner": ""}, **HTMX).status_code == 422
    assert owner.post(at("assignment_add", subject.pk), data, **HTMX).status_code == 200
    row = Assignment.objects.get()
    edit = at("assignment_edit", subject.pk, row.pk)
    assert "日报" in owner.get(edit).text
    assert owner.post(edit, {**data, "task": "总进度", "is_whole_team": "on"}, **HTMX).status_code == 200
    state = at("assignment_state", subject.pk, row.pk)
    assert (
        owner.post(state, {"state": State.DONE}, **HTMX).status_code == 409
    )  # its standard is accepted first
    assert owner.post(state, {"state": State.IN_PROGRESS}, **HTMX).status_code == 200
    row.refresh_from_db()
    assert (row.task, row.state, row.assistants) == ("总进度", State.IN_PROGRESS, [{"name": "全团队"}])
    assert owner.post(at("assignment_delete", subject.pk, row.pk), **HTMX).status_code == 200
    assert not Assignment.objects.exists()


def test_tasks_of_another_subject_are_not_found(owner: Client, firm: Firm, subject: Subject) -> None:
    other = toy.make_subject(firm.department(), lead=firm.owner)
    (task,) = toy.make_tasks(other, {})
    assert owner.get(at("task_edit", subject.pk, task.pk)).status_code == 404
    assert drag(owner, subject, task, "2024-08-01", "2024-08-02").status_code == 404


@pytest.mark.parametrize("view", ["gantt", "tasks", "division", "team"])
def test_pages_take_the_same_queries_for_two_tasks_and_for_forty(
    owner: Client, firm: Firm, view: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for count in (2, 40):
        subject = toy.make_subject(firm.department(), lead=firm.owner)
        start = date(2024, 8, 1)
        days = [{"start_on": start + timedelta(n), "end_on": start + timedelta(n + 1)} for n in range(count)]
        people = [firm.owner, firm.colleague]
        toy.make_tasks(
            subject,
            *({**each, "owner": people[n % 2], "after": [n] if n else []} for n, each in enumerate(days)),
        )
        for n in range(count):
            Assignment.objects.create(subject=subject, position=n + 1, task=f"分工{n}", owner=people[n % 2])
        url = at("schedule_detail", subject.pk)
        owner.get(url, {"view": view})
        with django_assert_max_num_queries(60) as captured:
            assert owner.get(url, {"view": view}).status_code == 200
        counts.append(len(captured))
        GanttTask.objects.filter(subject=subject).update(state=State.DONE)
    assert counts[0] == counts[1]
