"""Triggers, responses with their measures, the library, safety plans and early warnings."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.models import Comparison, Series
from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.models import (
    EarlyWarning,
    LibraryRisk,
    Measure,
    Risk,
    Warned,
    WarningStep,
    Watch,
)
from yunchou.capabilities.operations.rules import EmergencyFacts, SafetyFacts, safety_is_planned
from yunchou.capabilities.operations.safety import safety_of, safety_verdict
from yunchou.capabilities.operations.tables import is_on_site, limit_of
from yunchou.capabilities.operations.tasks import test_risks as run_tests
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.selectors import plan_of
from yunchou.capabilities.work.sheets import PLANNED
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale

from . import toy

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 2)


def make_task(subject: Subject, name: str, **values: Any) -> GanttTask:
    return GanttTask.objects.create(
        subject=subject,
        name=name,
        **{
            "position": GanttTask.objects.filter(subject=subject).count() + 1,
            "start_on": date(2024, 7, 28),
            "end_on": DAY,
            **values,
        },
    )


def as_owner(firm: Firm) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.owner)
    return client


# ---------------------------------------------------------------- triggers and responses


@pytest.mark.req("RSK-02", whole=True)
@pytest.mark.req("RSK-03", whole=True)
@pytest.mark.rule("R-RSK-03", whole=True)
def test_every_preset_sets_its_response_off_with_tasks(
    firm: Firm, subject: Subject, django_capture_on_commit_callbacks: Any
) -> None:
    """Rain ≥60 %, materials not in place on the planned day, exposure below 500,000, a test failing an hour before."""
    keeper = toy.join(subject, firm.colleague)
    materials = make_task(subject, "活动物料到位", end_on=date(2024, 8, 1), baseline_end_on=date(2024, 8, 1))
    test = make_task(subject, "现场设备测试", end_on=date(2024, 8, 3))
    entries = {entry.scenario: entry for entry in LibraryRisk.objects.all()}
    wanted = ("户外遇雨", "物料延迟到位", "线上流量不足", "现场设备故障")
    risks = actions.copy_risks(subject=subject, entries=[entries[name] for name in wanted], actor=firm.owner)
    Risk.objects.filter(subject=subject).update(owner=keeper)
    rain, late, traffic, broken = (Risk.objects.get(pk=risk.pk) for risk in risks)
    assert [risk.watch for risk in (rain, late, traffic, broken)] == ["reading", "task", "reading", "task"]
    assert (late.task, broken.task, broken.limit_minutes) == (materials, test, 30)
    # Both indicators stand among the figures without an alert of their own, ready to be recorded.
    assert {one.comparison for one in Series.objects.filter(subject=subject)} == {Comparison.NONE}
    actions.set_trigger(
        risk=broken, watch=Watch.TASK, task=test, wish="done", on=date(2024, 8, 3), at=time(15), ahead_minutes=60,
        limit_minutes=30, actor=firm.owner,
    )  # fmt: skip

    def states() -> list[str]:
        return [Risk.objects.get(pk=risk.pk).state for risk in (rain, late, traffic, broken)]

    def record(risk: Risk, value: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            actions.record_value(risk=risk, value=Decimal(value), day=DAY, actor=firm.owner)

    record(rain, "59")
    record(traffic, "500000")
    assert states() == ["idle"] * 4
    record(rain, "60")
    record(traffic, "49999")
    assert states() == ["triggered", "idle", "triggered", "idle"]
    # The planned day of the materials is over; the equipment is tested an hour before three, once.
    run_tests(clock.now())
    assert states() == ["triggered", "triggered", "triggered", "idle"]
    with clock.at("2024-08-03T13:59"):
        run_tests(clock.now())
        assert states()[3] == "idle"
    with clock.at("2024-08-03T14:00"):
        run_tests(clock.now())
        run_tests(clock.now())
        assert states()[3] == "triggered"
        assert broken.log.count() == 1
        assert "现场设备测试" in broken.log.get().problem
    told = Notification.objects.filter(kind="operations.risk")
    assert set(told.values_list("user", flat=True)) == {keeper.pk, firm.owner.pk}
    assert told.count() == 8
    response = rain.log.get()
    assert [measure.text for measure in response.measures.all()] == entries["户外遇雨"].responses
    tasks = [measure.task for measure in response.measures.all()]
    assert all(task and task.owner == keeper and task.start_on == DAY for task in tasks)
    # They stand in the schedule behind the plan, and are no rows of the table that is approved.
    assert [task.name for task in plan_of(subject).tasks][:2] == ["活动物料到位", "现场设备测试"]
    assert len(plan_of(subject).tasks) == 2 + sum(len(entries[name].responses) for name in wanted)
    assert [row.name for row in PLANNED.load(subject)] == ["活动物料到位", "现场设备测试"]
    entry = JournalEntry.objects.filter(kind="operations.risk_triggered").order_by("pk")[0]
    assert entry.actor is None


def test_a_task_in_time_and_a_day_by_hand(firm: Firm, subject: Subject) -> None:
    task = make_task(subject, "物料到位", state="done", end_on=date(2024, 8, 1))
    risk = toy.make_risk(subject)
    actions.set_trigger(risk=risk, watch=Watch.TASK, task=task, actor=firm.owner)
    assert actions.check_moments(clock.now()) == 0
    risk.refresh_from_db()
    assert risk.tested_at == clock.now()
    GanttTask.objects.filter(pk=task.pk).update(state="in_progress")
    assert actions.check_moments(clock.now()) == 0, (
        "tested once; a task that is reopened is looked at by its owner"
    )
    actions.set_trigger(risk=risk, watch=Watch.DAY, on=DAY, at=time(15), actor=firm.owner)
    assert actions.check_moments(clock.now()) == 1
    for terms, field in (
        ({"watch": "task"}, "task"),
        ({"watch": "day"}, "on"),
        ({"watch": "reading", "indicator": " "}, "indicator"),
        ({"watch": "reading", "indicator": "x"}, "value"),
        ({"watch": "moon"}, "watch"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.set_trigger(risk=risk, actor=firm.owner, **terms)
        assert field in refused.value.fields
    toy.LOCKED["risks"] = say("approved")
    with pytest.raises(WrongState):
        actions.set_trigger(risk=risk, actor=firm.owner)
    toy.LOCKED["issues"] = say("archived")
    Risk.objects.filter(pk=risk.pk).update(state="idle", triggered_at=None)
    assert actions.check_moments(clock.now()) == 0


@pytest.mark.req("RSK-05", whole=True)
@pytest.mark.rule("R-RSK-04", whole=True)
def test_measures_keep_their_own_limits_and_go_up(firm: Firm, subject: Subject) -> None:
    """A technician within 30 minutes, a backup venue confirmed a day ahead of the event."""
    from yunchou.capabilities.work.actions import set_event

    assert (limit_of("技术人员30分钟内到场").minutes, limit_of("2小时内替换").minutes) == (30, 120)
    assert limit_of("备用场地提前1天确认").ahead_days == 1
    assert limit_of("调整节目") == limit_of("")
    keeper = toy.join(subject, firm.colleague)
    make_task(subject, "活动执行", end_on=date(2024, 8, 10))
    set_event(subject=subject, event_on=date(2024, 8, 10), actor=firm.owner)
    texts = ["技术人员30分钟内到场", "备用场地提前1天确认", "调整节目顺序"]
    risk = toy.make_risk(subject, owner=keeper, responses=texts, limit_minutes=120)
    response = actions.trigger_risk(risk=risk, note="音响故障", actor=firm.owner)
    due = [measure.due_at for measure in response.measures.all()]
    assert due == [
        clock.moment(DAY, 15, 50), clock.moment(date(2024, 8, 9), 18), clock.moment(DAY, 17, 20),
    ]  # fmt: skip
    assert sorted(Duty.objects.filter(rule="R-RSK-04").values_list("due_at", flat=True)) == [
        due[0], due[2], due[1],
    ]  # fmt: skip
    technician, venue, _order = response.measures.all()
    with clock.at("2024-08-02T15:51"):
        escalate_due()
    assert Escalation.objects.get().user == firm.owner
    with clock.at("2024-08-02T15:55"):
        actions.finish_measure(measure=technician, actor=keeper)
        with pytest.raises(WrongState):
            actions.finish_measure(measure=technician, actor=keeper)
    late = Duty.objects.get(key=f"operations.risk_measure:{technician.pk}")
    assert (late.state, late.is_late) == (Duty.State.DONE, True)
    technician.refresh_from_db()
    assert technician.task is not None
    assert technician.task.state == "done"
    with pytest.raises(NotAllowed):
        actions.finish_measure(measure=venue, actor=firm.outsider)
    actions.close_risk(risk=risk, result="已恢复", actor=keeper)
    assert not Duty.objects.open().filter(rule="R-RSK-04").exists()
    assert {measure.task.state for measure in Measure.objects.filter(response=response) if measure.task} == {
        "done"
    }


@pytest.mark.req("RSK-01", whole=True)
@pytest.mark.req("RSK-10", whole=True)
def test_matrix_is_looked_at_and_contacts_stay_in_the_team(firm: Firm, subject: Subject) -> None:
    """Six columns, a matrix of nine cells with counts; a phone number is the team's; what is high is prepared or blocks."""
    from yunchou.capabilities.operations.rules import RiskFacts, high_impact_is_prepared
    from yunchou.capabilities.operations.sheets import risks as store
    from yunchou.capabilities.operations.tables import RISKS

    assert [column.header for column in RISKS.columns] == [
        "风险场景", "可能性", "影响程度", "应对措施", "责任人", "启动条件",
    ]  # fmt: skip
    firm.colleague.phone = "13800000001"
    firm.colleague.save(update_fields=["phone"])
    toy.make_risk(subject, owner=firm.colleague, likelihood=3, impact=3)
    bare = toy.make_risk(subject, scenario="停电", impact=3, likelihood=1, responses=[], trigger="")
    toy.make_risk(subject, scenario="小雨", impact=1, likelihood=1, owner=firm.colleague)
    address = reverse("operations:risk_list", args=[subject.pk])
    page = as_owner(firm).get(address).content.decode()
    for cell in ("33", "13", "11"):
        assert f"cell={cell}" in page
    assert "13800000001" in page
    narrowed = as_owner(firm).get(f"{address}?cell=11").content.decode()
    assert "小雨" in narrowed
    assert f'id="risk-{bare.pk}"' not in narrowed
    reader = Client()
    reader.force_login(firm.colleague)
    assert "13800000001" not in reader.get(address).content.decode()
    facts = RiskFacts(tuple(store.load(subject)))
    failed = [one for one in high_impact_is_prepared.check(facts) if not one.passed]
    assert [one.values["missing"] for one in failed] == ["responses,owner,trigger"]
    assert failed[0].blocks


