"""Tasks follow the seats: people who leave, change posts, or are away; and signers who were added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import (
    acknowledge,
    add_signers,
    approve,
    approve_many,
    delegate,
    end_delegation,
    hand_over,
    reseat,
    transfer,
)
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.handovers import handovers
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification

from . import toys
from .steps import LARGE, agree, change, send, sound, states, task_of, waiting

FRIDAY = "2024-08-02T14:36"


def dismiss(user: User) -> None:
    Appointment.objects.filter(user=user).delete()
    appointments_changed([user.pk])


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()
    appointments_changed([user.pk])


@pytest.fixture
def admin(firm: Company) -> User:
    made = firm.hire("admin", "system_admin", firm.group)
    install_default_grants()
    return made


@pytest.mark.rule("R-APR-16")
def test_an_open_task_follows_the_seat_and_keeps_its_limit(firm: Company) -> None:
    with clock.at(FRIDAY) as sent:
        case = send(firm)
        due = task_of(case, firm.approver).due_at
        firm.hire("newcomer", toys.LEADER)
        dismiss(firm.approver)
        sound(case)
        task = task_of(case, firm.newcomer)
        assert (waiting(case), task.due_at) == (["Newcomer"], due)
    escalate_due(now=sent + timedelta(days=3))
    assert Notification.objects.filter(kind="duties.reminder", user=firm.newcomer).exists()
    assert Notification.objects.filter(kind="approvals.seated", user=firm.approver).exists()
    assert JournalEntry.objects.filter(kind="approvals.reseated", subject=case.subject).count() == 1
    assert set(case.subject.members.filter(role="approver").values_list("user__name", flat=True)) >= {
        "Newcomer"
    }


def test_a_lost_seat_is_noticed_by_the_decision_itself(firm: Company) -> None:
    """Nobody announced the change: the decision is refused, and the task goes on all the same."""
    case = send(firm)
    task = task_of(case, firm.approver)
    firm.hire("newcomer", toys.LEADER)
    Appointment.objects.filter(user=firm.approver).delete()
    with pytest.raises(NotAllowed) as refused:
        approve(task=task, actor=firm.approver)
    assert (refused.value.code, waiting(case)) == ("seat_lost", ["Newcomer"])
    sound(case)


def test_a_vacant_seat_tells_the_administrators_and_is_filled_by_an_appointment(
    firm: Company, admin: User
) -> None:
    case = send(firm, amount=LARGE)
    dismiss(firm.club)
    agree(case, firm.approver)
    sound(case)
    task = task_of(case, admin)
    assert (task.is_vacant, Duty.objects.get(state="open").kind) == (True, "approvals.fill_seat")
    assert Notification.objects.filter(kind="approvals.vacant", user=admin).count() == 1
    with pytest.raises(NotAllowed) as refused:
        approve(task=task, actor=admin)
    assert refused.value.code == "vacant"
    newcomer = firm.hire("newcomer", toys.CLUB, firm.group)
    appointments_changed([newcomer.pk])
    assert waiting(case) == ["Newcomer"]
    sound(case)
    assert Duty.objects.get(state="open").owner == newcomer


def test_an_administrator_may_hand_a_vacant_seat_to_somebody_but_not_to_himself(
    firm: Company, admin: User
) -> None:
    case = send(firm)
    dismiss(firm.approver)
    task = task_of(case, admin)
    for person in (admin, firm.owner):
        with pytest.raises(Invalid):
            transfer(task=task, actor=admin, to=person, note="x")
    transfer(task=task, actor=admin, to=firm.vp, note="in the meantime")
    assert agree(case, firm.vp).state == "approved"
    sound(case)


def test_filing_never_blocks_even_with_nobody_to_file_with(firm: Company, admin: User) -> None:
    case = send(firm)
    dismiss(firm.club)
    case = agree(case, firm.approver)
    assert (case.state, states(case)) == ("approved", ["done", "skipped"])
    assert Notification.objects.filter(kind="approvals.vacant", user=admin).count() == 1


@pytest.mark.req("APR-11", whole=True)
def test_filing_keeps_recipient_time_and_remark_and_follows_the_seat(firm: Company) -> None:
    case = agree(send(firm), firm.approver)
    newcomer = firm.hire("newcomer", toys.CLUB, firm.group)
    dismiss(firm.club)
    task = task_of(case, newcomer)
    assert (case.state, task.state, Duty.objects.filter(state="open").exists()) == (
        "approved",
        "waiting",
        False,
    )
    with clock.at(FRIDAY) as moment:
        acknowledge(task=task, actor=newcomer, opinion="seen, well done")
    task.refresh_from_db()
    assert (task.assignee, task.decision, task.opinion) == (newcomer, "acknowledged", "seen, well done")
    assert task.decided_at == moment
    with pytest.raises(WrongState):
        approve(task=task, actor=newcomer)


def test_a_step_skipped_for_a_later_one_comes_back_when_that_person_leaves(firm: Company) -> None:
    """The vice president would have decided in both; once somebody else does, the leader's step is asked for."""
    case = send(firm, subject=firm.paper(owner=firm.approver, amount=LARGE), actor=firm.approver)
    assert states(case) == ["skipped", "open", "waiting"]
    firm.hire("deputy", toys.LEADER, deputy=True)
    firm.hire("newvp", toys.VP, firm.group)
    dismiss(firm.vp)
    case = agree(case, firm.club)
    assert (states(case), waiting(case)) == (["open", "done", "waiting"], ["Deputy"])
    sound(case)
    assert agree(case, firm.deputy, firm.newvp).state == "approved"
    sound(case)


