"""What breaks elsewhere (lessons.md B3), each as a test of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yunchou.kernel.approvals.actions import (
    Where,
    add_signers,
    approve,
    copy_to,
    delegate,
    open_case,
    publish_definition,
    reject,
    return_case,
    transfer,
    withdraw,
)
from yunchou.kernel.approvals.models import Case, Copy, Task
from yunchou.kernel.approvals.routing import NoRoute
from yunchou.kernel.approvals.selectors import predict, returnable_steps
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.notify.models import Notification

from . import toys
from .steps import LARGE, agree, change, send, sound, states, step_of, task_of, waiting

FRIDAY = "2024-08-02T14:36"


def reminded(kind: str) -> list[str]:
    told = Notification.objects.filter(kind=kind).order_by("pk")
    return list(told.values_list("user__name", flat=True))


@pytest.mark.rule("R-APR-16")
def test_timeout_reminder_survives_a_return(firm: Company) -> None:
    """ruoyi-vue-pro #1018."""
    with clock.at(FRIDAY):
        case = agree(send(firm, amount=LARGE), firm.approver)
        club = task_of(case, firm.club)
        case = return_case(task=club, actor=firm.club, opinion="why?", to=step_of(case, toys.LEADER))
    sound(case)
    friday = clock.local(Duty.objects.get(owner=firm.approver, state="open").opened_at)
    assert escalate_due(now=friday + timedelta(days=3)) == 1
    assert reminded("duties.reminder") == ["Approver"]
    escalate_due(now=friday + timedelta(days=4))
    assert reminded("duties.escalation") == ["Vp"]
    with clock.at(friday + timedelta(days=4)):
        agree(case, firm.approver)
    assert escalate_due(now=friday + timedelta(days=5)) == 1
    assert reminded("duties.reminder") == ["Approver", "Club"]
    sound(case)


@pytest.mark.rule("R-APR-16")
@pytest.mark.parametrize("verb", ["transfer", "before", "beside", "after"])
def test_timeout_reminder_survives_a_transfer_and_added_signers(firm: Company, verb: str) -> None:
    ann = firm.hire("ann")
    with clock.at(FRIDAY) as sent:
        case = send(firm)
        task = task_of(case, firm.approver)
        if verb == "transfer":
            transfer(task=task, actor=firm.approver, to=ann, note="you know it")
        else:
            add_signers(task=task, actor=firm.approver, people=[ann], where=verb)
        sound(case)
        if verb in {"before", "after"}:
            agree(case, *([ann] if verb == "before" else [firm.approver]))
            sound(case)
    asked = waiting(case)
    assert (
        asked
        == {"transfer": ["Ann"], "before": ["Approver"], "beside": ["Ann", "Approver"], "after": ["Ann"]}[
            verb
        ]
    )
    escalate_due(now=sent + timedelta(days=3))
    assert sorted(reminded("duties.reminder")) == asked


def test_the_return_list_shows_only_steps_really_passed(firm: Company) -> None:
    """ruoyi-vue-pro #982. Skipped, filed and later steps are not offered, nor taken."""
    case = send(firm, subject=firm.paper(owner=firm.approver, amount=LARGE), actor=firm.approver)
    assert states(case) == ["skipped", "open", "waiting"]
    assert returnable_steps(case) == []
    agree(case, firm.club)
    assert [step.position.code for step in returnable_steps(case)] == [toys.CLUB]
    for code in (toys.LEADER, toys.VP):
        with pytest.raises(Invalid) as refused:
            return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="no", to=step_of(case, code))
        assert "to" in refused.value.fields
    other = agree(send(firm, amount=LARGE), firm.approver)
    with pytest.raises(Invalid):
        return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="no", to=step_of(other, toys.LEADER))


def test_countersigning_and_returning_loses_no_task(firm: Company) -> None:
    """ruoyi-vue-pro #668: one has signed, another sends it back; both are asked again."""
    ann, bob = firm.hire("ann", toys.BOARD, firm.group), firm.hire("bob", toys.BOARD, firm.group)
    publish_definition(key="paper", rows=_leader_then_board(), valid_from=clock.today(), actor=firm.vp)
    case = agree(send(firm), firm.approver, ann)
    case = return_case(task=task_of(case, bob), actor=bob, opinion="?", to=step_of(case, toys.LEADER))
    sound(case)
    assert waiting(case) == ["Approver"]
    agree(case, firm.approver)
    assert waiting(case) == ["Ann", "Bob"]
    assert agree(case, ann, bob).state == "approved"
    sound(case)
    # Straight back: who has signed, has signed.
    case = agree(send(firm), firm.approver, ann)
    leader = step_of(case, toys.LEADER)
    return_case(task=task_of(case, bob), actor=bob, opinion="?", to=leader, straight_back=True)
    sound(case)
    assert waiting(case) == ["Approver"]
    agree(case, firm.approver)
    assert waiting(case) == ["Bob"]
    assert agree(case, bob).state == "approved"


