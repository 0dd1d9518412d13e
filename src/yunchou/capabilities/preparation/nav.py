"""Menu entries of venues, stock and research, the tab 筹备 of activities, and the way out of a no-go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab
from yunchou.kernel.ui.ways import Way, way_out

from .permissions import Perm

nav.entry(key="resources", label=pgettext_lazy("menu", "Resources"), icon="building", order=610)
nav.entry(
    key="venues",
    label=pgettext_lazy("menu", "Venues"),
    url_name="preparation:venue_list",
    order=10,
    perm=Perm.VIEW,
    under="resources",
)
nav.entry(
    key="stock",
    label=pgettext_lazy("menu", "Stock"),
    url_name="preparation:stock_list",
    order=20,
    perm=Perm.VIEW,
    under="resources",
)
nav.entry(
    key="research",
    label=pgettext_lazy("menu", "Needs research"),
    url_name="preparation:research_list",
    order=30,
    perm=Perm.VIEW,
    under="resources",
)
tab(
    "preparation",
    pgettext_lazy("tab", "Preparation"),
    order=50,
    url_name="preparation:board",
    perm=Perm.VIEW,
)


@way_out("R-PRE-03")
def to_the_check(verdict: Any) -> Way | None:
    """Where every red item stands with the link by which it is mended."""
    page = verdict.values.get("page")
    return Way(_("Open the readiness check"), page, "clipboard-check") if page else None
