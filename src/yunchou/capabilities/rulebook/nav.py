from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="rulebook",
    label=_("Rulebook"),
    icon="book-2",
    url_name="rulebook:rule_list",
    order=800,
    perm=Perm.VIEW,
    group="lower",
)
