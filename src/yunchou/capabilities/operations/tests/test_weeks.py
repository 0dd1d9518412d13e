"""Weekly reports, opinions, requests to departments, recurring reports, and what a daily report begins with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.actions.readings import Point, record_readings
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.models import (
    Delivery,
    Issue,
    RecurringReport,
    ResourceRequest,
    Tone,
    WeeklyReport,
)
from yunchou.capabilities.operations.opinions import tones_by_day
from yunchou.capabilities.operations.periods import next_due, period_named
from yunchou.capabilities.operations.running import providers
from yunchou.capabilities.operations.selectors import suggested
from yunchou.capabilities.operations.tasks import draft_weekly, owe_departments, owe_weekly
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.selectors import head_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.signals import Level

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 2)
MONDAY = date(2024, 7, 29)


def note(subject: Subject, firm: Firm, tone: str, count: int = 1, **values: Any) -> None:
    actions.note_feedback(
        subject=subject, actor=firm.owner,
        **{"day": DAY, "channel": "抖音", "tone": tone, "text": "直播讲得清楚", "count": count, **values},
    )  # fmt: skip


def hand_in(subject: Subject, firm: Firm, day: date = DAY, **values: Any) -> Any:
    parts = {"done": "发放物料", "tomorrow": "第二场直播"}
    return actions.hand_in_report(
        subject=subject, day=day, owner=firm.owner, actor=firm.owner, **{**parts, **values}
    )


@pytest.mark.req("RPT-03", whole=True)
@pytest.mark.rule("R-RPT-03", whole=True)
def test_week_is_drafted_from_its_dailies_edited_and_sent(
    firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_items", {"toys": lambda day: [(subject, [firm.owner], [])]})
    with clock.at("2024-07-29T00:10"):
        owe_weekly(clock.now())
        owe_weekly(clock.now())
    duty = Duty.objects.get(kind="operations.weekly_report")
    assert (duty.owner, duty.due_at) == (firm.owner, clock.moment(DAY, 18))
    GanttTask.objects.create(
        subject=subject, position=1, name="预热启动", is_milestone=True, start_on=MONDAY, end_on=date(2024, 7, 31),
        state="in_progress",
    )  # fmt: skip
    hand_in(subject, firm, MONDAY, done="完成开机仪式")
    hand_in(subject, firm, problems="直播间互动率偏低")
    note(subject, firm, Tone.NEGATIVE, 3, text="排队太久")
    actions.report_issue(subject=subject, problem="礼品不足", actor=firm.owner)
    with clock.at("2024-08-02T16:01"):
        draft_weekly(clock.now())
        escalate_due()
        assert Notification.objects.filter(user=firm.owner, kind__startswith="duties.").exists(), (
            "reminded at 16:00"
        )
    report = WeeklyReport.objects.get()
    assert "完成开机仪式" in report.summary
    assert "发放物料" in report.summary
    assert "T1 预热启动" in report.milestones
    assert "排队太久" in report.feedback
    assert "礼品不足" in report.problems
    assert "直播间互动率偏低" in report.problems
    assert "第二场直播" in report.outlook
    assert report.budget
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.owner)
    address = report.get_absolute_url()
    seen = client.get(address).context["form"].initial["seen"]
    parts = {part: getattr(report, part) for part in WeeklyReport.PARTS}
    assert (
        client.post(address, {**parts, "summary": "本周完成启动", "seen": seen, "keep": "1"}).status_code
        == 302
    )
    stale = client.post(address, {**parts, "seen": seen, "send": "1"})
    assert stale.status_code == 422
    with pytest.raises(Stale):
        actions.send_weekly(report=report, parts=parts, seen="old", actor=firm.owner)
    with pytest.raises(Invalid) as refused:
        actions.send_weekly(report=report, parts={"summary": " "}, actor=firm.owner)
    assert set(refused.value.fields) == {"summary"}
    with clock.at("2024-08-02T18:01"):
        sent = actions.send_weekly(report=report, parts={"summary": "本周完成启动"}, actor=firm.owner)
    assert sent.is_late
    assert [point.key for point in sent.points] == ["milestones", "budget", "feedback"]
    people = set(sent.recipients.all())
    assert {firm.people[p.MANAGEMENT], firm.people[p.REGIONAL_LEADERSHIP]} <= people
    assert Notification.objects.filter(kind="operations.weekly").count() == len(people - {firm.owner})
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == (Duty.State.DONE, True)
    for change in (sent.save, WeeklyReport.objects.get().save, sent.delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(WrongState):
        actions.edit_weekly(report=sent, parts=parts, actor=firm.owner)
    assert "本周完成启动" in client.get(address).content.decode()
    with pytest.raises(Invalid):
        actions.draft_weekly(subject=subject, week_on=date(2024, 8, 5), actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.draft_weekly(subject=subject, week_on=MONDAY, actor=firm.colleague)


@pytest.mark.req("RPT-04", whole=True)
@pytest.mark.req("RPT-06", whole=True)
def test_tone_of_each_day_is_the_third_monitored_point(firm: Firm, subject: Subject) -> None:
    note(subject, firm, Tone.POSITIVE, 6)
    note(subject, firm, Tone.NEUTRAL, 1, channel="小红书")
    note(subject, firm, Tone.NEGATIVE, 1, channel="快闪店", place="site", text="排队太久")
    note(subject, firm, Tone.NEGATIVE, 4, day=date(2024, 8, 1))
    today, before = tones_by_day(subject, MONDAY, DAY)
    assert [row[2:] for row in today.rows] == [(6, "75.0%"), (1, "12.5%"), (1, "12.5%")]
    assert [row[2] for row in before.rows] == [0, 0, 4]
    daily = hand_in(subject, firm)
    data = actions.hand_in_data_report(
        subject=subject, day=DAY, figures={"抖音": {"leads": 1}}, actor=firm.owner
    )
    for report in (daily, data):
        assert [point.key for point in report.points] == ["milestones", "budget", "feedback"]
        assert report.points[2].level is Level.FINE
        assert "50.0%" in str(report.points[2].value)
    for values, field in (
        ({"day": date(2024, 8, 3)}, "day"),
        ({"count": 0}, "count"),
        ({"tone": "angry"}, "tone"),
        ({"text": " "}, "text"),
    ):
        with pytest.raises(Invalid) as refused:
            note(subject, firm, **{"tone": Tone.NEUTRAL, **values})
        assert set(refused.value.fields) == {field}
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.owner)
    address = f"{reverse('operations:report_list', args=[subject.pk])}?view=opinions"
    assert "75.0%" in client.get(address).content.decode()
    assert [one.text for one in client.get(f"{address}&tone=negative").context["page"]] == [
        "排队太久",
        "直播讲得清楚",
    ]
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404


@pytest.mark.req("RPT-05", whole=True)
def test_problem_becomes_an_issue_and_a_need_is_answered_by_a_department(
    firm: Firm, subject: Subject
) -> None:
    unit = next(one for one in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT) if head_of(one))
    head = head_of(unit)
    assert head is not None
    report = hand_in(subject, firm, problems="互动率偏低", resources="增加1名主播助理", department=unit)
    request = ResourceRequest.objects.get()
    assert (request.report, request.owner, request.need) == (report, head, "增加1名主播助理")
    assert request.due_at == clock.moment(date(2024, 8, 5), 15, 20), "the next working day"
    duty = Duty.objects.get(kind="operations.resource_request")
    assert duty.owner == head
    with clock.at("2024-08-05T15:21"):
        escalate_due()
    assert Escalation.objects.filter(duty=duty).exists() or Notification.objects.filter(user=head).exists()
    client = Client(headers={"accept-language": "en"})
    client.force_login(head)
    answer = reverse("operations:request_answer", args=[subject.pk, request.pk])
    assert client.post(answer, {"state": "granted", "answer": ""}, HTTP_HX_REQUEST="true").status_code == 422
    assert (
        client.post(answer, {"state": "granted", "answer": "明天到岗"}, HTTP_HX_REQUEST="true").status_code
        == 200
    )
    request.refresh_from_db()
    assert (request.state, request.answered_by) == ("granted", head)
    assert Duty.objects.get(pk=duty.pk).state == Duty.State.DONE
    assert (
        head == firm.owner or Notification.objects.filter(kind="operations.request", user=firm.owner).exists()
    )
    with pytest.raises(WrongState):
        actions.answer_request(request=request, state="refused", answer="x", actor=head)
    with pytest.raises(Invalid) as refused:
        hand_in(subject, firm, MONDAY, department=unit)
    assert set(refused.value.fields) == {"resources"}
    client.force_login(firm.owner)
    begun = f"{reverse('operations:issue_new', args=[subject.pk])}?report={report.pk}"
    assert "互动率偏低" in client.get(begun).content.decode()
    made = client.post(
        begun, {"problem": "互动率偏低", "origin": "report", "report": report.pk}, HTTP_HX_REQUEST="true"
    )
    assert made.status_code == 200
    issue = report.issues.get()
    assert (issue.origin, issue.report) == (Issue.Origin.REPORT, report)


def test_report_begins_with_what_the_person_did(firm: Firm, subject: Subject) -> None:
    GanttTask.objects.create(
        subject=subject,
        position=1,
        name="素材定稿",
        owner=firm.owner,
        state="done",
        done_on=DAY,
        start_on=DAY,
        end_on=DAY,
    )
    Series.objects.create(subject=subject, position=1, channel="抖音", indicator="线索留资量")
    record_readings(
        subject=subject, points=[Point("抖音", "线索留资量", DAY, Decimal(120))], actor=firm.owner, source=Source.PAGE,
        key="a",
    )  # fmt: skip
    issue = actions.report_issue(subject=subject, problem="礼品不足", actor=firm.owner)
    open_one = actions.report_issue(subject=subject, problem="电源只有两路", actor=firm.owner)
    actions.decide_issue(issue=issue, decision="改发备用礼品", actor=firm.owner)
    ideas = suggested(subject, firm.owner, DAY)
    assert ideas.done == ("T1 素材定稿",)
    assert any("抖音 线索留资量 120" in line for line in ideas.told)
    assert any("改发备用礼品" in line for line in ideas.told)
    assert open_one.problem in ideas.problems
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.owner)
    page = client.get(reverse("operations:report_new", args=[subject.pk])).content.decode()
    assert "线索留资量 120" in page
    assert "电源只有两路" in page


@pytest.mark.req("RPT-08", whole=True)
def test_departments_report_again_and_again(firm: Firm, django_capture_on_commit_callbacks: Any) -> None:
    assert clock.local(next_due("week", 5, DAY)).date() == DAY
    assert clock.local(next_due("month", 1, DAY)).date() == date(2024, 9, 1)
    assert clock.local(next_due("quarter", 15, DAY)).date() == date(2024, 10, 15)
    assert clock.local(next_due("quarter", 28, date(2024, 12, 31))).date() == date(2025, 1, 28)
    assert [period_named(every, date(2025, 1, 5)) for every in ("week", "month", "quarter")] == [
        "2025-W01", "2024-12", "2024-Q4",
    ]  # fmt: skip
    director, unit = firm.people[p.MARKETING_DIRECTOR], firm.department()
    boss = firm.people[p.MANAGEMENT]
    terms = {"unit": unit, "recipients": [boss, director], "author": firm.owner, "actor": director}
    trend, analysis, operation = (
        actions.set_recurring(name=name, kind=kind, every=every, day=5, **terms)
        for name, kind, every in (
            ("市场趋势月报", "trend", "month"), ("数据分析周报", "analysis", "week"), ("业绩运营季报", "operation", "quarter"),
        )
    )  # fmt: skip
    assert Duty.objects.filter(kind="operations.department_report", owner=firm.owner).count() == 3
    owe_departments(clock.now())
    assert Delivery.objects.count() == 3
    for wrong, field in (({"recipients": []}, "recipients"), ({"day": 29}, "day"), ({"kind": "x"}, "kind")):
        with pytest.raises(Invalid) as refused:
            actions.set_recurring(
                **{"name": "x", "kind": "trend", "every": "month", "day": 1, **terms, **wrong}
            )
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotAllowed):
        actions.set_recurring(
            name="x",
            kind="trend",
            every="month",
            day=1,
            **{**terms, "actor": boss},
        )
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.owner)
    address = trend.get_absolute_url()
    pdf = SimpleUploadedFile("趋势.txt", "本月线索上升".encode(), content_type="text/plain")
    with clock.at("2024-08-05T18:01"):
        assert client.post(address, {"text": "", "file": pdf}).status_code == 422
        answer = client.post(address, {"text": "七月线索上升一成"})
        assert answer.status_code == 302, answer.content.decode()[:500]
    sent = Delivery.objects.get(report=trend, sent_at__isnull=False)
    assert (sent.is_late, sent.period) == (True, "2024-07")
    assert Delivery.objects.filter(report=trend, sent_at__isnull=True).get().period == "2024-08", (
        "the next is owed"
    )
    with pytest.raises(TypeError):
        sent.save()
    with pytest.raises(WrongState):
        actions.send_report(delivery=sent, text="再发", actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.send_report(delivery=Delivery.objects.get(report=analysis), text="x", actor=director)
    assert Notification.objects.filter(kind="operations.department").count() == 2
    assert set(sent.receipts.values_list("read_at", flat=True)) == {None}
    client.force_login(boss)
    assert "七月线索上升一成" in client.get(address).content.decode()
    assert sent.receipts.filter(read_at__isnull=False).get().user == boss
    assert "业绩运营季报" in client.get(reverse("operations:recurring_list")).content.decode()
    actions.end_recurring(report=RecurringReport.objects.get(pk=operation.pk), actor=director)
    assert not Duty.objects.open().filter(subject=operation.subject).exists()
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
