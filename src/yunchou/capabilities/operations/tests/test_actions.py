"""What each action writes, owes, refuses and records."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yunchou.capabilities.metrics.actions.readings import Point, record_readings
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.models import DailyReport, DataReport, Issue, Risk
from yunchou.capabilities.operations.running import providers
from yunchou.capabilities.operations.selectors import report_days
from yunchou.capabilities.operations.tasks import owe_reports
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation.positions import MANAGEMENT
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.kernel.ui.signals import Level

from . import toy

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 2)
FIGURES = {"抖音": {"leads": "120", "exposure": "800,000"}, "快闪店": {"leads": 65, "exposure": ""}}


def last_entry(kind: str) -> JournalEntry:
    return JournalEntry.objects.filter(kind=kind).order_by("-pk")[0]


def hand_in(subject: Subject, user: User, **values: Any) -> DailyReport:
    parts = {"done": "线上线索量达800+,转化率12%", "tomorrow": "重点跟进高意向线索\n优化直播话术"}
    return actions.hand_in_report(
        subject=subject, **{"day": DAY, "owner": user, "actor": user, **parts, **values}
    )


# ---------------------------------------------------------------- reports


@pytest.mark.req("RPT-01")
def test_report_fulfils_its_duty(firm: Firm, subject: Subject) -> None:
    with clock.at("2024-08-02T00:05"):
        actions.owe_report_duties(subject=subject, day=DAY, progress=[firm.owner])
    report = hand_in(subject, firm.owner, problems="直播间互动率偏低(<10%)", resources="增加1名主播助理")
    duty = Duty.objects.get()
    assert (duty.state, duty.is_late, report.is_late) == (Duty.State.DONE, False, False)
    assert report.tomorrow == ["重点跟进高意向线索", "优化直播话术"]
    assert last_entry("operations.report_handed_in").data["day"] == "2024-08-02"


@pytest.mark.req("RPT-04")
def test_report_keeps_the_three_monitored_points_as_they_stood(firm: Firm, subject: Subject) -> None:
    GanttTask.objects.create(
        subject=subject,
        position=1,
        name="线上渠道素材准备",
        start_on=date(2024, 7, 26),
        end_on=date(2024, 7, 30),
        state="in_progress",
        baseline_start_on=date(2024, 7, 26),
        baseline_end_on=date(2024, 7, 30),
    )
    report = hand_in(subject, firm.owner)
    GanttTask.objects.update(state="done", done_on=DAY)
    points = DailyReport.objects.get(pk=report.pk).points
    assert [point.key for point in points] == ["milestones", "budget", "feedback"]
    assert [point.level for point in points] == [Level.ACT, Level.UNKNOWN, Level.UNKNOWN]
    correction = actions.correct_report(report=report, done="a", tomorrow="b", actor=firm.owner)
    assert correction.points == points


@pytest.mark.rule("R-RPT-01")
@pytest.mark.req("RPT-01")
def test_report_after_five_is_late(firm: Firm, subject: Subject) -> None:
    with clock.at("2024-08-02T17:01"):
        assert hand_in(subject, firm.owner).is_late


@pytest.mark.rule("R-RPT-01", whole=True)
@pytest.mark.req("RPT-01")
def test_missing_report_is_reminded_of_and_the_lead_hears_of_it(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    with clock.at("2024-08-02T00:05"):
        actions.owe_report_duties(subject=subject, day=DAY, progress=[member])
    duty = Duty.objects.get()
    assert [f"{clock.local(at):%H:%M}" for at, _rung in duty.climbs()] == ["16:30", "17:00", "18:00"]
    with clock.at("2024-08-02T16:31"):
        escalate_due()
    assert list(Notification.objects.values_list("user", flat=True)) == [member.pk]
    with clock.at("2024-08-02T18:01"):
        escalate_due()
    assert Escalation.objects.get().user == firm.owner


@pytest.mark.req("RPT-01")
def test_reports_are_owed_once_and_not_by_who_handed_in(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    hand_in(subject, firm.owner)
    owing = {"subject": subject, "day": DAY, "progress": [firm.owner, member], "data": [member]}
    assert actions.owe_report_duties(**owing) == 2
    actions.owe_report_duties(**owing)
    assert Duty.objects.count() == 2
    assert Duty.objects.get(kind="operations.data_report").due_at == clock.moment(date(2024, 8, 3), 9)


@pytest.mark.req("RPT-01")
@pytest.mark.req("RPT-02")
def test_schedule_asks_who_is_running(firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def running(day: date) -> list[Any]:
        asked.append(day)
        return [(subject, [firm.owner, firm.owner], [firm.colleague])]

    monkeypatch.setattr(providers, "_items", {"toys": running})
    owe_reports(clock.moment(DAY, 0, 5))
    owe_reports(clock.moment(DAY, 0, 5))
    assert asked == [DAY, DAY]
    assert sorted(Duty.objects.values_list("kind", "owner")) == [
        ("operations.data_report", firm.colleague.pk),
        ("operations.progress_report", firm.owner.pk),
    ]
    actions.cancel_report_duties(subject=subject, actor=firm.owner, reason="暂停")
    assert not Duty.objects.open().exists()


def test_report_is_refused_twice_ahead_of_its_day_and_half_empty(firm: Firm, subject: Subject) -> None:
    hand_in(subject, firm.owner)
    with pytest.raises(WrongState):
        hand_in(subject, firm.owner)
    with pytest.raises(Invalid) as refused:
        hand_in(subject, firm.owner, day=DAY + timedelta(days=1))
    assert set(refused.value.fields) == {"day"}
    with pytest.raises(Invalid) as refused:
        hand_in(subject, firm.owner, done=" \n", tomorrow="", day=date(2024, 8, 1), problem_is_issue=True)
    assert set(refused.value.fields) == {"done", "tomorrow", "problems"}


def test_strangers_and_locked_subjects_are_refused(firm: Firm, subject: Subject) -> None:
    with pytest.raises(NotAllowed):
        hand_in(subject, firm.colleague)
    toy.LOCKED["reports"] = say("archived")
    with pytest.raises(WrongState):
        hand_in(subject, firm.owner)


@pytest.mark.req("RPT-07", whole=True)
def test_report_is_immutable_and_corrections_append(firm: Firm, subject: Subject) -> None:
    with clock.at("2024-08-02T17:30"):
        first = hand_in(subject, firm.owner)
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        first.delete()
    correction = actions.correct_report(
        report=first, done=["线索850"], tomorrow=["优化话术"], actor=firm.owner
    )
    assert (correction.corrects, correction.is_late, correction.position) == (first, True, first.position)
    assert DailyReport.objects.get(pk=first.pk).done == ["线上线索量达800+,转化率12%"]
    assert last_entry("operations.report_corrected").data["corrects"] == first.pk
    with pytest.raises(WrongState):
        actions.correct_report(report=first, done="a", tomorrow="b", actor=firm.owner)
    toy.join(subject, firm.colleague)
    with pytest.raises(NotAllowed):
        actions.correct_report(report=correction, done="a", tomorrow="b", actor=firm.colleague)


@pytest.mark.req("RPT-05")
@pytest.mark.rule("R-ISS-02")
def test_problem_becomes_a_large_issue(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    report = hand_in(subject, member, problems="直播间互动率偏低", problem_is_issue=True)
    issue = report.issues.get()
    assert (issue.size, issue.owner, issue.origin) == (Issue.Size.LARGE, firm.owner, Issue.Origin.REPORT)
    assert issue.due_at == clock.moment(DAY, 17, 20)


@pytest.mark.rule("R-RPT-02", whole=True)
@pytest.mark.req("RPT-02", whole=True)
def test_missing_data_report_is_reminded_of_the_next_morning(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    with clock.at("2024-08-02T00:05"):
        actions.owe_report_duties(subject=subject, day=DAY, data=[member])
    with clock.at("2024-08-03T08:31"):
        escalate_due()
        assert Notification.objects.get().user == member
    with clock.at("2024-08-03T09:01"):
        escalate_due()
        (day,) = report_days(subject, DAY, DAY)
        assert [duty.owner for duty in day.data_missing] == [member]
        late = actions.hand_in_data_report(subject=subject, day=DAY, figures=FIGURES, actor=member)
    assert late.is_late
    assert set(late.figures["抖音"]) == {"leads", "exposure"}


@pytest.mark.req("RPT-02")
def test_data_report_relieves_everybody_who_owed_it(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    yesterday = date(2024, 8, 1)
    with clock.at("2024-08-01T00:05"):
        actions.owe_report_duties(subject=subject, day=yesterday, data=[firm.owner, member])
    report = actions.hand_in_data_report(subject=subject, day=yesterday, figures=FIGURES, actor=member)
    assert report.figures == {"抖音": {"leads": "120", "exposure": "800000"}, "快闪店": {"leads": "65"}}
    assert report.is_late
    assert not Duty.objects.open().exists()
    with pytest.raises(WrongState):
        actions.hand_in_data_report(subject=subject, day=yesterday, figures=FIGURES, actor=member)


@pytest.mark.req("RPT-07")
def test_data_report_is_immutable_too(firm: Firm, subject: Subject) -> None:
    first = actions.hand_in_data_report(subject=subject, day=DAY, figures=FIGURES, actor=firm.owner)
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        first.delete()
    second = actions.correct_data_report(report=first, figures={"抖音": {"leads": "121"}}, actor=firm.owner)
    assert second.corrects == first
    assert DataReport.objects.count() == 2


@pytest.mark.parametrize(
    "figures", [{}, {"抖音": {"leads": ""}}, {"抖音": {"leads": "-1"}}, {"抖音": {"leads": "x"}}]
)
def test_data_report_needs_figures(firm: Firm, subject: Subject, figures: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        actions.hand_in_data_report(subject=subject, day=DAY, figures=figures, actor=firm.owner)


# ---------------------------------------------------------------- issues


def report(subject: Subject, actor: User, **values: Any) -> Issue:
    return actions.report_issue(
        subject=subject, **{"problem": "抖音直播观看人数不足预期", "actor": actor, **values}
    )


@pytest.mark.rule("R-ISS-01", whole=True)
@pytest.mark.req("ISS-02", whole=True)
@pytest.mark.req("ISS-06")
def test_size_is_proposed_by_the_thresholds(firm: Firm, subject: Subject) -> None:
    lead = toy.join(subject, firm.colleague, Role.MODULE_LEAD)
    small = report(subject, lead, problem="礼品不足")
    assert (small.size, small.owner, small.due_at) == (Issue.Size.SMALL, lead, None)
    assert report(subject, lead, extra_cost=Decimal("1000")).size == Issue.Size.LARGE
    assert report(subject, lead, touches_milestone=True).size == Issue.Size.LARGE
    with pytest.raises(RuleRefused):
        report(subject, lead, extra_cost=Decimal("1000"), size="small")
    decided = actions.decide_issue(issue=small, decision="改发备用礼品", actor=lead)
    assert decided.state == Issue.State.DECIDED


@pytest.mark.rule("R-ISS-02", whole=True)
@pytest.mark.req("ISS-03", whole=True)
def test_large_issue_is_owed_in_two_hours_and_goes_up(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    issue = report(subject, member, size="large")
    duty = Duty.objects.get()
    assert (duty.owner, duty.due_at) == (firm.owner, clock.moment(DAY, 17, 20))
    assert Notification.objects.get(kind="operations.issue").user == firm.owner
    with clock.at("2024-08-02T17:19"):
        escalate_due()
    assert not Escalation.objects.exists()
    with clock.at("2024-08-02T17:21"):
        escalate_due()
        told = set(Escalation.objects.values_list("user", flat=True))
        assert firm.people[MANAGEMENT].pk in told
        actions.decide_issue(issue=issue, decision="增加晚间直播场次", actor=firm.owner)
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == (Duty.State.DONE, True)
    assert Notification.objects.filter(kind="operations.decided", user=member).exists()


@pytest.mark.req("ISS-01", whole=True)
@pytest.mark.req("ISS-04")
@pytest.mark.rule("R-ISS-03", whole=True)
def test_closed_loop(firm: Firm, subject: Subject) -> None:
    issue = report(subject, firm.owner, size="large", causes=["预热短视频引流不足"])
    issue = actions.decide_issue(
        issue=issue,
        decision="加场并投放",
        adjustments=["增加晚8点-10点直播场次", "投放1000元DOU+"],
        extra_cost=Decimal("1000"),
        actor=firm.owner,
    )
    issue = actions.adjust_issue(issue=issue, actor=firm.owner)
    with pytest.raises(RuleRefused) as refused:
        actions.close_issue(issue=issue, actor=firm.owner)
    assert refused.value.code == "R-ISS-03"
    issue = actions.verify_issue(issue=issue, verification="观看人数升至4200", actor=firm.owner)
    with pytest.raises(WrongState, match="增加晚8点"):
        actions.close_issue(issue=issue, actor=firm.owner)
    for remedy in issue.remedies.all():
        actions.finish_remedy(remedy=remedy, result="完成", actor=firm.owner, right="")
    issue = actions.close_issue(issue=issue, actor=firm.owner)
    assert (issue.state, issue.extra_cost) == (Issue.State.CLOSED, Decimal("1000.00"))
    with pytest.raises(WrongState):
        actions.decide_issue(issue=issue, decision="再来", actor=firm.owner)
    kinds = JournalEntry.objects.filter(kind__startswith="operations.issue").order_by("pk")
    assert [kind.rsplit("_", 1)[1] for kind in kinds.values_list("kind", flat=True)] == [
        "reported", "decided", "adjusting", "verified", "closed",
    ]  # fmt: skip


def test_database_keeps_unverified_issues_open(firm: Firm, subject: Subject) -> None:
    issue = report(subject, firm.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(state="closed")


@pytest.mark.req("ISS-06")
def test_lead_reclassifies(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague, Role.MODULE_LEAD)
    issue = report(subject, member)
    other = toy.join(subject, firm.approver, Role.MEMBER)
    with pytest.raises(NotAllowed):
        actions.reclassify_issue(issue=issue, size="large", reason="影响目标", actor=other)
    with clock.at("2024-08-02T16:00"):
        issue = actions.reclassify_issue(issue=issue, size="large", reason="影响目标", actor=firm.owner)
    assert (issue.owner, issue.due_at) == (firm.owner, clock.moment(DAY, 18))
    actions.reclassify_issue(issue=issue, size="small", reason="已缓解", actor=firm.owner)
    assert Duty.objects.get().state == Duty.State.CANCELLED


@pytest.mark.rule("R-ISS-01")
def test_solution_that_costs_money_is_not_small(firm: Firm, subject: Subject) -> None:
    issue = report(subject, firm.owner)
    with pytest.raises(RuleRefused):
        actions.decide_issue(issue=issue, decision="采购", extra_cost=Decimal("200"), actor=firm.owner)


def test_member_may_not_decide_a_large_issue(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague, Role.MODULE_LEAD)
    issue = report(subject, member, size="large")
    with pytest.raises(NotAllowed):
        actions.decide_issue(issue=issue, decision="我来", actor=member)


# ---------------------------------------------------------------- risks


@pytest.mark.req("RSK-07", whole=True)
def test_risk_is_set_off_responded_to_and_closed(firm: Firm, subject: Subject) -> None:
    keeper = toy.join(subject, firm.colleague)
    risk = toy.make_risk(subject, owner=keeper, limit_minutes=30)
    response = actions.trigger_risk(risk=risk, note="首日播放5万+,低于50万", actor=firm.owner)
    risk.refresh_from_db()
    assert (risk.state, response.due_at) == (Risk.State.TRIGGERED, clock.moment(DAY, 15, 50))
    assert set(Notification.objects.values_list("user", flat=True)) == {keeper.pk}
    assert Duty.objects.get().owner == keeper
    with pytest.raises(WrongState):
        actions.trigger_risk(risk=risk, note="又一次", actor=firm.owner)
    response = actions.log_response(risk=risk, action="追加投放", agreed_by=firm.owner, actor=keeper)
    assert response.action.endswith("李明朗: 追加投放")
    with pytest.raises(Invalid):
        actions.close_risk(risk=risk, result=" ", actor=keeper)
    actions.close_risk(risk=risk, result="曝光回升", actor=keeper)
    risk.refresh_from_db()
    assert risk.state == Risk.State.CLOSED
    assert Duty.objects.get().state == Duty.State.DONE
    assert Notification.objects.filter(kind="operations.response", user=firm.owner).exists()
    actions.trigger_risk(risk=risk, note="再次发生", actor=keeper)
    assert risk.log.count() == 2


@pytest.mark.rule("R-RSK-04")
@pytest.mark.req("RSK-05")
def test_response_over_its_limit_goes_to_the_lead(firm: Firm, subject: Subject) -> None:
    keeper = toy.join(subject, firm.colleague)
    risk = toy.make_risk(subject, owner=keeper, limit_minutes=30)
    actions.trigger_risk(risk=risk, note="设备故障", actor=keeper)
    with clock.at("2024-08-02T15:51"):
        escalate_due()
    assert Escalation.objects.get().user == firm.owner


@pytest.mark.req("RSK-02")
def test_readings_set_risks_off_as_they_come_in(
    firm: Firm, subject: Subject, django_capture_on_commit_callbacks: Any
) -> None:
    Series.objects.create(subject=subject, position=1, channel="抖音", indicator="曝光量")
    risk = toy.make_risk(subject)
    actions.set_trigger(
        risk=risk, indicator="抖音 曝光量", comparator="<", value=Decimal(500_000), actor=firm.owner
    )

    def read(value: int) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            record_readings(
                subject=subject,
                points=[Point("抖音", "曝光量", DAY, Decimal(value))],
                actor=firm.owner,
                source=Source.PAGE,
                key=f"page:{value}",
            )
        risk.refresh_from_db()

    read(600_000)
    assert risk.state == Risk.State.IDLE
    read(50_000)
    assert risk.state == Risk.State.TRIGGERED
    assert "50000" in risk.log.get().problem


@pytest.mark.req("RSK-02")
def test_recorded_value_sets_a_risk_off(firm: Firm, subject: Subject) -> None:
    risk = toy.make_risk(subject)
    with pytest.raises(Invalid):
        actions.set_trigger(risk=risk, indicator="曝光量", actor=firm.owner)
    actions.set_trigger(
        risk=risk, indicator="曝光量", comparator="<", value=Decimal(500_000), on=DAY, actor=firm.owner
    )

    def check(value: int, indicator: str = "曝光量", day: date = DAY) -> int:
        return len(
            actions.check_triggers(subject=subject, indicator=indicator, value=Decimal(value), day=day)
        )

    assert check(500_000) == 0
    assert check(50_000, indicator="线索量") == 0
    assert check(50_000, day=date(2024, 8, 1)) == 0
    assert check(50_000) == 1
    assert check(40_000) == 0
    entry = last_entry("operations.risk_triggered")
    assert entry.actor is None
    assert Notification.objects.get(kind="operations.risk").user == firm.owner


def test_only_who_belongs_sets_risks_off(firm: Firm, subject: Subject) -> None:
    with pytest.raises(NotAllowed):
        actions.trigger_risk(risk=toy.make_risk(subject), note="雨", actor=firm.colleague)
