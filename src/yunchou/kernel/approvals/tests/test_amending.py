"""Content that changes while a case is running, and after it was approved."""

from __future__ import annotations

import pytest

from yunchou.kernel.approvals.actions import (
    add_signers,
    amend_case,
    approve,
    install_definition,
    open_case,
    publish_definition,
    reopen_case,
)
from yunchou.kernel.approvals.models import Amendment, Case, Step
from yunchou.kernel.approvals.routing import NoRoute
from yunchou.kernel.approvals.selectors import valid_version
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.journal import ROW_CHANGED
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.versions.actions import present_digest

from . import toys
from .steps import LARGE, agree, change, send, sound, states, step_of, task_of, waiting


def amend(case: Case, firm: Company, note: str = "cheaper", **content: object) -> Case:
    change(case, **content)
    return amend_case(case=case, actor=firm.owner, note=note)


def steps(case: Case) -> list[tuple[str, str]]:
    return [(step.position.code, step.state) for step in case.steps.select_related("position")]


def told(case: Case, name: str) -> list[str]:
    mine = Notification.objects.filter(subject=case.subject, user__name=name, kind="approvals.changed")
    return [str(one.say) for one in mine]


@pytest.mark.req("APR-13")
def test_a_change_voids_only_the_steps_that_watch_it(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE, in_plan=False), firm.approver, firm.club, firm.centre)
    case = amend(case, firm, amount="300000")
    # The service centre was asked because it is out of plan, and that is as it was.
    assert steps(case) == [
        (toys.LEADER, "open"), (toys.CLUB, "waiting"), (toys.CENTRE, "done"), (toys.VP, "waiting"),
    ]  # fmt: skip
    sound(case)
    assert told(case, "Approver") == ["“Gift plan” was changed: Amount 200,000 → 300,000. You decide again."]
    assert told(case, "Centre") == ["“Gift plan” was changed during approval: Amount 200,000 → 300,000"]
    assert told(case, "Owner") == []
    amendment = Amendment.objects.get()
    assert amendment.facts == {"amount": ["200000", "300000"]}
    assert amendment.voided == [step_of(case, toys.LEADER).pk, step_of(case, toys.CLUB).pk]
    assert (amendment.before.number, amendment.after.number, case.version.number) == (1, 2, 2)
    assert JournalEntry.objects.get(kind="approvals.amended").sentence == (
        "changed “Gift plan” (v2) during approval: Amount 200,000 → 300,000 (cheaper)"
    )
    case = agree(case, firm.approver, firm.club)
    assert waiting(case) == ["Vp"]
    assert agree(case, firm.vp).state == "approved"
    sound(case)


def test_words_alone_void_nothing_but_are_decided_on(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver)
    case = amend(case, firm, words="nicer")
    assert states(case) == ["done", "open", "waiting"]
    club = task_of(case, firm.club)
    with pytest.raises(WrongState) as refused:
        approve(task=club, actor=firm.club, seen=Amendment.objects.get().before.digest)
    assert refused.value.code == "stale"
    approve(task=club, actor=firm.club, seen=case.digest)
    assert agree(case, firm.vp).state == "approved"
    sound(case)


def test_a_stale_page_is_told_what_changed(firm: Company) -> None:
    case = send(firm, amount=LARGE)
    seen = case.digest
    case = amend(case, firm, amount="300000")
    with pytest.raises(WrongState) as refused:
        approve(task=task_of(case, firm.approver), actor=firm.approver, seen=seen)
    assert "Amount 200,000 → 300,000" in str(refused.value)


@pytest.mark.rule("R-APR-08")
def test_newly_demanded_steps_are_added_and_others_dropped(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE, in_plan=False), firm.approver)
    case = amend(case, firm, amount="50000")
    assert steps(case) == [
        (toys.LEADER, "open"), (toys.CLUB, "void"), (toys.CENTRE, "waiting"), (toys.VP, "void"),
    ]  # fmt: skip
    sound(case)
    case = agree(case, firm.approver)
    case = amend(case, firm, amount="400000")
    assert steps(case) == [
        (toys.LEADER, "open"), (toys.CLUB, "waiting"), (toys.CENTRE, "waiting"), (toys.VP, "waiting"),
    ]  # fmt: skip
    sound(case)
    small = send(firm)
    small = amend(small, firm, amount=LARGE)
    assert steps(small) == [
        (toys.LEADER, "open"), (toys.CLUB, "waiting"), (toys.VP, "waiting"),
    ]  # fmt: skip
    sound(small)
    assert agree(small, firm.approver, firm.club, firm.vp).state == "approved"
    sound(small)


