from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="organisation",
    label=_("Organisation"),
    icon="settings",
    url_name="organisation:unit_list",
    order=900,
    perm=Perm.VIEW,
    group="lower",
)
