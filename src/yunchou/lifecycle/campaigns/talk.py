"""The tasks of a campaign where its people talk (GEN-02)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q

from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State
from yunchou.kernel.core import clock
from yunchou.kernel.discussion.panels import Panel, panel
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

SHOWN = 5


def tasks(subject: Subject, user: User) -> dict[str, Any]:
    """How many tasks are open, late and done, and the next ones: the person's own first; two queries."""
    rows = GanttTask.objects.filter(subject=subject)
    late = ~Q(state=State.DONE) & Q(end_on__lt=clock.today())
    counts = rows.order_by().aggregate(
        total=Count("pk"), done=Count("pk", filter=Q(state=State.DONE)), late=Count("pk", filter=late)
    )
    open_ones = rows.exclude(state=State.DONE).select_related("owner")
    mine = open_ones.filter(owner=user).order_by("end_on", "position")[:SHOWN]
    following = open_ones.exclude(owner=user).order_by(F("end_on").asc(nulls_last=True), "position")[:SHOWN]
    shown = [*mine, *following][:SHOWN]
    return {**counts, "tasks": shown, "today": clock.today(), "subject": subject}


panel(Panel("tasks", "campaigns/parts/talk_tasks.html", tasks, 10, frozenset({"campaign"})))
