"""Reading supervision teams, their plans and the notes on a subject."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member, Role, Subject

from .models import Field, GuidanceNote, PlanLine, Team


@dataclass(frozen=True)
class PlannedField:
    """One of the four fields, with its line if the plan has been written."""

    field: Field
    line: PlanLine | None


@dataclass(frozen=True)
class People:
    """Who belongs to a team."""

    head: User | None
    members: tuple[User, ...]


def teams_for(user: User) -> QuerySet[Team]:
    """The teams a person may see, newest first."""
    return Team.objects.visible_to(user).select_related("subject__unit__parent")


def plan_of(team: Team) -> list[PlannedField]:
    """The four fields in their order."""
    lines = {line.field: line for line in team.lines.all()}
    return [PlannedField(field, lines.get(field)) for field in Field]


def people_of(team: Team) -> People:
    """The head and the members of a team; one query."""
    ties = list(Member.objects.filter(subject=team.pk).select_related("user").order_by("pk"))
    head = next((tie.user for tie in ties if tie.role == Role.LEAD), None)
    return People(head, tuple(tie.user for tie in ties if tie.role == Role.MEMBER))


def notes_on(subject: Subject) -> QuerySet[GuidanceNote]:
    """The notes on a subject, newest first."""
    return GuidanceNote.objects.filter(subject=subject).select_related("author")


def note_count(subject: Subject) -> int:
    return notes_on(subject).count()
