"""Short ways to send, decide and look, shared by the tests of the engine."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.approvals.actions import approve, open_case
from yunchou.kernel.approvals.conditions import Kind
from yunchou.kernel.approvals.models import Case, Step, Task
from yunchou.kernel.approvals.routing import barred_people
from yunchou.kernel.approvals.selectors import valid_version
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

LARGE = "200000"


def send(firm: Company, subject: Subject | None = None, actor: User | None = None, **content: Any) -> Case:
    """Send a paper of the owner; by itself one that needs the leader only."""
    return open_case(
        subject=subject or firm.paper(**content), definition="paper", actor=actor or firm.owner, note="please"
    )


def change(case: Case, **content: Any) -> None:
    """Edit what the case is about."""
    papers[case.subject_id] |= content


def task_of(case: Case, person: User) -> Task:
    """The newest task of a person that is not void, else the newest."""
    tasks = Task.objects.select_related("step__case__definition", "step__case__subject__unit")
    mine = tasks.filter(step__case=case, assignee=person).order_by("-pk")
    return mine.exclude(state=Task.State.VOID).first() or mine[0]


def agree(case: Case, *people: User, opinion: str = "") -> Case:
    """Let these people approve, one after the other."""
    for person in people:
        case = approve(task=task_of(case, person), actor=person, opinion=opinion)
    return case


def waiting(case: Case) -> list[str]:
    """Names of those who have to decide now."""
    tasks = Task.objects.waiting().filter(step__case=case, step__state=Step.State.OPEN)
    return sorted(tasks.exclude(step__kind=Kind.FILE).values_list("assignee__name", flat=True))


def states(case: Case) -> list[str]:
    return [step.state for step in case.steps.all()]


def step_of(case: Case, code: str) -> Step:
    return Step.objects.get(case=case, position__code=code)


def sound(case: Case) -> None:
    """What holds of every case after every verb."""
    case = Case.objects.select_related("subject", "version", "initiator").get(pk=case.pk)
    tasks = list(Task.objects.filter(step__case=case).select_related("step", "assignee"))
    owed = Duty.objects.open().filter(subject=case.subject, address=case.get_absolute_url())
    duties = {duty.key: duty for duty in owed}
    assert case.digest == case.version.digest
    barred = {case.initiator_id, case.subject.created_by_id}
    for task in tasks:
        if task.step.blocks and task.state == Task.State.DONE:
            assert task.assignee_id not in barred, "somebody decided on his own"
            assert task.digest, "a decision without the content it is about"
    open_tasks = [task for task in tasks if task.state == Task.State.WAITING and task.step.blocks]
    if not case.is_running:
        assert not open_tasks, "a closed case asks for a decision"
        assert not {key for key in duties if key.startswith("approvals.task")}, "a closed case is owed"
    else:
        _sound_while_running(case, tasks, open_tasks, duties)
    if case.state == Case.State.APPROVED:
        _sound_when_approved(case, tasks)
    _no_decision_outlives_its_facts(case, tasks)


def _no_decision_outlives_its_facts(case: Case, tasks: list[Task]) -> None:
    """Where a fact that a step watches was changed, what stands in it was decided after the change."""
    amendments = list(case.amendments.select_related("before", "after").order_by("pk"))
    for number, amendment in enumerate(amendments):
        seen_since = {later.after.digest for later in amendments[number:]}
        for task in tasks:
            concerns = task.step.blocks and set(task.step.watches) & set(amendment.facts)
            if concerns and task.state == Task.State.DONE and task.decision == Task.Decision.APPROVED:
                assert task.digest in seen_since, "a decision outlived the facts it was about"


def _sound_while_running(
    case: Case, tasks: list[Task], open_tasks: list[Task], duties: dict[str, Duty]
) -> None:
    steps = list(case.steps.all())
    assert open_tasks, "nobody can go on with the case"
    front = min(step.order for step in steps if step.blocks and step.is_unfinished)
    for step in steps:
        here = [task for task in tasks if task.step_id == step.pk]
        live = [t for t in here if t.state in {Task.State.WAITING, Task.State.QUEUED}]
        if step.blocks and step.is_unfinished:
            assert live, "a task was lost"
            assert step.state == Step.State.OPEN or step.order > front or step.added_for_id, "nobody is asked"
            assert step.state != Step.State.OPEN or step.order == front or step.added_for_id, (
                "asked too early"
            )
        if step.blocks and step.state == Step.State.OPEN:
            assert any(task.state == Task.State.WAITING for task in here), "an open step that asks nobody"
        if not step.is_unfinished:
            assert not live or not step.blocks, "a closed step asks somebody"
    for task in open_tasks:
        assert task.step.state == Step.State.OPEN, "a task is open in a step that is not"
        duty = duties.get(task.duty_key)
        assert duty is not None, "an open task without a limit"
        assert duty.owner_id == task.assignee_id, "somebody else owes the decision"
        assert task.assignee.is_active, "a person who left has to decide"
    keys = {task.duty_key for task in open_tasks}
    assert {key for key in duties if key.startswith("approvals.task")} <= keys, "a limit without a task"


def decided_by_somebody_without_a_share(case: Case) -> None:
    """What holds the moment a case is approved: somebody who may agreed to this content. Shares may arise afterwards."""
    barred = barred_people(case.subject, case.definition.declared, case.initiator)
    agreed = Task.objects.filter(step__case=case, state=Task.State.DONE, decision=Task.Decision.APPROVED)
    mine = agreed.filter(digest=case.digest).exclude(step__kind=Kind.FILE).exclude(assignee__in=list(barred))
    assert mine.exists(), "nobody without a share decided on the content as it is"


def _sound_when_approved(case: Case, tasks: list[Task]) -> None:
    """Every demanded step was agreed to, and somebody agreed to exactly this content."""
    agreed = [t for t in tasks if t.state == Task.State.DONE and t.decision == Task.Decision.APPROVED]
    assert any(task.digest == case.digest for task in agreed), "nobody decided on the content as it is"
    for step in case.steps.all():
        if not step.blocks or step.state == Step.State.VOID:
            continue
        assert step.state in {Step.State.DONE, Step.State.SKIPPED}
        if step.state == Step.State.DONE:
            assert any(task.step_id == step.pk for task in agreed), "a step is done without a decision"
    assert case.version.frozen_at is not None
    valid = valid_version(case.subject)
    assert valid is not None
    newest = Case.objects.filter(subject=case.subject, state=Case.State.APPROVED).order_by("-pk")[0]
    assert (valid.digest, valid.is_whole) == (newest.digest, True)