def _leader_then_board() -> list[toys.Row]:
    steps = (
        toys.StepSpec(toys.Kind.APPROVE, toys.LEADER, 10),
        toys.StepSpec(toys.Kind.COUNTERSIGN, toys.BOARD, 20),
    )
    return [toys.Row("R-APR-10", "004 三(二)", "Leader, then board", toys._form("plain"), steps)]


def test_a_case_can_go_back_to_the_previous_step_and_to_the_initiator(firm: Company) -> None:
    """ruoyi-vue-pro #167, #847, #1128."""
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    case = return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="?", to=step_of(case, toys.CLUB))
    assert (waiting(case), states(case)) == (["Club"], ["done", "open", "waiting"])
    agree(case, firm.club)
    case = return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="to you")
    assert case.state == "returned"
    sound(case)


def test_rejecting_works_while_a_signer_is_asked(firm: Company) -> None:
    """ruoyi-vue-pro #566."""
    ann = firm.hire("ann")
    for where in Where:
        case = send(firm)
        add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann], where=where)
        case = reject(task=task_of(case, firm.approver), actor=firm.approver, opinion="no")
        assert case.state == "rejected"
        sound(case)
    case = send(firm)
    add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann], where="before")
    assert (
        return_case(task=task_of(case, firm.approver), actor=firm.approver, opinion="no").state == "returned"
    )


def test_after_a_return_all_steps_run_again_or_it_comes_straight_back(firm: Company) -> None:
    """Decided up front: 宜搭 runs all again; here the returner chooses."""
    again = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    return_case(task=task_of(again, firm.vp), actor=firm.vp, opinion="?", to=step_of(again, toys.LEADER))
    agree(again, firm.approver)
    assert waiting(again) == ["Club"]
    straight = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    leader = step_of(straight, toys.LEADER)
    return_case(task=task_of(straight, firm.vp), actor=firm.vp, opinion="?", to=leader, straight_back=True)
    sound(straight)
    agree(straight, firm.approver)
    assert waiting(straight) == ["Vp"]
    for case in (agree(again, firm.club, firm.vp), agree(straight, firm.vp)):
        assert case.state == "approved"
        sound(case)


@pytest.mark.parametrize("straight", [False, True])
def test_sending_again_after_a_return_starts_at_the_returner_where_he_said_so(
    firm: Company, straight: bool
) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    case = return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="words", straight_back=straight)
    change(case, words="better")
    again = send(firm, case.subject)
    assert again.continues == case
    assert waiting(again) == (["Vp"] if straight else ["Approver"])
    sound(again)
    if straight:
        assert agree(again, firm.vp).state == "approved"
        sound(again)


def test_straight_back_does_not_skip_who_watches_a_fact_that_changed(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="too dear", straight_back=True)
    change(case, amount="900000")
    assert waiting(send(firm, case.subject)) == ["Approver"]


def test_signers_can_be_nested_and_several(firm: Company) -> None:
    """简道云 forbids both (50054, 50061)."""
    ann, bob, cid = firm.hire("ann"), firm.hire("bob"), firm.hire("cid")
    case = send(firm)
    add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann, bob], where="before")
    assert waiting(case) == ["Ann", "Bob"]
    add_signers(task=task_of(case, ann), actor=ann, people=[cid], where="before", kind="review", note="look")
    assert waiting(case) == ["Bob", "Cid"]
    sound(case)
    agree(case, cid)
    sound(case)
    assert waiting(case) == ["Ann", "Bob"]
    agree(case, ann)
    assert waiting(case) == ["Bob"]
    agree(case, bob)
    assert waiting(case) == ["Approver"]
    assert agree(case, firm.approver).state == "approved"
    sound(case)


@pytest.mark.rule("R-APR-15")
def test_a_submitter_with_two_posts_does_not_decide_in_the_other(firm: Company) -> None:
    """简道云 5053 asks which department; here the unit of the subject says it, and the second post is barred."""
    firm.hire("owner", toys.LEADER, firm.region)
    firm.hire("owner", toys.CLUB, firm.group)
    case = send(firm, amount=LARGE)
    assert waiting(case) == ["Approver"]
    agree(case, firm.approver)
    assert waiting(case) == ["Club"]
    assert not Task.objects.filter(step__case=case, assignee=firm.owner).exists()
    sound(case)


