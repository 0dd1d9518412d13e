"""Where suppliers let venues: venues point to them, and their page tells of the venues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, UseLine, declare

if TYPE_CHECKING:
    from yunchou.directory.suppliers.models import Supplier
    from yunchou.kernel.identity.models import User


def venues_of(supplier: Supplier, user: User) -> Sequence[UseLine]:
    """The venues of the supplier that the person sees, by name."""
    from .models import Venue

    found = Venue.objects.visible_to(user).filter(supplier=supplier).order_by("name", "pk")[:50]
    return [UseLine(venue.name, venue.get_absolute_url(), venue.address) for venue in found]


declare(
    Reference(
        "preparation.venues", label=_("Venues"), model="preparation.Venue", field="supplier", lines=venues_of
    )
)
