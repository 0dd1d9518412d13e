"""Rounds that are walked and hazards that are mended; the emergency plan, in earnest and as a drill; two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.capabilities.operations.actions import plan_emergency
from yunchou.capabilities.operations.models import Issue
from yunchou.capabilities.preparation.models import Check, Post
from yunchou.directory.organisation.positions import MARKETING_SPECIALIST, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm, company, staff
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.tests.test_content import picture
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.programme.actions import safety as actions
from yunchou.lifecycle.programme.actions.running import keep_day
from yunchou.lifecycle.programme.actions.setup import put_checks
from yunchou.lifecycle.programme.models import EmergencyRun, PatrolLog
from yunchou.lifecycle.programme.selectors import alarms
from yunchou.lifecycle.programme.templates_of_events import SAFETY

from .factories import EVENING, at, make_evening

STEPS = ["断电并启用灭火器", "引导嘉宾从东西两侧疏散", "清点人数并报告总负责人"]


def plan_fire(subject: Subject, firm: Firm) -> None:
    Campaign.objects.filter(pk=subject.pk).update(status=Status.RUNNING)
    plan_emergency(
        subject=subject, scenario="fire", actor=firm.owner, owner=firm.owner, deputy=firm.colleague, steps=STEPS,
        help_at="拨打 119；在南门草坪集合",
    )  # fmt: skip


@pytest.mark.req("EXE-08", whole=True)
def test_signs_and_exits_are_checked_and_patrols_log_time_place_hazard_action_and_closure(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    assert put_checks(subject=subject, theme="safety", actor=firm.owner) == len(SAFETY[1])
    assert put_checks(subject=subject, theme="safety", actor=firm.owner) == 0
    names = list(Check.objects.filter(subject=subject).values_list("name", flat=True))
    assert [name for name in names if "安全出口" in name]
    assert [name for name in names if "消防通道" in name]
    walker = staff("裴巡", firm.department(), MARKETING_SPECIALIST, username="walker")
    Member.objects.create(subject=subject, user=walker, role=Role.MEMBER)
    rounds = actions.Rounds(walker, ["南门", "宴会厅 ", "南门"], EVENING, at(19, 30), 30)
    made = actions.plan_rounds(subject=subject, rounds=rounds, actor=firm.owner)
    assert len(made) == 6
    assert actions.plan_rounds(subject=subject, rounds=rounds, actor=firm.owner) == []
    owed = Duty.objects.filter(kind="programme.round")
    assert {(duty.owner, duty.due_at) for duty in owed} == {(walker, one.due_at) for one in made}
    first, second, third = made[:3]
    with clock.at(at(18, 33)):
        assert not first.is_overdue(clock.now())
        actions.walk_round(patrol=first, actor=walker)
        upload = SimpleUploadedFile("通道.png", picture())
        found = actions.walk_round(patrol=second, actor=firm.colleague, hazard="通道堆放纸箱", photo=upload)
        assert (found.walked_by, found.is_open_hazard, found.photo is not None) == (
            firm.colleague,
            True,
            True,
        )
        with pytest.raises(WrongState):
            actions.walk_round(patrol=first, actor=walker)
        with pytest.raises(Invalid):
            actions.walk_round(patrol=third, actor=walker, hazard="线缆裸露", is_mended=True)
    assert Duty.objects.get(key=f"programme.round:{first.pk}").state == Duty.State.DONE
    hazard = Duty.objects.get(kind="programme.hazard")
    assert (hazard.owner, hazard.due_at, hazard.is_open) == (walker, at(19, 3), True)
    told = Notification.objects.filter(kind="programme.hazard").values_list("user", flat=True)
    assert set(told) == {firm.owner.pk, walker.pk}
    with clock.at(at(18, 41)):
        closed = actions.close_hazard(patrol=second, action="纸箱移至库房", actor=walker)
        assert (closed.closed_at, closed.closed_by, closed.action) == (at(18, 41), walker, "纸箱移至库房")
        with pytest.raises(WrongState):
            actions.close_hazard(patrol=second, action="再来一次", actor=walker)
    hazard.refresh_from_db()
    assert hazard.state == Duty.State.DONE
    with clock.at(at(19, 6)):
        assert third.is_overdue(clock.now())
        assert PatrolLog.objects.get(pk=third.pk).level == "act"
        mended = actions.walk_round(
            patrol=third, actor=walker, hazard="灯箱松动", action="已紧固", is_mended=True
        )
        assert (mended.is_open_hazard, mended.level) == (False, "watch")
    last = made[-1]
    actions.remove_round(patrol=last, actor=firm.owner)
    assert Duty.objects.get(key=f"programme.round:{last.pk}").state == Duty.State.CANCELLED
    for act in (
        lambda: actions.remove_round(patrol=first, actor=firm.owner),
        lambda: actions.walk_round(patrol=last, actor=walker),
    ):
        with pytest.raises(WrongState):
            act()
    for wrong in (
        actions.Rounds(walker, [" "], EVENING, at(19, 30), 30),
        actions.Rounds(walker, ["南门"], EVENING, at(17), 30),
        actions.Rounds(walker, ["南门"], EVENING, at(19, 30), 1),
        actions.Rounds(walker, ["南门"], EVENING, EVENING + timedelta(days=9), 5),
    ):
        with pytest.raises(Invalid):
            actions.plan_rounds(subject=subject, rounds=wrong, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.walk_round(patrol=made[3], actor=firm.outsider)


@pytest.mark.req("EXE-09", whole=True)
def test_one_action_tells_everybody_with_a_part_in_safety_and_every_step_has_its_moment(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    plan_fire(subject, firm)
    guard = staff("安保", firm.department(), MARKETING_SPECIALIST, username="guard")
    host = staff("主持", firm.department(), MARKETING_SPECIALIST, username="host")
    off = staff("别日", firm.department(), MARKETING_SPECIALIST, username="off")
    Post.objects.create(subject=subject, post="东门", person=guard, position=1)
    Post.objects.create(
        subject=subject, post="撤场", person=off, on=at(18).date() + timedelta(days=1), position=2
    )
    keep_day(subject=subject, actor=firm.owner, host=host)
    reception = firm.people[RECEPTION]
    with clock.at(at(19, 42)):
        drill = actions.start_emergency(subject=subject, scenario="fire", actor=guard, is_drill=True)
        assert (drill.is_drill, drill.issue) == (True, None)
        run = actions.start_emergency(subject=subject, scenario="fire", actor=guard, place="厨房")
    drill.refresh_from_db()
    assert drill.closed_at == at(19, 42), "what begins in earnest ends the drill of it"
    assert (run.owner, run.deputy, run.help_at) == (firm.owner, firm.colleague, "拨打 119；在南门草坪集合")
    people = {firm.owner.pk, firm.colleague.pk, guard.pk, host.pk, reception.pk}
    for kind, one in (("programme.drill", drill), ("programme.emergency", run)):
        told = Notification.objects.filter(kind=kind, key=f"programme.emergency:{one.pk}")
        assert set(told.values_list("user", flat=True)) == people, kind
    assert run.told == len(people)
    assert "演练" not in str(Notification.objects.filter(kind="programme.emergency").first())
    assert run.issue == Issue.objects.get()
    assert run.issue is not None
    assert run.issue.size == Issue.Size.LARGE
    steps = list(run.steps.all())
    assert [step.text for step in steps] == STEPS
    for minute, (step, who) in enumerate(zip(steps, (guard, host, reception), strict=True), 43):
        with clock.at(at(19, minute)):
            done = actions.take_step(step=step, actor=who)
            assert (done.done_at, done.done_by) == (at(19, minute), who)
    with clock.at(at(19, 50)):
        again = actions.take_step(step=steps[0], actor=host)
        assert (again.done_at, again.done_by) == (at(19, 43), guard), "the first tick stays"
        actions.take_step(step=steps[2], actor=host, is_done=False)
        alarm = alarms(subject)[0]
        assert (alarm.label, alarm.done, alarm.total, alarm.is_open, alarm.is_drill) == (
            "火灾",
            2,
            3,
            True,
            False,
        )
        assert actions.start_emergency(subject=subject, scenario="fire", actor=host) == run
        with pytest.raises(Invalid):
            actions.close_emergency(run=run, summary=" ", actor=firm.colleague)
        with pytest.raises(NotAllowed):
            actions.close_emergency(run=run, summary="没事了", actor=reception)
        actions.close_emergency(run=run, summary="厨房油烟，无人受伤", actor=firm.colleague)
        for act in (
            lambda: actions.close_emergency(run=run, summary="再关一次", actor=firm.owner),
            lambda: actions.take_step(step=steps[2], actor=host),
        ):
            with pytest.raises(WrongState):
                act()
    # An emergency nobody planned for begins too: without steps, but everybody hears of it.
    other = actions.start_emergency(subject=subject, scenario="other", actor=guard)
    assert (other.told, other.steps.count()) == (len(people), 0)
    with pytest.raises(Invalid):
        actions.start_emergency(subject=subject, scenario="rain", actor=guard)
    with pytest.raises(NotAllowed):
        actions.start_emergency(subject=subject, scenario="fire", actor=firm.outsider)
    kinds = list(
        JournalEntry.objects.filter(subject=subject, kind__startswith="programme.emergency").values_list(
            "kind", flat=True
        )
    )
    assert kinds.count("programme.emergency_step") == 3


@pytest.fixture
def open_firm(transactional_db: None) -> Firm:
    return company()


@pytest.mark.req("EXE-09")
def test_two_who_start_at_the_same_moment_start_one(open_firm: Firm) -> None:
    firm = open_firm
    for _each in ROUNDS:
        subject = make_evening(firm, guests=0)
        plan_fire(subject, firm)
        acts = [
            lambda who=who, subject=subject: actions.start_emergency(
                subject=subject, scenario="fire", actor=who
            )
            for who in (firm.owner, firm.colleague) * 3
        ]
        results = together(*acts)
        assert len({one.pk for one in results if isinstance(one, EmergencyRun)}) == 1, results
        assert len(results) == 6
        assert EmergencyRun.objects.filter(subject=subject).count() == 1
        assert Issue.objects.filter(subject=subject).count() == 1
        assert (
            Notification.objects.filter(subject=subject, kind="programme.emergency", user=firm.owner).count()
            == 1
        )
