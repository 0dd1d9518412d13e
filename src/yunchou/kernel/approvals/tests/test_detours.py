"""Nothing is approved by nobody, or by way of a detour by somebody who has a share in it (R-APR-15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import (
    add_signers,
    amend_case,
    approve_many,
    ask,
    copy_to,
    delegate,
    hand_over,
    open_case,
    publish_definition,
    reject,
    reopen_case,
    return_case,
    talking,
    transfer,
    withdraw,
)
from yunchou.kernel.approvals.actions.seating import _hand
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.identity.handovers import in_order
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.actions import add_member

from . import toys
from .steps import LARGE, agree, change, send, sound, states, step_of, task_of, waiting


def amend(case: Case, firm: Company, **content: object) -> Case:
    change(case, **content)
    return amend_case(case=case, actor=firm.owner, note="changed")


def reopen(case: Case, actor: User, **content: object) -> Case:
    change(case, **content)
    again = reopen_case(subject=case.subject, definition="paper", actor=actor, note="changed")
    assert again is not None
    return again


# -- nobody decided ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-APR-17")
def test_a_change_of_the_change_does_not_lose_the_responsible_approver(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club, firm.vp)
    again = reopen(case, firm.owner, amount="50")
    assert waiting(again) == ["Vp"]
    again = amend(again, firm, words="totally different")
    assert (again.state, waiting(again)) == ("running", ["Vp"])
    assert agree(again, firm.vp).state == "approved"
    sound(again)


def test_where_only_carried_decisions_are_left_the_last_of_them_is_asked_again(firm: Company) -> None:
    rows = [
        toys.Row("R-APR-03", "001 §5 ¶4", "Plain", toys._plain(), (toys.StepSpec("approve", toys.LEADER, 10),)),
        toys.Row(
            "R-APR-04", "001 §5 ¶4", "Large", (toys.Condition("amount", "gt", 100_000),),
            (toys.StepSpec("approve", toys.VP, 20),),
        ),
    ]  # fmt: skip
    publish_definition(key="paper", rows=rows, valid_from=clock.today(), actor=firm.vp)
    case = agree(send(firm, amount=LARGE), firm.approver)
    return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="shorter", straight_back=True)
    change(case, words="shorter")
    again = open_case(subject=case.subject, definition="paper", actor=firm.owner)
    assert waiting(again) == ["Vp"]
    # Nothing is demanded any more but what was decided before the return, on other words.
    again = amend(again, firm, amount="50000")
    assert (states(again), waiting(again)) == (["open", "void"], ["Approver"])
    assert step_of(again, toys.LEADER).carried_from is None
    assert agree(again, firm.approver).state == "approved"
    sound(again)


def test_a_carried_step_that_is_decided_again_is_carried_no_longer(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE, in_plan=False), firm.approver, firm.club, firm.centre, firm.vp)
    again = reopen(case, firm.owner, words="nicer")
    assert step_of(again, toys.LEADER).carried_from is not None
    again = amend(again, firm, amount="300000")
    assert (step_of(again, toys.LEADER).state, step_of(again, toys.LEADER).carried_from) == ("open", None)
    # What is out of plan is so as before.
    assert step_of(again, toys.CENTRE).carried_from is not None
    sound(again)


# -- somebody decided on his own ---------------------------------------------------------------------------------------


@pytest.mark.rule("R-APR-15")
def test_who_changes_what_he_approved_decides_on_it_no_longer(firm: Company) -> None:
    firm.hire("deputy", toys.CLUB, firm.group, deputy=True)
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club, firm.vp)
    again = reopen(case, firm.club, words="mine")
    assert states(again) == ["skipped", "open", "waiting"]
    assert waiting(again) == ["Deputy"]
    sound(again)


@pytest.mark.rule("R-APR-15")
def test_a_decision_from_before_the_return_does_not_stand_for_who_sends_it_again(firm: Company) -> None:
    firm.hire("deputy", toys.LEADER, deputy=True)
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="shorter", straight_back=True)
    change(case, words="shorter")
    again = open_case(subject=case.subject, definition="paper", actor=firm.approver)
    assert (states(again), waiting(again)) == (["open", "skipped", "waiting"], ["Deputy"])
    sound(again)


@pytest.mark.rule("R-APR-15")
def test_who_became_a_lead_loses_his_decision_with_the_next_change(firm: Company) -> None:
    firm.hire("deputy", toys.LEADER, deputy=True)
    case = agree(send(firm, amount=LARGE), firm.approver)
    add_member(subject=case.subject, user=firm.approver, role="lead")
    case = amend(case, firm, words="better")
    assert waiting(case) == ["Deputy"]
    sound(case)


@pytest.mark.rule("R-APR-15")
def test_the_delegate_of_a_signer_with_a_share_does_not_decide(firm: Company) -> None:
    ann, friend = firm.hire("ann"), firm.hire("friend")
    case = send(firm, amount=LARGE)
    add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann], where="after")
    delegate(actor=ann, to=friend, valid_from=clock.today(), valid_to=clock.today() + timedelta(days=3))
    add_member(subject=case.subject, user=ann, role="owner")
    case = agree(case, firm.approver)
    assert waiting(case) == ["Club"]
    assert not Task.objects.filter(step__case=case, assignee=friend).exclude(state="skipped").exists()


@pytest.mark.rule("R-APR-15")
def test_what_somebody_with_a_share_handed_on_goes_back_to_the_seat(firm: Company) -> None:
    ann = firm.hire("ann")
    firm.hire("deputy", toys.LEADER, deputy=True)
    case = send(firm, amount=LARGE)
    transfer(task=task_of(case, firm.approver), actor=firm.approver, to=ann, note="yours")
    add_member(subject=case.subject, user=firm.approver, role="lead")
    with pytest.raises(NotAllowed):
        agree(case, ann)
    assert waiting(case) == ["Deputy"]
    # Who stands in for the one with a share may hand it on in turn.
    deputy = User.objects.get(name="Deputy")
    transfer(task=task_of(case, deputy), actor=deputy, to=ann, note="you know it better")
    assert waiting(agree(case, ann)) == ["Club"]
    sound(case)


@pytest.mark.rule("R-APR-15")
def test_an_administrator_with_a_share_does_not_choose_who_decides(firm: Company) -> None:
    admin, ann = firm.hire("admin", "system_admin", firm.group), firm.hire("ann")
    install_default_grants()
    case = send(firm, amount=LARGE)
    add_member(subject=case.subject, user=admin, role="lead")
    assert hand_over(user=firm.approver, to=ann, actor=admin).done == []
    assert waiting(case) == ["Approver"]


def test_what_was_decided_meanwhile_is_not_handed_over(firm: Company) -> None:
    case, ann = send(firm, amount=LARGE), firm.hire("ann")
    seen = task_of(case, firm.approver)
    agree(case, firm.approver)
    with pytest.raises(Refused) as refused:
        _hand(seen, firm.approver, ann, firm.vp)
    assert str(refused.value) == "This no longer waits for Approver."
    sound(case)


# -- what the page did not show ----------------------------------------------------------------------------------------


def test_several_at_once_are_bound_to_what_the_page_showed(firm: Company) -> None:
    case = send(firm, amount="900")
    seen = {task_of(case, firm.approver).pk: case.digest}
    case = amend(case, firm, amount="950")
    batch = approve_many(tasks=[task_of(case, firm.approver)], actor=firm.approver, seen=seen)
    assert [str(why)[:23] for _task, why in batch.refused] == ["The content was changed"]


def test_low_risk_is_judged_on_the_case_as_it_is(firm: Company) -> None:
    task = task_of(send(firm, amount="900"), firm.approver)
    assert task.step.case.facts["amount"] == "900"
    amend(Case.objects.get(), firm, amount="90000")
    assert approve_many(tasks=[task], actor=firm.approver).done == []


# -- where a case goes on ----------------------------------------------------------------------------------------------


def test_after_a_withdrawal_nothing_of_an_earlier_return_is_continued(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="shorter", straight_back=True)
    again = open_case(subject=case.subject, definition="paper", actor=firm.owner)
    assert (waiting(again), again.continues) == (["Vp"], case)
    withdraw(case=again, actor=firm.owner)
    third = open_case(subject=case.subject, definition="paper", actor=firm.owner)
    assert (waiting(third), third.continues) == (["Approver"], None)
    reject(task=task_of(third, firm.approver), actor=firm.approver, opinion="no")
    assert open_case(subject=case.subject, definition="paper", actor=firm.owner).continues is None


def test_who_decides_for_two_steps_is_asked_where_one_of_them_is_new(firm: Company) -> None:
    """The leader sits on the board as well, which the routes newly demand: both are decided, at his later step."""
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club)
    return_case(task=task_of(case, firm.vp), actor=firm.vp, opinion="shorter", straight_back=True)
    rows = [
        toys.Row(
            "R-APR-03", "001 §5 ¶4", "Plain", toys._plain(),
            (
                toys.StepSpec("approve", toys.BOARD, 5), toys.StepSpec("approve", toys.LEADER, 10),
                toys.StepSpec("approve", toys.VP, 30),
            ),
        )
    ]  # fmt: skip
    firm.hire("approver", toys.BOARD, firm.group)
    publish_definition(key="paper", rows=rows, valid_from=clock.today(), actor=firm.vp)
    again = open_case(subject=case.subject, definition="paper", actor=firm.owner)
    assert (states(again), waiting(again)) == (["skipped", "open", "waiting"], ["Approver"])


# -- the room's say ----------------------------------------------------------------------------------------------------


def _declare(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    monkeypatch.setitem(definitions._items, "paper", replace(definitions["paper"], **more))


def test_the_room_may_refuse_a_change_whichever_page_hands_it_in(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, asked = send(firm), []

    def refuse(subject: Any, running: Case, actor: User) -> None:
        asked.append((subject.pk, running.pk, actor))
        raise WrongState(say("A goal is missing."))

    _declare(monkeypatch, on_amend=refuse)
    with pytest.raises(WrongState, match="A goal is missing"):
        amend(case, firm, words="nicer")
    assert asked == [(case.subject_id, case.pk, firm.owner)]
    assert not case.amendments.exists()


def test_the_verdicts_of_a_changed_case_are_about_what_it_is_now(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = send(firm)
    _declare(monkeypatch, verdicts=lambda _subject: [Verdict(False, say("Too dear"))])
    case = amend(case, firm, words="nicer")
    assert [str(verdict.reason) for verdict in case.as_verdicts()] == ["Too dear"]


# -- at the same moment ------------------------------------------------------------------------------------------------


def test_who_clicks_twice_shows_a_case_once(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    case = send(firm)
    copy_to(case=case, actor=firm.owner, people=[firm.vp])
    # The other click was not there yet when this one looked.
    monkeypatch.setattr(talking, "takes_part", lambda _case, person: person == firm.owner)
    ask(case=case, actor=firm.owner, to=firm.vp, text="Is it too dear?")
    assert case.copies.count() == 1


def test_a_hand_over_passes_on_what_makes_an_owner_before_approvals() -> None:
    """Who was made the owner by it does not decide on it either."""
    assert [each.key for each in in_order()][-2:] == ["approvals", "duties"]