def test_somebody_always_decides_on_the_content_as_it_is(firm: Company) -> None:
    """What is left undecided is no longer demanded: the last who approved is asked again."""
    rows = [
        toys.Row("R-APR-03", "001 §5 ¶4", "Plain", toys._plain(), (toys.StepSpec("approve", toys.LEADER, 10),)),
        toys.Row(
            "R-APR-04", "001 §5 ¶4", "Large", (toys.Condition("amount", "gt", 100_000),),
            (toys.StepSpec("approve", toys.VP, 20),),
        ),
    ]  # fmt: skip
    publish_definition(key="paper", rows=rows, valid_from=clock.today(), actor=firm.vp)
    case = agree(send(firm, amount=LARGE), firm.approver)
    case = amend(case, firm, amount="50000")
    assert steps(case) == [(toys.LEADER, "open"), (toys.VP, "void")]
    sound(case)
    # What was dropped is demanded again.
    case = amend(case, firm, amount="300000")
    assert steps(case) == [(toys.LEADER, "open"), (toys.VP, "waiting")]
    assert agree(case, firm.approver, firm.vp).state == "approved"
    sound(case)


def test_added_signers_stand_and_fall_with_the_step_they_were_added_to(firm: Company) -> None:
    ann = firm.hire("ann")
    case = send(firm, amount=LARGE, in_plan=False)
    add_signers(task=task_of(case, firm.approver), actor=firm.approver, people=[ann], where="before")
    case = agree(case, ann, firm.approver)
    case = amend(case, firm, amount="300000")
    assert waiting(case) == ["Ann"]
    sound(case)


@pytest.mark.rule("R-APR-15")
def test_who_changed_it_does_not_decide_on_it(firm: Company) -> None:
    """An owner of the subject who holds a post of the route hands in the change: the post goes to others."""
    firm.hire("deputy", toys.CLUB, firm.group, deputy=True)
    case = agree(send(firm, amount=LARGE), firm.approver)
    add_member(subject=case.subject, user=firm.club, role="lead")
    change(case, words="better")
    case = amend_case(case=case, actor=firm.club, note="mine")
    assert waiting(case) == ["Deputy"]
    sound(case)


@pytest.mark.rule("R-APR-15")
def test_the_last_editor_does_not_decide(firm: Company) -> None:
    subject = firm.paper()
    record(ROW_CHANGED, actor=firm.approver, subject=subject, data={"row": "", "sheet": "", "changes": ""})
    assert waiting(send(firm, subject)) == ["Vp"]
    other = send(firm, title="Other")
    record(ROW_CHANGED, actor=firm.approver, subject=other.subject, data={})
    with pytest.raises(NotAllowed) as refused:
        agree(other, firm.approver)
    assert refused.value.code == "own_case"
    assert "was the last to edit it" in str(refused.value)
    assert waiting(other) == ["Vp"]
    sound(other)


def test_amend_refuses_what_is_unchanged_unexplained_over_or_not_ones_own(firm: Company) -> None:
    case = send(firm)
    with pytest.raises(WrongState) as refused:
        amend_case(case=case, actor=firm.owner, note="x")
    assert refused.value.code == "unchanged"
    change(case, amount="60000")
    with pytest.raises(Invalid):
        amend_case(case=case, actor=firm.owner, note=" ")
    with pytest.raises(NotAllowed):
        amend_case(case=case, actor=firm.approver, note="x")
    change(case, form="unheard of")
    with pytest.raises(NoRoute):
        amend_case(case=case, actor=firm.owner, note="x")
    assert not Amendment.objects.exists()
    papers[case.subject_id] = {"amount": "50000.00"}
    agree(case, firm.approver)
    with pytest.raises(WrongState):
        amend_case(case=case, actor=firm.owner, note="x")


def test_a_seat_that_is_vacant_is_added_all_the_same(firm: Company) -> None:
    case = send(firm)
    Appointment.objects.filter(user=firm.vp).delete()
    case = amend(case, firm, amount=LARGE)
    sound(case)
    case = agree(case, firm.approver, firm.club)
    assert task_of(case, firm.owner).is_vacant
    sound(case)


# -- after approval ----------------------------------------------------------------------------------------------------


def reopen(case: Case, firm: Company, **content: object) -> Case | None:
    change(case, **content)
    return reopen_case(subject=case.subject, definition="paper", actor=firm.owner, note="changed")


