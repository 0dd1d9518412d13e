"""Venues, stock, research and what is published as other rooms see them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import PUBLICITY_KIND, RESEARCH_KIND, STOCK_KIND, VENUE_KIND, Perm

VENUE = declare(
    SubjectKind(
        VENUE_KIND, pgettext_lazy("preparation", "Venue"), Perm.VIEW, icon="building", only_own_tabs=True
    )
)
STOCK_ITEM = declare(
    SubjectKind(STOCK_KIND, _("Item in stock"), Perm.VIEW, icon="package", only_own_tabs=True)
)
RESEARCH = declare(
    SubjectKind(RESEARCH_KIND, _("Needs research"), Perm.VIEW, icon="messages", only_own_tabs=True)
)


def _wording(subject: Subject) -> dict[str, Any]:
    from .models import Publicity

    row = Publicity.objects.filter(matter=subject).select_related("material__file").first()
    return row.as_content() if row else {}


PUBLICITY = declare(
    SubjectKind(
        PUBLICITY_KIND,
        pgettext_lazy("preparation", "Publicity"),
        Perm.VIEW,
        icon="speakerphone",
        content=_wording,
        only_own_tabs=True,
    )
)
