"""Changes of single steps and tasks: foreseen, opened, decided, skipped, void, handed on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yunchou.kernel.core import clock
from yunchou.kernel.duties.kinds import working_days_after
from yunchou.kernel.identity.models import User

from ..conditions import Kind, Reason
from ..models import Task
from .nodes import Node, S, T
from .situation import Situation


class Marking(Situation):
    """What a verb may do to one step or task; none of it opens what comes next."""

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

    def repeat(self, node: Node, task: Task) -> Task:
        """Ask the same person once more in the same step, besides whatever others decided in it."""
        again = self.foresee(node, task.assignee, instead_of=task.instead_of, turn=task.turn)
        again.given_by = task.given_by
        return again

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

    def decide(self, task: Task, decision: str, opinion: str) -> None:
        """Close a task with a decision on the present digest."""
        task.state, task.decision, task.opinion = T.DONE, decision, opinion.strip()
        task.decided_at, task.digest = clock.now(), self.case.digest
        if task.step.blocks:
            self._duties.fulfilled.add(task.duty_key)

    def close(self, node: Node) -> None:
        """The step is decided; who was not asked, is not needed any more."""
        self._close(node, S.DONE, T.SKIPPED)

    def skip(self, node: Node, reason: Reason) -> None:
        self._give_reasons(node, [reason])
        self._close(node, S.SKIPPED, T.SKIPPED)

    def drop(self, node: Node) -> None:
        """A step that is no longer demanded: whatever is undecided in it is void."""
        self._close(node, S.VOID, T.VOID)

    def _close(self, node: Node, state: str, rest: str) -> None:
        node.step.state, node.step.closed_at = state, clock.now()
        for task in node.live:
            if task.state == T.WAITING:
                self._drop_duty(task)
            task.state = rest

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
