from __future__ import annotations

from datetime import timedelta

import pytest

from yunchou.kernel.approvals.actions import (
    acknowledge,
    approve,
    open_case,
    reject,
    remark,
    return_case,
    withdraw,
)
from yunchou.kernel.approvals.models import Case, Step, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from . import toys

FRIDAY = "2024-08-02T14:36"


def send(firm: Company, subject: Subject | None = None, **content: object) -> Case:
    return open_case(
        subject=subject or firm.paper(**content), definition="paper", actor=firm.owner, note="please"
    )


def task_of(case: Case, name: str) -> Task:
    return Task.objects.select_related("step__case").get(step__case=case, assignee__name=name)


def states(case: Case) -> list[tuple[str, str]]:
    return [(step.kind, step.state) for step in case.steps.all()]


@pytest.mark.req("APR-12")
def test_open_case_takes_a_version_and_opens_the_first_step(firm: Company) -> None:
    with clock.at(FRIDAY):
        case = send(firm)
    assert (case.state, case.version.number, case.facts["amount"]) == ("running", 1, "50000.00")
    assert states(case) == [("approve", "open"), ("file", "waiting")]
    task = task_of(case, "Approver")
    assert (task.state, task_of(case, "Club").state) == ("waiting", "queued")
    duty = Duty.objects.get()
    assert (duty.owner, duty.rule, str(duty), duty.address) == (
        firm.approver, "R-APR-16", "Approve: Gift plan", case.get_absolute_url(),
    )  # fmt: skip
    assert clock.local(duty.due_at).isoformat() == "2024-08-05T14:36:00+08:00"
    assert list(Notification.objects.values_list("user__name", "kind")) == [("Approver", "approvals.waiting")]
    assert JournalEntry.objects.filter(kind="approvals.opened", subject=case.subject).count() == 1
    with pytest.raises(WrongState):
        send(firm, case.subject)


@pytest.mark.rule("R-APR-16")
@pytest.mark.req("APR-17")
def test_a_waiting_step_reminds_after_one_working_day_and_escalates_after_two(firm: Company) -> None:
    with clock.at(FRIDAY) as sent:
        send(firm)
    assert escalate_due(now=sent + timedelta(days=2)) == 0
    assert escalate_due(now=sent + timedelta(days=3)) == 1
    assert list(Notification.objects.filter(kind="duties.reminder").values_list("user__name")) == [
        ("Approver",)
    ]
    assert escalate_due(now=sent + timedelta(days=3, hours=23)) == 0
    assert escalate_due(now=sent + timedelta(days=4)) == 1
    assert list(Notification.objects.filter(kind="duties.escalation").values_list("user__name")) == [("Vp",)]


@pytest.mark.req("APR-12")
@pytest.mark.req("APR-11")
def test_approval_closes_freezes_and_files(firm: Company) -> None:
    case = send(firm)
    case = approve(task=task_of(case, "Approver"), actor=firm.approver, opinion=" fine ")
    assert (case.state, toys.outcomes) == ("approved", [("approved", "Approver")])
    task = task_of(case, "Approver")
    assert (task.decision, task.opinion, task.digest) == ("approved", "fine", case.version.digest)
    assert Version.objects.get().frozen_at is not None
    assert Duty.objects.get().state == "done"
    # Filing holds nothing up: it is open, owed by nobody, and can be acknowledged with a remark later.
    assert states(case) == [("approve", "done"), ("file", "open")]
    acknowledge(task=task_of(case, "Club"), actor=firm.club, opinion="seen")
    assert states(case)[1] == ("file", "done")
    with pytest.raises(WrongState):
        acknowledge(task=task_of(case, "Club"), actor=firm.club)
    kinds = set(JournalEntry.objects.filter(subject=case.subject).values_list("kind", flat=True))
    assert {"approvals.opened", "approvals.approved", "approvals.acknowledged"} <= kinds


