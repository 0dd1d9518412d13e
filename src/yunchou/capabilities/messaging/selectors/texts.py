"""The texts that are kept."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User

from ..models import Sender, Suppression, Template
from ..permissions import Perm


def texts_for(unit: Unit, prefix: str = "") -> QuerySet[Template]:
    """The texts of a unit and of those above it, for uses that begin with `prefix`."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    return Template.objects.filter(unit__in=above, use__startswith=prefix, closed_at=None).select_related(
        "unit"
    )


def texts_seen_by(user: User) -> QuerySet[Template]:
    """The texts that a person sees: of the own units, and the group's, which are there for all."""
    seen = Q(unit__in=units_with(user, Perm.VIEW)) | Q(unit__kind=Unit.Kind.GROUP)
    return Template.objects.filter(seen, closed_at=None).select_related("unit", "kept_by")


def senders_seen_by(user: User) -> QuerySet[Sender]:
    """The senders that a person sees, by the same measure."""
    seen = Q(unit__in=units_with(user, Perm.VIEW)) | Q(unit__kind=Unit.Kind.GROUP)
    return Sender.objects.filter(seen).select_related("unit")


def stops_seen_by(user: User) -> QuerySet[Suppression]:
    """The addresses left alone whose customer belongs to the person's units, newest first."""
    mine = units_with(user, Perm.ADDRESSES)
    return Suppression.objects.filter(customer__subject__unit__in=mine).select_related(
        "customer__subject", "by"
    )
