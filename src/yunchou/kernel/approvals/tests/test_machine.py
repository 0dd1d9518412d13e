"""Random verbs and edits by random people: whatever they do, every case stays sound (see `steps.sound`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals import actions
from yunchou.kernel.approvals.conditions import Kind
from yunchou.kernel.approvals.models import Case, Delegation, Remark, Step, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.tests.factories import Company, company, papers
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.models import Appointment, Position, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.journal import ROW_CHANGED
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import present_digest

from . import toys
from .steps import decided_by_somebody_without_a_share, sound

NAMES = ("owner", "approver", "club", "vp", "centre", "ann", "bob", "cid", "deputy")
POSTS = (toys.LEADER, toys.CLUB, toys.VP, toys.CENTRE, toys.BOARD)
person = st.sampled_from(NAMES)
number = st.integers(0, 50)
amount = st.sampled_from(["900", "50000", "200000", "300000"])
form = st.sampled_from(["plain", "plain", "any", "all", "turn", "ratio"])


class Office(RuleBasedStateMachine):
    """An office in which anybody tries anything."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.firm: Company = company()
        self.firm.hire("centre", toys.CENTRE, self.firm.group)
        self.firm.hire("deputy", toys.LEADER, deputy=True)
        for name in ("ann", "bob", "cid"):
            self.firm.hire(name, toys.BOARD, self.firm.group)
        self.firm.hire("admin", "system_admin", self.firm.group)
        install_default_grants()
        actions.install_definition(key="paper")
        self.cases: list[int] = []
        self.approved: set[int] = set()
        self.moment = clock.moment(clock.today(), 10)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # -- what people do ------------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What came of it; None where it was refused. A refusal changes nothing that matters to the invariants."""
        with clock.at(self.moment):
            try:
                return act()
            except Refused:
                return None

    def who(self, name: str) -> User:
        return User.objects.get(pk=self.firm.people[name].pk)

    def case(self, choice: int) -> Case:
        pk = self.cases[choice % len(self.cases)]
        return Case.objects.select_related("subject__unit", "definition", "initiator").get(pk=pk)

    def task(self, choice: int) -> Task:
        """A task that is open, or any, so that stale pages are tried as well."""
        tasks = Task.objects.select_related(
            "step__case__subject__unit", "step__case__definition", "assignee"
        ).filter(step__case__in=self.cases)
        some = list(tasks.filter(state="waiting").order_by("pk") if choice % 5 else tasks.order_by("pk"))
        return (some or list(tasks.order_by("pk")))[choice % (len(some) or len(tasks))]

    def keep(self, case: Case | None) -> None:
        if case is not None and case.pk not in self.cases:
            self.cases.append(case.pk)

    @initialize(in_plan=st.booleans())
    def send_a_large_one(self, in_plan: bool) -> None:
        self.send("owner", "200000", "plain", in_plan)

    @precondition(lambda self: self.cases)
    @rule(count=st.integers(1, 3))
    def agree_in_turn(self, count: int) -> None:
        for _number in range(count):
            waiting = Task.objects.waiting().exclude(step__kind=Kind.FILE).order_by("pk")
            if (task := waiting.select_related("step__case", "assignee").first()) is not None:
                self.attempt(lambda one=task: actions.approve(task=one, actor=one.assignee))

    @rule(name=person, amount=amount, form=form, in_plan=st.booleans())
    def send(self, name: str, amount: str, form: str, in_plan: bool) -> None:
        subject = self.firm.paper(owner=self.who(name), amount=amount, form=form, in_plan=in_plan)
        self.keep(
            self.attempt(lambda: actions.open_case(subject=subject, definition="paper", actor=self.who(name)))
        )

    @precondition(lambda self: self.cases)
    @rule(choice=number, name=person)
    def send_again(self, choice: int, name: str) -> None:
        subject = self.case(choice).subject
        self.keep(
            self.attempt(lambda: actions.open_case(subject=subject, definition="paper", actor=self.who(name)))
        )

    @precondition(lambda self: self.cases)
    @rule(
        choice=number, name=person, is_assignee=st.sampled_from([True, True, True, False]), seen=st.booleans()
    )
    def approve(self, choice: int, name: str, is_assignee: bool, seen: bool) -> None:
        task = self.task(choice)
        actor = task.assignee if is_assignee else self.who(name)
        shares = self.shares(task.step.case.subject)
        digest = task.step.case.digest if seen else ""
        done = self.attempt(lambda: actions.approve(task=task, actor=actor, seen=digest))
        if done is not None:
            assert actor.pk not in {*shares, done.initiator_id}, "somebody decided on his own"
            assert actor.pk == task.assignee_id

    def shares(self, subject: Subject) -> set[int | None]:
        """Creator, owners and last editor."""
        last = subject.entries.filter(kind=ROW_CHANGED.key).order_by("-pk").first()
        owners = subject.members.filter(role="owner").values_list("user_id", flat=True)
        return {subject.created_by_id, *owners, last.actor_id if last else None}

    @precondition(lambda self: self.cases)
    @rule(choice=number)
    def approve_several(self, choice: int) -> None:
        task = self.task(choice)
        mine = Task.objects.select_related("step__case__subject__unit", "step__case__definition")
        tasks = list(mine.filter(assignee=task.assignee, state="waiting"))
        self.attempt(lambda: actions.approve_many(tasks=tasks, actor=task.assignee))

    @precondition(lambda self: self.cases)
    @rule(choice=number, to=st.none() | number, straight=st.booleans())
    def give_back(self, choice: int, to: int | None, straight: bool) -> None:
        task = self.task(choice)
        steps = list(Step.objects.filter(case=task.step.case).order_by("order", "pk"))
        target = None if to is None else steps[to % len(steps)]
        self.attempt(
            lambda: actions.return_case(
                task=task, actor=task.assignee, opinion="?", to=target, straight_back=straight
            )
        )

    @precondition(lambda self: self.cases)
    @rule(choice=number)
    def reject(self, choice: int) -> None:
        task = self.task(choice)
        self.attempt(lambda: actions.reject(task=task, actor=task.assignee, opinion="no"))

    @precondition(lambda self: self.cases)
    @rule(choice=number, name=person)
    def withdraw(self, choice: int, name: str) -> None:
        case = self.case(choice)
        self.attempt(
            lambda: actions.withdraw(case=case, actor=case.initiator if choice % 2 else self.who(name))
        )

    @precondition(lambda self: self.cases)
    @rule(
        choice=number,
        names=st.lists(person, min_size=1, max_size=2),
        where=st.sampled_from(list(actions.Where)),
        kind=st.sampled_from([Kind.REVIEW, Kind.APPROVE, Kind.COUNTERSIGN, Kind.ANY, Kind.IN_TURN]),
    )
    def add_signers(self, choice: int, names: list[str], where: actions.Where, kind: Kind) -> None:
        task, people = self.task(choice), [self.who(name) for name in names]
        self.attempt(
            lambda: actions.add_signers(task=task, actor=task.assignee, people=people, where=where, kind=kind)
        )

    @precondition(lambda self: self.cases)
    @rule(choice=number, name=person)
    def transfer(self, choice: int, name: str) -> None:
        task = self.task(choice)
        self.attempt(
            lambda: actions.transfer(task=task, actor=task.assignee, to=self.who(name), note="yours")
        )

    @rule(name=person, to=person, start=st.integers(0, 2), days=st.integers(0, 3))
    def delegate(self, name: str, to: str, start: int, days: int) -> None:
        first = clock.local(self.moment).date() + timedelta(days=start)
        period = {"valid_from": first, "valid_to": first + timedelta(days=days)}
        self.attempt(lambda: actions.delegate(actor=self.who(name), to=self.who(to), **period))

    @rule(choice=number)
    def end_delegation(self, choice: int) -> None:
        given = list(Delegation.objects.order_by("pk"))
        if given:
            one = given[choice % len(given)]
            self.attempt(lambda: actions.end_delegation(delegation=one, actor=one.user))

    # -- what changes around them ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.cases)
    @rule(
        choice=number,
        name=st.sampled_from(["owner", *NAMES]),
        amount=amount,
        in_plan=st.booleans(),
        words=st.integers(0, 2),
        is_handed_in=st.sampled_from([True, True, False]),
    )
    def edit(
        self, choice: int, name: str, amount: str, in_plan: bool, words: int, is_handed_in: bool
    ) -> None:
        case = self.case(choice)
        papers[case.subject_id] |= {"amount": amount, "in_plan": in_plan, "words": words}
        told = {"row": "", "sheet": "", "changes": ""}
        record(ROW_CHANGED, actor=self.who(name), subject=case.subject, data=told)
        if is_handed_in:
            self.attempt(lambda: actions.amend_case(case=case, actor=case.initiator, note="changed"))

    @precondition(lambda self: self.cases)
    @rule(choice=number, name=person)
    def amend(self, choice: int, name: str) -> None:
        case = self.case(choice)
        actor = case.initiator if choice % 2 else self.who(name)
        self.attempt(lambda: actions.amend_case(case=case, actor=actor, note="changed"))

    @precondition(lambda self: self.cases)
    @rule(choice=number)
    def reopen(self, choice: int) -> None:
        case = self.case(choice)
        act: dict[str, Any] = {"subject": case.subject, "definition": "paper", "actor": case.initiator}
        self.keep(self.attempt(lambda: actions.reopen_case(**act, note="changed")))

    @rule(name=person, code=st.sampled_from(POSTS), is_deputy=st.booleans())
    def appoint(self, name: str, code: str, is_deputy: bool) -> None:
        unit = self.firm.region if code == toys.LEADER else self.firm.group
        post = Position.objects.get(code=code)
        with clock.at(self.moment):
            Appointment.objects.get_or_create(
                user=self.who(name), unit=unit, position=post, is_deputy=is_deputy
            )
            appointments_changed([self.firm.people[name].pk])

    @rule(choice=number)
    def dismiss(self, choice: int) -> None:
        held = list(Appointment.objects.filter(position__code__in=POSTS).order_by("pk"))
        if held:
            one = held[choice % len(held)]
            with clock.at(self.moment):
                one.delete()
                appointments_changed([one.user_id])

    @rule(name=person)
    def leave_or_come_back(self, name: str) -> None:
        user = self.who(name)
        user.is_active = not user.is_active
        user.save()
        with clock.at(self.moment):
            appointments_changed([user.pk])

    @rule(name=person, to=person)
    def hand_over(self, name: str, to: str) -> None:
        admin = self.who("admin")
        self.attempt(lambda: actions.hand_over(user=self.who(name), to=self.who(to), actor=admin))

    @precondition(lambda self: self.cases)
    @rule(choice=number, name=person, asked=person)
    def talk(self, choice: int, name: str, asked: str) -> None:
        case, actor = self.case(choice), self.who(name)
        for act in (
            lambda: actions.urge(case=case, actor=actor),
            lambda: actions.ask(case=case, actor=actor, to=self.who(asked), text="why?"),
            lambda: actions.copy_to(case=case, actor=actor, people=[self.who(asked)]),
            lambda: actions.remark(case=case, actor=actor, text="well"),
        ):
            self.attempt(act)
        for question in Remark.objects.filter(kind="question", to=self.who(asked)):
            self.attempt(lambda one=question: actions.answer(question=one, actor=self.who(asked), text="so"))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        """The night's run and the reminders go over everything."""
        self.moment += timedelta(hours=hours)
        with clock.at(self.moment):
            actions.reseat()
            escalate_due()

    @invariant()
    def every_case_is_sound(self) -> None:
        with clock.at(self.moment):
            for pk in self.cases:
                case = Case.objects.get(pk=pk)
                sound(case)
                if case.state == Case.State.APPROVED and pk not in self.approved:
                    self.approved.add(pk)
                    assert present_digest(case.subject) == case.digest, (
                        "something was approved that nobody saw"
                    )
                    decided_by_somebody_without_a_share(case)


@pytest.mark.rule("R-APR-15")
@pytest.mark.req("APR-15")
def test_whatever_people_do_every_case_stays_sound(db: None, scaled: Callable[[int, int], int]) -> None:
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=scaled(10, 400),
            stateful_step_count=scaled(25, 60),
            deadline=None,
            # A failing run is told as it is; to make it shorter would take minutes.
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