def test_a_share_that_comes_later_moves_the_task(firm: Company) -> None:
    firm.hire("deputy", toys.LEADER, deputy=True)
    case = send(firm)
    toys.shares[case.subject_id] = {firm.approver: say("owns line 3")}
    assert reseat(user=firm.approver) == 1
    assert waiting(case) == ["Deputy"]
    sound(case)


def test_of_a_board_the_others_go_on_without_who_left(firm: Company) -> None:
    ann, bob = firm.hire("ann", toys.BOARD, firm.group), firm.hire("bob", toys.BOARD, firm.group)
    case = agree(send(firm, form="all"), ann)
    deactivate(bob)
    assert (Case.objects.get(pk=case.pk).state, toys.outcomes) == ("approved", [("approved", "Ann")])
    sound(case)
    # Not so where the content was changed meanwhile: then the last who approved looks again.
    cid = firm.hire("cid", toys.BOARD, firm.group)
    changed = agree(send(firm, form="all"), ann)
    change(changed, words="other")
    deactivate(cid)
    assert (Case.objects.get(pk=changed.pk).state, waiting(changed)) == ("running", ["Ann"])
    sound(changed)
    firm.hire("bert", toys.BOARD, firm.group)
    turn = send(firm, form="turn")
    deactivate(ann)
    assert waiting(turn) == ["Bert"]
    sound(turn)


