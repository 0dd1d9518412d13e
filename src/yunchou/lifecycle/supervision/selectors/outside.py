"""Reading evaluations by outside institutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import roles_on
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.planning.models import Plan

from ..models import Finding, OutsideEvaluation
from .findings import findings_for

OVER = (Status.CLOSED, Status.EVALUATED, Status.ARCHIVED)


def is_over(about: Subject) -> bool:
    """Whether what is evaluated afterwards is over: a campaign that was closed, a plan whose period has passed."""
    if about.kind == "campaign":
        return Campaign.objects.filter(pk=about.pk, status__in=OVER).exists()
    plan = Plan.objects.filter(pk=about.pk).first()
    return plan is not None and plan.ends_on < clock.today()


def took_part(user: User, about: Subject) -> bool:
    """Whether the person belongs to those who did what is evaluated; they commission nobody to judge it."""
    return bool(roles_on(user, about) - {Role.APPROVER})


@dataclass(frozen=True)
class Shown:
    """An evaluation with what follows from it."""

    evaluation: OutsideEvaluation
    measures: tuple[Finding, ...]


def evaluations_of(about: Subject, user: User) -> list[Shown]:
    """What outside institutions evaluated of a project, newest first, with the measures the person may see; two queries."""
    found = list(_whole(OutsideEvaluation.objects.filter(about=about)).order_by("-pk"))
    measures: dict[int, list[Finding]] = {one.pk: [] for one in found}
    for row in findings_for(user).filter(source__in=list(measures)).order_by("pk"):
        measures[row.source_id].append(row)
    return [Shown(one, tuple(measures[one.pk])) for one in found]


def evaluations_for(user: User) -> ScopedQuerySet:
    """The evaluations a person may see."""
    return _whole(OutsideEvaluation.objects.visible_to(user))


def _whole(rows: Any) -> ScopedQuerySet:
    found: ScopedQuerySet = rows.select_related(
        "subject__unit", "about__unit", "supplier", "commissioned_by", "filed_by", "report__file"
    )
    return found
