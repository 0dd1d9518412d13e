"""Who does what: the division of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.persons import people
from yunchou.kernel.sheets.values import TEAM, Person
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale

from .. import journal
from ..models import Assignment
from ..permissions import Perm
from ..stamps import assignment_stamp
from ..states import STATE_WORDS, State
from ..stores import ASSIGNMENTS
from ..tables import DIVISION
from .opening import PROGRESS
from .owed import drop_deliveries
from .progress import check_decided, write_state


@dataclass(frozen=True)
class Assigned:
    """What a person fills in of an assignment."""

    module: str
    task: str
    description: str = ""
    standard: str = ""
    owner: User | None = None
    assistants: Sequence[User] = field(default=())
    is_whole_team: bool = False
    start_on: date | None = None
    end_on: date | None = None


@transaction.atomic
def add_assignment(*, subject: Subject, actor: User, fields: Assigned) -> Assignment:
    """Assign a task to one person; records `work.assignment_added`. Refuses dates the wrong way round."""
    subject = open_table(subject=subject, table=DIVISION.key, actor=actor, right=Perm.EDIT)
    row = Assignment(subject=subject, position=Assignment.objects.filter(subject=subject).count() + 1)
    _fill(row, fields).save()
    record(journal.ASSIGNMENT_ADDED, actor=actor, subject=subject, data={"task": row.task})
    return row


@transaction.atomic
def edit_assignment(*, assignment: Assignment, actor: User, fields: Assigned, seen: str = "") -> Assignment:
    """Change an assignment; records `work.assignment_changed`. Refuses dates the wrong way round.

    `seen` is how it stood when it was shown; `Stale` where somebody has changed it since.
    """
    subject = open_table(subject=assignment.subject, table=DIVISION.key, actor=actor, right=Perm.EDIT)
    row = Assignment.objects.get(pk=assignment.pk)
    refuse_stale(seen, assignment_stamp(row))
    _fill(row, fields).save()
    record(journal.ASSIGNMENT_CHANGED, actor=actor, subject=subject, data={"task": row.task})
    return row


@transaction.atomic
def delete_assignment(*, assignment: Assignment, actor: User) -> None:
    """Delete an assignment; records `work.assignment_deleted`."""
    subject = open_table(subject=assignment.subject, table=DIVISION.key, actor=actor, right=Perm.EDIT)
    drop_deliveries(work=assignment, actor=actor)
    row = ASSIGNMENTS.delete_row(subject, assignment.pk, actor=actor)
    record(journal.ASSIGNMENT_DELETED, actor=actor, subject=subject, data={"task": row.task})


@transaction.atomic
def set_assignment_state(*, assignment: Assignment, actor: User, state: str) -> Assignment:
    """Say how far an assignment has come; its owner may, and who may report progress. Records `work.state_set`.

    That it is done is said by who accepts it, as of a task (`set_task_state`).
    """
    right = "" if assignment.owner_id == actor.pk else Perm.PROGRESS
    subject = open_table(subject=assignment.subject, table=PROGRESS, actor=actor, right=right)
    row = Assignment.objects.get(pk=assignment.pk)
    after, before = State(state), row.state
    if after == before:
        return row
    check_decided(subject, row, actor, after)
    write_state(row, after)
    told = {
        "task": row.task,
        "before": say(STATE_WORDS[State(before)]) if before else "—",
        "after": say(STATE_WORDS[after]),
    }
    record(journal.STATE_SET, actor=actor, subject=subject, data=told)
    return row


def _fill(row: Assignment, fields: Assigned) -> Assignment:
    if not fields.task.strip():
        raise Invalid(say(_("Give the task a name.")), fields={"task": say(_("Give the task a name."))})
    if fields.start_on and fields.end_on and fields.end_on < fields.start_on:
        words = say(_("The end lies before the start."))
        raise Invalid(words, fields={"end_on": words})
    row.module, row.task = fields.module.strip(), fields.task.strip()
    row.description, row.standard = fields.description.strip(), fields.standard.strip()
    if fields.owner is not None or row.owner_id is not None:
        row.owner, row.owner_name = fields.owner, fields.owner.name if fields.owner else ""
    people("assistants").set(row, _people(fields, people("assistants").get(row)))
    if (row.start_on, row.end_on) != (fields.start_on, fields.end_on):
        row.given = {key: cell for key, cell in row.given.items() if key not in ("start_on", "end_on")}
    row.start_on, row.end_on = fields.start_on, fields.end_on
    return row


def _people(fields: Assigned, before: Sequence[Person]) -> tuple[Person, ...]:
    """Who assists; names without an account stay as they were written while nobody chooses other assistants."""
    if fields.is_whole_team:
        return (TEAM,)
    chosen = tuple(Person(user.name, user.pk) for user in fields.assistants)
    is_same = {one.id for one in chosen} == {one.id for one in before if one.id}
    written = tuple(one for one in before if not one.id and not one.is_team) if is_same else ()
    return (*chosen, *written)
