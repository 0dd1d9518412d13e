"""Tasks and assignments that are not done pass to a leaver's successor."""

from __future__ import annotations

from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from . import journal
from .actions.owed import follow_tasks
from .duties import TASK
from .models import Assignment, GanttTask
from .states import State


def _open_tasks(user: User) -> QuerySet[GanttTask]:
    open_tasks = GanttTask.objects.exclude(state=State.DONE).filter(owner=user)
    return open_tasks.select_related("subject").order_by("subject", "position")


def _open_assignments(user: User) -> QuerySet[Assignment]:
    open_ones = Assignment.objects.exclude(state=State.DONE).filter(owner=user)
    return open_ones.select_related("subject").order_by("subject", "position")


def _preview(user: User) -> list[Item]:
    rows: list[GanttTask | Assignment] = [*_open_tasks(user), *_open_assignments(user)]
    return [Item(str(row), row.subject.address, _note(row)) for row in rows]


def _note(row: GanttTask | Assignment) -> Text:
    """Where the work belongs, and until when."""
    if row.end_on is None:
        return row.subject.title
    return say(_("{title}, until {day}"), title=row.subject.title, day=f"{row.end_on:%Y-%m-%d}")


def _pass_on(user: User, to: User, actor: User) -> int:
    """The successor owns what was open, and owes what was owed; told once for each subject."""
    moved = 0
    rows: list[GanttTask | Assignment] = [*_open_tasks(user), *_open_assignments(user)]
    rows.sort(key=lambda row: row.subject_id)
    for _subject, group in groupby(rows, key=lambda row: row.subject_id):
        these = list(group)
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=these[0].subject_id)
        for row in these:
            row.owner, row.owner_name = to, to.name
            row.given = {key: cell for key, cell in row.given.items() if key != "owner"}
            row.save(update_fields=["owner", "owner_name", "given"])
        follow_tasks(tasks=[row for row in these if isinstance(row, GanttTask)], actor=actor)
        data = {"count": len(these), "username": user.username, "successor": to.username}
        record(journal.HANDED_OVER, actor=actor, subject=subject, data=data)
        moved += len(these)
    return moved


goes_with_object(TASK.key)
declare(
    Handover("work", gettext_lazy("Tasks and assignments"), _preview, _pass_on, icon="list-check", order=30)
)
