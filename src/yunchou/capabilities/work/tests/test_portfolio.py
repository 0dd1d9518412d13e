"""Campaigns and people over the weeks: what is told, to whom, in how many queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work.occasions import Occasion, Occasions, occasions
from yunchou.capabilities.work.portfolio import Window, loads, running
from yunchou.capabilities.work.states import Phase, State
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
MONDAY = date(2024, 7, 29)


def spec(start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"start_on": MONDAY + timedelta(start), "end_on": MONDAY + timedelta(end), **more}


@pytest.mark.req("TEA-08", whole=True)
def test_a_persons_tasks_of_all_campaigns_stand_together_and_clashes_are_marked(
    client: Client, firm: Firm, subject: Subject
) -> None:
    other = toy.make_subject(firm.department(), title="七夕音乐会")
    hidden = toy.make_subject(firm.department("south"), title="华南活动")
    mine = {"owner": firm.colleague}
    toy.make_tasks(subject, spec(0, 5, **mine), spec(7, 9, **mine), spec(0, 12, owner=firm.owner))
    toy.make_tasks(
        other, spec(3, 8, name="搭台", **mine), spec(9, 11, **mine), spec(0, 12, state=State.DONE, **mine)
    )
    toy.make_tasks(hidden, spec(0, 12, **mine))
    window = Window.around(MONDAY + timedelta(2), 2)
    assert (window.first, window.end) == (MONDAY, MONDAY + timedelta(14))
    first, second = loads(firm.owner, window)
    assert (first.user, second.user) == (firm.colleague, firm.owner)
    assert [(cell.busy, cell.clashes) for cell in first.cells] == [(5, 2), (4, 1)]
    assert [(one.first_on, one.last_on, one.other.name) for one in first.clashes] == [
        (MONDAY + timedelta(3), MONDAY + timedelta(4), "搭台"),
        (MONDAY + timedelta(7), MONDAY + timedelta(7), "任务2"),
    ]
    assert [(cell.busy, cell.clashes) for cell in second.cells] == [(5, 0), (5, 0)]
    client.force_login(firm.owner)
    url = reverse("work:portfolio")
    shown = client.get(url, {"view": "people", "from": MONDAY.isoformat(), "weeks": 2}).text
    assert all(word in shown for word in ("搭台", "七夕音乐会", firm.colleague.name))
    assert "华南活动" not in shown
    warned = client.get(reverse("work:schedule_detail", args=[subject.pk]), {"view": "team"}).text
    assert "七夕音乐会" in warned
    client.force_login(firm.outsider)
    assert "搭台" not in client.get(url, {"view": "people", "from": MONDAY.isoformat()}).text


@pytest.mark.req("SCH-01", whole=True)
def test_campaigns_stand_side_by_side_in_their_phases(
    client: Client, firm: Firm, django_assert_num_queries: Any
) -> None:
    client.force_login(firm.owner)
    url = reverse("work:portfolio")
    assert client.get(url).status_code == 200
    for n in range(3):
        each = toy.make_subject(firm.department(), title=f"活动{n}")
        toy.make_tasks(
            each,
            spec(n, 4, owner=firm.colleague),
            spec(4, 9, phase=Phase.EXECUTION, state=State.DONE, owner=firm.owner),
            spec(-60, -50, phase=Phase.CLOSING),
        )
    far = toy.make_subject(firm.department(), title="明年")
    toy.make_tasks(far, spec(200, 210))
    window = Window.around(MONDAY, 2)
    running(firm.owner, window)  # what the person may see is read once
    for count in (3, 6):
        with django_assert_num_queries(7):
            rows = running(firm.owner, window)
        assert len(rows) == count
        with django_assert_num_queries(1):
            loads(firm.owner, window)
        for n in range(3):
            toy.make_tasks(toy.make_subject(firm.department(), title=f"再{n}"), spec(n, 4, owner=firm.owner))
    first = rows[0]
    assert (first.tasks, first.done, first.overdue, first.percent) == (3, 1, 1, 33)
    assert [(bar.phase, bar.left, bar.width) for bar in first.stretches] == [
        (Phase.PREPARATION, 0.0, 35.71),
        (Phase.EXECUTION, 28.57, 42.86),
    ]
    shown = client.get(url, {"from": "2024-08-01", "weeks": "2"}).text
    assert "活动0" in shown
    assert "明年" not in shown
    assert client.get(url, {"from": "x", "weeks": "99"}).status_code == 200


def test_nothing_of_a_draft_is_late(firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.make_tasks(subject, spec(-9, -3), spec(0, 5))
    window = Window.around(MONDAY, 2)
    (late,) = running(firm.owner, window)
    assert (late.overdue, late.signal is None) == (1, False)
    told = Occasions(
        "work_toy", list, lambda ids: {pk: Occasion(is_draft=True) for pk in ids}, lambda units: []
    )
    monkeypatch.setitem(occasions._items, "work_toy", told)
    (draft,) = running(firm.owner, window)
    assert (draft.tasks, draft.overdue, draft.signal) == (2, 0, None)
