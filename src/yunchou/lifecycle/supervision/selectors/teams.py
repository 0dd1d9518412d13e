"""Reading supervision teams, their plans and the notes on a subject."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yunchou.kernel.access.selectors import holds, reach, roles_on, visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member, Role, Subject

from ..models import Field, GuidanceNote, PlanLine, Team
from ..permissions import NOTED_KINDS, Perm


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


def team_of(user: User, subject: Subject) -> Team | None:
    """The running team through which a person notes on a subject: one of the subject's unit or of a unit above it."""
    today = clock.today()
    running = Team.objects.filter(
        reach(user, Perm.OBSERVE, path="subject__"),
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        starts_on__lte=today,
        subject__unit__in=subject.unit.ancestor_ids,
    )
    found: Team | None = running.select_related("subject__unit").order_by("-subject__unit__path").first()
    return found


def works_on(user: User, subject: Subject) -> bool:
    """Whether the person belongs to those who do what the subject is about; they do not supervise it."""
    return bool(roles_on(user, subject) - {Role.APPROVER})


def may_note(user: User, subject: Subject) -> bool:
    """Whether `add_note` would take a note: by right, or through a team and not on the own work."""
    by_right = holds(user, Perm.GUIDE, subject)
    return by_right or (not works_on(user, subject) and team_of(user, subject) is not None)


def under(team: Team, user: User) -> QuerySet[Subject]:
    """What a team watches, as far as the person sees it, newest first."""
    seen = visible_subjects(user).filter(kind__in=NOTED_KINDS)
    return seen.filter(unit__path__startswith=team.subject.unit.path).select_related("unit").order_by("-pk")


def notes_on(subject: Subject) -> QuerySet[GuidanceNote]:
    """The notes on a subject with their answers, newest first."""
    return _whole(GuidanceNote.objects.filter(subject=subject))


def notes_of(team: Team, user: User) -> QuerySet[GuidanceNote]:
    """What a team noted on things that the person sees."""
    return _whole(team.notes.filter(subject__in=visible_subjects(user)))


def unanswered(user: User) -> QuerySet[GuidanceNote]:
    """Notes that wait for an answer, on things that the person sees, most urgent first."""
    waiting = GuidanceNote.objects.filter(answer_by__isnull=False, answers=None)
    return _whole(waiting.filter(subject__in=visible_subjects(user))).order_by("answer_by", "pk")


def _whole(notes: QuerySet[GuidanceNote]) -> QuerySet[GuidanceNote]:
    return notes.select_related("author", "team", "subject__unit").prefetch_related("answers__author")
