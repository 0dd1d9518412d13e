"""Schedule templates: keeping them, and planning from one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.store import BATCH
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..counting import axis_of
from ..models import GanttTask, ScheduleSetting, ScheduleTemplate, TemplateTask
from ..permissions import Perm
from ..schedule import days_between
from ..selectors import plan_of
from ..stores import sync_links
from ..tables import SCHEDULE
from ..templating import Proposed, drawn_from, proposed
from .owed import follow_tasks
from .tasks import refuse_conflicts

MOST_TASKS = 2_000


@dataclass(frozen=True)
class Head:
    """What a template is called and for whom it is."""

    name: str
    unit: Unit
    kind: str = ""
    description: str = ""


@dataclass(frozen=True)
class TemplateFields:
    """What a person fills in of a template's task."""

    name: str
    start_offset: int
    end_offset: int
    phase: str
    predecessors: str = ""
    module: str = ""
    standard: str = ""
    note: str = ""
    is_milestone: bool = False
    low_days: int | None = None
    likely_days: int | None = None
    high_days: int | None = None


@transaction.atomic
def make_template(
    *, head: Head, actor: User, source: Subject | None = None, event_on: date | None = None
) -> ScheduleTemplate:
    """Make a template, empty or of the schedule of a subject around its event; records `work.template_made`.

    Persons are left behind; modules, links, durations and delivery standards go along. Tasks without both dates do not.
    """
    require(actor, Perm.TEMPLATES, head.unit)
    template = ScheduleTemplate(made_by=actor)
    _fill_head(template, head)
    template.save()
    if source is not None:
        require(actor, Perm.EDIT, source)
        if event_on is None:
            words = say(_("Say on which day the event is."))
            raise Invalid(words, fields={"event_on": words})
        tasks = drawn_from(source, event_on).tasks
        if not tasks:
            raise Invalid(say(_("The schedule has no tasks with dates.")))
        for task in tasks:
            task.template = template
        TemplateTask.objects.bulk_create(tasks, batch_size=BATCH)
    record(journal.TEMPLATE_MADE, actor=actor, subject=source, data={"template": template.name})
    return template


@transaction.atomic
def edit_template(*, template: ScheduleTemplate, head: Head, actor: User) -> ScheduleTemplate:
    """Change name, kind, unit or description; records `work.template_changed`."""
    template = _open(template, actor)
    require(actor, Perm.TEMPLATES, head.unit)
    _fill_head(template, head)
    template.save()
    return _changed(template, actor)


@transaction.atomic
def delete_template(*, template: ScheduleTemplate, actor: User) -> None:
    """Delete a template; schedules planned from it stay. Records `work.template_deleted`."""
    template = _open(template, actor)
    template.delete()
    record(journal.TEMPLATE_DELETED, actor=actor, data={"template": template.name})


@transaction.atomic
def set_template_task(
    *, template: ScheduleTemplate, actor: User, fields: TemplateFields, task: TemplateTask | None = None
) -> TemplateTask:
    """Add a task to a template or change one; records `work.template_changed`. Refuses an end before the start."""
    template = _open(template, actor)
    count = template.tasks.count()
    if task is None and count >= MOST_TASKS:
        raise Invalid(say(_("A template has at most {count} tasks."), count=MOST_TASKS))
    task = task or TemplateTask(template=template, position=count + 1)
    for name, value in vars(fields).items():
        setattr(task, name, value.strip() if isinstance(value, str) else value)
    _check(task)
    task.save()
    _changed(template, actor)
    return task


@transaction.atomic
def delete_template_task(*, task: TemplateTask, actor: User) -> None:
    """Take a task out of a template; those behind it move up. Records `work.template_changed`."""
    template = _open(task.template, actor)
    TemplateTask.objects.filter(pk=task.pk).delete()
    rest = list(template.tasks.all())
    for position, each in enumerate(rest, 1):
        each.position = position
    TemplateTask.objects.bulk_update(rest, ["position"], batch_size=BATCH)
    _changed(template, actor)