@pytest.mark.rule("R-APR-08")
@pytest.mark.rule("R-APR-17")
@pytest.mark.req("APR-13")
@pytest.mark.req("APR-16")
def test_a_change_after_approval_asks_for_what_is_new_and_for_the_responsible(firm: Company) -> None:
    case = agree(send(firm, in_plan=False), firm.approver, firm.centre)
    assert case.state == "approved"
    approved = valid_version(case.subject)
    again = reopen(case, firm, amount=LARGE, in_plan=False)
    assert again is not None
    # The leader only reviewed before, and now has to approve; the service centre approved and is responsible.
    assert steps(again) == [
        (toys.LEADER, "open"), (toys.CLUB, "waiting"), (toys.CENTRE, "waiting"), (toys.VP, "waiting"),
    ]  # fmt: skip
    assert (again.reopens, valid_version(case.subject)) == (case, approved)
    sound(again)
    again = agree(again, firm.approver, firm.club, firm.centre, firm.vp)
    assert again.state == "approved"
    assert valid_version(case.subject) == again.version
    # Now everybody has approved; the vice president was the last.
    third = reopen(again, firm, amount="210000")
    assert third is not None
    assert [state for _code, state in steps(third)] == ["skipped", "skipped", "skipped", "open"]
    assert Step.objects.filter(case=third, carried_from__isnull=False).count() == 3
    assert agree(third, firm.vp).state == "approved"
    sound(third)
    # What was carried once is carried on.
    fourth = reopen(third, firm, amount="220000")
    assert fourth is not None
    assert waiting(fourth) == ["Vp"]
    assert {step.carried_from.case_id for step in fourth.steps.filter(carried_from__isnull=False)} == {
        again.pk
    }
    kinds = JournalEntry.objects.filter(subject=case.subject).values_list("kind", flat=True)
    assert {"approvals.approved", "approvals.reopened"} <= set(kinds)


@pytest.mark.rule("R-APR-17")
def test_the_responsible_approver_is_asked_though_the_route_no_longer_names_him(firm: Company) -> None:
    case = agree(send(firm, amount=LARGE), firm.approver, firm.club, firm.vp)
    smaller = reopen(case, firm, amount="50000")
    assert smaller is not None
    assert steps(smaller) == [(toys.LEADER, "skipped"), (toys.CLUB, "open"), (toys.VP, "open")]
    case = agree(smaller, firm.vp)
    assert case.state == "approved"
    sound(case)


def test_nothing_is_reopened_where_nothing_changed_or_nothing_was_approved(firm: Company) -> None:
    case = send(firm)
    with pytest.raises(WrongState):
        reopen(case, firm)
    case = agree(case, firm.approver)
    assert reopen(case, firm) is None
    with pytest.raises(WrongState):
        reopen_case(subject=firm.paper(), definition="paper", actor=firm.owner, note="x")
    change(case, form="unheard of")
    with pytest.raises(NoRoute):
        reopen(case, firm)


# -- definitions -------------------------------------------------------------------------------------------------------


@pytest.mark.req("APR-01")
def test_publishing_refuses_the_past_and_what_cannot_work(firm: Company) -> None:
    today = clock.today()
    good = [
        toys.Row(
            "R-APR-03", "001 §5 ¶4", "Plain", toys._plain(), (toys.StepSpec("approve", toys.LEADER, 10),)
        )
    ]
    bad = [
        toys.Row("R-APR-03", "001 §5 ¶4", "Plain", (toys.Condition("colour", "eq", "red"),), good[0].steps)
    ]
    for rows, day, name in (
        (good, today.replace(year=2000), "valid_from"),
        (bad, today, "rows"),
        ([], today, "rows"),
    ):
        with pytest.raises(Invalid) as refused:
            publish_definition(key="paper", rows=rows, valid_from=day, actor=firm.vp)
        assert name in refused.value.fields
    made = publish_definition(key="paper", rows=good, valid_from=today, actor=firm.vp, reason="simpler")
    assert (made.version, made.is_shipped, made.made_by, install_definition(key="paper")) == (
        2,
        False,
        firm.vp,
        made,
    )
    assert open_case(subject=firm.paper(), definition="paper", actor=firm.owner).definition == made


def test_a_watch_of_a_row_counts_as_much_as_its_conditions(firm: Company) -> None:
    step = (toys.StepSpec("review", toys.CLUB, 10), toys.StepSpec("approve", toys.LEADER, 20))
    rows = [toys.Row("R-APR-03", "001 §5 ¶4", "Plain", toys._plain(), step, watches=("amount",))]
    publish_definition(key="paper", rows=rows, valid_from=clock.today(), actor=firm.vp)
    case = agree(send(firm), firm.club)
    case = amend(case, firm, in_plan=False)
    assert waiting(case) == ["Approver"]
    case = amend(case, firm, amount="1")
    assert waiting(case) == ["Club"]
    assert case.digest == present_digest(case.subject)
    sound(case)
