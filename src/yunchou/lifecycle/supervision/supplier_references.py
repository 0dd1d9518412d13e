"""Where suppliers evaluate projects: their page tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, UseLine, declare

if TYPE_CHECKING:
    from yunchou.directory.suppliers.models import Supplier
    from yunchou.kernel.identity.models import User


def evaluations_by(supplier: Supplier, user: User) -> Sequence[UseLine]:
    """What the supplier evaluated, newest first."""
    from .selectors.outside import evaluations_for

    found = evaluations_for(user).filter(supplier=supplier).order_by("-pk")[:50]
    return [UseLine(one.about.title, one.get_absolute_url(), str(one.get_status_display())) for one in found]


declare(
    Reference(
        "supervision.evaluations", label=_("Outside evaluations"), model="supervision.OutsideEvaluation",
        field="supplier", lines=evaluations_by,
    )
)  # fmt: skip