@transaction.atomic
def plan_from_template(
    *, subject: Subject, template: ScheduleTemplate, event_on: date, actor: User
) -> tuple[GanttTask, ...]:
    """Add the tasks of a template around the event of a subject; records `work.planned_from`.

    Tasks that are there already by their name are left alone. The schedule hangs on the event from now on. Refuses a
    template of other units, and a schedule that hangs on another day already.
    """
    subject = open_table(subject=subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    if not ScheduleTemplate.objects.of(subject.unit).filter(pk=template.pk).exists():
        raise NotAllowed(say(_("This template belongs to other units.")))
    setting, _made = ScheduleSetting.objects.get_or_create(subject=subject)
    if setting.event_on not in (None, event_on):
        words = say(
            _("The schedule hangs on {day}; move the event instead."), day=f"{setting.event_on:%Y-%m-%d}"
        )
        raise Invalid(words, fields={"event_on": words})
    rows = [row for row in proposed(template, subject, event_on) if not row.is_there]
    if not rows:
        raise Invalid(say(_("Every task of the template is there already.")))
    setting.event_on = event_on
    setting.save(update_fields=["event_on"])
    before, first = plan_of(subject), GanttTask.objects.filter(subject=subject).count() + 1
    axis = axis_of(subject)
    tasks = [
        _planned(row, subject, first + n, max(0, days_between(axis, row.start_on, row.end_on)))
        for n, row in enumerate(rows)
    ]
    GanttTask.objects.bulk_create(tasks, batch_size=BATCH)
    sync_links(subject)
    made = list(
        GanttTask.objects.filter(subject=subject, position__gte=first).select_related("owner", "subject")
    )
    refuse_conflicts(plan_of(subject), {task.pk for task in made}, before)
    data = {"count": len(made), "template": template.name}
    record(journal.PLANNED_FROM, actor=actor, subject=subject, data=data)
    follow_tasks(tasks=made, actor=actor)
    return tuple(made)


def _planned(row: Proposed, subject: Subject, position: int, days: int) -> GanttTask:
    source = row.source
    return GanttTask(
        subject=subject,
        position=position,
        name=source.name,
        owner=row.owner,
        owner_name=row.owner.name if row.owner else "",
        start_on=row.start_on,
        end_on=row.end_on,
        days=days,
        start_offset=source.start_offset,
        end_offset=source.end_offset,
        predecessor_names=list(row.predecessors),
        note=source.note,
        phase=source.phase,
        is_milestone=source.is_milestone,
        module=source.module,
        standard=source.standard,
        low_days=source.low_days,
        likely_days=source.likely_days,
        high_days=source.high_days,
    )


def _open(template: ScheduleTemplate, actor: User) -> ScheduleTemplate:
    """The template, locked; raises `NotAllowed` for who does not keep those of its unit."""
    found = (
        ScheduleTemplate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=template.pk)
    )
    require(actor, Perm.TEMPLATES, found.unit)
    return found


def _changed(template: ScheduleTemplate, actor: User) -> ScheduleTemplate:
    record(journal.TEMPLATE_CHANGED, actor=actor, data={"template": template.name})
    return template


def _fill_head(template: ScheduleTemplate, head: Head) -> None:
    if not head.name.strip():
        words = say(_("Give the template a name."))
        raise Invalid(words, fields={"name": words})
    template.name, template.kind = head.name.strip(), head.kind
    template.unit, template.description = head.unit, head.description.strip()


def _check(task: TemplateTask) -> None:
    if not task.name:
        words = say(_("Give the task a name."))
        raise Invalid(words, fields={"name": words})
    if task.end_offset < task.start_offset:
        words = say(_("The end lies before the start."))
        raise Invalid(words, fields={"end_offset": words})
    points = (task.low_days, task.likely_days, task.high_days)
    given = [days for days in points if days is not None]
    if given and (len(given) < len(points) or given != sorted(given)):
        words = say(_("Give all three durations, the shortest first, or none."))
        raise Invalid(words, fields={"low_days": words})