def test_the_night_finds_who_lost_a_seat_by_date(firm: Company) -> None:
    cases = [send(firm, title=f"Plan {number}") for number in range(3)]
    with CaptureQueriesContext(connection) as quiet:
        assert reseat() == 0
    assert len(quiet) <= 3
    firm.hire("newcomer", toys.LEADER)
    Appointment.objects.filter(user=firm.approver).update(valid_to=clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        assert reseat() == 3
        for case in cases:
            assert waiting(case) == ["Newcomer"]
            sound(case)


# -- delegation --------------------------------------------------------------------------------------------------------


def days(first: int, last: int) -> dict[str, object]:
    today = clock.today()
    return {"valid_from": today + timedelta(days=first), "valid_to": today + timedelta(days=last)}


@pytest.mark.rule("R-APR-15")
def test_a_delegation_takes_open_tasks_and_gives_them_back(firm: Company) -> None:
    ann = firm.hire("ann")
    mine, other = send(firm), send(firm, subject=firm.paper(owner=ann), actor=ann)
    given = delegate(actor=firm.approver, to=ann, **days(0, 3))
    # Ann sent the other one herself: there the delegation is passed over.
    assert (waiting(mine), waiting(other)) == (["Ann"], ["Approver"])
    for case in (mine, other):
        sound(case)
    end_delegation(delegation=given, actor=firm.approver)
    assert waiting(mine) == ["Approver"]
    sound(mine)
    with pytest.raises(NotAllowed):
        approve(task=task_of(mine, firm.approver), actor=ann)


@pytest.mark.rule("R-APR-15")
def test_a_delegation_goes_over_several_hops_and_never_comes_back(firm: Company) -> None:
    ann, bob = firm.hire("ann"), firm.hire("bob")
    delegate(actor=firm.approver, to=ann, **days(0, 3))
    delegate(actor=ann, to=bob, **days(0, 3))
    case = send(firm)
    assert waiting(case) == ["Bob"]
    for actor, to in ((bob, firm.approver), (bob, ann)):
        with pytest.raises(Invalid) as refused:
            delegate(actor=actor, to=to, **days(2, 9))
        assert "to" in refused.value.fields
    delegate(actor=bob, to=firm.approver, **days(4, 9))
    assert agree(case, bob).state == "approved"
    task = task_of(case, bob)
    assert task.instead_of == firm.approver


def test_a_delegation_for_later_begins_in_the_night_and_one_for_another_kind_does_not(firm: Company) -> None:
    ann = firm.hire("ann")
    case = send(firm)
    delegate(actor=firm.approver, to=ann, **days(1, 2))
    assert (reseat(), waiting(case)) == (0, ["Approver"])
    with clock.at(clock.now() + timedelta(days=1)):
        assert (reseat(), waiting(case)) == (1, ["Ann"])
    with clock.at(clock.now() + timedelta(days=3)):
        # The mandate is over, whether or not the night's run has noticed.
        with pytest.raises(NotAllowed):
            approve(task=task_of(case, ann), actor=ann)
        assert waiting(case) == ["Approver"]
        sound(case)


@pytest.mark.parametrize(
    ("field", "to", "period", "definition"),
    [
        ("to", "approver", (0, 1), ""),
        ("to", "gone", (0, 1), ""),
        ("valid_to", "vp", (1, 0), ""),
        ("valid_to", "vp", (-3, -1), ""),
        ("valid_to", "vp", (0, 400), ""),
        ("definition", "vp", (0, 1), "nonsense"),
        ("valid_from", "vp", (1, 5), "paper"),
    ],
)
def test_delegations_that_are_refused(
    firm: Company, field: str, to: str, period: tuple[int, int], definition: str
) -> None:
    gone = firm.hire("gone")
    gone.is_active = False
    gone.save()
    delegate(actor=firm.approver, to=firm.club, definition="paper", **days(0, 2))
    with pytest.raises(Invalid) as refused:
        delegate(actor=firm.approver, to=firm.people[to], definition=definition, **days(*period))
    assert list(refused.value.fields) == [field]


def test_only_who_gave_a_delegation_ends_it_and_only_once(firm: Company) -> None:
    given = delegate(actor=firm.approver, to=firm.vp, **days(-0, 5))
    with pytest.raises(NotAllowed):
        end_delegation(delegation=given, actor=firm.vp)
    with clock.at(clock.now() + timedelta(days=1)):
        end_delegation(delegation=given, actor=firm.approver)
        with pytest.raises(WrongState):
            end_delegation(delegation=given, actor=firm.approver)


# -- signers, transfer, hand-over, bulk ----------------------------------------------------------------------------------


def test_whom_one_may_not_bring_in(firm: Company) -> None:
    gone = firm.hire("gone")
    gone.is_active = False
    gone.save()
    case = agree(send(firm, amount=LARGE), firm.approver)
    task = task_of(case, firm.club)
    for person in (firm.owner, firm.club, gone, firm.vp, firm.approver):
        with pytest.raises(Invalid) as refused:
            add_signers(task=task, actor=firm.club, people=[person], where="before")
        assert "people" in refused.value.fields
    for person in (firm.owner, firm.club, gone):
        with pytest.raises(Invalid) as refused:
            transfer(task=task, actor=firm.club, to=person, note="x")
        assert "to" in refused.value.fields
    with pytest.raises(Invalid):
        transfer(task=task, actor=firm.club, to=firm.outsider, note=" ")
    for bad in ({"people": []}, {"people": [firm.outsider], "kind": "file"}):
        with pytest.raises(Invalid):
            add_signers(task=task, actor=firm.club, where="after", **bad)
    with pytest.raises(NotAllowed):
        add_signers(task=task, actor=firm.vp, people=[firm.outsider], where="after")
    assert waiting(case) == ["Club"]


@pytest.mark.parametrize("kind", ["countersign", "any", "in_turn"])
def test_added_people_may_sign_together(firm: Company, kind: str) -> None:
    ann, bob = firm.hire("ann"), firm.hire("bob")
    case = send(firm)
    add_signers(
        task=task_of(case, firm.approver), actor=firm.approver, people=[ann, bob], where="before", kind=kind
    )
    assert waiting(case) == {"in_turn": ["Ann"]}.get(kind, ["Ann", "Bob"])
    case = agree(case, *([ann] if kind == "any" else [ann, bob]))
    assert agree(case, firm.approver).state == "approved"
    sound(case)


def test_an_added_signer_who_left_is_not_waited_for(firm: Company) -> None:
    ann, bob = firm.hire("ann"), firm.hire("bob")
    case = send(firm)
    add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann, bob], where="before")
    deactivate(ann)
    assert waiting(case) == ["Bob"]
    deactivate(bob)
    assert waiting(case) == ["Approver"]
    sound(case)


