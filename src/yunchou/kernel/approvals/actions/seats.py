"""Who sits in a step: whether somebody may still act, and who acts in whose stead."""

from __future__ import annotations

from collections.abc import Sequence

from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User

from ..models import Task
from ..routing import NoRoute, Seat, has_delegated
from .marking import Marking
from .nodes import Node, T


class SeatKeeping(Marking):
    """Matches the people of tasks with those who hold the seats now (R-APR-15)."""

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

    def _excluded(self, node: Node) -> dict[int, Say]:
        return self.barred if node.step.blocks else {}

    def _asked_in(self, node: Node) -> set[int]:
        return {task.assignee_id for task in node.tasks if task.state in {T.WAITING, T.QUEUED, T.DONE}}

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