def test_a_submitter_who_left_leaves_a_way_forward(firm: Company) -> None:
    """简道云 5059."""
    case = send(firm, subject=firm.paper(owner=firm.outsider))
    firm.owner.is_active = False
    firm.owner.save()
    returned = return_case(task=task_of(case, firm.approver), actor=firm.approver, opinion="why?")
    assert reminded("approvals.returned") == ["Outsider"]
    again = send(firm, returned.subject, actor=firm.outsider)
    assert again.continues == returned
    other = open_case(subject=firm.paper(owner=firm.outsider), definition="paper", actor=firm.owner)
    with pytest.raises(NotAllowed):
        withdraw(case=other, actor=firm.vp)
    assert withdraw(case=other, actor=firm.outsider).state == "withdrawn"


def test_the_same_person_is_not_asked_twice_by_a_later_step(firm: Company) -> None:
    """OCA `approve_sequence_bypass` (PR 399); found out when the step opens, not only beforehand."""
    case = send(firm, amount=LARGE)
    agree(case, firm.approver)
    Appointment.objects.filter(user=firm.vp).delete()
    firm.hire("approver", toys.VP, firm.group)
    case = agree(case, firm.club)
    assert (case.state, states(case)) == ("approved", ["done", "done", "skipped"])
    sound(case)


def test_one_run_of_the_reminders_reminds_everybody(firm: Company) -> None:
    """OCA reminds `limit=1` per run."""
    with clock.at(FRIDAY) as sent:
        for number in range(7):
            send(firm, title=f"Plan {number}")
    assert escalate_due(now=sent + timedelta(days=3)) == 7
    assert len(reminded("duties.reminder")) == 7


def test_a_case_keeps_its_version_of_the_definition(firm: Company) -> None:
    """sand-workflow pins it; so do running cases here when the company publishes other routes."""
    firm.hire("ann", toys.BOARD, firm.group)
    case = send(firm, amount=LARGE)
    publish_definition(
        key="paper", rows=_leader_then_board(), valid_from=clock.today(), actor=firm.vp, reason="new"
    )
    for person in (firm.approver, firm.club, firm.vp):
        case = agree(case, person)
    assert (case.state, case.definition.version) == ("approved", 1)
    later = send(firm)
    assert (later.definition.version, [step.position.code for step in later.steps.all()]) == (
        2, [toys.LEADER, toys.BOARD],
    )  # fmt: skip


def test_forward_delegate_and_reassign(firm: Company) -> None:
    """frappe #7822."""
    ann, bob = firm.hire("ann"), firm.hire("bob")
    case = send(firm, amount=LARGE)
    transfer(task=task_of(case, firm.approver), actor=firm.approver, to=ann, note="yours")
    agree(case, ann)
    today = clock.today()
    delegate(actor=firm.club, to=bob, valid_from=today, valid_to=today)
    assert waiting(case) == ["Bob"]
    agree(case, bob)
    assert agree(case, firm.vp).state == "approved"
    assert [(t.assignee.name, t.instead_of and t.instead_of.name) for t in _done(case)] == [
        ("Ann", "Approver"), ("Bob", "Club"), ("Vp", None),
    ]  # fmt: skip
    sound(case)


def _done(case: Case) -> list[Task]:
    tasks = Task.objects.filter(step__case=case, state="done").select_related("assignee", "instead_of")
    return list(tasks.order_by("step__order"))


def test_a_copy_may_go_out_between_any_two_steps(firm: Company) -> None:
    """loonflow #89."""
    ann, bob = firm.hire("ann"), firm.hire("bob")
    case = send(firm, amount=LARGE)
    copy_to(case=case, actor=firm.owner, people=[ann])
    agree(case, firm.approver)
    copy_to(case=case, actor=firm.club, people=[bob, ann])
    steps = dict(Copy.objects.filter(case=case).values_list("user__name", "step__position__code"))
    assert steps == {"Ann": toys.LEADER, "Bob": toys.CLUB}
    assert set(reminded("approvals.copied")) == {"Ann", "Bob"}
    assert set(Case.objects.visible_to(ann)) == {case}
    with pytest.raises(NotAllowed):
        copy_to(case=case, actor=firm.outsider, people=[firm.outsider])


@pytest.mark.req("APR-01")
def test_no_matching_row_stops_and_asks(firm: Company) -> None:
    """Adobe Journey Optimizer approves by itself then."""
    subject = firm.paper(form="unheard of")
    assert predict(subject, "paper", firm.owner).obstacle is not None
    with pytest.raises(NoRoute):
        open_case(subject=subject, definition="paper", actor=firm.owner)
    assert not Case.objects.filter(subject=subject).exists()


def test_a_stale_button_decides_nothing(firm: Company) -> None:
    """activepieces PR 11665: the page was open while somebody else decided, or the content changed."""
    case = send(firm)
    task, seen = task_of(case, firm.approver), case.digest
    approve(task=task, actor=firm.approver, seen=seen)
    with pytest.raises(WrongState):
        approve(task=task, actor=firm.approver, seen=seen)
