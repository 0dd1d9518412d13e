"""What each action writes, refuses and records."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.actions.division import Assigned
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.models import Assignment, Dependency, GanttTask
from yunchou.capabilities.work.selectors import plan_of, team_of, work_facts
from yunchou.capabilities.work.states import Phase, State
from yunchou.capabilities.work.stores import TASKS
from yunchou.directory.organisation.tests.factories import Firm, company, make_user
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role, Subject

from . import toy
from .example import PREDECESSORS

pytestmark = pytest.mark.django_db


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def fields(**values: Any) -> Fields:
    return Fields(**{"name": "搭建展台", "start_on": day("08-05"), "end_on": day("08-07"), **values})


def last_entry() -> JournalEntry:
    return JournalEntry.objects.order_by("-pk")[0]


# ---------------------------------------------------------------- tasks


@pytest.mark.req("SCH-02")
def test_add_task_keeps_dates_and_computes_duration_and_phase(firm: Firm, subject: Subject) -> None:
    task = actions.add_task(
        subject=subject, actor=firm.owner, fields=fields(name="现场执行", owner=firm.colleague)
    )
    assert (task.code, task.days, task.phase) == ("T1", 2, Phase.EXECUTION)
    assert task.owner == firm.colleague
    assert last_entry().kind == "work.task_added"


def test_add_task_refuses_an_end_before_the_start(firm: Firm, subject: Subject) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_task(subject=subject, actor=firm.owner, fields=fields(end_on=day("08-01")))
    assert "end_on" in refused.value.fields
    assert GanttTask.objects.count() == 0


@pytest.mark.rule("R-SCH-02")
def test_add_task_refuses_a_start_before_its_predecessor_ends(firm: Firm, subject: Subject) -> None:
    (first,) = toy.make_tasks(subject, {"start_on": day("08-01"), "end_on": day("08-06")})
    with pytest.raises(RuleRefused):
        actions.add_task(subject=subject, actor=firm.owner, fields=fields(predecessors=[first.pk]))
    assert GanttTask.objects.count() == 1


def test_edit_task_refuses_a_loop(firm: Firm, subject: Subject) -> None:
    first, second = toy.make_tasks(
        subject,
        {"start_on": day("08-01"), "end_on": day("08-01")},
        {"start_on": day("08-01"), "end_on": day("08-01"), "after": [1]},
    )
    with pytest.raises(RuleRefused) as refused:
        actions.edit_task(
            task=first,
            actor=firm.owner,
            fields=fields(start_on=day("08-01"), end_on=day("08-01"), predecessors=[second.pk]),
        )
    assert refused.value.code == "loop"
    assert Dependency.objects.count() == 1


def test_edit_task_renames_it_in_its_successors(firm: Firm, subject: Subject) -> None:
    first, second = toy.make_tasks(subject, {}, {"after": [1]})
    actions.edit_task(task=first, actor=firm.owner, fields=fields(name="新名字"))
    second.refresh_from_db()
    assert second.predecessor_names == ["新名字"]
    assert Dependency.objects.get().given == "新名字"


def test_delete_task_takes_its_links_and_names_away(firm: Firm, subject: Subject) -> None:
    first, second = toy.make_tasks(subject, {}, {"after": [1]})
    actions.delete_task(task=first, actor=firm.owner)
    second.refresh_from_db()
    assert (second.predecessor_names, second.position) == ([], 1)
    assert last_entry().kind == "work.task_deleted"


def test_place_task_gives_it_another_code(firm: Firm, subject: Subject) -> None:
    _first, _second, third = toy.make_tasks(subject, {}, {}, {})
    assert actions.place_task(task=third, actor=firm.owner, place=1).code == "T1"


def test_locked_schedule_and_missing_right_are_refused(firm: Firm, subject: Subject) -> None:
    (task,) = toy.make_tasks(subject, {"start_on": day("08-01"), "end_on": day("08-06")})
    for person in (firm.colleague, firm.outsider):
        with pytest.raises(NotAllowed):
            actions.move_task(task=task, actor=person, start_on=day("08-02"), end_on=day("08-06"))
    toy.LOCKED["schedule"] = say("In approval")
    with pytest.raises(WrongState):
        actions.move_task(task=task, actor=firm.owner, start_on=day("08-02"), end_on=day("08-06"))
    assert actions.set_task_state(task=task, actor=firm.owner, state=State.DONE).state == State.DONE


# ---------------------------------------------------------------- moving


@pytest.mark.rule("R-SCH-02")
@pytest.mark.req("SCH-04")
def test_move_task_refuses_to_begin_before_its_predecessor_ends(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    with pytest.raises(RuleRefused) as refused:
        actions.move_task(task=tasks[3], actor=firm.owner, start_on=day("07-27"), end_on=day("07-31"))
    assert refused.value.code == "predecessor"
    assert [v.rule_id for v in refused.value.verdicts] == ["R-SCH-02"]
    tasks[3].refresh_from_db()
    assert tasks[3].start_on == day("07-28")


@pytest.mark.req("SCH-06")
def test_move_task_names_successors_with_new_earliest_dates_and_moves_them_when_asked(
    firm: Firm, subject: Subject
) -> None:
    tasks = toy.load_example(subject)
    with pytest.raises(RuleRefused) as refused:
        actions.move_task(task=tasks[3], actor=firm.owner, start_on=day("07-28"), end_on=day("08-08"))
    assert refused.value.code == "successors"
    assert "T8 线下快闪执行 08-08" in str(refused.value)
    moved = actions.move_task(
        task=tasks[3], actor=firm.owner, start_on=day("07-28"), end_on=day("08-08"), follow=True
    )
    assert [(t.code, t.start_on, t.end_on) for t in moved.followers] == [("T8", day("08-08"), day("08-12"))]
    assert moved.effect.end_days == 2
    assert (moved.task.days, last_entry().data["count"]) == (11, 1)


def test_move_task_within_the_gap_moves_nobody(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    moved = actions.move_task(task=tasks[3], actor=firm.owner, start_on=day("07-29"), end_on=day("08-02"))
    assert moved.followers == ()
    assert TASKS.load(subject)[3].given.get("start_on") is None


def test_a_conflict_that_was_there_before_does_not_stop_a_move_that_makes_it_smaller(
    firm: Firm, subject: Subject
) -> None:
    first, _second = toy.make_tasks(
        subject,
        {"start_on": day("08-01"), "end_on": day("08-09")},
        {"start_on": day("08-05"), "end_on": day("08-06"), "after": [1]},
    )
    moved = actions.move_task(task=first, actor=firm.owner, start_on=day("08-01"), end_on=day("08-07"))
    assert moved.task.end_on == day("08-07")


def test_shift_all_moves_every_date_and_leaves_the_baseline(firm: Firm, subject: Subject) -> None:
    toy.load_example(subject)
    actions.keep_baseline(subject=subject, actor=firm.owner)
    assert actions.shift_all(subject=subject, days=7, actor=firm.owner) == 8
    task = GanttTask.objects.get(position=8)
    assert (task.start_on, task.end_on, task.baseline_end_on) == (day("08-13"), day("08-17"), day("08-10"))
    assert Assignment.objects.get(position=1).start_on == day("07-27")


# ---------------------------------------------------------------- links


@pytest.mark.req("SCH-04")
@pytest.mark.vector("C7")
def test_link_tasks_keeps_the_name_as_it_was_given(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject, linked=False)
    assert len(work_facts(subject).unknown) == 7
    assert Dependency.objects.count() == 0
    link = actions.link_tasks(task=tasks[1], predecessor=tasks[0], actor=firm.owner, given="方案确认")
    assert (link.given, link.chosen_by) == ("方案确认", firm.owner)
    assert TASKS.load(subject)[1].predecessors == ("方案确认",)
    assert len(work_facts(subject).unknown) == 6
    TASKS.save(subject, TASKS.load(subject))
    assert Dependency.objects.count() == 1


@pytest.mark.vector("C7")
def test_a_proposed_mapping_is_accepted_as_a_whole(firm: Firm, subject: Subject) -> None:
    toy.load_example(subject, linked=False)
    proposed = {(each.task, each.given): each.candidates[0] for each in work_facts(subject).unknown}
    assert {task + 1: before + 1 for (task, _given), before in proposed.items()} == PREDECESSORS
    assert actions.map_predecessors(subject=subject, actor=firm.owner, chosen=proposed) == 7
    assert work_facts(subject).unknown == ()
    assert [row.predecessors for row in plan_of(subject).tasks][7] == ("物料到位",)


def test_unlink_tasks_takes_the_name_away(firm: Firm, subject: Subject) -> None:
    first, second = toy.make_tasks(subject, {}, {"after": [1]})
    actions.unlink_tasks(task=second, predecessor=first, actor=firm.owner)
    second.refresh_from_db()
    assert second.predecessor_names == []
    assert Dependency.objects.count() == 0


@pytest.mark.rule("R-SCH-02")
def test_link_tasks_refuses_loops_other_schedules_and_early_starts(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    with pytest.raises(RuleRefused):
        actions.link_tasks(task=tasks[0], predecessor=tasks[7], actor=firm.owner)
    with pytest.raises(RuleRefused):
        actions.link_tasks(task=tasks[0], predecessor=tasks[0], actor=firm.owner)
    with pytest.raises(RuleRefused):
        actions.link_tasks(task=tasks[4], predecessor=tasks[2], actor=firm.owner)
    other = toy.make_subject(firm.department(), lead=firm.owner)
    (stranger,) = toy.make_tasks(other, {})
    with pytest.raises(Invalid):
        actions.link_tasks(task=tasks[0], predecessor=stranger, actor=firm.owner)


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_close_a_loop_at_the_same_time() -> None:
    firm = company()
    subject = toy.make_subject(firm.department(), lead=firm.owner)
    first, second = toy.make_tasks(subject, {}, {})
    ready, outcomes = threading.Barrier(2), []

    def link(task: GanttTask, predecessor: GanttTask) -> None:
        try:
            ready.wait()
            actions.link_tasks(task=task, predecessor=predecessor, actor=firm.owner)
            outcomes.append("linked")
        except RuleRefused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["linked", "loop"]
    assert Dependency.objects.count() == 1
    assert plan_of(subject).schedule.loops == ()


# ---------------------------------------------------------------- progress


@pytest.mark.rule("R-SCH-03")
@pytest.mark.req("SCH-07")
def test_set_task_state_refuses_to_begin_before_predecessors_are_done(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    with pytest.raises(RuleRefused) as refused:
        actions.set_task_state(task=tasks[7], actor=firm.owner, state=State.IN_PROGRESS)
    assert refused.value.code == "waits"
    tasks[7].refresh_from_db()
    assert tasks[7].state == State.NOT_STARTED


@pytest.mark.rule("R-SCH-03")
def test_the_lead_overrides_with_a_reason_and_nobody_else(firm: Firm, subject: Subject) -> None:
    tasks = toy.load_example(subject)
    GanttTask.objects.filter(pk=tasks[7].pk).update(owner=firm.colleague)
    tasks[7].refresh_from_db()
    with pytest.raises(NotAllowed):
        actions.set_task_state(
            task=tasks[7], actor=firm.colleague, state=State.IN_PROGRESS, reason="场地只有今天"
        )
    task = actions.set_task_state(
        task=tasks[7], actor=firm.owner, state=State.IN_PROGRESS, reason="场地只有今天"
    )
    assert (task.state, task.override_reason, task.overridden_by) == (
        State.IN_PROGRESS,
        "场地只有今天",
        firm.owner,
    )
    assert JournalEntry.objects.filter(kind="work.overridden").count() == 1
    assert [v for v in work_facts(subject).tasks if v.is_overridden] != []


def test_set_task_state_keeps_actual_dates_and_progress(firm: Firm, subject: Subject) -> None:
    (task,) = toy.make_tasks(
        subject, {"start_on": day("08-01"), "end_on": day("08-06"), "owner": firm.colleague}
    )
    task = actions.set_task_state(task=task, actor=firm.colleague, state=State.IN_PROGRESS)
    assert (task.started_on, task.done_on) == (day("08-02"), None)
    assert actions.set_progress(task=task, actor=firm.colleague, percent=60).progress == 60
    with pytest.raises(NotAllowed):
        actions.set_task_state(task=task, actor=firm.colleague, state=State.DONE)
    task = actions.set_task_state(task=task, actor=firm.owner, state=State.DONE)
    assert (task.progress, task.done_on) == (100, day("08-02"))
    task = actions.set_task_state(task=task, actor=firm.colleague, state=State.NOT_STARTED)
    assert (task.progress, task.started_on, task.done_on) == (0, None, None)


def test_set_progress_refuses_what_is_no_percent_and_what_has_not_begun(firm: Firm, subject: Subject) -> None:
    (task,) = toy.make_tasks(subject, {"state": State.IN_PROGRESS})
    with pytest.raises(Invalid):
        actions.set_progress(task=task, actor=firm.owner, percent=101)
    actions.set_task_state(task=task, actor=firm.owner, state=State.DONE)
    with pytest.raises(Invalid):
        actions.set_progress(task=task, actor=firm.owner, percent=50)


# ---------------------------------------------------------------- duties


@pytest.mark.rule("R-SCH-04")
@pytest.mark.req("SCH-08")
def test_open_tasks_with_owner_and_end_are_owed_until_done(firm: Firm, subject: Subject) -> None:
    task, _loose, _done = toy.make_tasks(
        subject,
        {"start_on": day("08-01"), "end_on": day("08-06"), "owner": firm.colleague},
        {"start_on": day("08-01"), "end_on": day("08-06")},
        {"start_on": day("08-01"), "end_on": day("08-06"), "owner": firm.colleague, "state": State.DONE},
    )
    assert actions.owe_task_duties(subject=subject, actor=firm.owner) == 1
    assert actions.owe_task_duties(subject=subject, actor=firm.owner) == 1
    duty = Duty.objects.get()
    assert (duty.owner, duty.rule, clock.local(duty.due_at).isoformat()[:16]) == (
        firm.colleague,
        "R-SCH-04",
        "2024-08-06T18:00",
    )
    moments = [clock.local(moment).strftime("%m-%d %H:%M") for moment, _rung in duty.climbs()]
    assert moments == ["08-05 18:00", "08-06 09:00", "08-07 09:00", "08-07 09:00"]
    actions.move_task(task=task, actor=firm.owner, start_on=day("08-01"), end_on=day("08-08"))
    duty.refresh_from_db()
    assert clock.local(duty.due_at).date() == day("08-08")
    actions.set_task_state(task=task, actor=firm.owner, state=State.DONE)
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    actions.set_task_state(task=task, actor=firm.colleague, state=State.IN_PROGRESS)
    assert Duty.objects.open().count() == 1


def test_nothing_is_owed_before_the_subject_runs(firm: Firm, subject: Subject) -> None:
    actions.add_task(subject=subject, actor=firm.owner, fields=fields(owner=firm.colleague))
    assert Duty.objects.count() == 0


def test_a_task_added_while_the_subject_runs_is_owed_at_once_and_dropped_when_deleted(
    firm: Firm, subject: Subject
) -> None:
    actions.add_task(subject=subject, actor=firm.owner, fields=fields(owner=firm.colleague))
    actions.owe_task_duties(subject=subject, actor=firm.owner)
    task = actions.add_task(subject=subject, actor=firm.owner, fields=fields(name="布展", owner=firm.owner))
    assert Duty.objects.open().count() == 2
    actions.edit_task(task=task, actor=firm.owner, fields=fields(name="布展", owner=firm.colleague))
    assert Duty.objects.open().filter(owner=firm.colleague).count() == 2
    actions.delete_task(task=task, actor=firm.owner)
    assert Duty.objects.open().count() == 1
    actions.cancel_task_duties(subject=subject, actor=firm.owner)
    assert Duty.objects.open().count() == 0


# ---------------------------------------------------------------- division of work and team


@pytest.mark.req("TEA-03")
def test_add_edit_and_delete_assignment(firm: Firm, subject: Subject) -> None:
    given = Assigned(
        "策划统筹", "活动整体进度把控", standard="每日17:00前提交进度表", owner=firm.owner, is_whole_team=True
    )
    row = actions.add_assignment(subject=subject, actor=firm.owner, fields=given)
    assert (row.owner, row.assistants) == (firm.owner, [{"name": "全团队"}])
    changed = Assigned("策划统筹", "进度把控", owner=firm.colleague, assistants=(firm.owner,))
    row = actions.edit_assignment(assignment=row, actor=firm.owner, fields=changed)
    assert (row.task, row.owner, row.assistants) == (
        "进度把控",
        firm.colleague,
        [{"id": firm.owner.pk, "name": str(firm.owner)}],
    )
    row = actions.set_assignment_state(assignment=row, actor=firm.owner, state=State.DONE)
    assert row.state == State.DONE
    actions.delete_assignment(assignment=row, actor=firm.owner)
    assert Assignment.objects.count() == 0


def test_assignments_refuse_wrong_dates_and_missing_rights(firm: Firm, subject: Subject) -> None:
    wrong = Assigned("策划统筹", "进度", start_on=day("08-05"), end_on=day("08-01"))
    with pytest.raises(Invalid):
        actions.add_assignment(subject=subject, actor=firm.owner, fields=wrong)
    with pytest.raises(NotAllowed):
        actions.add_assignment(subject=subject, actor=firm.colleague, fields=Assigned("策划", "进度"))


@pytest.mark.req("TEA-01")
def test_a_team_has_three_tiers_and_each_person_stands_in_the_highest(firm: Firm, subject: Subject) -> None:
    helper = make_user("孙一")
    for user, role in ((firm.owner, Role.MEMBER), (firm.colleague, Role.MODULE_LEAD), (helper, Role.MEMBER)):
        add_member(subject=subject, user=user, role=role)
    tiers = team_of(subject)
    assert [m.user for m in tiers.leads] == [firm.owner]
    assert [m.user for m in tiers.module_leads] == [firm.colleague]
    assert [m.user for m in tiers.executors] == [helper]


# ---------------------------------------------------------------- the tables as they are stored


def test_the_example_is_stored_and_read_back_the_same(subject: Subject) -> None:
    from .example import assignment_part, task_part

    toy.load_example(subject, linked=False)
    plan = plan_of(subject)
    assert plan.tasks == task_part().rows
    assert plan.assignments == assignment_part().rows
    assert [row.given for row in plan.tasks] == [row.given for row in task_part().rows]
