"""The risk signal and the calendar of reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.selectors import (
    issue_counts,
    report_days,
    signals,
    suggested,
)
from yunchou.capabilities.work.models import Assignment, Delivery, GanttTask
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from . import toy

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 2)


def signal_of(subject: Subject) -> Any:
    return signals([subject.pk], clock.now())[subject.pk]


def test_signal_without_assessed_risks_is_unknown(subject: Subject) -> None:
    assert signal_of(subject).level is Level.UNKNOWN
    toy.make_risk(subject, impact=None)
    assert signal_of(subject).level is Level.UNKNOWN


def test_signal_follows_the_response(firm: Firm, subject: Subject) -> None:
    risk = toy.make_risk(subject, limit_minutes=30)
    for scenario in ("线下遇雨", "物料延迟到货", "现场{设备}故障"):
        toy.make_risk(subject, scenario, impact=3)
    fine = signal_of(subject)
    assert (fine.level, str(fine.value), fine.fraction) == (Level.FINE, "0 / 4", 0.0)
    actions.trigger_risk(risk=risk, note="首日播放 5 万+", actor=firm.owner)
    watch = signal_of(subject)
    assert (watch.level, str(watch.value), str(watch.part)) == (Level.WATCH, "1 / 4", "线上流量不足")
    assert signals([subject.pk], clock.now())[subject.pk].segments == (Level.WATCH, *[Level.FINE] * 3)
    with clock.at("2024-08-02T15:51"):
        assert signal_of(subject).level is Level.ACT
    actions.close_risk(risk=risk, result="回升", actor=firm.owner)
    assert signal_of(subject).level is Level.FINE


def test_signals_ask_the_same_number_of_queries(firm: Firm) -> None:
    subjects = [toy.make_subject(firm.department(), lead=firm.owner, title=f"活动{n}") for n in range(12)]
    for subject in subjects:
        actions.trigger_risk(risk=toy.make_risk(subject), note="发生", actor=firm.owner)
    counts = []
    for some in (subjects[:1], subjects):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(signals([each.pk for each in some], clock.now())) == len(some)
        counts.append(len(queries))
    assert counts == [2, 2]


@pytest.mark.req("RPT-01")
def test_calendar_tells_handed_in_late_and_missing(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    for day in (date(2024, 8, 1), DAY):
        with clock.at(f"{day}T00:05"):
            actions.owe_report_duties(subject=subject, day=day, progress=[firm.owner, member], data=[member])
    with clock.at("2024-08-01T17:10"):
        actions.hand_in_report(
            subject=subject, day=date(2024, 8, 1), owner=firm.owner, done="a", tomorrow="b", actor=firm.owner
        )
    actions.hand_in_report(subject=subject, day=DAY, owner=member, done="a", tomorrow="b", actor=member)
    today, yesterday = report_days(subject, date(2024, 7, 20), DAY)
    assert (len(today.reports), [d.owner for d in today.waiting], today.missing) == (1, [firm.owner], [])
    assert (yesterday.late, [d.owner for d in yesterday.missing]) == (1, [member])
    assert [d.owner for d in yesterday.data_missing] == [member]
    assert [d.owner for d in today.data_waiting] == [member]
    assert (today.level, yesterday.level) == (Level.FINE, Level.ACT)


def test_calendar_shows_corrections_in_place_of_reports(firm: Firm, subject: Subject) -> None:
    first = actions.hand_in_report(
        subject=subject, day=DAY, owner=firm.owner, done="a", tomorrow="b", actor=firm.owner
    )
    second = actions.correct_report(report=first, done="c", tomorrow="d", actor=firm.owner)
    (day,) = report_days(subject, DAY, DAY)
    assert day.reports == [second]


def test_report_begins_with_the_persons_tasks(firm: Firm, subject: Subject) -> None:
    make = GanttTask.objects.create
    make(subject=subject, position=1, name="素材", owner=firm.owner, state="in_progress", progress=80)
    make(subject=subject, position=2, name="话术", owner=firm.owner, state="done", progress=100, done_on=DAY)
    make(subject=subject, position=3, name="别人的", owner=firm.colleague, state="in_progress")
    ideas = suggested(subject, firm.owner, DAY)
    assert ideas.done == ("T2 话术",)
    assert ideas.going == ("T1 素材 80%",)
    assert ideas.tomorrow == ("T1 素材",)

    # What was handed in today is done as far as its owner can say, whoever still has to accept it; what came back is not.
    task = make(subject=subject, position=4, name="布展", owner=firm.owner, state="in_progress")
    row = Assignment.objects.create(subject=subject, position=1, task="快闪店落地", owner=firm.owner)
    handed_in = [
        Delivery.objects.create(handed_in_by=firm.owner, **of) for of in ({"task": task}, {"assignment": row})
    ]
    ideas = suggested(subject, firm.owner, DAY)
    assert (ideas.done, ideas.going, ideas.tomorrow) == (
        ("T2 话术", "T4 布展"),
        ("T1 素材 80%",),
        ("T1 素材",),
    )
    assert ideas.told == ("快闪店落地",)
    for one in handed_in:
        one.verdict, one.decided_by, one.decided_at = Delivery.Verdict.RETURNED, firm.colleague, clock.now()
        one.save()
    assert suggested(subject, firm.owner, DAY).done == ("T2 话术",)

    client = Client()
    client.force_login(firm.owner)
    url = reverse("operations:report_new", args=[subject.pk])
    empty = client.post(url, {"day": DAY, "tomorrow": "布展", "problems": "雨棚不够"})
    assert empty.status_code == 422
    assert "请勾选上面的任务" in empty.text
    assert "雨棚不够" in empty.text


def test_issue_counts_have_every_state(firm: Firm, subject: Subject) -> None:
    actions.report_issue(subject=subject, problem="礼品不足", actor=firm.owner)
    assert issue_counts(subject) == {"reported": 1, "decided": 0, "adjusting": 0, "verified": 0, "closed": 0}
