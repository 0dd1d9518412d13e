"""Venues, stock and research as other rooms see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import RESEARCH_KIND, STOCK_KIND, VENUE_KIND, Perm

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
