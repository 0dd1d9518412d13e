"""Several windows and impatient fingers: nothing is made twice, nobody writes over what was not seen, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work.models import Assignment, Baseline, Dependency, GanttTask
from yunchou.capabilities.work.occasions import Occasion, lies_outside
from yunchou.capabilities.work.rules import AcceptanceFacts, acceptance_due, finished_work_is_looked_at
from yunchou.capabilities.work.states import Phase
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.models import Subject

from . import toy

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def owner(firm: Firm) -> Client:
    client = Client()
    client.force_login(firm.owner)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"work:{name}", args=args)


def hidden(client: Client, url: str, name: str) -> str:
    """A value that the form at an address carries."""
    found = re.search(rf'name="{name}" value="([^"]+)"', client.get(url, **HTMX).text)
    assert found
    return found[1]


def test_a_form_sent_twice_does_its_work_once(owner: Client, firm: Firm, subject: Subject) -> None:
    made: list[tuple[str, dict[str, Any], Any]] = [
        ("task_add", {"name": "布展"}, GanttTask),
        (
            "assignment_add",
            {"module": "策划", "task": "进度", "standard": "日报", "owner": firm.owner.pk},
            Assignment,
        ),
        ("baseline_add", {"name": "首版"}, Baseline),
    ]
    for name, sent, model in made:
        url = at(name, subject.pk)
        sent = {**sent, "once": hidden(owner, url, "once")}
        answers = [owner.post(url, sent, **HTMX) for _twice in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0]["HX-Redirect"] == answers[1]["HX-Redirect"]
        assert model.objects.count() == 1, name


def test_an_older_window_does_not_write_over_a_newer_one(owner: Client, firm: Firm, subject: Subject) -> None:
    first, second, third = toy.make_tasks(subject, {"name": "设计"}, {"name": "印刷"}, {"name": "布展"})
    url, row = at("task_edit", subject.pk, third.pk), at("task_row_edit", subject.pk, third.pk)
    old = hidden(owner, url, "seen")
    assert hidden(owner, row, "seen") == old
    assert owner.post(url, {"name": "布展", "note": "张的说明", "seen": old}, **HTMX).status_code == 200
    typed = {"name": "现场布展", "predecessors": [first.pk, second.pk], "seen": old}
    late = owner.post(url, typed, **HTMX)
    assert late.status_code == 409
    assert "现场布展" in late.text
    assert late.text.count("selected") >= 2, "both predecessors that were chosen are still there"
    assert owner.post(row, {"name": "快闪", "seen": old}, **HTMX).status_code == 409
    third.refresh_from_db()
    assert (third.name, third.note) == ("布展", "张的说明")
    now = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert now
    assert owner.post(url, {**typed, "seen": now[1]}, **HTMX).status_code == 200
    assert Dependency.objects.filter(task=third).count() == 2

    assignment = Assignment.objects.create(
        subject=subject, position=1, module="策划", task="进度", standard="日报"
    )
    url = at("assignment_edit", subject.pk, assignment.pk)
    sent = {"module": "策划", "task": "进度", "standard": "日报", "owner": firm.owner.pk}
    sent["seen"] = hidden(owner, url, "seen")
    assert owner.post(url, sent, **HTMX).status_code == 200
    assert owner.post(url, {**sent, "task": "总进度"}, **HTMX).status_code == 409
    assignment.refresh_from_db()
    assert assignment.task == "进度"


@pytest.mark.rule("R-SCH-02")
def test_a_loop_names_the_tasks_that_wait_for_each_other(owner: Client, subject: Subject) -> None:
    first, second = toy.make_tasks(subject, {"name": "设计"}, {"name": "印刷", "after": [1]})
    refused = owner.post(
        at("task_edit", subject.pk, first.pk), {"name": "设计", "predecessors": [second.pk]}, **HTMX
    )
    assert refused.status_code == 422
    assert "T1 设计、T2 印刷" in refused.text
    assert "R-SCH-02" in refused.text


def test_assistants_without_an_account_stay_while_nobody_chooses_others(
    owner: Client, firm: Firm, subject: Subject
) -> None:
    row = Assignment.objects.create(
        subject=subject, position=1, module="策划", task="进度", standard="日报", owner=firm.owner,
        assistants=[{"name": "周"}],
    )  # fmt: skip
    url = at("assignment_edit", subject.pk, row.pk)
    sent = {"module": "策划", "task": "进度", "standard": "日报", "owner": firm.owner.pk}
    owner.post(url, {**sent, "start_on": date(2024, 8, 1)}, **HTMX)
    row.refresh_from_db()
    assert [Person.from_json(one).name for one in row.assistants] == ["周"]
    owner.post(url, {**sent, "assistants": [firm.colleague.pk]}, **HTMX)
    row.refresh_from_db()
    assert [Person.from_json(one).name for one in row.assistants] == [firm.colleague.name]


def test_preparation_may_begin_before_the_activity_and_closing_end_after_it() -> None:
    occasion = Occasion("", date(2024, 8, 6), date(2024, 8, 10))
    before, during, after = date(2024, 8, 1), date(2024, 8, 8), date(2024, 8, 20)
    assert not lies_outside(occasion, Phase.PREPARATION, before, during)
    assert lies_outside(occasion, Phase.EXECUTION, before, during)
    assert lies_outside(occasion, Phase.EXECUTION, during, after)
    assert lies_outside(occasion, Phase.PREPARATION, before, after)
    assert not lies_outside(occasion, Phase.CLOSING, during, after)
    assert not lies_outside(Occasion(), Phase.EXECUTION, before, after)


def test_finished_work_is_looked_at_within_working_days(db: None) -> None:
    friday = clock.moment(date(2024, 8, 2), 18)
    params = params_on([finished_work_is_looked_at])[finished_work_is_looked_at.id]
    monday = acceptance_due(friday, params)
    assert monday == clock.moment(date(2024, 8, 5), 18)
    assert finished_work_is_looked_at.failures(AcceptanceFacts("布展", friday, monday)) == []
    late = clock.moment(date(2024, 8, 5), 19)
    assert len(finished_work_is_looked_at.failures(AcceptanceFacts("布展", friday, late))) == 1
