"""What rooms that serve any subject need to know of purchases and contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import CONTRACT_KIND, PURCHASE_KIND, Perm

if TYPE_CHECKING:
    from yunchou.kernel.rules.selectors import Judged

# This is found while the apps are still loading, so the selectors are asked for when they are needed.


def _purchase(subject: Subject) -> dict[str, Any]:
    from .selectors import content_of_purchase

    return content_of_purchase(subject)


def _contract(subject: Subject) -> dict[str, Any]:
    from .selectors import content_of_contract

    return content_of_contract(subject)


def _findings(subject: Subject) -> list[Judged]:
    from .selectors import findings_of

    return findings_of(subject)


PURCHASE = declare(
    SubjectKind(
        PURCHASE_KIND,
        pgettext_lazy("kind of subject", "Purchase"),
        Perm.VIEW,
        icon="shopping-cart",
        content=_purchase,
        findings=_findings,
        only_own_tabs=True,
    )
)
CONTRACT = declare(
    SubjectKind(
        CONTRACT_KIND, _("Contract"), Perm.VIEW, icon="file-text", content=_contract, only_own_tabs=True
    )
)
