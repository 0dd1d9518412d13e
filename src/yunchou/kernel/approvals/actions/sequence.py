"""What comes next: an unfinished step waits while one of lower order is unfinished, and else is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from ..conditions import STRICTNESS, Kind, Reason
from ..models import Case, Step, Task
from ..routing import NoRoute, Seat, said
from .nodes import Node, S, T
from .seats import SeatKeeping


class Order(SeatKeeping):
    """Opens the steps of a case in their order, and closes the case after the last."""

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

    def go_on(self, node: Node) -> None:
        """After somebody agreed or fell out: close the step where it is carried, else ask the next in turn."""
        if node.is_carried:
            self.close(node)
            self.advance()
        elif node.step.kind == Kind.IN_TURN and not node.in_state(T.WAITING):
            self._start(node.live[:1])

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


def _is_in(step: Step, line: Sequence[Step]) -> bool:
    """By identity: new steps have no key yet by which they could be compared."""
    return any(one is step for one in line)
