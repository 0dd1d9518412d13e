"""Reading checks, what was never checked, and the monthly reports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from ..checklists import Point, points_for
from ..models import SETTLED, Answer, Check, Mode, SupervisionReport, Team
from ..permissions import Perm
from .teams import team_of, works_on


def kind_of(about: Subject) -> str:
    """The kind of the activity, which says what its checklist asks."""
    return Campaign.objects.filter(pk=about.pk).values_list("kind", flat=True).first() or ""


def team_for(user: User | None, about: Subject) -> Team | None:
    """The running team through which a person checks an activity; without a person the nearest one."""
    if user is not None:
        return team_of(user, about)
    today = clock.today()
    running = Team.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        starts_on__lte=today,
        subject__unit__in=about.unit.ancestor_ids,
    )
    found: Team | None = (
        running.select_related("subject__unit").order_by("-subject__unit__path", "-pk").first()
    )
    return found


def may_check(user: User, about: Subject) -> bool:
    """Whether `record_check` would take a check: of the auditor or through a team, never on the own work."""
    if works_on(user, about):
        return False
    return holds(user, Perm.AUDIT, about) or team_of(user, about) is not None


def checks_for(user: User) -> ScopedQuerySet:
    """The checks a person may see, the latest first, with `open_findings`."""
    unsettled = Count("subject__findings", filter=~Q(subject__findings__status__in=SETTLED))
    found: ScopedQuerySet = Check.objects.visible_to(user).select_related(
        "subject__unit", "about__unit", "checker", "team"
    )
    counted: ScopedQuerySet = found.annotate(open_findings=unsettled, all_findings=Count("subject__findings"))
    return counted


def unchecked(statuses: Collection[str]) -> QuerySet[Campaign]:
    """Activities that nobody has checked for legality and honesty yet."""
    checked = Check.objects.filter(about=OuterRef("subject"), mode=Mode.LEGALITY)
    found: QuerySet[Campaign] = Campaign.objects.filter(~Exists(checked), status__in=statuses)
    return found.select_related("subject__unit").order_by("pk")


@dataclass(frozen=True)
class Answered:
    """A point of the checklist with what was found of it."""

    point: Point
    answer: Answer
    note: str


def answers_of(check: Check) -> list[Answered]:
    """The checklist of a check in its order."""
    kept = check.answers
    return [
        Answered(point, Answer(kept[point.key]["answer"]), kept[point.key]["note"])
        for point in points_for(kind_of(check.about))
        if point.key in kept
    ]


def reports_for(user: User) -> QuerySet[SupervisionReport]:
    """The reports a person may read: those that were sent, and drafts of the own team."""
    seen: Any = SupervisionReport.objects.visible_to(user).select_related("subject__unit", "team", "sent_by")
    drafts = Q(sent_at__isnull=True, subject__members__user=user)
    found: QuerySet[SupervisionReport] = seen.filter(Q(sent_at__isnull=False) | drafts).distinct()
    return found
