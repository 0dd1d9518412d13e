"""A case with its steps and tasks in memory: every verb reads it once, changes it, and writes it back in one go.

    progress = Progress.locked(case, actor)
    ...                                   # close tasks, void steps, add signers
    progress.advance()
    progress.save()

`advance` knows one rule: an unfinished step waits while one of lower order is unfinished, and else is open. A signer added
before somebody, a step that was sent back, and one that a change newly demands are all just unfinished steps of a lower
order. Only signers who were added side by side do not wait for each other's own signers.

Each layer of it has a module of its own: `nodes`, `situation` (what is known and told), `marking` (single steps and tasks),
`seats` (who sits in them), `sequence` (what comes next); here it is read and written back.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import Handing, Owed, change_duties
from yunchou.kernel.duties.kinds import OWNER, after
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record_all
from yunchou.kernel.notify.actions import Message, notify_all
from yunchou.kernel.subjects.actions import add_members
from yunchou.kernel.subjects.models import Role
from yunchou.kernel.versions.actions import freeze_versions

from ..conditions import Kind, Reason
from ..duties import DECIDE, FILL, REVIEW
from ..models import Case, Copy, Remark, Step, Task
from .nodes import STEP, TASK, Node, S, T, fields_of, key_of, values_of
from .sequence import Order
from .situation import bracketed


class Progress(Order):
    """A case under its lock, and everything that the verb at work changes in it."""

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

    # -- seats that were lost ------------------------------------------------------------------------------------------

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

    def _left_without_people(self, node: Node) -> None:
        if node.is_carried:
            self.close(node)
        elif node.step.position is None:
            self.skip(node, Reason("", "", say(_("Nobody who was added here can decide any more.")), "watch"))
        else:
            self.foresee(node, self.administrators[0], is_vacant=True)
            self._start(node.live)
            self.tell_administrators(node)

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
        self._before |= {key_of(step): values_of(step) for step in new_steps}
        for node in self.nodes:
            node.step.covered_by = node.covered_by.step if node.covered_by else None
        if changed_steps := [step for step in steps if self._before[key_of(step)] != values_of(step)]:
            Step.objects.bulk_update(changed_steps, fields_of(STEP))
        tasks = [task for node in self.nodes for task in node.tasks]
        new_tasks = [task for task in tasks if not task.pk]
        Task.objects.bulk_create(new_tasks)
        self._new = {task.pk for task in new_tasks}
        known = (task for task in tasks if task.pk not in self._new)
        if changed_tasks := [task for task in known if self._before[key_of(task)] != values_of(task)]:
            Task.objects.bulk_update(changed_tasks, fields_of(TASK))

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
