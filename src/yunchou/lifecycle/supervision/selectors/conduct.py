"""Reading reports of misconduct, acknowledgements and breaches: each within its limited sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yunchou.capabilities.rulebook.models import Clause
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.subjects.models import Member, Role

from ..models import Acknowledgement, Breach, ConductRound, Tip
from ..permissions import Perm


def is_impartial(tip: Tip, user: User) -> bool:
    """Neither accused, nor the reporter, nor among the people of what the report is about."""
    if user.pk in {tip.accused_id, tip.reporter_id}:
        return False
    if tip.about_id is None:
        return True
    ties = Member.objects.filter(subject=tip.about_id, user=user).exclude(role=Role.APPROVER)
    return not ties.exists()


def tips_for(user: User) -> QuerySet[Tip]:
    """The reports a person may handle, without those that touch him."""
    own = Member.objects.filter(subject=OuterRef("about"), user=user).exclude(role=Role.APPROVER)
    seen: Any = Tip.objects.visible_to(user).select_related(
        "subject", "about", "accused", "reporter", "handler"
    )
    mine = Q(accused=user) | Q(reporter=user)
    # `exclude` would leave out the rows without an accused or reporter.
    found: QuerySet[Tip] = seen.exclude(pk__in=Tip.objects.filter(mine).values("pk")).filter(~Exists(own))
    return found


def own_tips(user: User) -> QuerySet[Tip]:
    """What a person reported, with what came of it."""
    return Tip.objects.filter(reporter=user).select_related("subject", "about")


def current_round() -> ConductRound | None:
    """The acknowledgement of this year, or the last one."""
    return ConductRound.objects.select_related("edition__regulation").first()


def clauses_of(turn: ConductRound) -> list[Clause]:
    """What is acknowledged: the first chapter of the edition, principles and conduct."""
    found = list(Clause.objects.filter(edition=turn.edition_id).order_by("order"))
    first = [one for one in found if one.ref.split(" ", 1)[-1].startswith("1.")]
    return first or found


def word_of(user: User, turn: ConductRound | None) -> Acknowledgement | None:
    """The person's own acknowledgement of a round."""
    return Acknowledgement.objects.filter(round=turn, user=user).first() if turn else None


@dataclass(frozen=True)
class Standing:
    """How far a round has come among the people that somebody oversees."""

    asked: int
    given: int
    late: int

    @property
    def missing(self) -> int:
        return self.asked - self.given


def asked_of(turn: ConductRound, user: User) -> QuerySet[Acknowledgement]:
    """Those of a round whom the person oversees, the missing ones first."""
    units = units_with(user, Perm.CONDUCT)
    here = Appointment.objects.valid().filter(unit__in=units).order_by().values("user")
    found = Acknowledgement.objects.filter(round=turn, user__in=here).select_related("user")
    return found.order_by("at", "due_on", "user__name_pinyin", "pk")


def standing_of(turn: ConductRound, user: User) -> Standing:
    """One query."""
    late = Q(at__isnull=True, due_on__lt=clock.today())
    counts = (
        asked_of(turn, user)
        .order_by()
        .aggregate(
            asked=Count("pk"), given=Count("pk", filter=Q(at__isnull=False)), late=Count("pk", filter=late)
        )
    )
    return Standing(**counts)


def breaches_for(user: User) -> QuerySet[Breach]:
    """The breaches a person may see: by office, and the own."""
    found: QuerySet[Breach] = Breach.objects.visible_to(user).select_related(
        "subject__unit", "person", "recorded_by"
    )
    return found