@pytest.mark.req("RSK-04")
def test_backups_stand_ready_and_only_the_team_sees_whom_to_call(firm: Firm, subject: Subject) -> None:
    risk = toy.make_risk(subject)
    address = reverse("operations:risk_list", args=[subject.pk])
    for kind, name in (("venue", "社区礼堂"), ("supplier", "捷印"), ("equipment", "备用音响")):
        kept = actions.prepare_resource(
            risk=risk,
            kind=kind,
            name=name,
            supplier=None,
            contact="陈工 13900000002",
            note="留档期",
            actor=firm.owner,
        )
    assert "13900000002" in as_owner(firm).get(address).content.decode()
    reader = Client()
    reader.force_login(firm.colleague)
    page = reader.get(address).content.decode()
    assert "社区礼堂" in page
    assert "13900000002" not in page
    actions.drop_resource(resource=kept, actor=firm.owner)
    assert risk.resources.count() == 2
    toy.LOCKED["risks"] = say("approved")
    with pytest.raises(WrongState):
        actions.prepare_resource(risk=risk, kind="venue", name="另一处", actor=firm.owner)


# ---------------------------------------------------------------- library, safety, warnings


@pytest.mark.req("RSK-08", whole=True)
def test_library_is_copied_from_and_learns(firm: Firm, subject: Subject) -> None:
    categories = set(LibraryRisk.objects.values_list("category", flat=True))
    assert categories >= {"weather", "materials", "traffic", "equipment", "market", "competitor"}
    director = firm.people[p.MARKETING_DIRECTOR]
    with pytest.raises(NotAllowed):
        actions.keep_in_library(
            actor=firm.people[p.MANAGEMENT], scenario="x", category="other", responses="y"
        )
    learnt = actions.keep_in_library(
        actor=director, scenario="快闪店遇雨", category="weather", responses="搭雨棚\n备防滑垫", likelihood=2, impact=2,
        trigger="降雨概率≥50%", lesson="雨棚要提前一天搭", origin=subject,
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        actions.keep_in_library(actor=director, scenario="快闪店遇雨", category="weather", responses="x")
    assert set(refused.value.fields) == {"scenario"}
    [copied] = actions.copy_risks(subject=subject, entries=[learnt], actor=firm.owner)
    assert (copied.responses, copied.owner, copied.copied_from) == (
        ["搭雨棚", "备防滑垫"],
        firm.owner,
        learnt,
    )
    with pytest.raises(WrongState):
        actions.copy_risks(subject=subject, entries=[learnt], actor=firm.owner)
    client = Client(headers={"accept-language": "en"})
    client.force_login(director)
    page = client.get(reverse("operations:library_list")).content.decode()
    assert "快闪店遇雨" in page
    assert "雨棚要提前一天搭" in page
    begun = client.get(
        f"{reverse('operations:library_new')}?scenario=排队过长&lesson=分时预约&subject={subject.pk}"
    )
    assert "排队过长" in begun.content.decode()
    actions.retire_from_library(entry=learnt, actor=director)
    assert "快闪店遇雨" not in client.get(reverse("operations:library_list")).content.decode()
    assert Risk.objects.get(pk=copied.pk).scenario == "快闪店遇雨"


@pytest.mark.rule("R-RSK-06", whole=True)
def test_safety_plan_names_persons_and_steps(firm: Firm, subject: Subject) -> None:
    def check(*kept: EmergencyFacts, is_demanded: bool = True) -> str:
        [verdict] = safety_is_planned.check(SafetyFacts(kept, is_demanded))
        return "" if verdict.passed else str(verdict.values["missing"])

    whole = [EmergencyFacts(key, True, True) for key in ("fire", "earthquake", "illness")]
    assert check(*whole) == ""
    assert check() == "fire,earthquake,illness"
    assert check(is_demanded=False) == ""
    assert check(
        whole[0], EmergencyFacts("earthquake", True, False), EmergencyFacts("illness", False, True)
    ) == ("earthquake,illness")
    assert is_on_site(["线下"])
    assert is_on_site([])
    assert is_on_site(["线上+线下"])
    assert not is_on_site(["线上直播"])
    for scenario in ("fire", "earthquake"):
        actions.plan_emergency(
            subject=subject,
            scenario=scenario,
            owner=firm.owner,
            steps="报警\n疏散",
            help_at="119",
            actor=firm.owner,
        )
    assert [line.is_whole for line in safety_of(subject)] == [True, True, False]
    assert safety_verdict(subject).values["missing"] == "illness"
    actions.plan_emergency(
        subject=subject, scenario="illness", owner=firm.owner, steps=["送医"], actor=firm.owner
    )
    assert safety_verdict(subject).passed
    page = (
        as_owner(firm)
        .get(f"{reverse('operations:risk_list', args=[subject.pk])}?view=safety")
        .content.decode()
    )
    assert "疏散" in page
    assert "119" in page
    with pytest.raises(Invalid):
        actions.plan_emergency(subject=subject, scenario="other", steps="x", actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.plan_emergency(subject=subject, scenario="crowd", steps="x", actor=firm.colleague)


@pytest.mark.req("RSK-09", whole=True)
def test_early_warnings_have_source_level_response_and_state(firm: Firm) -> None:
    director, unit = firm.people[p.MARKETING_DIRECTOR], firm.department()
    with pytest.raises(NotAllowed):
        actions.raise_warning(
            unit=unit, field="market", title="x", source="y", level=2, owner=firm.owner, actor=firm.outsider
        )
    made = [
        actions.raise_warning(
            unit=unit,
            field=field,
            title=f"{field}波动",
            source="行业周报",
            level=2,
            owner=firm.owner,
            actor=director,
        )
        for field in ("market", "competition", "operation")
    ]
    assert Notification.objects.filter(kind="operations.warning", user=firm.owner).count() == 3
    client = Client(headers={"accept-language": "en"})
    client.force_login(director)
    address = made[0].get_absolute_url()
    page = client.get(address)
    seen = page.context["form"].initial["seen"]
    told = {
        "state": "responding",
        "level": 3,
        "note": "降价扩大到三城",
        "response": "突出会员权益",
        "seen": seen,
    }
    assert client.post(address, told).status_code == 302
    assert client.post(address, {**told, "note": "旧窗口"}).status_code == 422
    warning = EarlyWarning.objects.get(pk=made[0].pk)
    assert (warning.state, warning.level, warning.response) == ("responding", 3, "突出会员权益")
    with pytest.raises(Stale):
        actions.follow_warning(warning=warning, state="open", level=1, note="x", actor=director, seen="old")
    actions.follow_warning(
        warning=warning, state=Warned.CLOSED, level=1, note="竞品恢复原价", actor=firm.owner
    )
    with pytest.raises(WrongState):
        actions.follow_warning(warning=warning, state="open", level=1, note="x", actor=director)
    assert WarningStep.objects.count() == 2
    listed = client.get(reverse("operations:warning_list"))
    assert [one.pk for one, _level, _word in listed.context["rows"]] == [made[2].pk, made[1].pk]
    closed = client.get(f"{reverse('operations:warning_list')}?state=closed&field=market")
    assert [one.pk for one, _level, _word in closed.context["rows"]] == [warning.pk]
    outsider = Client()
    outsider.force_login(firm.outsider)
    assert outsider.get(address).status_code == 404


def test_the_page_counts_no_query_more_for_more_risks(
    firm: Firm, subject: Subject, django_assert_max_num_queries: Any
) -> None:
    client = as_owner(firm)
    address = reverse("operations:risk_list", args=[subject.pk])

    def queries() -> int:
        with django_assert_max_num_queries(200) as asked:
            client.get(address)
        return len(asked)

    def add(count: int) -> None:
        for n in range(count):
            risk = toy.make_risk(subject, scenario=f"风险{n}-{count}", responses=["a", "b"])
            actions.prepare_resource(risk=risk, kind="venue", name="礼堂", actor=firm.owner)
            actions.trigger_risk(risk=risk, note="发生", actor=firm.owner)

    add(2)
    queries()  # what is asked once a process
    few = queries()
    add(6)
    assert queries() == few
