"""Where suppliers are paid: claims point to them, and their page tells of the claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, UseLine, declare
from yunchou.kernel.core.money import ZERO, format_yuan

if TYPE_CHECKING:
    from yunchou.directory.suppliers.models import Supplier
    from yunchou.kernel.identity.models import User


def claims_of(supplier: Supplier, user: User) -> Sequence[UseLine]:
    """The claims by which the supplier is paid, newest first."""
    from .selectors import claims_seen

    found = claims_seen(user).filter(payee_supplier=supplier).order_by("-pk")[:50]
    return [
        UseLine(
            f"{claim.code} {claim.get_status_display()}",
            claim.get_absolute_url(),
            f"¥{format_yuan(claim.claimed or ZERO)}",
        )
        for claim in found
    ]


declare(
    Reference(
        "expenses.claims", label=_("Claims"), model="expenses.Claim", field="payee_supplier", lines=claims_of
    )
)
