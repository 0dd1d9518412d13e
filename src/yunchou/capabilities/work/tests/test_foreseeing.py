"""What if a task is late, and how likely the whole is to be ready: asked on the page, answered at once or in the background."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions, foreseeing
from yunchou.capabilities.work.actions import readiness
from yunchou.capabilities.work.foreseeing import question_of
from yunchou.capabilities.work.models import Foreseen, GanttTask
from yunchou.capabilities.work.occasions import Occasion, Occasions, declare, occasions
from yunchou.capabilities.work.selectors import plan_of
from yunchou.capabilities.work.states import Phase, State
from yunchou.capabilities.work.whatif import late_by
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.text import say
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.runner import run_chunk
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
TODAY = date(2024, 8, 2)
CLOSED: list[int] = []
"""Subjects that are over in the running test."""

if "work_toy" not in occasions:
    declare(
        Occasions(
            "work_toy",
            kinds=lambda: [("salon", "Salon")],
            of=lambda ids: {
                pk: Occasion("salon", TODAY + timedelta(10), TODAY + timedelta(20)) for pk in ids
            },
            closed=lambda units: list(CLOSED),
        )
    )


def spec(start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"start_on": TODAY + timedelta(start), "end_on": TODAY + timedelta(end), **more}


def make(subject: Subject) -> list[GanttTask]:
    """Design of four days, print of five, which the event on the twelfth waits for; and a task beside them."""
    return toy.make_tasks(
        subject,
        spec(1, 5, name="设计", low_days=2, likely_days=4, high_days=12),
        spec(5, 10, name="印刷", after=[1], low_days=5, likely_days=5, high_days=5),
        spec(1, 2, name="场地"),
        spec(10, 12, name="现场执行", phase=Phase.EXECUTION, after=[2]),
    )


@pytest.mark.req("SCH-06", whole=True)
def test_what_if_says_what_moves_and_saves_nothing(client: Client, firm: Firm, subject: Subject) -> None:
    design, print_, _place, show = make(subject)
    what = late_by(plan_of(subject), design.pk, 2)
    assert [(shift.key, shift.days) for shift in what.effect.shifts] == [(1, 2), (3, 2)]
    assert (what.effect.end_days, what.room_before, what.room_after) == (2, 0, -2)
    client.force_login(firm.owner)
    url = reverse("work:task_late", args=[subject.pk, design.pk])
    shown = client.get(url, {"days": 2}).text
    assert "T2 印刷" in shown
    assert (what.effect.start_days, what.effect.start_after) == (
        0,
        TODAY + timedelta(1),
    )  # the place begins then
    assert client.get(url, {"days": "x"}).status_code == 200
    print_.refresh_from_db()
    assert print_.end_on == TODAY + timedelta(10)
    values = {"start": what.start_on.isoformat(), "end": what.end_on.isoformat(), "follow": "on"}
    client.post(reverse("work:task_move", args=[subject.pk, design.pk]), values)
    show.refresh_from_db()
    assert show.end_on == TODAY + timedelta(14)
    client.force_login(firm.colleague)
    assert "follow" not in client.get(url).text


def test_the_chance_to_be_ready_is_shown_with_what_decides_it(
    client: Client, firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(firm.owner)
    url = reverse("work:readiness", args=[subject.pk])
    assert (
        client.get(reverse("work:schedule_detail", args=[subject.pk]), {"view": "readiness"}).status_code
        == 200
    )
    assert client.post(url).status_code == 200  # nothing to foresee
    design, *_rest = make(subject)
    shown = client.post(url).text
    kept = Foreseen.objects.get()
    result = kept.result
    assert (result["target"], result["own"], result["runs"]) == ((TODAY + timedelta(10)).isoformat(), 2, 1000)
    assert result["low"] <= result["chance"] <= result["high"]
    assert 0.3 < result["chance"] < 0.5  # PERT 2-4-12: four days or less in 39 %
    assert result["drivers"][0][0] == 0
    assert sum(runs for *_days, runs in result["bars"]) == 1000
    assert f"{round(100 * result['chance'])}%" in shown.replace(" %", "%")
    assert "T1 设计" in shown
    made_at = kept.made_at
    client.post(url)
    assert Foreseen.objects.get().made_at == made_at  # the same question is not worked out again
    actions.set_task_state(task=design, actor=firm.owner, state=State.DONE)
    client.post(url)
    assert Foreseen.objects.get().result["chance"] == 1.0

    monkeypatch.setattr(readiness, "AT_ONCE", 10)
    actions.set_task_state(task=design, actor=firm.owner, state=State.IN_PROGRESS)
    waiting = client.post(url).text
    assert 'hx-trigger="every 1s"' in waiting
    job = Job.objects.get()
    client.post(url)
    assert Job.objects.count() == 1
    run_chunk(job.chunks.get().pk)
    assert "every 1s" not in client.post(url).text
    client.force_login(firm.outsider)
    assert client.post(url).status_code == 404


def test_durations_are_learnt_from_what_is_over_and_an_approval_is_waited_for(
    firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(subject)
    GanttTask.objects.filter(name="设计").update(low_days=None, likely_days=None, high_days=None)
    past = [toy.make_subject(firm.department(), title=f"往期{n}") for n in range(3)]
    for n, each in enumerate(past):
        done = spec(-30, -20, name="设 计", state=State.DONE, done_on=TODAY - timedelta(20 - 5 * n))
        toy.make_tasks(each, done)
    CLOSED[:] = [each.pk for each in past]
    question = question_of(plan_of(subject))
    assert question is not None
    assert question.learnt == 1
    assert sorted(question.estimates[0].lasted) == [4.0, 6.0, 8.0]  # 1, 1.5 and 2 times the planned four days
    monkeypatch.setattr(foreseeing, "approval_waits", lambda subject, axis: (3.0, 20.0))
    toy.LOCKED["execution"] = say("In approval")
    held = question_of(plan_of(subject))
    assert held is not None
    assert held.waits_for_approval
    assert held.digest != question.digest
    assert held.schedule.links[-1].task == 3
    CLOSED.clear()