def test_hand_over_gives_everything_that_may_be_given(firm: Company, admin: User) -> None:
    ann = firm.hire("ann")
    cases = [send(firm), send(firm), send(firm, subject=firm.paper(owner=ann))]
    declared = handovers["approvals"]
    assert len(declared.preview(firm.approver)) == 3
    batch = hand_over(user=firm.approver, to=ann, actor=admin)
    assert (len(batch.done), len(batch.refused)) == (2, 1)
    assert [waiting(case) for case in cases] == [["Ann"], ["Ann"], ["Approver"]]
    for case in cases:
        sound(case)
    deactivate(firm.approver)
    firm.hire("newcomer", toys.LEADER)
    appointments_changed([firm.newcomer.pk])
    # What was given by name stays with the successor; the rest goes where the seat goes.
    assert [waiting(case) for case in cases] == [["Ann"], ["Ann"], ["Newcomer"]]
    with pytest.raises(NotAllowed):
        hand_over(user=ann, to=admin, actor=admin)
    assert declared.pass_on(ann, firm.vp, admin) == 2


@pytest.mark.rule("R-APR-15")
def test_in_bulk_only_low_risk_ones_and_never_ones_own(firm: Company) -> None:
    small, large = send(firm, amount="900"), send(firm, amount="5000")
    own = send(firm, amount="800")
    Task.objects.filter(pk=task_of(own, firm.approver).pk).update(assignee=firm.owner)
    batch = approve_many(tasks=[task_of(c, firm.approver) for c in (small, large)], actor=firm.approver)
    assert [task.step.case_id for task in batch.done] == [small.pk]
    [(refused, words)] = batch.refused
    assert (refused.step.case_id, "own page" in str(words)) == (large.pk, True)
    batch = approve_many(tasks=[task_of(own, firm.owner)], actor=firm.owner)
    assert (batch.done, len(batch.refused)) == ([], 1)
    assert [Case.objects.get(pk=c.pk).state for c in (small, large, own)] == [
        "approved",
        "running",
        "running",
    ]


# -- numbers -----------------------------------------------------------------------------------------------------------

#: The statements that begin and end a transaction (here: a savepoint) ask and change nothing.
CONTROL = 2
MOST = 15


def test_opening_and_deciding_ask_at_most_15_queries(
    firm: Company, django_assert_max_num_queries: Callable[..., object]
) -> None:
    subject = firm.paper(amount=LARGE, in_plan=False)
    with django_assert_max_num_queries(MOST + CONTROL):  # type: ignore[attr-defined]
        case = send(firm, subject)
    for person in (firm.approver, firm.club, firm.centre, firm.vp):
        task = task_of(case, person)
        with django_assert_max_num_queries(MOST + CONTROL):  # type: ignore[attr-defined]
            approve(task=task, actor=person)
    small = send(firm)
    task = task_of(small, firm.approver)
    # The last decision closes the case, freezes the version, and files it.
    with django_assert_max_num_queries(MOST + CONTROL):  # type: ignore[attr-defined]
        approve(task=task, actor=firm.approver)
    assert {Case.objects.get(pk=one.pk).state for one in (case, small)} == {"approved"}
