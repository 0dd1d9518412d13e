"""The menu entry of segments and the tab of target lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

nav.entry(
    key="segments",
    label=_("Segments"),
    url_name="audiences:segment_list",
    order=50,
    perm=Perm.VIEW,
    under="resources",
)
tab(
    "audience",
    _("Target lists"),
    order=54,
    url_name="audiences:list_board",
    perm=Perm.VIEW,
    subject_kinds=frozenset({"campaign"}),
    under="guests",
)
