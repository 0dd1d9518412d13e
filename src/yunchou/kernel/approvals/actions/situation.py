"""What is known of a case while a verb is at work on it, and what is told of it when it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import Change
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.notify.actions import Message
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Member, Role
from yunchou.kernel.versions.actions import present_digest

from .. import journal
from ..models import Case, Remark, Step, Task
from ..permissions import Perm
from ..registry import Approvable
from ..routing import Route, Seats, barred_people
from ..rules import steps_do_not_wait_for_ever
from .nodes import Node, S, agreed_in, key_of, values_of


class Situation:
    """The present state of a case: its steps and tasks, who may not decide, who holds the seats, what is to be told."""

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
        self._before = {key_of(row): values_of(row) for row in rows}
        self._outcome: tuple[Case.State, str] | None = None
        self._new: set[int] = set()

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


def bracketed(words: str) -> str:
    return f"({words.strip()})" if words.strip() else ""
