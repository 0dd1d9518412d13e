"""Two people at the same instant, with real threads and connections of their own."""

from __future__ import annotations

import pytest
from django.db import transaction

from yunchou.kernel.approvals.actions import (
    amend_case,
    approve,
    install_definition,
    open_case,
    reject,
    transfer,
    withdraw,
)
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.tests.factories import Company, company
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.models import Appointment

from . import toys
from .races import ROUNDS, together
from .steps import change, sound


@pytest.fixture
def stage(transactional_db: None) -> Company:
    firm = company()
    install_definition(key="paper")
    for name in ("ann", "bob"):
        firm.hire(name, toys.BOARD, firm.group)
    return firm


def send(firm: Company) -> tuple[Case, dict[str, Task]]:
    case = open_case(subject=firm.paper(form="any"), definition="paper", actor=firm.owner)
    tasks = Task.objects.filter(step__case=case).select_related("step__case", "assignee")
    return case, {task.assignee.name: task for task in tasks}


rounds = pytest.mark.parametrize("round_number", ROUNDS)


@rounds
def test_two_approvers_at_once_decide_exactly_once(stage: Company, round_number: int) -> None:
    case, tasks = send(stage)
    results = together(
        lambda: approve(task=tasks["Ann"], actor=stage.ann),
        lambda: reject(task=tasks["Bob"], actor=stage.bob, opinion="no"),
    )
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert len(toys.outcomes) == 1
    assert Task.objects.filter(step__case=case, state="done").count() == 1
    assert sorted(Duty.objects.values_list("state", flat=True)) == ["cancelled", "done"]
    assert Case.objects.get(pk=case.pk).state == toys.outcomes[0][0]
    sound(case)


@rounds
def test_decide_against_withdraw(stage: Company, round_number: int) -> None:
    case, tasks = send(stage)
    results = together(
        lambda: approve(task=tasks["Ann"], actor=stage.ann), lambda: withdraw(case=case, actor=stage.owner)
    )
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert len(toys.outcomes) == 1
    sound(case)


@rounds
def test_a_change_against_an_approval(stage: Company, round_number: int) -> None:
    """Whoever comes first, nobody approves what he has not seen."""
    case, tasks = send(stage)
    seen = case.digest
    change(case, amount="70000")
    results = together(
        lambda: approve(task=tasks["Ann"], actor=stage.ann, seen=seen),
        lambda: amend_case(case=case, actor=stage.owner, note="dearer"),
    )
    assert [type(result) for result in results] == [WrongState, Case]
    assert results[0].code in {"content_changed", "stale"}
    assert not Task.objects.filter(step__case=case, state="done").exists()
    sound(case)


@rounds
def test_a_transfer_and_a_lost_seat_against_a_decision(stage: Company, round_number: int) -> None:
    case, tasks = send(stage)
    stage.hire("cid", toys.BOARD, stage.group)

    def dismiss() -> object:
        with transaction.atomic():
            Appointment.objects.filter(user=stage.ann).delete()
            appointments_changed([stage.ann.pk])
        return None

    results = together(
        lambda: approve(task=tasks["Ann"], actor=stage.ann),
        lambda: transfer(task=tasks["Ann"], actor=stage.ann, to=stage.vp, note="yours"),
        dismiss,
    )
    assert sum(isinstance(result, Refused) for result in results[:2]) >= 1
    assert len(toys.outcomes) <= 1
    sound(case)


@rounds
def test_two_senders_at_once_open_one_case(stage: Company, round_number: int) -> None:
    subject = stage.paper(form="any")

    def send_it() -> object:
        return open_case(subject=subject, definition="paper", actor=stage.owner)

    results = together(send_it, send_it)
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert subject.cases.count() == 1
    sound(subject.cases.get())
