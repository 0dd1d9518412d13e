"""Who was trained for an event, and who serves it untrained."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from ..models import Attendance, Attendee, Post, Topic, Training
from ..rules import OnSite, staff_on_site_are_trained


@read_once
def posts_of(subject: Subject) -> tuple[Post, ...]:
    """The roster in order; one query."""
    return tuple(Post.objects.filter(subject=subject).select_related("person").order_by("position", "pk"))


@read_once
def trained(subject: Subject) -> frozenset[int]:
    """Who attended trainings for the event that together cover all its topics, by key; one query."""
    heard: dict[int, set[str]] = {}
    found = Attendee.objects.filter(training__subject=subject, attendance=Attendance.PRESENT)
    for user, topics in found.order_by().values_list("user", "training__topics"):
        heard.setdefault(user, set()).update(topics)
    return frozenset(user for user, topics in heard.items() if topics >= set(Topic.values))


def untrained(subject: Subject) -> dict[int, Verdict]:
    """What R-PRE-04 says of the roster, by the place of the row from 0."""
    people = tuple(
        (post.person_id, post.person.name if post.person else post.person_name, post.post)
        for post in posts_of(subject)
    )
    facts = OnSite(people, trained(subject))
    return {
        v.at[0].row: v
        for v in evaluate([staff_on_site_are_trained], facts)
        if v.at and v.at[0].row is not None
    }


@dataclass(frozen=True)
class TrainingLine:
    """A training with who came."""

    training: Training
    attendees: tuple[Attendee, ...]

    @property
    def present(self) -> int:
        return sum(one.attendance == Attendance.PRESENT for one in self.attendees)

    @property
    def is_noted(self) -> bool:
        """Whether attendance was recorded."""
        return any(one.attendance != Attendance.INVITED for one in self.attendees)


def trainings_of(subject: Subject) -> list[TrainingLine]:
    """The trainings for an event with their attendees; two queries."""
    found = list(Training.objects.filter(subject=subject))
    people: dict[int, list[Attendee]] = {}
    for one in Attendee.objects.filter(training__in=found).select_related("user"):
        people.setdefault(one.training_id, []).append(one)
    return [TrainingLine(training, tuple(people.get(training.pk, ()))) for training in found]