def test_steps_follow_each_other_from_lower_to_higher(firm: Company) -> None:
    case = send(firm, amount="200000")
    for name, person in (("Approver", firm.approver), ("Club", firm.club), ("Vp", firm.vp)):
        assert Case.objects.get(pk=case.pk).state == "running"
        assert [c.pk for c in Case.objects.waiting_for(person)] == [case.pk]
        case = approve(task=task_of(case, name), actor=person)
    assert case.state == "approved"
    assert JournalEntry.objects.filter(kind="approvals.reviewed").count() == 1


@pytest.mark.req("APR-12")
def test_return_needs_an_opinion_and_voids_the_rest(firm: Company) -> None:
    case = send(firm, amount="200000")
    with pytest.raises(Invalid) as refused:
        return_case(task=task_of(case, "Approver"), actor=firm.approver, opinion="  ")
    assert "opinion" in refused.value.fields
    case = return_case(task=task_of(case, "Approver"), actor=firm.approver, opinion="too dear")
    assert (case.state, toys.outcomes) == ("returned", [("returned", "Approver")])
    assert [step.state for step in case.steps.all()] == ["done", "void", "void"]
    assert set(Task.objects.filter(step__case=case).values_list("state", flat=True)) == {"done", "void"}
    papers[case.subject_id]["amount"] = "150000"
    again = send(firm, case.subject)
    assert (again.continues, again.version.number) == (case, 2)


def test_reject_ends_the_case(firm: Company) -> None:
    case = send(firm)
    with pytest.raises(Invalid):
        reject(task=task_of(case, "Approver"), actor=firm.approver, opinion="")
    case = reject(task=task_of(case, "Approver"), actor=firm.approver, opinion="no")
    assert (case.state, toys.outcomes) == ("rejected", [("rejected", "Approver")])
    assert Version.objects.get().frozen_at is None


def test_withdraw_is_for_the_initiator_while_it_runs(firm: Company) -> None:
    case = send(firm)
    with pytest.raises(NotAllowed):
        withdraw(case=case, actor=firm.approver)
    case = withdraw(case=case, actor=firm.owner)
    assert (case.state, toys.outcomes, Duty.objects.get().state) == (
        "withdrawn", [("withdrawn", "Owner")], "cancelled",
    )  # fmt: skip
    with pytest.raises(WrongState):
        withdraw(case=case, actor=firm.owner)
    with pytest.raises(WrongState):
        approve(task=task_of(case, "Approver"), actor=firm.approver)


def test_a_decision_is_bound_to_the_content(firm: Company) -> None:
    case = send(firm)
    papers[case.subject_id]["amount"] = "51000"
    with pytest.raises(WrongState) as refused:
        approve(task=task_of(case, "Approver"), actor=firm.approver)
    assert refused.value.code == "content_changed"
    assert task_of(case, "Approver").state == "waiting"
    papers[case.subject_id]["amount"] = "50000.00"
    assert approve(task=task_of(case, "Approver"), actor=firm.approver).state == "approved"


@pytest.mark.rule("R-APR-15")
def test_nobody_decides_on_his_own_even_when_the_share_came_later(firm: Company) -> None:
    case = send(firm)
    toys.shares[case.subject_id] = {firm.approver: say("owns line 3")}
    with pytest.raises(NotAllowed) as refused:
        approve(task=task_of(case, "Approver"), actor=firm.approver)
    assert refused.value.code == "own_case"


@pytest.mark.rule("R-APR-15")
def test_a_task_that_ends_up_with_the_initiator_decides_nothing(firm: Company) -> None:
    """By delegation, by a second post or by hand: the row says it is his, the engine says no."""
    for decide in (approve, return_case, reject):
        case = send(firm)
        Task.objects.filter(pk=task_of(case, "Approver").pk).update(assignee=firm.owner)
        with pytest.raises(NotAllowed) as refused:
            decide(task=task_of(case, "Owner"), actor=firm.owner, opinion="fine")
        assert refused.value.code == "own_case"
        # The refusal mends it: the task goes to who holds the seat.
        assert task_of(case, "Approver").state == "waiting"


