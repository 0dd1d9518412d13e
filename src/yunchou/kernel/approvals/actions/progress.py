"""A case with its steps and tasks in memory: every verb reads it once, changes it, and writes it back in one go.

    progress = Progress.locked(case, actor)
    ...                                   # close tasks, void steps, add signers
    progress.advance()
    progress.save()

`advance` knows one rule: an unfinished step waits while one of lower order is unfinished, and else is open. A signer added
before somebody, a step that was sent back, and one that a change newly demands are all just unfinished steps of a lower
order. Only signers who were added side by side do not wait for each other's own signers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import Change, Handing, Owed, change_duties
from yunchou.kernel.duties.kinds import OWNER, after, working_days_after
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line, record_all
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.notify.actions import Message, notify_all
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import add_members
from yunchou.kernel.subjects.models import Member, Role
from yunchou.kernel.versions.actions import freeze_versions, present_digest

from .. import journal
from ..conditions import STRICTNESS, Kind, Reason
from ..duties import DECIDE, FILL, REVIEW
from ..models import Case, Copy, Remark, Step, Task
from ..permissions import Perm
from ..registry import Approvable
from ..routing import NoRoute, Route, Seat, Seats, barred_people, has_delegated, said
from ..rules import steps_do_not_wait_for_ever

#: The columns that a verb may change.
_STEP = (
    "order", "kind", "level", "ratio", "state", "reasons", "watches", "covered_by_id", "carried_from_id",
    "opened_at", "closed_at",
)  # fmt: skip
_TASK = (
    "assignee_id", "instead_of_id", "given_by_id", "turn", "state", "decision", "opinion", "opened_at", "due_at",
    "decided_at", "digest", "urged_at", "is_vacant",
)  # fmt: skip
S, T = Step.State, Task.State


@dataclass(eq=False)
class Node:
    """A step with its tasks; `covered_by` is where the same person decides, so that this one was skipped."""

    step: Step
    tasks: list[Task] = field(default_factory=list)
    covered_by: Node | None = None

    def in_state(self, *states: str) -> list[Task]:
        return [task for task in self.tasks if task.state in states]

    @property
    def live(self) -> list[Task]:
        """Tasks on which nobody decided yet, open or foreseen, in their turn."""
        return sorted(self.in_state(T.WAITING, T.QUEUED), key=lambda task: task.turn)

    @property
    def agreed(self) -> list[Task]:
        """The decisions by which the step was agreed to in this case."""
        return [task for task in self.in_state(T.DONE) if task.decision == Task.Decision.APPROVED]

    @property
    def is_carried_on(self) -> bool:
        """Whether the step counts as decided by what was decided in an earlier case."""
        return self.step.state == S.SKIPPED and self.step.carried_from_id is not None

    @property
    def is_carried(self) -> bool:
        """Whether what has been decided is enough for the step."""
        agreed = self._count(Task.Decision.APPROVED)
        if self.step.is_single or self.step.kind == Kind.ANY:
            return agreed > 0
        return agreed >= self._needed

    @property
    def can_be_carried(self) -> bool:
        """Whether a step by ratio can still be carried after those who spoke against it."""
        return len(self._counted) - self._count(Task.Decision.REJECTED) >= self._needed

    @property
    def _counted(self) -> list[Task]:
        return [task for task in self.tasks if task.state not in {T.VOID, T.SKIPPED}]

    @property
    def _needed(self) -> int:
        """How many of a step's people have to agree: all, or the ratio rounded up."""
        people = len(self._counted)
        return people if self.step.kind != Kind.RATIO else -(-people * (self.step.ratio or 100) // 100)

    def _count(self, decision: str) -> int:
        return sum(task.state == T.DONE and task.decision == decision for task in self.tasks)


class Progress:
    """The present state of a case, and everything that the verb at work changes in it."""

    def __init__(self, case: Case, nodes: list[Node], actor: User | None, route: Route | None = None) -> None:
        self.case, self.nodes, self.actor = case, nodes, actor
        if route is not None and route.seats is not None:
            # What laying the route has read already.
            self.seats, self.barred = route.seats, dict(route.barred)
        self.lines: list[Line] = []
        self.messages: list[Message] = []
        self.remarks: list[Remark] = []
        self._duties = Change()
        self._started: list[Task] = []
        self._handed: list[Task] = []
        rows: list[Step | Task] = [node.step for node in nodes]
        rows += [task for node in nodes for task in node.tasks]
        self._before = {_key(row): _values(row) for row in rows}
        self._outcome: tuple[Case.State, str] | None = None
        self._new: set[int] = set()

    @classmethod
    def locked(cls, case: Case, actor: User | None) -> Progress:
        """The case as it is now, under the locks of its subject and itself, in this order."""
        locked = (
            Case.objects.select_for_update(of=("subject", "self"))
            .select_related("subject__unit", "definition", "initiator")
            .annotate(has_copies=Exists(Copy.objects.filter(case=OuterRef("pk"))))
            .get(pk=case.pk)
        )
        return cls._read(locked, actor)

    @classmethod
    def _read(cls, case: Case, actor: User | None) -> Progress:
        nodes: dict[int, Node] = {}
        tasks = Task.objects.filter(step__case=case).select_related(
            "step__position", "step__unit", "assignee", "instead_of"
        )
        for task in tasks.order_by("step__order", "step_id", "turn", "pk"):
            node = nodes.setdefault(task.step_id, Node(task.step))
            node.step.case = case
            task.step = node.step
            node.tasks.append(task)
        for node in nodes.values():
            node.covered_by = nodes.get(node.step.covered_by_id or 0)
        return cls(case, list(nodes.values()), actor)

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def declared(self) -> Approvable:
        return self.case.definition.declared

    @cached_property
    def barred(self) -> dict[int, Say]:
        """Who may not decide here, and why (R-APR-15)."""
        return barred_people(self.case.subject, self.declared, self.case.initiator)

    @cached_property
    def seats(self) -> Seats:
        codes = {node.step.position.code for node in self.nodes if node.step.position}
        return Seats(codes, self.declared.key, self.case.subject.unit)

    @cached_property
    def limits(self) -> Params:
        return params_on([steps_do_not_wait_for_ever])[steps_do_not_wait_for_ever.id]

    @cached_property
    def administrators(self) -> list[User]:
        """Who looks after vacant seats, first who has no share; where there is nobody, the one who sent the case."""
        found = list(holders_of(Perm.CONFIGURE, self.case.subject.unit).order_by("pk"))
        return sorted(found, key=lambda one: one.pk in self.barred) or [self.case.initiator]

    def agreed_by(self, node: Node) -> set[int]:
        """Who agreed to a step that is done, in this case or in the one it was carried on from."""
        if node.is_carried_on:
            return self._agreed_before.get(node.step.carried_from_id or 0, set())
        return {task.assignee_id for task in node.agreed} if node.step.state == S.DONE else set()

    @cached_property
    def _agreed_before(self) -> dict[int, set[int]]:
        carried = [node.step.carried_from_id for node in self.nodes if node.is_carried_on]
        return agreed_in([pk for pk in carried if pk])

    def find(self, task: Task) -> tuple[Node, Task]:
        """The task as it is now, with its step."""
        return next((node, here) for node in self.nodes for here in node.tasks if here.pk == task.pk)

    @property
    def unfinished(self) -> list[Node]:
        """Deciding steps that are open or to come."""
        return [node for node in self.nodes if node.step.blocks and node.step.is_unfinished]

    @property
    def open_nodes(self) -> list[Node]:
        return [node for node in self.nodes if node.step.state == S.OPEN]

    # -- going on ------------------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Open what comes next and let wait what comes later; without any deciding step left the case is approved."""
        while self.case.is_running:
            unfinished = self.unfinished
            if not unfinished and not self.is_decided and self.ask_the_last():
                continue
            if not unfinished:
                self.finish(Case.State.APPROVED)
                return
            for node in unfinished:
                if node.step.state == S.OPEN and self._has_to_wait(node, unfinished):
                    self.hold_back(node)
            waiting = [node for node in self.nodes if node.step.state == S.WAITING]
            coming = [node for node in waiting if not self._has_to_wait(node, unfinished)]
            if not coming:
                return
            for node in coming:
                self._open(node)

    def _has_to_wait(self, node: Node, unfinished: Sequence[Node]) -> bool:
        """Whether another step comes first: one of lower order, unless both are signers added on different branches."""
        line = self._line(node.step)
        for other in unfinished:
            if other.step.order >= node.step.order:
                continue
            theirs = self._line(other.step)
            if line[-1] is not theirs[-1] or _is_in(node.step, theirs) or _is_in(other.step, line):
                return True
        return False

    def _line(self, step: Step) -> list[Step]:
        """The step, the one it was added to, and so on to the step of the route."""
        steps = {node.step.pk: node.step for node in self.nodes}
        line = [step]
        while (above := steps.get(line[-1].added_for_id or 0)) is not None:
            line.append(above)
        return line

    @cached_property
    def is_content_as_sent(self) -> bool:
        """Whether the content is still what is decided on: nothing is approved that nobody has seen."""
        return present_digest(self.case.subject) == self.case.digest

    @property
    def is_decided(self) -> bool:
        """Whether somebody without a share agreed to exactly this content; what was carried decides nothing by itself."""
        agreed = (task for node in self.nodes if node.step.blocks for task in node.agreed)
        decided = any(one.digest == self.case.digest and one.assignee_id not in self.barred for one in agreed)
        return decided and self.is_content_as_sent

    def ask_the_last(self) -> Node | None:
        """Let the last who approved decide again, on the content as it is; in an earlier case, if nobody did in this.

        Where nobody agreed at all, the highest seat of the route is asked.
        """
        blocking = [node for node in self.nodes if node.step.blocks]
        seated = [node for node in blocking if node.step.position_id]
        decided = (
            [node for node in blocking if node.step.state == S.DONE]
            or [node for node in seated if node.is_carried_on]
            or [node for node in seated if node.step.state == S.SKIPPED]
            or seated
        )
        approving = [node for node in decided if node.step.kind != Kind.REVIEW] or decided
        last = max(approving, key=lambda node: (node.step.order, node.step.pk), default=None)
        if last is not None:
            self.void(last)
        return last

    def hold_back(self, node: Node) -> None:
        """Let an open step wait again; what was decided in it stands."""
        node.step.state, node.step.opened_at = S.WAITING, None
        for task in node.in_state(T.WAITING):
            self._drop_duty(task)
            task.state, task.opened_at, task.due_at = T.QUEUED, None, None

    def void(self, node: Node) -> None:
        """Let a step be decided anew: its decisions lose their force, its people are foreseen again."""
        people = [task for task in node.tasks if task.state != T.VOID and not task.is_vacant]
        if node.step.state == S.OPEN:
            self.hold_back(node)
        for task in node.tasks:
            task.state = T.VOID
        node.step.state, node.step.closed_at, node.step.opened_at = S.WAITING, None, None
        node.covered_by = node.step.carried_from = None
        asked: set[int] = set()
        for task in people:
            # What was handed on goes back to whom the seat gave it; an added signer is asked as a person.
            was_handed = task.given_by_id and task.instead_of and node.step.position_id
            person = task.instead_of if was_handed and task.instead_of else task.assignee
            if person.pk not in asked:
                asked.add(person.pk)
                self.foresee(node, person, instead_of=None if was_handed else task.instead_of, turn=task.turn)
        if not asked:
            self.foresee(node, self.administrators[0], is_vacant=True)

    def repeat(self, node: Node, task: Task) -> Task:
        """Ask the same person once more in the same step, besides whatever others decided in it."""
        again = self.foresee(node, task.assignee, instead_of=task.instead_of, turn=task.turn)
        again.given_by = task.given_by
        return again

    def foresee(
        self,
        node: Node,
        person: User,
        *,
        instead_of: User | None = None,
        turn: int = 0,
        given_by: User | None = None,
        is_vacant: bool = False,
    ) -> Task:
        """A new task that waits for its turn."""
        task = Task(
            step=node.step,
            assignee=person,
            instead_of=instead_of,
            given_by=given_by,
            turn=turn,
            is_vacant=is_vacant,
        )
        node.tasks.append(task)
        return task

    def drop(self, node: Node) -> None:
        """A step that is no longer demanded: whatever is undecided in it is void."""
        self._close(node, S.VOID, T.VOID)

    def skip(self, node: Node, reason: Reason) -> None:
        self._give_reasons(node, [reason])
        self._close(node, S.SKIPPED, T.SKIPPED)

    def close(self, node: Node) -> None:
        """The step is decided; who was not asked, is not needed any more."""
        self._close(node, S.DONE, T.SKIPPED)

    def _close(self, node: Node, state: str, rest: str) -> None:
        node.step.state, node.step.closed_at = state, clock.now()
        for task in node.live:
            if task.state == T.WAITING:
                self._drop_duty(task)
            task.state = rest

    def decide(self, task: Task, decision: str, opinion: str) -> None:
        """Close a task with a decision on the present digest."""
        task.state, task.decision, task.opinion = T.DONE, decision, opinion.strip()
        task.decided_at, task.digest = clock.now(), self.case.digest
        if task.step.blocks:
            self._duties.fulfilled.add(task.duty_key)

    def go_on(self, node: Node) -> None:
        """After somebody agreed or fell out: close the step where it is carried, else ask the next in turn."""
        if node.is_carried:
            self.close(node)
            self.advance()
        elif node.step.kind == Kind.IN_TURN and not node.in_state(T.WAITING):
            self._start(node.live[:1])

    # -- opening -------------------------------------------------------------------------------------------------------

    def _open(self, node: Node) -> None:
        """Open a step for those who hold its seat now; people foreseen earlier may have left or changed since."""
        if node.step.position is None:
            self._open_for_named(node)
            return
        seats: Sequence[Seat] = ()
        try:
            seats, reasons = self.seats.staff(
                node.step.position.code, node.step.kind, node.step.unit, self.barred
            )
        except NoRoute as missing:
            reasons = (Reason("R-APR-15", "", said(missing), "act"),)
        if (
            node.step.is_single
            and node.step.blocks
            and self._is_spared(node, seats[0].user if seats else None)
        ):
            return
        if not seats and not node.step.blocks:
            self.skip(node, reasons[0])
            self.tell_administrators(node)
            return
        self._give_reasons(node, reasons)
        node.step.state, node.step.opened_at = S.OPEN, clock.now()
        self._seat(node, seats)
        self._start(node.live[:1] if node.step.kind == Kind.IN_TURN else node.live)

    def _is_spared(self, node: Node, person: User | None) -> bool:
        """Whether the step need not be opened now: others come back first, or the person has decided already."""
        uncovered = [
            other
            for other in self.nodes
            if other.covered_by is node
            and other.step.state == S.SKIPPED
            and (person is None or all(task.assignee_id != person.pk for task in other.tasks))
        ]
        for other in uncovered:
            # It was skipped because one person would decide in both; now somebody else does.
            other.step.state, other.step.closed_at, other.covered_by = S.WAITING, None, None
            for task in other.in_state(T.SKIPPED):
                task.state = T.QUEUED
        if uncovered:
            return True
        if person is None or (earlier := self._decided_by(person, node)) is None:
            return False
        words = say(
            _("{person} has decided already as {position}."), person=str(person), position=earlier.name
        )
        self.skip(node, Reason("R-APR-14", "", words))
        return True

    def _decided_by(self, person: User, node: Node) -> Step | None:
        """The step in which the person agreed as strictly as this one asks, nothing that it watches having changed."""
        for other in self.nodes:
            if not other.step.blocks or STRICTNESS.index(Kind(other.step.kind)) < STRICTNESS.index(
                Kind(node.step.kind)
            ):
                continue
            for task in other.in_state(T.DONE):
                if task.assignee_id != person.pk or task.decision != Task.Decision.APPROVED:
                    continue
                if task.decided_at and not self._changed_since(task.decided_at, task.digest) & set(
                    node.step.watches
                ):
                    return other.step
        return None

    def _changed_since(self, moment: datetime, digest: str) -> set[str]:
        """The facts that were changed after a decision."""
        if digest == self.case.digest:
            return set()
        return {name for amendment in self._amendments if amendment.at >= moment for name in amendment.facts}

    @cached_property
    def _amendments(self) -> list[Any]:
        return list(self.case.amendments.all())

    def _open_for_named(self, node: Node) -> None:
        """Signers who were added by name; who is away is represented by a delegate, else is not asked."""
        for task in node.live:
            replacement = None
            if not self._comes_from_barred(task):
                stays = task.assignee if task.assignee.is_active and not task.is_vacant else None
                replacement = self.seats.delegate_of(task.assignee, self.barred) or stays
            if replacement is None:
                task.state = T.SKIPPED
            elif replacement.pk != task.assignee_id:
                task.instead_of, task.assignee = task.assignee, replacement
        if not node.live:
            words = say(_("Nobody who was added here can decide any more."))
            self.skip(node, Reason("", "", words, "watch"))
            if node.step.added_by:
                self.tell([node.step.added_by], "approvals.seated", words, f"step:{node.step.pk}:gone")
            return
        node.step.state, node.step.opened_at = S.OPEN, clock.now()
        self._start(node.live[:1] if node.step.kind == Kind.IN_TURN else node.live)

    def _seat(self, node: Node, seats: Sequence[Seat]) -> None:
        """Match the people foreseen with those who hold the seats now; a seat that nobody holds goes to administrators."""
        foreseen = node.in_state(T.QUEUED)
        decided = {task.assignee_id for task in node.in_state(T.DONE)}
        for turn, seat in enumerate(seats):
            if seat.user.pk in decided:
                continue
            task = self._foreseen(foreseen, seat)
            if task is None:
                task = self.foresee(node, seat.user, instead_of=seat.instead_of)
            else:
                foreseen.remove(task)
            task.turn = turn
        for task in foreseen:
            task.state = T.VOID
        if not node.live and not node.is_carried:
            self.foresee(node, self.administrators[0], is_vacant=True)
            self.tell_administrators(node)

    def _foreseen(self, queued: Sequence[Task], seat: Seat) -> Task | None:
        """The task foreseen for a seat: one that its holder had handed on stays handed on."""
        holders = {seat.user.pk, seat.instead_of.pk if seat.instead_of else seat.user.pk}
        for task in queued:
            may_act = task.assignee.is_active and task.assignee_id not in self.barred
            may_act = may_act and self._is_given_fairly(task, [seat])
            if task.given_by_id and may_act and task.instead_of_id in holders:
                return task
        for task in queued:
            if task.assignee_id == seat.user.pk and not task.is_vacant:
                task.instead_of = seat.instead_of
                return task
        return None

    def _start(self, tasks: Iterable[Task]) -> None:
        """Let people act: from now on they see the subject, owe a decision (R-APR-16), and are told."""
        now = clock.now()
        for task in tasks:
            task.state, task.opened_at = T.WAITING, now
            task.due_at = self.due_from(now) if task.step.blocks else None
            self._started.append(task)

    def due_from(self, moment: datetime) -> datetime:
        """When a task that opens at a moment is due."""
        return working_days_after(moment, self.limits.remind)

    # -- seats ---------------------------------------------------------------------------------------------------------

    def holds(self, node: Node, task: Task) -> bool:
        """Whether the assignee may still act: active, without a share, and in the seat or given the task by name."""
        person = task.assignee
        if task.is_vacant or not person.is_active or (node.step.blocks and person.pk in self.barred):
            return False
        if node.step.position is None:
            if self._comes_from_barred(task):
                return False
            is_delegate = task.instead_of and self.seats.delegate_of(task.instead_of, self.barred) == person
            return bool(task.given_by_id or task.instead_of is None or is_delegate)
        if task.given_by_id and not (node.step.blocks and self._shares_of(task)):
            return True
        code, unit = node.step.position.code, node.step.unit
        if any(held.user_id == person.pk for held in self.seats.at(code, unit)):
            return True
        try:
            seats, _reasons = self.seats.staff(code, node.step.kind, unit, self.barred)
        except NoRoute:
            return False
        if task.given_by_id and self._is_given_fairly(task, seats):
            return True
        return person.pk in {seat.user.pk for seat in seats}

    def _shares_of(self, task: Task) -> set[int]:
        """Of the people by whose choice somebody decides, those who have a share in the matter."""
        return {pk for pk in (task.instead_of_id, task.given_by_id) if pk and pk in self.barred}

    def _comes_from_barred(self, task: Task) -> bool:
        """Whether somebody with a share decides himself or through a person of his choice."""
        return task.assignee_id in self.barred or bool(self._shares_of(task))

    def _is_given_fairly(self, task: Task, seats: Sequence[Seat]) -> bool:
        """Whether a task was handed on by people without a share.

        Who stands in for a holder with a share, and an administrator, may hand it on though it is in that holder's stead.
        """
        shares = self._shares_of(task)
        if not shares:
            return True
        in_charge = {*(seat.user.pk for seat in seats), *(one.pk for one in self.administrators)}
        return task.given_by_id not in shares and task.given_by_id in in_charge

    def reseat(self) -> int:
        """Give every open task whose holder lost the seat to who holds it now; returns how many went elsewhere."""
        moved = 0
        for node in self.open_nodes:
            for task in node.live:
                away = self.seats.delegate_of(task.assignee, self._excluded(node), self._asked_in(node))
                if self.holds(node, task) and away is None:
                    continue
                moved += self._move(node, task, away)
            if node.step.state == S.OPEN and node.step.blocks and not node.live:
                self._left_without_people(node)
            elif node.step.state == S.OPEN and node.step.blocks:
                self.go_on(node)
            elif node.step.state == S.OPEN and not node.live:
                self._close(node, S.SKIPPED, T.SKIPPED)
        if self.case.is_running:
            self.advance()
        return moved

    def _excluded(self, node: Node) -> dict[int, Say]:
        return self.barred if node.step.blocks else {}

    def _asked_in(self, node: Node) -> set[int]:
        return {task.assignee_id for task in node.tasks if task.state in {T.WAITING, T.QUEUED, T.DONE}}

    def _move(self, node: Node, task: Task, delegate: User | None) -> bool:
        """Give one task to a delegate, else to who holds the seat, else to an administrator; says whether it moved."""
        seat = self._delegated(node, task, delegate) or self._present_holder(node, task)
        before = task.assignee
        if seat is not None:
            self.hand(task, seat.user, instead_of=seat.instead_of)
            self.passed_on(task, before)
            return True
        others = [
            other
            for other in node.tasks
            if other is not task and other.state in {T.WAITING, T.QUEUED, T.DONE}
        ]
        if others or node.step.position is None or not node.step.blocks:
            # The others are enough; nobody has to be asked in this person's stead.
            if task.state == T.WAITING:
                self._drop_duty(task)
            task.state = T.SKIPPED if node.step.position is None else T.VOID
            return True
        if task.is_vacant and task.assignee in self.administrators:
            return False
        self.vacate(node, task)
        return True

    def _delegated(self, node: Node, task: Task, delegate: User | None) -> Seat | None:
        if delegate is None or task.is_vacant or (node.step.blocks and self._comes_from_barred(task)):
            return None
        if not (self.holds(node, task) or node.step.position is None):
            return None
        self._give_reasons(node, [has_delegated(task.assignee, delegate)])
        return Seat(delegate, instead_of=task.instead_of or task.assignee)

    def _present_holder(self, node: Node, task: Task) -> Seat | None:
        if node.step.position is None:
            named = task.instead_of
            return Seat(named) if named and named.is_active and named.pk not in self.barred else None
        try:
            seats, reasons = self.seats.staff(
                node.step.position.code, node.step.kind, node.step.unit, self._excluded(node)
            )
        except NoRoute:
            return None
        asked = self._asked_in(node) - {task.assignee_id if task.is_vacant else 0}
        seat = next((seat for seat in seats if seat.user.pk not in asked), None)
        if seat is not None:
            self._give_reasons(node, reasons)
        return seat

    def hand(self, task: Task, to: User, *, instead_of: User | None, given_by: User | None = None) -> None:
        """Give a live task to somebody else; its limit goes on, or starts anew where it has passed already."""
        was_vacant = task.is_vacant
        if task.state == T.WAITING and was_vacant:
            self._drop_duty(task)
        task.assignee, task.instead_of, task.given_by, task.is_vacant = to, instead_of, given_by, False
        task.urged_at = None
        if task.state != T.WAITING:
            return
        if task.due_at is None or task.due_at <= clock.now():
            task.due_at = self.due_from(clock.now()) if task.step.blocks else None
        (self._started if was_vacant else self._handed).append(task)

    def vacate(self, node: Node, task: Task) -> None:
        """Nobody can decide: an administrator has to fill the seat or to hand the task to somebody."""
        if task.state == T.WAITING:
            self._drop_duty(task)
            self._started.append(task)
        task.assignee, task.instead_of, task.given_by, task.is_vacant = (
            self.administrators[0],
            None,
            None,
            True,
        )
        task.due_at = self.due_from(clock.now())
        self.tell_administrators(node)

    def _left_without_people(self, node: Node) -> None:
        if node.is_carried:
            self.close(node)
        elif node.step.position is None:
            self.skip(node, Reason("", "", say(_("Nobody who was added here can decide any more.")), "watch"))
        else:
            self.foresee(node, self.administrators[0], is_vacant=True)
            self._start(node.live)
            self.tell_administrators(node)

    # -- ending --------------------------------------------------------------------------------------------------------

    def finish(self, state: Case.State, opinion: str = "") -> None:
        """Close the case: void what is left, or open what is filed for the record; `save` tells the room and people."""
        self.case.state, self.case.closed_at = state, clock.now()
        if state == Case.State.APPROVED:
            for node in self.nodes:
                if node.step.state == S.WAITING:
                    self._open(node)
        else:
            for node in self.nodes:
                if node.step.is_unfinished:
                    self.drop(node)
        self._outcome = state, opinion

    # -- telling -------------------------------------------------------------------------------------------------------

    def record(self, kind: JournalKind, **data: Any) -> None:
        """A line of the journal about this case."""
        told = {"title": self.case.subject.title, "case": self.case.pk, "digest": self.case.digest, **data}
        self.lines.append(Line(kind, self.actor, self.case.subject, told))

    def tell(self, people: Iterable[User], kind: str, words: Say, key: str) -> None:
        """A message to people, once under its key; the actor knows already."""
        chosen = [one for one in dict.fromkeys(people) if self.actor is None or one.pk != self.actor.pk]
        if chosen:
            address = self.case.get_absolute_url()
            message = Message(chosen, kind, words, self.case.subject, address, f"approvals.{key}")
            self.messages.append(message)

    def tell_administrators(self, node: Node) -> None:
        """Nobody holds a seat of the running case."""
        words = say(
            _("Nobody can decide as {position} on “{title}”: fill the seat, or hand the task to somebody."),
            position=node.step.name,
            title=self.case.subject.title,
        )
        self.record(journal.VACANT, position=node.step.name)
        self.tell(self.administrators, "approvals.vacant", words, f"vacant:{node.step.pk}:{clock.today()}")

    def note(self, kind: Remark.Kind, to: User | None, text: str) -> None:
        """A line in the course of the case."""
        self.remarks.append(Remark(case=self.case, kind=kind, author=self.actor, to=to, text=text))

    def passed_on(self, task: Task, before: User) -> None:
        """Tell that a task passed from one person to another without either's doing."""
        title = self.case.subject.title
        self.record(journal.RESEATED, **{"from": str(before), "to": str(task.assignee)})
        self.note(Remark.Kind.SEATED, task.assignee, "")
        words = say(
            _("The decision on “{title}” passed from you to {person}"), title=title, person=str(task.assignee)
        )
        self.tell([before], "approvals.seated", words, f"seat:{task.pk}:{clock.now().timestamp():.0f}")

    def _give_reasons(self, node: Node, reasons: Iterable[Reason]) -> None:
        known = node.step.reasons
        node.step.reasons = [*known, *(told for one in reasons if (told := one.to_json()) not in known)]

    def _drop_duty(self, task: Task) -> None:
        if task.step.blocks:
            if task in self._started:
                self._started.remove(task)
            elif task in self._handed:
                self._handed.remove(task)
            self._duties.cancelled.add(task.duty_key)

    # -- writing -------------------------------------------------------------------------------------------------------

    def save(self) -> Case:
        """Write everything, then call the room's outcome where the case has ended."""
        self._save_rows()
        self._owe()
        self._tell_people()
        record_all([*change_duties(self._duties, actor=self.actor), *self.lines])
        notify_all(self.messages)
        Remark.objects.bulk_create(self.remarks)
        if self._outcome:
            self._conclude(*self._outcome)
        return self.case

    def _save_rows(self) -> None:
        """Insert what is new and update what differs from what was read: at most four statements."""
        steps = [node.step for node in self.nodes]
        new_steps = [step for step in steps if not step.pk]
        Step.objects.bulk_create(new_steps)
        self._before |= {_key(step): _values(step) for step in new_steps}
        for node in self.nodes:
            node.step.covered_by = node.covered_by.step if node.covered_by else None
        if changed_steps := [step for step in steps if self._before[_key(step)] != _values(step)]:
            Step.objects.bulk_update(changed_steps, _fields(_STEP))
        tasks = [task for node in self.nodes for task in node.tasks]
        new_tasks = [task for task in tasks if not task.pk]
        Task.objects.bulk_create(new_tasks)
        self._new = {task.pk for task in new_tasks}
        known = (task for task in tasks if task.pk not in self._new)
        if changed_tasks := [task for task in known if self._before[_key(task)] != _values(task)]:
            Task.objects.bulk_update(changed_tasks, _fields(_TASK))

    def _owe(self) -> None:
        """The duties of tasks that were opened or changed hands, and the right of their people to see the subject."""
        for task in self._started:
            if task.step.blocks:
                self._duties.owed.append(self._duty_of(task))
        for task in self._handed:
            if task.due_at:
                self._duties.handed.append(Handing(task.duty_key, task.assignee, task.due_at))
        people = [task.assignee for task in (*self._started, *self._handed)]
        if people:
            add_members(subject=self.case.subject, users=people, role=Role.APPROVER)

    def _duty_of(self, task: Task) -> Owed:
        assert task.due_at is not None
        kind = FILL if task.is_vacant else REVIEW if task.step.kind == Kind.REVIEW else DECIDE
        return Owed(
            kind.key,
            self.case.subject,
            task.assignee,
            task.due_at,
            key=task.duty_key,
            params={
                "title": self.case.subject.title,
                **({"position": task.step.name} if task.is_vacant else {}),
            },
            address=self.case.get_absolute_url(),
            ladder=(after(whom=OWNER), after(working_days=self.limits.escalate - self.limits.remind)),
            is_new=task.pk in self._new,
        )

    def _tell_people(self) -> None:
        title, person = self.case.subject.title, str(self.case.initiator)
        for task in (*self._started, *self._handed):
            if task.is_vacant or task.state != T.WAITING:
                continue
            if task.step.blocks:
                words, kind = _("{person} asks for your decision: {title}"), "approvals.waiting"
            else:
                words, kind = _("For the record: {title}"), "approvals.filed"
            key = f"approvals.task:{task.pk}:{task.assignee_id}:{clock.now().timestamp():.0f}"
            said = say(words, person=person, title=title) if task.step.blocks else say(words, title=title)
            address = self.case.get_absolute_url()
            self.messages.append(Message([task.assignee], kind, said, self.case.subject, address, key))
        if self._outcome:
            self._tell_outcome(*self._outcome)

    def _tell_outcome(self, state: Case.State, opinion: str) -> None:
        words = say(_OUTCOMES[state], title=self.case.subject.title, opinion=bracketed(opinion))
        self.tell(
            [*self.audience(), *self.copied], f"approvals.{state}", words, f"case:{self.case.pk}:{state}"
        )

    @cached_property
    def copied(self) -> list[User]:
        """To whom the case was shown; without a query where it was shown to nobody."""
        if not getattr(self.case, "has_copies", True):
            return []
        return [copy.user for copy in self.case.copies.select_related("user")]

    def audience(self) -> list[User]:
        """Who has to go on with the matter: the one who sent it; once that person is gone, those who lead it."""
        if self.case.initiator.is_active:
            return [self.case.initiator]
        leading = Member.objects.filter(subject=self.case.subject, role__in=[Role.OWNER, Role.LEAD])
        people = [member.user for member in leading.select_related("user") if member.user.is_active]
        return people or self.administrators

    def _conclude(self, state: Case.State, opinion: str) -> None:
        self.case.save(update_fields=["state", "closed_at", "returned_from", "comes_back"])
        if state == Case.State.APPROVED:
            freeze_versions(ids=[self.case.version_id])
        if outcome := self.declared.outcomes.get(state):
            outcome(self.case, self._whose(state))

    def _whose(self, state: Case.State) -> User:
        """Who brought the outcome about. Where a seat fell vacant and the others were enough: the last of them."""
        agreed = [task for node in self.nodes for task in node.in_state(T.DONE) if task.decided_at]
        last = max(agreed, key=lambda task: (task.decided_at, task.pk), default=None)
        if last is not None and (self.actor is None or state == Case.State.APPROVED):
            return last.assignee
        return self.actor or self.case.initiator


_OUTCOMES = {
    Case.State.APPROVED: _("Approved: {title}"),
    Case.State.RETURNED: _("Returned: {title} {opinion}"),
    Case.State.REJECTED: _("Rejected: {title} {opinion}"),
    Case.State.WITHDRAWN: _("Withdrawn: {title}"),
}


def agreed_in(steps: Collection[int]) -> dict[int, set[int]]:
    """Who agreed in these steps, by step; one query."""
    agreed = Task.objects.filter(step__in=steps, state=T.DONE, decision=Task.Decision.APPROVED)
    found: dict[int, set[int]] = {}
    for step, person in agreed.values_list("step_id", "assignee_id"):
        found.setdefault(step, set()).add(person)
    return found


def _is_in(step: Step, line: Sequence[Step]) -> bool:
    """By identity: new steps have no key yet by which they could be compared."""
    return any(one is step for one in line)


def _key(row: Step | Task) -> tuple[str, int]:
    return type(row).__name__, row.pk


def _values(row: Step | Task) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in (_STEP if isinstance(row, Step) else _TASK))


def _fields(columns: Sequence[str]) -> list[str]:
    return [name.removesuffix("_id") for name in columns]


def bracketed(words: str) -> str:
    return f"({words.strip()})" if words.strip() else ""
