"""What belongs to a schedule as a whole: which days count, and the baselines that people keep under a name."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import bulk
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..counting import axis_for
from ..models import Baseline, GanttTask, ScheduleSetting
from ..permissions import Perm
from ..schedule import days_between
from ..states import DAY_WORDS, DayCount
from ..tables import SCHEDULE

NAME_LENGTH = 60
MOST_BASELINES = 50


@transaction.atomic
def count_days(*, subject: Subject, actor: User, days: str) -> ScheduleSetting:
    """Let a schedule count every day or working days; records `work.days_counted`.

    Dates stay as they are; durations, float, critical path and forecast follow. Refuses while the schedule is locked.
    """
    subject = open_table(subject=subject, table=SCHEDULE.key, actor=actor, right=Perm.EDIT)
    setting, _made = ScheduleSetting.objects.get_or_create(subject=subject)
    if setting.days == days:
        return setting
    setting.days = DayCount(days)
    setting.save(update_fields=["days"])
    axis = axis_for(days)
    tasks = list(GanttTask.objects.filter(subject=subject, start_on__isnull=False, end_on__isnull=False))
    changed = []
    for task in tasks:
        assert task.start_on is not None
        assert task.end_on is not None
        if task.days != (counted := max(0, days_between(axis, task.start_on, task.end_on))):
            task.days = counted
            task.given = {key: cell for key, cell in task.given.items() if key != "days"}
            changed.append(task)
    bulk.update(changed, ["days", "given"])
    told = {"days": say(DAY_WORDS[DayCount(days)]), "count": len(changed)}
    record(journal.DAYS_COUNTED, actor=actor, subject=subject, data=told)
    return setting


@transaction.atomic
def show_end_day(*, subject: Subject, actor: User, is_shown: bool) -> ScheduleSetting:
    """Show durations with the end day, or by the convention of the source without it (SCH-03); records `work.end_day_shown`.

    Nothing else follows: dates, links and what was stated stay, a locked schedule too.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    require(actor, Perm.EDIT, subject)
    setting, _made = ScheduleSetting.objects.get_or_create(subject=subject)
    if setting.shows_end_day != is_shown:
        setting.shows_end_day = is_shown
        setting.save(update_fields=["shows_end_day"])
        how = _("with the end day") if is_shown else _("without the end day")
        record(journal.END_DAY_SHOWN, actor=actor, subject=subject, data={"how": say(how)})
    return setting


@transaction.atomic
def keep_named_baseline(*, subject: Subject, actor: User, name: str) -> Baseline:
    """Keep the dates as they are under a name, to compare with later; records `work.baseline_named`.

    The approved baseline stays what it is. Refuses a name that is taken, no name, and a schedule without tasks.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    require(actor, Perm.EDIT, subject)
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise _bad_name(say(_("Give the baseline a name of up to {count} characters."), count=NAME_LENGTH))
    kept = Baseline.objects.filter(subject=subject)
    if kept.filter(name=name).exists():
        raise _bad_name(say(_("There is a baseline of this name.")))
    if kept.count() >= MOST_BASELINES:
        raise Invalid(say(_("A schedule keeps at most {count} baselines; delete one."), count=MOST_BASELINES))
    tasks = GanttTask.objects.filter(subject=subject).order_by("position", "pk")
    rows = [
        [pk, task, *(day.isoformat() if day else None for day in days)]
        for pk, task, *days in tasks.values_list("pk", "name", "start_on", "end_on")
    ]
    if not rows:
        raise Invalid(say(_("There are no tasks to keep.")))
    baseline = Baseline.objects.create(subject=subject, name=name, rows=rows, kept_by=actor)
    record(journal.BASELINE_NAMED, actor=actor, subject=subject, data={"name": name, "count": len(rows)})
    return baseline


@transaction.atomic
def delete_baseline(*, baseline: Baseline, actor: User) -> None:
    """Delete a baseline that one has kept oneself; records `work.baseline_deleted`."""
    subject = Subject.objects.select_for_update().get(pk=baseline.subject_id)
    if baseline.kept_by_id != actor.pk:
        raise NotAllowed(say(_("Only who kept a baseline deletes it.")))
    baseline.delete()
    record(journal.BASELINE_DELETED, actor=actor, subject=subject, data={"name": baseline.name})


def _bad_name(words: Say) -> Invalid:
    return Invalid(words, fields={"name": words})
