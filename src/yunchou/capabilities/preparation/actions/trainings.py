"""Trainings for an event, and who came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Attendance, Attendee, Topic, Training
from ..permissions import Perm
from .shared import again

TABLE = "trainings"


@transaction.atomic
def put_training(
    *,
    subject: Subject,
    title: str,
    topics: Collection[str],
    held_on: date,
    trainer: str,
    people: Collection[User],
    actor: User,
    place: str = "",
    training: Training | None = None,
) -> Training:
    """Plan a training for an event, or change one; who was invited and is not any more loses the invitation, attendance stays.

    Refuses a training without topic or people; records `preparation.training_put`.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    found = again(training) if training else Training(subject=locked)
    if found.pk and found.subject_id != locked.pk:
        raise wrong(_("This training is for another event."))
    chosen = [topic for topic in Topic if topic in topics]
    if not chosen:
        raise at_field("topics", _("Choose at least one topic."))
    if not people:
        raise at_field("people", _("Name who takes part."))
    found.title, found.trainer = wanted(title, "title"), wanted(trainer, "trainer")
    found.topics, found.held_on, found.place = [str(topic) for topic in chosen], held_on, place.strip()
    found.save()
    keep = [person.pk for person in people]
    found.attendees.filter(attendance=Attendance.INVITED).exclude(user__in=keep).delete()
    Attendee.objects.bulk_create(
        [Attendee(training=found, user=person) for person in people], ignore_conflicts=True
    )
    data = {"name": found.title, "day": held_on.isoformat(), "training": found.pk}
    record(journal.TRAINING_PUT, actor=actor, subject=locked, data=data)
    return found


@transaction.atomic
def record_attendance(*, training: Training, present: Collection[int], actor: User) -> Training:
    """Note who came, by key of person; all others were absent. Refuses before the day; records `preparation.attended`."""
    subject = open_table(training.subject, TABLE, actor, Perm.EDIT)
    locked = again(training)
    if locked.held_on > clock.today():
        raise wrong(_("The training is on {day}."), day=locked.held_on.isoformat())
    here = frozenset(present)
    attendees = list(locked.attendees.all())
    for one in attendees:
        one.attendance = Attendance.PRESENT if one.user_id in here else Attendance.ABSENT
    Attendee.objects.bulk_update(attendees, ["attendance"])
    came = sum(one.attendance == Attendance.PRESENT for one in attendees)
    data = {"name": locked.title, "present": came, "count": len(attendees), "training": locked.pk}
    record(journal.ATTENDED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def remove_training(*, training: Training, actor: User) -> None:
    """Take a training out that nobody attended; records `preparation.training_removed`."""
    subject = open_table(training.subject, TABLE, actor, Perm.EDIT)
    locked = again(training)
    if locked.attendees.exclude(attendance=Attendance.INVITED).exists():
        raise wrong(_("Attendance was recorded; this training stays."))
    record(journal.TRAINING_REMOVED, actor=actor, subject=subject, data={"name": locked.title})
    locked.delete()