def test_only_the_assignee_decides_and_only_once(firm: Company) -> None:
    case = send(firm, amount="200000")
    with pytest.raises(NotAllowed):
        approve(task=task_of(case, "Approver"), actor=firm.vp)
    with pytest.raises(WrongState):
        approve(task=task_of(case, "Vp"), actor=firm.vp)
    approve(task=task_of(case, "Approver"), actor=firm.approver)
    with pytest.raises(WrongState):
        approve(task=task_of(case, "Approver"), actor=firm.approver)


def board(firm: Company, *names: str) -> list[str]:
    for name in names:
        firm.hire(name.lower(), toys.BOARD, firm.group)
    return list(names)


def test_any_one_signature_is_enough(firm: Company) -> None:
    board(firm, "Ann", "Bob")
    case = send(firm, form="any")
    assert approve(task=task_of(case, "Bob"), actor=firm.bob).state == "approved"
    assert task_of(case, "Ann").state == "skipped"
    assert set(Duty.objects.values_list("owner__name", "state")) == {("Ann", "cancelled"), ("Bob", "done")}


def test_all_have_to_countersign(firm: Company) -> None:
    board(firm, "Ann", "Bob")
    case = send(firm, form="all")
    assert approve(task=task_of(case, "Bob"), actor=firm.bob).state == "running"
    assert approve(task=task_of(case, "Ann"), actor=firm.ann).state == "approved"


def test_in_turn_asks_one_after_the_other(firm: Company) -> None:
    board(firm, "Ann", "Bob")
    case = send(firm, form="turn")
    with pytest.raises(WrongState):
        approve(task=task_of(case, "Bob"), actor=firm.bob)
    approve(task=task_of(case, "Ann"), actor=firm.ann)
    assert approve(task=task_of(case, "Bob"), actor=firm.bob).state == "approved"


def test_a_ratio_is_carried_or_lost(firm: Company) -> None:
    board(firm, "Ann", "Bob", "Cid")
    case = send(firm, form="ratio")
    assert reject(task=task_of(case, "Ann"), actor=firm.ann, opinion="no").state == "running"
    assert approve(task=task_of(case, "Bob"), actor=firm.bob).state == "running"
    assert approve(task=task_of(case, "Cid"), actor=firm.cid).state == "approved"
    case = send(firm, form="ratio")
    reject(task=task_of(case, "Ann"), actor=firm.ann, opinion="no")
    assert reject(task=task_of(case, "Bob"), actor=firm.bob, opinion="no").state == "rejected"


def test_an_approver_who_left_is_replaced_when_the_step_opens(firm: Company) -> None:
    case = send(firm, amount="200000")
    Appointment.objects.filter(user=firm.club).delete()
    firm.hire("newcomer", toys.CLUB, firm.group)
    approve(task=task_of(case, "Approver"), actor=firm.approver)
    assert (task_of(case, "Club").state, task_of(case, "Newcomer").state) == ("void", "waiting")


def test_a_new_version_of_the_routes_does_not_touch_a_running_case(firm: Company) -> None:
    case = send(firm, amount="200000")
    before = [(s.position_id, s.kind) for s in case.steps.all()]
    case.definition.rows.all().delete()
    for name, person in (("Approver", firm.approver), ("Club", firm.club), ("Vp", firm.vp)):
        case = approve(task=task_of(case, name), actor=person)
    assert case.state == "approved"
    assert [(s.position_id, s.kind) for s in Step.objects.filter(case=case)] == before


def test_remarks_are_for_those_who_take_part(firm: Company) -> None:
    case = send(firm)
    with pytest.raises(NotAllowed):
        remark(case=case, actor=firm.outsider, text="hello")
    with pytest.raises(Invalid):
        remark(case=case, actor=firm.approver, text=" ")
    remark(case=case, actor=firm.approver, text="What of 3,200?")
    assert Notification.objects.filter(kind="approvals.remark", user=firm.owner).count() == 1
    assert JournalEntry.objects.get(kind="approvals.remarked").sentence.endswith("What of 3,200?")


def test_deciding_costs_few_queries(firm: Company, django_assert_max_num_queries: object) -> None:
    case = send(firm)
    task = task_of(case, "Approver")
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        approve(task=task, actor=firm.approver)
