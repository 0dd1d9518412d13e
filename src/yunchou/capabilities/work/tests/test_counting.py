"""Which days count, and the baselines that people keep under a name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chinese_calendar import is_workday
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.baselines import drift_of
from yunchou.capabilities.work.counting import event_days, working_days
from yunchou.capabilities.work.models import Baseline, GanttTask, ScheduleSetting
from yunchou.capabilities.work.recounting import recounted
from yunchou.capabilities.work.rules import durations_are_computed
from yunchou.capabilities.work.schedule import days_between
from yunchou.capabilities.work.selectors import plan_of, work_facts
from yunchou.capabilities.work.states import DayCount
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
MONDAY = date(2024, 9, 9)  # the week before the make-up Saturday 14 September and 中秋节


@pytest.mark.once
def test_working_days_and_days_told_from_an_event_agree_with_another_library() -> None:
    axis, first, last = working_days(), date(2024, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    counted = 0
    for each in days:
        assert days_between(axis, first, each) == counted
        counted += is_workday(each)
    worked = [each for each in days if is_workday(each)]
    for event in [*days[60:-60:7], date(2024, 9, 15), date(2025, 1, 26), date(2026, 2, 21)]:
        told = event_days(event)
        before = [each for each in worked if each < event][-15:]
        after = [each for each in worked if each > event][:15]
        assert [told.day(n) for n in range(-15, 0)] == before
        assert [told.day(n) for n in range(1, 16)] == after
        assert told.day(0) == event
        around = [event + timedelta(n) for n in range(-20, 20)]
        for each in around:
            offset = told.offset(each)
            assert told.day(offset) == each if offset is not None else not is_workday(each)


@pytest.mark.rule("R-SCH-01")
@pytest.mark.req("SCH-03")
def test_counting_working_days_is_shown_first_and_moves_no_date(
    client: Client, firm: Firm, subject: Subject
) -> None:
    span = {"start_on": MONDAY, "end_on": MONDAY + timedelta(9), "days": 9, "given": {"days": "9天"}}
    toy.make_tasks(subject, span, {"start_on": MONDAY + timedelta(9), "end_on": MONDAY + timedelta(9)})
    client.force_login(firm.owner)
    url = reverse("work:count_days", args=[subject.pk])
    effect = recounted(plan_of(subject), DayCount.WORKING)
    assert (effect.before.length, effect.after.length) == (9, 6)  # 14 September is worked, 15-17 are not
    assert [(row.before, row.after) for row in effect.rows] == [((9, 0), (6, 0)), ((0, 9), (0, 6))]
    shown = client.get(url, {"days": "working"})
    assert shown.status_code == 200
    assert "<b>6</b>" in shown.text
    assert not ScheduleSetting.objects.exists()
    assert client.post(url, {"days": "moon"}).status_code == 422
    assert client.post(url, {"days": "working"}).status_code in (200, 302)
    task = GanttTask.objects.order_by("position")[0]
    assert (task.start_on, task.end_on, task.days, task.given) == (*list(span.values())[:2], 6, {})
    assert not [v for v in evaluate([durations_are_computed], work_facts(subject)) if not v.passed]
    actions.move_task(task=task, actor=firm.owner, start_on=MONDAY, end_on=MONDAY + timedelta(4), follow=True)
    task.refresh_from_db()
    assert task.days == 4
    client.force_login(firm.colleague)
    assert client.post(url, {"days": "calendar"}).status_code == 403


@pytest.mark.req("SCH-06")
def test_a_baseline_is_kept_under_a_name_compared_and_deleted_by_who_kept_it(
    client: Client, firm: Firm, subject: Subject, django_assert_num_queries: Any
) -> None:
    client.force_login(firm.owner)
    add = reverse("work:baseline_add", args=[subject.pk])
    page = reverse("work:schedule_detail", args=[subject.pk])
    assert client.post(add, {"name": "首版"}).status_code == 422  # there is nothing to keep
    one, gone = toy.make_tasks(
        subject,
        {"start_on": MONDAY, "end_on": MONDAY + timedelta(2)},
        {"start_on": MONDAY, "end_on": MONDAY + timedelta(3)},
    )
    assert client.get(page, {"view": "baselines"}).status_code == 200
    assert client.post(add, {"name": " 首版 "}).status_code in (200, 302)
    assert client.post(add, {"name": "首版"}).status_code == 422
    kept = Baseline.objects.get()
    actions.move_task(task=one, actor=firm.owner, start_on=MONDAY, end_on=MONDAY + timedelta(5))
    actions.delete_task(task=gone, actor=firm.owner)
    toy.make_tasks(subject, {}, {"name": "新任务", "start_on": MONDAY})
    GanttTask.objects.filter(name="任务1").exclude(pk=one.pk).delete()
    drifts = drift_of(plan_of(subject), kept)
    assert [(each.is_new, each.is_gone, each.end_days) for each in drifts] == [
        (False, False, 3),
        (True, False, None),
        (False, True, None),
    ]
    shown = client.get(page, {"view": "baselines", "baseline": kept.pk}).text
    assert all(word in shown for word in ("首版", "+3", "新任务"))
    rows = client.get(reverse("work:schedule_data", args=[subject.pk]), {"baseline": kept.pk}).json()["tasks"]
    assert [row["ghostEnd"] for row in rows if "ghostEnd" in row] == [(MONDAY + timedelta(2)).isoformat()]
    with pytest.raises(Invalid):
        actions.keep_named_baseline(subject=subject, actor=firm.owner, name="x" * 61)
    with pytest.raises(NotAllowed):
        actions.delete_baseline(baseline=kept, actor=firm.colleague)
    delete = reverse("work:baseline_delete", args=[subject.pk, kept.pk])
    assert client.post(delete).status_code in (200, 302)
    assert not Baseline.objects.exists()
